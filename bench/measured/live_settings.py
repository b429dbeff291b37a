"""The settings of the live model behind each problem, also of a table of the package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.measured.scales import table_behind

if TYPE_CHECKING:
    import pandas as pd


def live_settings(runs: pd.DataFrame) -> dict[str, Mapping[str, Any]]:
    """Return problem -> its settings; of a table of the package those of the model it was made of.

    Args:
        runs: a row a run: problem, problem_name, problem_version, problem_settings.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for label, part in runs.groupby("problem", observed=True, sort=False):
        first = part.iloc[0]
        behind = table_behind(str(first["problem_name"]), int(first["problem_version"]))
        made_of = behind[0].meta.get("problem") if behind else None
        given = made_of["settings"] if made_of else json.loads(str(first["problem_settings"]))
        found[str(label)] = given
    return found
