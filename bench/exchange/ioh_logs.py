"""IOHprofiler's data folders: a JSON file a function, and the data files that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench.exchange.imported import ExchangeError, Imported, Study
from bench.exchange.ioh import SUITE
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
from bench.files import read as read_file
from bench.panels.regret import RANDOM

TOOL = "IOHprofiler"

MAX_INDEX_SIZE = 100_000_000
"""Bytes of a JSON file: that is half a million runs."""

UNNAMED = ("", "algorithm_name")
"""Names of algorithms that a person never gave."""

UNKNOWN = ("", "unknown_suite", "No suite")
"""Names of suites that say nothing."""


@dataclass(frozen=True, slots=True)
class Logged:
    """The runs of one algorithm on one function in one dimension, of one data file.

    Args:
        algorithm, problem: what they are runs of.
        maximize: higher values are better.
        data: the data file.
        runs: instance and number of evaluations of each.
    """

    algorithm: str
    problem: str
    maximize: bool
    data: Path
    runs: tuple[tuple[int, int], ...]


def reads(what: str) -> bool:
    """Say whether a path is a folder with JSON files of IOHprofiler, or one of these."""
    try:
        return next(index_files(Path(what), _fits, most=MAX_ENTRIES), None) is not None
    except (OSError, ValueError):
        return False


def read(what: str) -> Imported:
    """Return the runs of all JSON files of a folder, or of one.

    Raises:
        ExchangeError: one of them or a data file is missing or damaged.
    """
    import pandas as pd

    logs = [log for path in index_files(Path(what), _fits) for log in _logs(path)]
    count = sum(len(log.runs) for log in logs)
    if not count:
        raise ExchangeError(
            f"IOHprofiler's JSON files must list runs, those of {what} list none; run the "
            "experiment again, and close its logger"
        )
    most = most_evaluations(count, what)
    cells: dict[tuple[str, str], list[tuple[int, Path, pd.DataFrame]]] = {}
    long = gaps = 0
    no_draws = False
    for log in logs:
        direction = "maximize" if log.maximize else "minimize"
        for (instance, evaluations), logged in zip(log.runs, _runs(log, most), strict=True):
            end = min(evaluations, most)
            value = filled([*logged], [*logged.values()], end, maximize=log.maximize)
            long += evaluations > most
            gaps += len(logged) < end
            no_draws |= log.algorithm == RANDOM and len(logged) < end
            trials = pd.DataFrame({"value": value, "direction": direction})
            cells.setdefault((log.algorithm, log.problem), []).append((instance, log.data, trials))
    studies = [
        Study(Place(strategy, problem, number), trials, f"instance {instance} in {path}")
        for (strategy, problem), those in cells.items()
        for number, (instance, path, trials) in zip(
            numbers_of([one[0] for one in those]), those, strict=True
        )
    ]
    studies, renamed = without_draws(studies) if no_draws else (studies, [])
    numbers = [study.place.repetition or 0 for study in studies]
    rules = [*rules_of(numbers, gaps), cut_rule(most, long), *renamed]
    return Imported(TOOL, tuple(studies), tuple(rules))


def _fits(name: str) -> bool:
    return name.startswith("IOHprofiler_") and name.endswith(".json")


def _logs(index: Path) -> Iterator[Logged]:
    """Yield what a JSON file lists."""
    try:
        if index.stat().st_size > MAX_INDEX_SIZE:
            raise _damaged(index, f"it has more than {MAX_INDEX_SIZE:,} bytes")
        data = orjson.loads(read_file(index))
    except (OSError, orjson.JSONDecodeError) as error:
        raise _damaged(index, " ".join(str(error).split())[:100]) from None
    try:
        name = _text(data["algorithm"], "name").strip()
        for scenario in data["scenarios"]:
            dimension = int(scenario["dimension"])
            runs = [(int(run["instance"]), int(run["evals"])) for run in scenario["runs"]]
            if any(instance < 0 or evaluations < 0 for instance, evaluations in runs):
                raise ValueError("a number below 0")
            yield Logged(
                index.parent.name or "algorithm" if name in UNNAMED else name,
                _problem(data, dimension),
                bool(data["maximization"]),
                inside(index.parent, _text(scenario, "path"), index),
                tuple(run for run in runs if run[1]),
            )
    except KeyError as error:
        raise _damaged(index, f"it lacks {error}") from None
    except (TypeError, ValueError, OverflowError) as error:
        raise _damaged(index, f"an entry is of another kind: {error}"[:150]) from None


def _problem(data: Mapping[str, Any], dimension: int) -> str:
    suite, name = _text(data, "suite"), _text(data, "function_name")
    if suite == SUITE:
        return name
    label = f"f{int(data['function_id'])}-{name}-d{dimension}"
    return label if suite in UNKNOWN else f"{suite}:{label}"


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} must be a string")
    return value


def _runs(log: Logged, most: int) -> list[dict[int, float]]:
    """Return evaluation -> value of each run, of those that are read."""
    found: list[dict[int, float]] = []
    ends: list[int] = []
    fresh = True
    for number, row in _rows(log.data):
        if row is None:
            fresh = True
            continue
        evaluation, value = row
        if fresh or evaluation == 1:  # some loggers name their columns once
            found.append({})
            ends.append(0)
            fresh = False
        if evaluation <= ends[-1]:
            raise _damaged(log.data, f"line {number:,} is out of order")
        ends[-1] = evaluation
        if evaluation <= most:
            found[-1][evaluation] = value
    if len(found) != len(log.runs):
        raise _damaged(log.data, f"it has {len(found)} runs, its index lists {len(log.runs)}")
    for end, (instance, evaluations) in zip(ends, log.runs, strict=True):
        if end > evaluations:
            raise _damaged(
                log.data,
                f"instance {instance} ends with evaluation {end:,}, its index says {evaluations:,}",
            )
    return found


def _rows(path: Path) -> Iterator[tuple[int, tuple[int, float] | None]]:
    """Yield the number of each line, and its evaluation and value; None of names of columns."""
    place: tuple[int, int] | None = None
    for number, line in enumerate(lines_of(path), 1):
        parts = line.split()
        if "evaluations" in parts and "raw_y" in parts:
            place = parts.index("evaluations"), parts.index("raw_y")
            yield number, None
        elif parts:
            if place is None:
                raise _damaged(path, "its first line must name the columns evaluations and raw_y")
            try:
                evaluation, value = int(parts[place[0]]), float(parts[place[1]])
            except (ValueError, IndexError):
                raise _damaged(path, f"line {number:,} is cut off or no data") from None
            if not line.endswith("\n"):
                raise _damaged(path, f"line {number:,} is cut off")
            yield number, (evaluation, value)


def _damaged(path: Path, why: str) -> ExchangeError:
    return ExchangeError(
        f"logs of IOHprofiler must be whole, {path} is not ({why}); copy the whole folder again, "
        "or run the experiment again"
    )
