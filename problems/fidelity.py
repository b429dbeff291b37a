"""A transform of the fidelity: another problem, with cheaper evaluations."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from statistics import NormalDist

from bench import Config, Evaluation, EvaluationError, Fidelity, Problem
from problems._settings import LATER
from problems._transforms import Transform, generator, keyed_uniform

REFERENCE_DRAWS = 1000
"""Random draws that say how losses are distributed: 5 ms of a function, once a seed."""

_TAIL_RANKS = 10
"""Beyond the best draw, the line from there through the one ten ranks further goes on."""

_NORMAL = NormalDist().inv_cdf


@dataclass
class Cheaper(Transform):
    """Another problem with cheaper evaluations, whose rank correlation with full ones is known.

    A full evaluation is that of the inner problem. A cheaper value is biased and noisy: the loss
    gets the normal score z of its rank among 1,000 random draws of the inner space, noise makes it
    r·z + √(1 − r²)·ε with ε standard normal, the same draws turn this score into a loss, and the
    bias is added. Over random draws, cheaper losses without the bias are distributed as full ones,
    and Spearman's correlation of the two is (6/π)·asin(r/2).

    At step 1 this correlation is the setting. The angle arccos r and the bias fall in proportion to
    1 − log step / log steps, so both are 0 at a full evaluation. The noise depends on seed,
    configuration and step alone, and the noise of two steps is independent. Equal losses get
    different scores, by a draw for each configuration. A cheaper value may be better than the
    optimum, which is that of full evaluations. A cheaper evaluation has no test value and no fold
    values.

    The cost of a step is its share of the inner cost. The first cheaper evaluation of a seed also
    takes the time of the 1,000 draws, which is on the clock only if the inner problem states no
    cost. Each seed has other draws: the correlation of one seed differs from the stated one by
    about 0.01, the mean over seeds by less than 0.002.

    Reference: Kruskal, "Ordinal Measures of Association", Journal of the American Statistical
    Association 53, 1958, for Spearman's correlation of two normal variables.

    Args:
        correlation: Spearman's, of an evaluation at step 1 with a full one, in [0, 1]. 1: the same
            order, 0: independent.
        steps: of a full evaluation, 2 or more.
        bias: how much worse a value at step 1 is, in units of the value; below 0: better.
        continues: a run pays for the difference to a lower step of the same configuration only, as
            where a model is trained further.

    Raises:
        ValueError: a setting out of range; an inner problem that has cheaper evaluations, or that
            fits models, which would take 1,000 fits first.
    """

    name = "cheaper"

    correlation: float = 0.9
    steps: int = 81
    bias: float = 0.0
    continues: bool = field(default=False, metadata=LATER)

    def __post_init__(self) -> None:
        if not 0 <= self.correlation <= 1:
            raise ValueError(
                f"correlation must be in [0, 1], got {self.correlation}; for example 0.9"
            )
        if self.steps < 2:
            raise ValueError(f"steps must be 2 or more, got {self.steps}; for example 81")
        if not math.isfinite(self.bias):
            raise ValueError(f"bias must be a finite number, got {self.bias}; for example 0.5")
        _check_can_be_inside(self.of)
        super().__post_init__()
        self._offered = self.fidelity = Fidelity("steps", self.steps, continues=self.continues)
        # The sine is rounded, so that of 1 would leave some noise.
        r = 1.0 if self.correlation == 1 else 2 * math.sin(math.pi * self.correlation / 6)
        self._angle = math.acos(r)
        self._scores = lru_cache(maxsize=1)(partial(_scores, self.of, self._depth))

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        step = self._offered.step(fidelity)
        if step == self.steps:
            return self.of.evaluate(config, seed=seed)
        share = self._offered.share(step)
        try:
            found = self.of.evaluate(config, seed=seed)
        except EvaluationError as error:
            raise EvaluationError(str(error), _part(error.cost, share)) from error
        value = found.value
        if math.isfinite(value):
            sign = self.metric.sign
            value = sign * self._cheaper(sign * float(value), config, seed, step)
        return Evaluation(value, None, None, _part(found.cost, share))

    def _cheaper(self, loss: float, config: Config, seed: int, step: int) -> float:
        """Return the loss that an evaluation of some steps finds in place of the full one."""
        remaining = 1 - math.log(step) / math.log(self.steps)
        angle = remaining * self._angle
        if angle > 0:
            scores = self._scores(seed)
            # Without the step: equal losses have the same order at every step.
            place = partial(keyed_uniform, self._depth, seed, "place", config)
            score = scores.of(loss, place)
            noise = _NORMAL(keyed_uniform(self._depth, seed, step, config))
            loss = scores.loss(math.cos(angle) * score + math.sin(angle) * noise)
        return loss + remaining * self.bias


@dataclass(frozen=True, slots=True)
class _NormalScores:
    """A map between losses and normal scores, both ascending, linear from draw to draw.

    Args:
        losses: of the draws, at least two.
        scores: of their ranks.
    """

    losses: list[float]
    scores: list[float]

    def of(self, loss: float, place: Callable[[], float]) -> float:
        """Return the score of a loss.

        Args:
            loss: any.
            place: gives where it is among losses that equal it, in [0, 1].
        """
        first, end = bisect_left(self.losses, loss), bisect_right(self.losses, loss)
        if end - first == 1:
            return self.scores[first]
        if end > first:
            return _score(first + place() * (end - 1 - first), len(self.losses))
        low, high = self._neighbours(first)
        if self.losses[low] == self.losses[high]:
            return self.scores[high if first else low]
        return _line(self.losses, self.scores, low, high, loss)

    def loss(self, score: float) -> float:
        """Return the loss that has a score."""
        low, high = self._neighbours(bisect_left(self.scores, score))
        return _line(self.scores, self.losses, low, high, score)

    def _neighbours(self, index: int) -> tuple[int, int]:
        """Return the two draws that the line through an index, between 0 and all, goes through."""
        last = len(self.losses) - 1
        if index == 0:
            return 0, min(_TAIL_RANKS, last)
        if index > last:
            return max(last - _TAIL_RANKS, 0), last
        return index - 1, index


def _line(xs: list[float], ys: list[float], low: int, high: int, x: float) -> float:
    share = (x - xs[low]) / (xs[high] - xs[low])
    return ys[low] + share * (ys[high] - ys[low])


def _score(rank: float, count: int) -> float:
    """Return the normal score of a rank from 0 to count − 1."""
    return _NORMAL((rank + 1) / (count + 1))


def _scores(inner: Problem, depth: int, seed: int) -> _NormalScores:
    """Return the scores of a seed, by the random draws that complete."""
    rng, sign = generator(seed, depth), inner.metric.sign
    losses: list[float] = []
    for _ in range(REFERENCE_DRAWS):
        try:
            value = inner.evaluate(inner.space.sample(rng), seed=seed).value
        except Exception:  # whatever makes a trial fail
            continue
        if math.isfinite(value):
            losses.append(sign * float(value))
    if len(losses) < 2:
        raise RuntimeError(
            f"2 of {REFERENCE_DRAWS:,} random draws of {inner.name} must complete for a cheaper "
            f"evaluation, {len(losses)} did; take another problem"
        )
    losses.sort()
    return _NormalScores(losses, [_score(rank, len(losses)) for rank in range(len(losses))])


def _part(cost: float | None, share: float) -> float | None:
    return None if cost is None else share * cost


def _check_can_be_inside(inner: Problem) -> None:
    offered = inner.fidelity
    if offered is not None and offered.lowest < offered.steps:
        raise ValueError(
            "the inner problem of cheaper must have full evaluations only, got "
            f"{inner.name}, which has steps from {offered.lowest} to {offered.steps} "
            f"({offered.unit}); use {inner.name} as it is"
        )
    if "live" in inner.tags:
        raise ValueError(
            "the inner problem of cheaper must be a function or a table, since "
            f"{REFERENCE_DRAWS:,} random draws of it are evaluated first, got {inner.name}, which "
            "fits models; `tunebench tabulate` makes a table of it"
        )
