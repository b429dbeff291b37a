"""Tables: every configuration of a finite space, measured once on each of several splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.core.distributions import Scalar, values_of
from bench.core.problem import Metric
from bench.core.space import Config, SearchSpace
from bench.core.trial import Evaluation

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Every configuration of a finite space, measured on one or more splits.

    Args:
        space: finite.
        metric: what the values are.
        value: shape (splits, configurations); NaN where the evaluation failed.
        test_value, cost: the same shape, or None.
        fold_values: shape (splits, configurations, folds), or None.
        reasons: (split, row) -> why the evaluation failed.
        meta: what the file says of itself.
        row_of: key of a configuration (see `key_weights`) -> its row.
    """

    space: SearchSpace
    metric: Metric
    value: Array
    test_value: Array | None
    cost: Array | None
    fold_values: Array | None
    reasons: Mapping[tuple[int, int], str]
    meta: Mapping[str, Any]
    row_of: Mapping[int, int]
    _weights: Mapping[str, Mapping[Scalar, int]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_weights", key_weights(self.space))

    @property
    def splits(self) -> int:
        """The number of splits."""
        return len(self.value)

    def row(self, config: Config) -> int:
        """Return the row of a configuration inside the space."""
        weights = self._weights
        return self.row_of[sum([weights[name][value] for name, value in config.items()])]

    def evaluation(self, config: Config, split: int) -> Evaluation:
        """Return what was measured.

        Raises:
            RuntimeError: it failed when the table was made; the message is the recorded reason.
        """
        row = self.row(config)
        value = self.value.item(split, row)
        if value != value:
            raise RuntimeError(self.reasons[split, row])
        folds = self.fold_values
        return Evaluation(
            value,
            None if self.test_value is None else self.test_value.item(split, row),
            None if folds is None else tuple(folds[split, row].tolist()),
            None if self.cost is None else self.cost.item(split, row),
        )

    def optimum(self, split: int) -> float:
        """Return the best value of a split."""
        losses = self.metric.sign * self.value[split]
        return self.metric.sign * float(np.nanmin(losses))

    def draw_probability(self) -> Array:
        """Return the probability of each row in one random draw from the space.

        They differ where conditions do: a draw of a short branch has fewer ways to differ.
        """
        probability = np.empty(len(self.row_of))
        for config in self.space.configs():
            share = 1.0
            for name in config:
                share /= self.space.parameters[name].size or 1
            probability[self.row(config)] = share
        return probability

    def random_search(self, split: int, trials: Sequence[int]) -> Array:
        """Return the expected best of n random draws with replacement, exactly.

        E = Σ_k x_(k) · (S_(k−1)^n − S_k^n), x sorted best first, S_k the probability of drawing
        something worse than the k best. A failed row counts as the worst value.

        Args:
            split: which one.
            trials: numbers n of draws.
        """
        losses = self.metric.sign * self.value[split]
        losses = np.where(np.isnan(losses), np.nanmax(losses), losses)
        order = np.argsort(losses, kind="stable")
        left = np.clip(1.0 - np.cumsum(self.draw_probability()[order]), 0.0, 1.0)
        left[-1] = 0.0
        before = np.concatenate([[1.0], left[:-1]])
        return np.array(
            [self.metric.sign * float((before**n - left**n) @ losses[order]) for n in trials]
        )


def key_weights(space: SearchSpace) -> dict[str, dict[Scalar, int]]:
    """Return name -> value -> weight, such that the weights of a configuration add up to its key.

    Mixed radix; weight 0 is left for a parameter that does not exist.
    """
    weights: dict[str, dict[Scalar, int]] = {}
    stride = 1
    for name, distribution in space.parameters.items():
        values = values_of(name, distribution)
        weights[name] = {value: (i + 1) * stride for i, value in enumerate(values)}
        stride *= len(values) + 1
    return weights
