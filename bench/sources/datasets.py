"""Which data set a problem uses: problems on the same data are no independent evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from bench import description
from bench.tabular import Table


def dataset_of(name: str, settings: str, recorded: str | None = None) -> str:
    """Return the data set of a problem, or the problem's name where it has none.

    Args:
        name: of the problem in the catalog.
        settings: all of them, as JSON.
        recorded: what its runs say of it; older ones say nothing.
    """
    return recorded or description.dataset_of(name, orjson.loads(settings), _shipped)


def _shipped(name: str, _: Mapping[str, Any]) -> Table | None:
    problem = description.shipped_table(name)
    return None if problem is None else description.table_of(problem)
