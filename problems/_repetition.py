"""Everything one seed decides of a live problem: its parts, sliced once for all configurations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from problems._dataset import DataSet
from problems._fidelity import Share
from problems._metrics import Array
from problems._parts import Part, part
from problems._splits import NestedSplit, Rows
from problems._subsets import nested_rows


@dataclass(frozen=True, slots=True)
class Repetition:
    """What one seed decides.

    Args:
        data: the data.
        split: its rows.
        folds: what gives each of the inner parts; none where each configuration has its own.
        outer: what gives all that is tuned on, and the test part.
        labels: the classes in order, or the numbers that are predicted.
        cheaper: step -> the same parts with fewer rows to fit.
    """

    data: DataSet
    split: NestedSplit
    folds: tuple[Callable[[], Part], ...]
    outer: Callable[[], Part]
    labels: Array
    cheaper: dict[int, Repetition] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Cutter:
    """Makes parts of the rows of a data set.

    Args:
        data: the data.
        preprocess: gives an unfitted transformer, or None.
        in_time: whether the rows are a time series.
        metric: the name of a metric that needs every class among the rows to fit, else "".
        share: of the rows to fit that are kept; those to score are all kept.
    """

    data: DataSet
    preprocess: Callable[[], Any]
    in_time: bool
    metric: str
    share: Share | None = None

    def parts(
        self, folds: Iterable[tuple[Rows, Rows]], seed: int, *, held: bool, first: int = 0
    ) -> Iterator[Callable[[], Part]]:
        """Yield what gives each part.

        Args:
            folds: rows to fit and to score.
            seed: decides with the number of the part which rows are kept.
            held: whether the arrays stay in memory.
            first: the number of the first part.
        """
        for number, (fit, score) in enumerate(folds, first):
            self._check_classes(fit)
            rows = fit if self.share is None else self._fewer(fit, self.share, [seed, number])
            yield part(self.data, rows, score, self.preprocess, held=held)

    def _fewer(self, fit: Rows, share: Share, seed: list[int]) -> Rows:
        data = self.data
        nested = nested_rows(
            len(fit),
            classes=data.y[fit] if data.labels else None,
            groups=None if data.groups is None else data.groups[fit],
            in_time=self.in_time,
            seed=seed,
        )
        return fit[nested.subset(*share)]

    def _check_classes(self, fit: Rows) -> None:
        """Refuse rows to fit that lack a class, of which the model would give no probability."""
        if not self.metric:
            return
        missing = np.setdiff1d(np.arange(len(self.data.labels)), self.data.y[fit])
        if len(missing):
            raise ValueError(
                f"{self.metric} needs rows of every class in every part that is fitted, got "
                f"a part with none of class {self.data.labels[missing[0]]!r}; use cv "
                "'stratified', fewer folds or another metric"
            )


def sliced(
    cutter: Cutter, split: NestedSplit, folds: Sequence[tuple[Rows, Rows]], seed: int, *, held: bool
) -> Repetition:
    """Return what a seed decides, its parts sliced.

    Args:
        cutter: of the data.
        split: their rows.
        folds: of it, or none where each configuration has its own.
        seed: of the repetition.
        held: whether the arrays stay in memory.
    """
    inner = tuple(cutter.parts(folds, seed, held=held))
    whole = [(split.train, split.test)]
    (outer,) = cutter.parts(whole, seed, held=held, first=len(split.folds))
    return Repetition(cutter.data, split, inner, outer, np.unique(cutter.data.y))
