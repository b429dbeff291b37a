"""The search space of a problem that runs were recorded on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench.core import SearchSpace
from bench.registry import PROBLEMS, RegistryError
from bench.shipped import is_shipped
from bench.spec import Entry

if TYPE_CHECKING:
    import pandas as pd


def space_of(run: pd.Series[Any]) -> SearchSpace | None:
    """Return the space of the problem of a run; None where it cannot be known.

    Only problems that come with the package are made: a recorded name may lead to a file of
    whoever sent the results, and nothing of theirs is executed.

    Args:
        run: a row of the frame of runs: problem_name, problem_settings, problem_version.
    """
    name, given = str(run["problem_name"]), json.loads(run["problem_settings"])
    if not is_shipped(name, given):
        return None
    try:
        problem = PROBLEMS.create(Entry(name, settings=given))
    except (RegistryError, OSError, ValueError, ImportError):
        return None
    return problem.space if problem.version == run["problem_version"] else None
