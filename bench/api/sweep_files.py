"""The sweeps that a name or a file leads to."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from bench import registry
from bench.spec import Entry, SpecError, Sweep


def sweep_files() -> dict[str, Path]:
    """Return name -> file of the sweeps that come with the package."""
    folder = Path(str(resources.files("bench") / "sweeps"))
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def is_suite(name: str | os.PathLike[str]) -> bool:
    """Return whether a name is that of a suite, and of no sweep and no file."""
    return (
        str(name) not in sweep_files()
        and not os.path.exists(name)
        and str(name) in registry.suites()
    )


def sweep_named(name: str | os.PathLike[str], changes: Mapping[str, Any]) -> Sweep:
    """Return a sweep of the package, or of a file, with some fields changed.

    Args:
        name: of the sweep, the path of a TOML file, or a suite: a sweep on its problems.
        changes: field -> value. Whoever names problems wants those, not the file's suites as well.

    Raises:
        SpecError: there is none, or the changes contradict its rules.
    """
    files = sweep_files()
    path = files.get(str(name), Path(name))
    if is_suite(name):
        return _of_suite(str(name), changes)
    if not os.path.exists(path):
        raise SpecError(
            f"a sweep must be a TOML file, a suite or one of {', '.join(files)}, there is no "
            f"{os.fspath(name)!r}; see `tunebench list sweeps` and `tunebench list suites`"
        )
    given = dict(changes)
    if ("problems" in given) != ("suites" in given):
        given = {"problems": (), "suites": ()} | given
    sweep = Sweep.from_toml(path)
    given = {"strategies": _at_most(given.get("repetitions"), sweep.strategies)} | given
    return dataclasses.replace(sweep, **given)


def _of_suite(name: str, changes: Mapping[str, Any]) -> Sweep:
    """Return a sweep on the problems of a suite."""
    if "strategies" not in changes:
        raise SpecError(
            f"a suite needs strategies, got none for {name!r}; for example "
            f"`tunebench run {name} --strategies random,tpe`"
        )
    suites = dict.fromkeys((name, *changes.get("suites", ())))
    return Sweep(**{"name": name, **changes, "suites": tuple(suites)})


def _at_most(repetitions: int | None, strategies: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the strategies, none of which has more repetitions than are asked for."""
    if repetitions is None:
        return strategies
    return tuple(
        entry
        if (entry.repetitions or repetitions) < repetitions
        else dataclasses.replace(entry, repetitions=None)
        for entry in strategies
    )
