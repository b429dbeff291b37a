"""COCO's data folders: index files (`.info`) and what they name, of old and new formats."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bench.exchange.coco import FAILED, PROBLEM
from bench.exchange.imported import ExchangeError, Imported, Study
from bench.exchange.log_files import (
    MAX_ENTRIES,
    cut_rule,
    filled,
    index_files,
    inside,
    lines_of,
    most_evaluations,
    numbers_of,
    rules_of,
    without_draws,
)
from bench.exchange.naming import Place

TOOL = "COCO"

UNNAMED = ("", "ALG", "ALG_NAME")
"""Names of algorithms that a person never gave."""

_FUNCTION = re.compile(
    r"funcId\s*=\s*(?P<function>[0-9]{1,9})\s*,\s*DIM\s*=\s*(?P<dimension>[0-9]{1,9})"
)
_TEXT = r"\b{}\s*=\s*(?:'([^']*)'|\"([^\"]*)\")"
_RUN = re.compile(r"([0-9]{1,9})(?::([0-9]{1,18})\|\S+)?")
_BEST = "best noise-free fitness"
"""How the column of the best value so far begins, in all formats."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One run that an index file lists.

    Args:
        folder: of the index file.
        algorithm, problem: what it is a run of.
        instance: its number.
        evaluations: how many there were, None where the run was not ended.
        data: its data file, which ends in `.dat`.
        block: which run of that file it is, from 0.
    """

    folder: Path
    algorithm: str
    problem: str
    instance: int
    evaluations: int | None
    data: Path
    block: int


@dataclass(slots=True)
class Block:
    """The lines of one run in a data file.

    Args:
        best: evaluation -> best value so far, of those that are read.
        last: the number of the last evaluation.
    """

    best: dict[int, float]
    last: int = 0


def reads(what: str) -> bool:
    """Say whether a path is a folder with index files of COCO, or one of these."""
    try:
        files = index_files(Path(what), _fits, most=MAX_ENTRIES)
        return any(map(_is_index, islice(files, MAX_ENTRIES)))
    except (OSError, ValueError):
        return False


def read(what: str) -> Imported:
    """Return the runs that all index files of a folder list, or one file.

    Raises:
        ExchangeError: an index or data file is missing or damaged, or has several objectives.
    """
    import pandas as pd

    runs = [run for path in index_files(Path(what), _fits) for run in _runs(path)]
    most = most_evaluations(len(runs), what)
    of_file: dict[Path, list[Logged]] = {}
    for run in runs:
        of_file.setdefault(run.data, []).append(run)
    values, long, gaps = {}, 0, 0
    for path, listed in of_file.items():
        for run, block in zip(
            listed, _blocks(listed[0].folder, path, len(listed), most), strict=True
        ):
            _check_end(run, block)
            end = min(block.last, most)
            values[run] = filled([*block.best], [*block.best.values()], end, maximize=False)
            long += block.last > most
            gaps += len(block.best) < end
    if not runs:
        raise ExchangeError(
            f"COCO's index files must list runs, those of {what} list none; run the experiment "
            "again"
        )
    placed = list(_placed(runs))
    studies = [
        Study(
            place,
            pd.DataFrame({"value": values[run], "direction": "minimize", "optimum": 0.0}),
            f"instance {run.instance} in {run.data}",
        )
        for run, place in placed
    ]
    studies, renamed = without_draws(studies)
    numbers = [place.repetition or 0 for _, place in placed]
    rules = [
        "values are distances to the optimum, the best so far",
        *rules_of(numbers, gaps),
        cut_rule(most, long),
        *renamed,
    ]
    return Imported(TOOL, tuple(studies), tuple(rules))


def _fits(name: str) -> bool:
    return name.lower().endswith(".info")


def _is_index(path: Path) -> bool:
    try:
        first = next(lines_of(path), "")
    except ExchangeError:
        return False
    return "funcId" in first or "indicator =" in first


def _runs(index: Path) -> Iterator[Logged]:
    """Yield the runs that an index file lists."""
    blocks: Counter[Path] = Counter()
    head, label = "", ""
    for line in map(str.strip, lines_of(index)):
        if "funcId" in line or "indicator" in line:
            head, label = line, ""
            _check_kind(index, head)
        elif line.startswith("%"):
            label = line.removeprefix(PROBLEM) if line.startswith(PROBLEM) else label
        elif line:
            if not (form := _FUNCTION.search(head)):
                raise _damaged(index, f"{line[:60]!r} stands under no function")
            problem = label or _problem(_text("suite", head), *map(int, form.groups()))
            algorithm = _text("algId", head)
            if algorithm in UNNAMED:
                algorithm = index.parent.name or "algorithm"
            for instance, evaluations, path in _listed(index, line):
                yield Logged(
                    index.parent, algorithm, problem, instance, evaluations, path, blocks[path]
                )
                blocks[path] += 1


def _check_kind(index: Path, head: str) -> None:
    suite = _text("suite", head)
    if "indicator" in head or "biobj" in suite or "constrained" in suite:
        raise ExchangeError(
            "runs must have one objective and no constraints, "
            f"{index} is of suite {suite!r}; leave its folder out"
        )


def _text(name: str, head: str) -> str:
    form = re.search(_TEXT.format(name), head)
    return (form[1] or form[2] or "").strip() if form else ""


def _problem(suite: str, function: int, dimension: int) -> str:
    """Return the label of a function; the first formats name no suite, and had these two."""
    if not suite and 1 <= function <= 24:
        suite = "bbob"
    elif not suite and 101 <= function <= 130:
        suite = "bbob-noisy"
    return f"{suite}:f{function}-d{dimension}" if suite else f"f{function}-d{dimension}"


def _listed(index: Path, line: str) -> Iterator[tuple[int, int | None, Path]]:
    """Yield instance, evaluations and data file of the runs in a line of an index file."""
    path = None
    for part in (part.strip() for part in line.split(",")):
        if part.endswith(".dat"):
            path = inside(index.parent, part, index)
        elif (form := _RUN.fullmatch(part)) and path is not None:
            yield int(form[1]), None if form[2] is None else int(form[2]), path
        elif part and "=" not in part:
            raise _damaged(index, f"{part[:60]!r} is no run")


def _blocks(folder: Path, path: Path, count: int, most: int) -> list[Block]:
    """Return what the data files have of each run."""
    found = _parsed(path, most)
    timed = inside(folder, str(path.with_suffix(".tdat").relative_to(folder)), path)
    if timed.is_file():
        further = _parsed(timed, most)
        if len(further) != len(found):
            raise _damaged(timed, f"it has {len(further)} runs, {path.name} has {len(found)}")
        for block, more in zip(found, further, strict=True):
            both = block.best | more.best
            block.best = {number: both[number] for number in sorted(both)}
            block.last = max(block.last, more.last)
    if len(found) != count:
        raise _damaged(path, f"it has {len(found)} runs, its index lists {count}")
    return found


def _parsed(path: Path, most: int) -> list[Block]:
    found: list[Block] = []
    fresh, column = True, -1
    for number, line in enumerate(lines_of(path), 1):
        if line.startswith("%"):
            names = [name.strip() for name in line.lstrip("% ").split("|")]
            column = next((i for i, name in enumerate(names) if name.startswith(_BEST)), -1)
            fresh = True
        elif line.strip():
            if column < 0:
                raise _damaged(path, f"no column of it begins with {_BEST!r}")
            if fresh:
                found.append(Block({}))
                fresh = False
            parts = line.split()
            try:
                evaluation, value = int(parts[0]), float(parts[column])
            except (ValueError, IndexError):
                raise _damaged(path, f"line {number:,} is cut off or no data") from None
            if not line.endswith("\n") or not found[-1].last <= evaluation or evaluation < 1:
                raise _damaged(path, f"line {number:,} is cut off or out of order")
            found[-1].last = evaluation
            if evaluation <= most:
                found[-1].best[evaluation] = value if value < FAILED else math.nan
    return found


def _check_end(run: Logged, block: Block) -> None:
    if run.evaluations is not None and run.evaluations != block.last:
        raise _damaged(
            run.data,
            f"instance {run.instance} ends with evaluation {block.last:,}, its index says "
            f"{run.evaluations:,}",
        )


def _placed(runs: Sequence[Logged]) -> Iterator[tuple[Logged, Place]]:
    """Yield each run and where it belongs."""
    apart = _apart(runs)
    cells: dict[tuple[str, str], list[Logged]] = {}
    for run in runs:
        strategy = run.folder.name if run.algorithm in apart else run.algorithm
        cells.setdefault((strategy, run.problem), []).append(run)
    for (strategy, problem), those in cells.items():
        numbers = numbers_of([run.instance for run in those])
        for run, repetition in zip(those, numbers, strict=True):
            yield run, Place(strategy, problem, repetition)


def _apart(runs: Sequence[Logged]) -> set[str]:
    """Return the names of algorithms that two folders have with runs on one instance.

    An experiment in parts has one name in several folders, each with other instances or functions.
    """
    folders: dict[tuple[str, str, int], Path] = {}
    found = set()
    for run in runs:
        key = run.algorithm, run.problem, run.instance
        if folders.setdefault(key, run.folder) != run.folder:
            found.add(run.algorithm)
    return found


def _damaged(path: Path, why: str) -> ExchangeError:
    return ExchangeError(
        f"logs of COCO must be whole, {path} is not ({why}); copy the whole folder again, or run "
        "the experiment again"
    )
