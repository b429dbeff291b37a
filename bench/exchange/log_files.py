"""Files of logs that somebody else may have prepared: found and read within bounds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.exchange.imported import ExchangeError, Rule, Study
from bench.files import check_plain
from bench.panels.regret import RANDOM

Array = npt.NDArray[np.float64]

MAX_TRIALS = 1_000_000
"""Trials that are read from one path: about a gigabyte of memory in a report."""

MAX_EVALUATIONS = 10_000
"""Evaluations of a run that are read at most."""

MAX_RUNS = 100_000
MAX_DEPTH = 5
"""Folders below each other in which files are looked for."""

MAX_ENTRIES = 10_000
"""Files and folders among which the first file of a log must be: a home has millions."""

BEST_SO_FAR = f"{RANDOM} (best so far)"
"""What random search is called of which a log has the best values."""

MAX_LINE = 1_000_000
"""Characters of a line: that is 40,000 parameters."""

FURTHER = 1_000_000
"""What is added to the number of an instance for each further run on it."""


def index_files(path: Path, fits: Callable[[str], bool], *, most: float = inf) -> Iterator[Path]:
    """Yield the files in a folder or below whose names fit, or the file itself.

    No link in the folder is followed, and a folder that `tunebench run` wrote has none.

    Args:
        path: of a file or folder.
        fits: says whether the name of a file is one.
        most: files and folders after which no further folder is looked into.
    """
    if path.is_file():
        if fits(path.name):
            yield path
        return
    depth, seen = len(path.parts), 0
    for folder, below, names in os.walk(path):
        seen += len(below) + len(names)
        if "sweep.json" in names:
            below.clear()
            continue
        below[:] = sorted(below) if len(Path(folder).parts) - depth < MAX_DEPTH else []
        found = (Path(folder, name) for name in sorted(names) if fits(name))
        yield from (file for file in found if not file.is_symlink())
        if seen > most:
            return


def inside(folder: Path, name: str, index: Path) -> Path:
    """Return the path of a file that an index file names.

    Args:
        folder: of the index file.
        name: as the index has it; backslashes are slashes.
        index: the index file.

    Raises:
        ExchangeError: it is not in that folder or below.
    """
    path = folder / name.replace("\\", "/")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ExchangeError(
            f"an index must name files in its own folder, {index} names {name[:200]!r}; "
            "the file is damaged, or was made to mislead"
        )
    return path


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a text file.

    Raises:
        ExchangeError: it cannot be read, or has a line beyond all bounds.
    """
    try:
        check_plain(path)
        with path.open(encoding="utf-8", errors="replace") as file:
            while line := file.readline(MAX_LINE):
                if len(line) == MAX_LINE:
                    raise ExchangeError(
                        f"a line of a log may have {MAX_LINE:,} characters, {path} has a longer "
                        "one; it is no log, or damaged"
                    )
                yield line
    except OSError as error:
        raise ExchangeError(
            f"a log must be a file that can be read, {path} cannot be read ({error.strerror}); "
            "copy the whole folder again"
        ) from None


def most_evaluations(runs: int, what: str) -> int:
    """Return how many evaluations of each run are read: 1, 2 or 5 times 10, 100, …, as many as fit.

    It depends on the number of runs alone, so that several algorithms on one suite are cut alike.

    Args:
        runs: how many there are.
        what: where they are.

    Raises:
        ExchangeError: there are too many.
    """
    if runs > MAX_RUNS:
        raise ExchangeError(
            f"logs may have {MAX_RUNS:,} runs, {what} has {runs:,}; name the folder of one "
            "algorithm, or the index file of one function"
        )
    fit = min(MAX_EVALUATIONS, MAX_TRIALS // max(runs, 1))
    steps: list[int] = [digit * 10**power for power in range(1, 5) for digit in (1, 2, 5)]
    return max(step for step in steps if step <= fit)


def cut_rule(most: int, cut: int) -> Rule:
    """Return the rule that runs were cut by.

    Args:
        most: evaluations that were read of each.
        cut: how many runs had more.
    """
    why = (
        f"read up to evaluation {most:,} ({MAX_EVALUATIONS:,} at most, and {MAX_TRIALS:,} of all "
        "runs of a path); name a part of the files for longer ones"
    )
    return Rule(cut, f"run is {why}", f"runs are {why}")


def filled(
    evaluations: Sequence[int], values: Sequence[float], end: int, *, maximize: bool
) -> Array:
    """Return a value for each evaluation: the logged ones, and the best so far in between.

    Args:
        evaluations: numbers of logged evaluations from 1 on, ascending.
        values: theirs; what is not finite failed.
        end: the number of evaluations that are wanted.
        maximize: higher values are better.

    Returns:
        Shape (end,); NaN where an evaluation failed, and before the first one that did not.
    """
    sign = -1.0 if maximize else 1.0
    logged = np.full(end, np.nan)
    places = np.array(evaluations, dtype=np.int64) - 1
    loss = sign * np.array(values, dtype=float)
    kept = places < end
    logged[places[kept]] = np.where(np.isfinite(loss), loss, np.nan)[kept]
    best = np.fmin.accumulate(logged)
    there = np.zeros(end, dtype=bool)
    there[places[kept]] = True
    return sign * np.where(there, logged, best)


def numbers_of(instances: Sequence[int]) -> list[int]:
    """Return the repetition of each run: its instance, and of a further run on it that plus 10⁶.

    >>> numbers_of([1, 2, 1, 1])
    [1, 2, 1000001, 2000001]
    """
    taken: set[int] = set()
    found = []
    for instance in instances:
        number = instance
        while number in taken:
            number += FURTHER
        taken.add(number)
        found.append(number)
    return found


def without_draws(studies: Sequence[Study]) -> tuple[list[Study], list[str]]:
    """Return studies whose values are best ones, none of them called `random`, and the rule.

    Analyses take the values of `random` for single random draws: scales, random-search equivalents.

    Args:
        studies: of logs.
    """
    found = [
        replace(study, place=replace(study.place, strategy=BEST_SO_FAR))
        if study.place.strategy == RANDOM
        else study
        for study in studies
    ]
    if all(study.place.strategy != BEST_SO_FAR for study in found):
        return found, []
    return found, [
        f"{RANDOM} is called {BEST_SO_FAR!r}, since its log has no single draws, which a report "
        f"takes the trials of {RANDOM} for"
    ]


def rules_of(repetitions: Sequence[int], gaps: int) -> list[str | Rule]:
    """Return the rules that both kinds of logs follow.

    Args:
        repetitions: of the runs.
        gaps: how many runs lack evaluations.
    """
    rule = "the repetition is the number of the instance"
    if any(number >= FURTHER for number in repetitions):
        rule += f"; of a further run on it that plus {FURTHER:,}"
    what = "evaluations that the log lacks; each counts with the best value so far"
    return [rule, Rule(gaps, f"run has {what}", f"runs have {what}")]
