"""The package bayesian-optimization."""

import math
import warnings
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bench import (
    Budget,
    Categorical,
    Distribution,
    Float,
    Int,
    Ordinal,
    SearchSpace,
    Strategy,
    Suggestion,
    Trial,
)
from strategies._fixed import split
from strategies._settings import at_least
from strategies._values import plain


@dataclass
class BayesianOptimization(Strategy):
    """A Gaussian process with an upper confidence bound: bayesian-optimization, its defaults.

    The library (Nogueira 2014) has no logarithmic scales: log Float -> the logarithm, log Int ->
    the logarithm, rounded. Ordinal -> integer positions. It calls everything but real numbers
    experimental. A configuration that is suggested again keeps its first value. A failed trial is
    reported as the worst loss so far, since the library takes no failures; before any trial
    completed it is not reported.

    Args:
        init_points: random trials before the model.
    """

    name = "bayesian-optimization"
    requires = ("bayes_opt",)

    init_points: int = 5

    def __post_init__(self) -> None:
        at_least(1, "init_points", self.init_points, "the model needs a point")

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        import bayes_opt

        self._free, self._fixed = split(space)
        self._worst: float | None = None
        self._model: Any = None
        if self._free:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Non-float parameters are experimental")
                self._model = bayes_opt.BayesianOptimization(
                    f=None,
                    pbounds={name: _bounds(kind) for name, kind in self._free.items()},
                    random_state=seed,
                    verbose=0,
                )
            self._queue = deque(self._model.random_sample(self.init_points))

    def ask(self) -> Suggestion:
        if self._model is None:
            return Suggestion(dict(self._fixed))
        point = self._queue.popleft() if self._queue else self._model.suggest()
        values = {
            name: plain(_on_scale(point[name], kind), kind) for name, kind in self._free.items()
        }
        return Suggestion(values | self._fixed, token=point)

    def tell(self, trial: Trial) -> None:
        from bayes_opt.exception import NotUniqueError

        loss = trial.loss if trial.loss is not None else self._worst
        if self._model is None or loss is None:
            return
        self._worst = loss if self._worst is None else max(self._worst, loss)
        # Its own loop does not evaluate a point again either.
        with suppress(NotUniqueError):
            self._model.register(trial.suggestion.token, -loss)


def _bounds(kind: Distribution) -> Any:
    match kind:
        case Float(low, high, log=False):
            return low, high
        case Float(low, high):
            return math.log(low), math.log(high)
        case Int(low, high, log=False):
            return low, high, int
        case Int(low, high):
            return math.log(low - 0.5), math.log(high + 0.5)
        case Ordinal(values):
            return 0, len(values) - 1, int
        case Categorical(choices):
            # By position: numbers would be taken for bounds.
            return [str(i) for i in range(len(choices))]
    raise TypeError(f"a parameter must be Float, Int, Ordinal or Categorical, got {kind!r}")


def _on_scale(drawn: Any, kind: Distribution) -> Any:
    """Return what was drawn on a log scale as the number it stands for."""
    match kind:
        case Float(_, _, True):
            return math.exp(drawn)
        case Int(_, _, True):
            return round(math.exp(drawn))
    return drawn
