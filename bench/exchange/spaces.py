"""The search space of a problem that runs were recorded on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.core import Problem, SearchSpace
from bench.registry import PROBLEMS, RegistryError
from bench.settings import parts
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
    if not _shipped(name, given):
        return None
    try:
        problem = PROBLEMS.create(Entry(name, settings=given))
    except (RegistryError, OSError, ValueError, ImportError):
        return None
    return problem.space if problem.version == run["problem_version"] else None


def _shipped(name: str, given: Mapping[str, Any]) -> bool:
    """Return whether a problem and all problems inside it come with the package."""
    head, _, argument = name.partition(":")
    cls = PROBLEMS.own().get(head)
    if cls is None:
        return False
    for part, base in parts(cls).items():
        inner = given.get(part, argument)
        if isinstance(inner, str):
            inner = {"name": inner}
        if base is not Problem or not isinstance(inner, Mapping):
            return False
        if not _shipped(str(inner.get("name", "")), inner.get("settings", {})):
            return False
    return True
