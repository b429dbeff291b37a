"""Rank correlations of cheaper evaluations with full ones among all configurations of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.analysis.rungs import Exact, agreement, steps
from bench.measured.scales import table_behind
from bench.panels.rounding import tied
from bench.tabular import Table

if TYPE_CHECKING:
    import pandas as pd


def rank_correlations(runs: pd.DataFrame) -> Exact:
    """Return the rank correlations of the tables of the package, which a version never changes.

    Nothing is made or imported for any other problem, since anybody may have named it.

    Args:
        runs: a row a run: problem, problem_name, problem_version.
    """
    found = {}
    for label, part in runs.groupby("problem", observed=True, sort=False):
        first = part.iloc[0]
        behind = table_behind(str(first["problem_name"]), int(first["problem_version"]))
        if behind is not None and behind[0].fidelity is not None:
            full = behind[0].fidelity.steps
            by_step = of_table(behind[0])
            shares = steps([step / full for step in by_step]).tolist()
            found[str(label)] = dict(zip(shares, by_step.values(), strict=True))
    return found


def of_table(table: Table) -> dict[int, float]:
    """Return the rank correlation of each step below a full evaluation with the full evaluation.

    It is Kendall's τ-b among all configurations of a split, in which a failed evaluation is worse
    than every value, as a mean over splits.

    Args:
        table: with or without cheaper evaluations.

    Returns:
        Step, ascending -> mean of τ; NaN where all splits have one value only.
    """
    found = {}
    for step, cheaper in sorted(table.cheaper.items()):
        pairs = zip(_losses(table, cheaper.value), _losses(table, table.value), strict=True)
        by_split = [agreement(*pair).tau for pair in pairs]
        known = [tau for tau in by_split if tau == tau]
        found[step] = float(np.mean(known)) if known else float("nan")
    return found


def _losses(table: Table, values: np.ndarray) -> np.ndarray:
    return tied(np.where(np.isnan(values), np.inf, table.metric.sign * values))
