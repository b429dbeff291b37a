"""The frame of runs that a tidy table makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bench.panels.axis import evaluations
from bench.sources.tidy_columns import Array, TidyTable
from bench.sources.tidy_rules import DIRECTIONS
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

Ints = npt.NDArray[np.int64]

SHORT = "short"
"""How a run ends of which a table has fewer trials than of another: why, it does not say."""


def one_a_problem(file: TidyTable, name: str) -> dict[str, str]:
    """Return problem -> the one text that its rows have; empty ones do not count.

    Raises:
        TidyError: a problem has two.
    """
    texts, problems = file.texts.get(name), file.texts["problem"]
    if texts is None:
        return {}
    count = len(texts.categories) + 1
    pairs = np.unique(np.asarray(problems.codes, dtype=np.int64) * count + texts.codes + 1)
    found: dict[str, str] = {}
    for problem, code in zip(*np.divmod(pairs, count), strict=True):
        if code == 0:
            continue
        label, text = str(problems.categories[problem]), str(texts.categories[code - 1])
        if label in found:
            raise file.error(
                f"a problem must have one {name}", f"{label} has {found[label]!r} and {text!r}",
                "split it into two problems",
            )  # fmt: skip
        found[label] = text
    return found


def _optima(file: TidyTable, order: Ints, starts: Ints, cell: pd.DataFrame) -> Array:
    """Return the optimum of each run; one for all runs of a problem and repetition."""
    optimum = file.numbers.get("optimum")
    if optimum is None:
        return np.full(len(starts), np.nan)
    ordered = optimum[order]
    # NaN must not swallow a number: both reductions leave it out.
    low, high = (f.reduceat(ordered, starts) for f in (np.fmin, np.fmax))
    ends = cell.assign(low=low, high=high).groupby(["problem", "repetition"])
    lowest, highest = ends["low"].transform("min"), ends["high"].transform("max")
    bad = (lowest < highest).to_numpy()
    if bad.any():
        first = cell[bad].iloc[0]
        raise file.error(
            "a problem must have one optimum in a repetition",
            f"{first['problem']}, repetition {first['repetition']}, has "
            f"{lowest[bad].iloc[0]:.6g} and {highest[bad].iloc[0]:.6g}",
            "give all its rows the same, or leave it empty",
        )
    found: Array = lowest.to_numpy(dtype=float)
    return found


def _spent(file: TidyTable, order: Ints, starts: Ints, counts: Ints) -> Ints:
    """Return what each run spent, in full evaluations, rounded up; no fidelity means 1."""
    fidelity, before = (file.numbers.get(name) for name in ("fidelity", "continued_from"))
    if fidelity is None and before is None:
        return counts
    shares = np.ones(file.rows) if fidelity is None else np.where(np.isnan(fidelity), 1.0, fidelity)
    paid = shares if before is None else shares - np.nan_to_num(before)
    return evaluations(np.add.reduceat(paid[order], starts))


def frame_of_runs(file: TidyTable, order: Ints, starts: Ints, repetition: Ints) -> pd.DataFrame:
    """Return a row a run, as the store gives it; what a table cannot know is empty or 0.

    Args:
        file: the table.
        order: its rows, run by run.
        starts: the place in `order` at which each run begins.
        repetition: of each row.

    Raises:
        TidyError: a problem has two directions, metrics, or optima in a repetition.
    """
    import pandas as pd

    counts = np.diff(np.append(starts, len(order)))
    facts = {name: one_a_problem(file, name) for name in ("direction", "metric")}
    first = order[starts]
    runs = pd.DataFrame(
        {
            "strategy": np.asarray(file.texts["strategy"][first], dtype=object),
            "problem": np.asarray(file.texts["problem"][first], dtype=object),
            "repetition": repetition[first],
        }
    ).astype({"strategy": str, "problem": str})
    spent = _spent(file, order, starts, counts)
    budget = pd.Series(spent).groupby(runs["problem"]).transform("max").to_numpy()
    problem = runs["problem"]
    full = spent == budget
    unit = "trial" if (spent == counts).all() else "full evaluation"
    return pd.DataFrame(
        {
            "run": [f"run-{number}" for number in range(len(runs))],
            "strategy": runs["strategy"],
            "strategy_name": runs["strategy"],
            "strategy_version": 0,
            "strategy_settings": "{}",
            "library": "",
            "problem": problem,
            "problem_name": problem,
            "problem_version": 0,
            "problem_settings": "{}",
            "metric": problem.map(lambda name: facts["metric"].get(name, "value")),
            "direction": problem.map(lambda name: facts["direction"].get(name, DIRECTIONS[0])),
            "optimum": _optima(file, order, starts, runs),
            "repetition": runs["repetition"],
            "master_seed": 0,
            "strategy_seed": 0,
            "problem_seed": 0,
            "budget": budget,
            "unordered": False,
            "dataset": "",
            "median_draw": np.nan,
            "n_workers": 1,
            "synchronous": False,
            "checked": False,
            "status": np.where(full, "completed", SHORT),
            "reason": [
                "" if whole else f"the table has {many(int(n), unit)} of {int(most):,}"
                for whole, n, most in zip(full, spent, budget, strict=True)
            ],
            "n_trials": counts,
            "start_s": np.nan,
            "run_s": np.nan,
        }
    )
