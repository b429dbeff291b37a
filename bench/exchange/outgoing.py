"""Runs as other tools log them: a value for each full evaluation, and numbered functions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bench.exchange.spaces import space_of
from bench.panels.axis import charges, places
from bench.sources.source import Source

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]

BBOB_INSTANCES = 100_000
"""How many instances the seed of a run on a BBOB function chooses from (`problems.bbob`)."""

FIRST_OTHER = 1001
"""The number of the first function that is none of BBOB: no suite of COCO counts so far."""


@dataclass(frozen=True, slots=True)
class Function:
    """A problem as a numbered function.

    Args:
        problem: its label.
        number: 1 to 24 of BBOB, from `FIRST_OTHER` otherwise.
        dimension: how many parameters it has; 0 where that is not known.
        bbob: it is a function of BBOB.
        maximize: higher values are better.
    """

    problem: str
    number: int
    dimension: int
    bbob: bool
    maximize: bool


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One run.

    Args:
        repetition: its number.
        instance: its BBOB instance; of another function its repetition.
        optimum: the best value there is, NaN where it is not known.
        values: shape (evaluations,): what each full evaluation gave, NaN where it failed.
    """

    repetition: int
    instance: int
    optimum: float
    values: Array


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote.

    Args:
        what: it is, in words.
        trials: how many it is made of.
        lines: what was left out, and the rules by which values were written.
        opens: lines of Python that open it; `{}` stands for the folder.
    """

    what: str
    trials: int
    lines: tuple[str, ...]
    opens: tuple[str, ...]


def functions_of(source: Source) -> list[Function]:
    """Return the problems of a source that have a trial as numbered functions, in its order.

    Of two problems that are one BBOB function in one dimension the second is no function of BBOB.
    """
    found: list[Function] = []
    there = set(source.trials["problem"].unique())
    for problem in source.problems:
        if problem not in there:
            continue
        # What is asked of it is the same in all its runs.
        run = source.runs[source.runs["problem"] == problem].iloc[0]
        number, dimension = _bbob(run)
        taken = {(f.number, f.dimension) for f in found if f.bbob}
        bbob = number > 0 and (number, dimension) not in taken
        if not bbob:
            number = FIRST_OTHER + sum(not f.bbob for f in found)
            dimension = _dimension(source, run)
        maximize = run["direction"] == "maximize"
        found.append(Function(problem, number, dimension, bbob, maximize))
    return found


def optima_of(source: Source) -> pd.Series[float]:
    """Return (problem, repetition) -> the optimum, NaN where no run knows it.

    It is one for all runs of a repetition; that of a skipped run was not asked for.
    """
    keys = [source.runs["problem"].astype(str), source.runs["repetition"]]
    return source.runs["optimum"].astype(float).groupby(keys, sort=False).first()


def why_no_optimum(optima: pd.Series[float]) -> str:
    """Return why distances to some optima cannot be computed; "" if they can.

    Args:
        optima: of all repetitions of a problem, one or more.
    """
    known = np.isfinite(optima.to_numpy(dtype=float))
    if known.all():
        return ""
    return "optimum not known in every repetition" if known.any() else "no known optimum"


def curves_of(source: Source) -> Callable[[str, Function], list[Curve]]:
    """Return what gives the runs of a strategy on a problem that have a trial, by repetition."""
    places = source.trials.groupby(["strategy", "problem"], observed=True, sort=False).indices
    runs, optima = source.runs.set_index("run"), optima_of(source)

    def curves(strategy: str, function: Function) -> list[Curve]:
        trials = source.trials.iloc[places.get((strategy, function.problem), [])]
        found = []
        for run, rows in trials.groupby("run", observed=True, sort=False):
            facts = runs.loc[run]
            repetition = int(facts["repetition"])
            optimum = float(optima[function.problem, repetition])
            values = by_evaluation(rows, maximize=function.maximize)
            found.append(Curve(repetition, _instance(facts, function), optimum, values))
        return sorted(found, key=lambda curve: curve.repetition)

    return curves


def by_evaluation(trials: pd.DataFrame, *, maximize: bool) -> Array:
    """Return what each full evaluation of a run gave, shape (evaluations,), NaN where none did.

    Trials of a lower fidelity are paid for and give nothing; of several full ones that end in one
    place the best counts.

    Args:
        trials: of one run: trial_number, fidelity, status, value.
        maximize: higher values are better.
    """
    sign = -1.0 if maximize else 1.0
    whole = (trials["status"] == "completed") & (trials["fidelity"] >= 1)
    loss = np.where(whole, sign * trials["value"].to_numpy(dtype=float), np.nan)
    number = trials["trial_number"].to_numpy(dtype=np.int64)
    place = places(np.zeros(len(number), dtype=np.int64), number, charges(trials))
    found = np.full(int(place.max()) + 1, np.nan)
    np.fmin.at(found, place, loss)
    return sign * found


def partial_note(source: Source, what: str) -> list[str]:
    """Return a line on trials of a lower fidelity, where there are any.

    Args:
        source: of the trials.
        what: is counted, in words.
    """
    lower = source.trials["fidelity"] < 1
    if not lower.any():
        return []
    names = sorted(source.trials["strategy"][lower].astype(str).unique())
    return [
        f"{what} are full evaluations: trials of lower fidelity ({', '.join(names)}) count by "
        "their share, rounded up, and give no value"
    ]


def slugs(labels: Collection[str]) -> dict[str, str]:
    """Return label -> a name for files, each another one.

    >>> slugs(["tpe", "a/b", "a b"])
    {'tpe': 'tpe', 'a/b': 'a-b', 'a b': 'a-b-2'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        # A leading dot hides a file, and two of them lead out of the folder.
        plain = re.sub(r"[^A-Za-z0-9._+=-]+", "-", label)[:60].strip(".-") or "x"
        name, number = plain, 1
        while name.lower() in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name.lower())
        found[label] = name
    return found


