"""Tables: every configuration of a finite space, measured once on each of several splits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.core.distributions import Scalar, shares_of, values_of
from bench.core.fidelity import Fidelity
from bench.core.problem import Metric
from bench.core.space import Config, SearchSpace
from bench.core.trial import Evaluation, EvaluationError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """What the evaluations of one step gave.

    Args:
        value: shape (splits, configurations), as in a `Table`, and so are the others.
        test_value: the same shape, or None.
        cost: the same shape, or None.
        fold_values: shape (splits, configurations, folds), or None.
        reasons: (split, row) -> why the evaluation failed.
    """

    value: Array
    test_value: Array | None = None
    cost: Array | None = None
    fold_values: Array | None = None
    reasons: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Every configuration of a finite space, measured on one or more splits.

    The arrays hold the full evaluations, and so do all numbers that are computed from a table.

    Args:
        space: finite.
        metric: what the values are.
        value: shape (splits, configurations), the configurations in the order of
            `space.configs()`; NaN where the evaluation failed.
        test_value: the same shape, or None.
        cost: the same shape, or None; NaN where a failed evaluation has none recorded.
        fold_values: shape (splits, configurations, folds), or None.
        reasons: (split, row) -> why the evaluation failed.
        train_value: the same shape, or None.
        metrics: those that `scores` are of.
        scores: shape (splits, configurations, metrics, 2): validation and test value, NaN where
            one is unknown; or None.
        meta: what the file says of itself.
        fidelity: the steps that were measured, or None where there are full evaluations only.
        cheaper: step below a full evaluation -> what its evaluations gave.
        row_of: key of a configuration (see `key_weights`) -> its row.
    """

    space: SearchSpace
    metric: Metric
    value: Array
    test_value: Array | None = None
    cost: Array | None = None
    fold_values: Array | None = None
    reasons: Mapping[tuple[int, int], str] = field(default_factory=dict)
    train_value: Array | None = None
    metrics: tuple[Metric, ...] = ()
    scores: Array | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    fidelity: Fidelity | None = None
    cheaper: Mapping[int, Measurements] = field(default_factory=dict)
    row_of: Mapping[int, int] = field(init=False)
    _weights: Mapping[str, Mapping[Scalar, int]] = field(init=False)
    _names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        keys = config_keys(self.space).tolist()
        object.__setattr__(self, "row_of", {key: row for row, key in enumerate(keys)})
        object.__setattr__(self, "_weights", key_weights(self.space))
        object.__setattr__(self, "_names", tuple(metric.name for metric in self.metrics))

    @property
    def splits(self) -> int:
        """The number of splits."""
        return len(self.value)

    def row(self, config: Config) -> int:
        """Return the row of a configuration inside the space."""
        weights = self._weights
        return self.row_of[sum([weights[name][value] for name, value in config.items()])]

    def evaluation(self, config: Config, split: int, step: int | None = None) -> Evaluation:
        """Return what was measured.

        Args:
            config: the active parameters.
            split: which one.
            step: one of those that were measured; None: a full evaluation.

        Raises:
            EvaluationError: it failed when the table was made.
            ValueError: a step that was not measured.
        """
        row, found = self.row(config), self if step is None else self._at(step)
        value = found.value.item(split, row)
        cost = None if found.cost is None else found.cost.item(split, row)
        if value != value:
            known = cost is not None and cost == cost
            raise EvaluationError(found.reasons[split, row], cost if known else None)
        folds, train, scores = found.fold_values, None, None
        test_value = None if found.test_value is None else found.test_value.item(split, row)
        if found is self and self.train_value is not None:
            train = _known(self.train_value.item(split, row))
        if found is self and self.scores is not None:
            pairs = zip(self._names, self.scores[split, row].tolist(), strict=True)
            scores = {name: (_known(a), _known(b)) for name, (a, b) in pairs}
            if self.metric.name in scores:
                scores[self.metric.name] = value, test_value  # of double precision
        return Evaluation(
            value,
            test_value,
            None if folds is None else tuple(folds[split, row].tolist()),
            cost,
            train,
            scores,
        )

    def _at(self, step: int) -> Table | Measurements:
        if step in self.cheaper:
            return self.cheaper[step]
        if self.fidelity is None:
            raise ValueError(f"the table has full evaluations only, got step {step}; leave it out")
        self.fidelity.share(step)  # says which steps there are
        return self

    def optimum(self, split: int) -> float:
        """Return the best value of a split."""
        losses = self.metric.sign * self.value[split]
        return self.metric.sign * float(np.nanmin(losses))

    def losses(self, split: int) -> Array:
        """Return the losses on a split; a failure counts as its worst value."""
        losses: Array = self.metric.sign * self.value[split]
        return np.where(np.isnan(losses), np.nanmax(losses), losses)

    def median_draws(self) -> list[float]:
        """Return for each split the median value of one random draw, the better of two middles."""
        weights, medians = self.draw_probability(), []
        for split in range(self.splits):
            losses = self.losses(split)
            order = np.argsort(losses, kind="stable")
            reached = np.cumsum(weights[order])
            # A share of exactly one half must be found although sums of weights are rounded.
            place = int(np.searchsorted(reached, reached[-1] / 2 * (1 - 1e-12)))
            medians.append(self.metric.sign * float(losses[order[place]]))
        return medians

    def draw_probability(self) -> Array:
        """Return the probability of each row in one random draw from the space.

        They differ where conditions do: a draw of a short branch has fewer ways to differ.
        """
        shares = {
            name: dict(zip(values_of(name, distribution), shares_of(distribution), strict=True))
            for name, distribution in self.space.parameters.items()
        }
        drawn = (
            math.prod(shares[name][value] for name, value in config.items())
            for config in self.space.configs()
        )
        return np.fromiter(drawn, dtype=np.float64, count=len(self.row_of))

    def random_search(self, split: int, trials: Sequence[int]) -> Array:
        """Return the expected best of n random draws with replacement, exactly.

        E = Σ_k x_(k) · (S_(k−1)^n − S_k^n), x sorted best first, S_k the probability of drawing
        something worse than the k best. A failed row counts as the worst value.

        Args:
            split: which one.
            trials: numbers n of draws.
        """
        losses = self.losses(split)
        order = np.argsort(losses, kind="stable")
        left = np.clip(1.0 - np.cumsum(self.draw_probability()[order]), 0.0, 1.0)
        left[-1] = 0.0
        before = np.concatenate([[1.0], left[:-1]])
        return np.array(
            [self.metric.sign * float((before**n - left**n) @ losses[order]) for n in trials]
        )


def _known(value: float) -> float | None:
    return None if value != value else value


def key_weights(space: SearchSpace) -> dict[str, dict[Scalar, int]]:
    """Return name -> value -> weight, such that the weights of a configuration add up to its key.

    Mixed radix, the last parameter fastest, so that keys ascend in the order of `space.configs()`;
    weight 0 is left for a parameter that does not exist.
    """
    weights: dict[str, dict[Scalar, int]] = {}
    stride = 1
    for name, distribution in reversed(list(space.parameters.items())):
        values, absent = values_of(name, distribution), name in space.conditions
        weights[name] = {value: (i + absent) * stride for i, value in enumerate(values)}
        stride *= len(values) + absent
    return weights


def config_keys(space: SearchSpace) -> NDArray[np.int64]:
    """Return the keys of all configurations, which ascend."""
    if not space.conditions:
        return np.arange(
            math.prod(dist.size or 1 for dist in space.parameters.values()), dtype=np.int64
        )
    weights = key_weights(space)
    keys = (sum([weights[n][v] for n, v in config.items()]) for config in space.configs())
    return np.fromiter(keys, dtype=np.int64)
