"""What `run --against` adds to `run`: where results go, what is said, the report's paths."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.spec import SpecError, Sweep
from bench.sweep_rules import MAX_LABEL_LENGTH, names_a_folder

if TYPE_CHECKING:
    from bench.execution.reference import Reference


def read(folder: Path) -> Reference:
    """Return the results that a sweep is measured against."""
    from bench.execution.reference import read_reference

    return read_reference(folder)


def beside(
    reference: Reference, sweep: Sweep, out: Path | None, suffix: str = ""
) -> tuple[Sweep, Path]:
    """Return a sweep with the name of its folder, and that folder, which is not the reference's.

    Args:
        reference: the recorded results.
        sweep: not resolved.
        out: the folder that was asked for.
        suffix: of the name of a folder that was not asked for.

    Raises:
        SpecError: it is that of the reference, or a name for it cannot be made of the labels.
    """
    from bench.registry import STRATEGIES

    theirs = reference.folder.resolve()
    if out is None:
        labels = [STRATEGIES.resolve(entry).label for entry in sweep.strategies]
        name = "-".join([theirs.name, *labels])
        if not names_a_folder(name):
            raise SpecError(
                "a folder must have a name of "
                f"{MAX_LABEL_LENGTH} characters or less that every system can have, the reference "
                f"and the strategies make {name!r}; name the folder",
                option="out",
            )
        out = Path("results") / f"{name}{suffix}"
    elif out.resolve() == theirs:
        raise SpecError(
            f"results against a reference need their own folder, {out} is the reference; name "
            "another one, or leave it out",
            option="out",
        )
    else:
        name = out.resolve().name.strip(". ")
    return dataclasses.replace(sweep, name=name if names_a_folder(name) else "against"), out


def lines(reference: Reference, sweep: Sweep) -> Iterator[str]:
    """Yield what is said beforehand of a sweep against its reference."""
    from bench.registry import PROBLEMS

    made = {entry.label: PROBLEMS.create(entry) for entry in sweep.problems}
    yield from reference.lines(sweep, made)


def report_paths(reference: Reference, folder: Path) -> list[str]:
    """Return the arguments of `report` that put a strategy among those of its reference."""
    return [str(reference.folder), str(folder), "--out", str(folder / "report")]