def quoted(label: str) -> str:
    """Return a label as it can stand between apostrophes in a line of an index file.

    >>> quoted("it's, 100% mine")
    'it´s, 100% mine'
    """
    return " ".join(label.replace("'", "´").replace("\\", "/").replace('"', "´").split())


def _bbob(run: pd.Series[Any]) -> tuple[int, int]:
    """Return number and dimension of a BBOB function, zeros of any other problem."""
    name = str(run["problem_name"])
    if name == "bbob":
        name += f":{json.loads(run['problem_settings']).get('function', '')}"
    form = re.fullmatch(r"bbob:f([0-9]{1,2})-d([0-9]{1,4})", name)
    number, dimension = map(int, form.groups()) if form else (0, 0)
    return (number, dimension) if 1 <= number <= 24 and dimension else (0, 0)


def _instance(run: pd.Series[Any], function: Function) -> int:
    # A table of another tool has no seeds; its repetitions are the instances.
    if function.bbob and run["problem_version"]:
        return 1 + int(run["problem_seed"]) % BBOB_INSTANCES
    return int(run["repetition"])


def _dimension(source: Source, run: pd.Series[Any]) -> int:
    """Return how many parameters a problem has, 0 where that is not known."""
    space = space_of(run)
    if space is not None:
        return len(space)
    if "config" in source.trials:
        rows = source.trials["config"][source.trials["problem"] == run["problem"]]
        return len({name for config in rows for name in json.loads(config)})
    named = re.search(r"-d([0-9]{1,4})$", str(run["problem"]))
    return int(named[1]) if named else 0


def best_so_far(values: Array, *, maximize: bool) -> Iterator[tuple[int, float, bool]]:
    """Yield number (from 1), best value so far, and whether it is a new one, of each evaluation.

    Args:
        values: as `Curve` has them.
        maximize: higher values are better.
    """
    best = np.nan
    for number, value in enumerate(values.tolist(), 1):
        new = not np.isnan(value) and (
            np.isnan(best) or (value > best if maximize else value < best)
        )
        best = value if new else best
        yield number, best, new
