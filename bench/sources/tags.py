"""The words to find a problem by, as its runs recorded them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from bench import description

if TYPE_CHECKING:
    import pandas as pd


def tags_of(run: pd.Series) -> tuple[str, ...]:
    """Return the tags of the problem of a run; none where nobody knows them.

    Runs of older versions recorded no tags: then those of the catalog's problem of this name,
    version and settings count.

    Args:
        run: a row of the frame of runs: tags, problem_name, problem_version, problem_settings.
    """
    recorded = orjson.loads(run["tags"])
    return tuple(recorded) or description.catalog_tags(
        str(run["problem_name"]),
        int(run["problem_version"]),
        orjson.loads(run["problem_settings"]),
    )
