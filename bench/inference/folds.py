"""What is recorded of the folds of each full evaluation, in the places of a panel."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bench.inference.cv_tests import part_ratio
from bench.panels.arrays import Array
from bench.panels.clock import whole_seconds
from bench.panels.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class Folds:
    """The spread of the fold values of each full evaluation, shape (S, R, T) as in `Panel.loss`.

    Args:
        sd: standard deviation of the fold values, with n − 1; NaN with fewer than two of them.
        count: how many there are, NaN where `sd` is.
        cost: seconds of that evaluation, with all lower steps that its model went on from.
        ratio: n_test / n_train of the folds; NaN where it is not known.
    """

    sd: Array
    count: Array
    cost: Array
    ratio: float

    @property
    def se(self) -> Array:
        """The standard error of the mean score as if folds were independent, sd / √n."""
        found: Array = self.sd / np.sqrt(self.count)
        return found

    @property
    def corrected_se(self) -> Array:
        """The standard error with the correction for folds that share rows.

        sd · √(1/n + n_test/n_train); NaN where the ratio is not known.

        Source: Nadeau & Bengio 2003, "Inference for the Generalization Error", section 5.
        """
        found: Array = self.sd * np.sqrt(1 / self.count + self.ratio)
        return found


def folds_of(
    trials: pd.DataFrame, settings: Mapping[str, Mapping[str, Any]], panels: Sequence[Panel]
) -> list[Folds | None]:
    """Return the spread of the fold values of each problem; None where no evaluation has two.

    Args:
        trials: the tidy frame; `fold_values`, where it has any, holds a sequence a row, or None.
        settings: problem -> those of the live model that was measured, where they are known.
        panels: of the same trials.
    """
    if "fold_values" not in trials:
        return [None] * len(panels)
    found = []
    for panel in panels:
        part = trials.loc[trials["problem"] == panel.problem]
        found.append(_of_problem(part, panel, part_ratio(settings.get(panel.problem, {}))))
    return found


def _of_problem(trials: pd.DataFrame, panel: Panel, ratio: float) -> Folds | None:
    sd, count = _spread(trials["fold_values"])
    if np.isnan(sd).all():
        return None
    layout = panel.layout(trials)
    cost = whole_seconds(trials)
    sd, count, cost = (
        layout.of_full(values).reshape(panel.loss.shape) for values in (sd, count, cost)
    )
    return Folds(sd, count, cost, ratio)


def _spread(values: pd.Series) -> tuple[Array, Array]:
    """Return the standard deviation of each row's fold values, and their number."""
    lists = [found if isinstance(found, list | tuple | np.ndarray) else () for found in values]
    count = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    sd = np.full(len(lists), np.nan)
    enough = count > 1
    if enough.any():
        sizes = count[enough]
        # Value by value: to make an array of each list takes longer than all that follows.
        each = itertools.chain.from_iterable(found for found in lists if len(found) > 1)
        pool = np.fromiter(each, dtype=float, count=int(sizes.sum()))
        starts = np.cumsum(sizes) - sizes
        means = np.add.reduceat(pool, starts) / sizes
        squares = np.add.reduceat((pool - np.repeat(means, sizes)) ** 2, starts)
        sd[enough] = np.sqrt(squares / (sizes - 1))
    return sd, np.where(np.isnan(sd), np.nan, count)
