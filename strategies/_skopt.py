"""What the strategies that wrap scikit-optimize share."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bench import (
    Budget,
    Capability,
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
class SkoptStrategy(Strategy):
    """Ask and tell through skopt.Optimizer, on a flat space.

    A failed trial is reported as the worst loss so far, since the library takes no failures; before
    any trial completed it is not reported at all. Points that are being evaluated count as if they
    had the best loss so far, in a copy of the model that the next report replaces: the library's
    own strategy for several points, "cl_min" (Ginsbourger, Le Riche & Carraro 2010).
    """

    requires = ("skopt",)
    supports = frozenset({Capability.PENDING})

    options: ClassVar[Mapping[str, str]]
    """The model, and where the defaults of its skopt.…_minimize differ from the optimizer's own."""

    n_initial_points: int = 10

    def __post_init__(self) -> None:
        at_least(1, "n_initial_points", self.n_initial_points, "the model needs a point")

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        from skopt import Optimizer

        self._free, self._fixed = split(space)
        self._worst: float | None = None
        self._model: Any = None
        self._copy: Any = None
        self._pending: list[Any] = []
        if self._free:
            self._model = Optimizer(
                [_dimension(name, distribution) for name, distribution in self._free.items()],
                n_initial_points=self.n_initial_points,
                random_state=seed,
                **self.options,
            )

    def ask(self) -> Suggestion:
        if self._model is None:
            return Suggestion(dict(self._fixed))
        with _without_repeat_warning():
            point = self._asked().ask()
        self._pending.append(point)
        values = {n: plain(v, d) for (n, d), v in zip(self._free.items(), point, strict=True)}
        return Suggestion(values | self._fixed, token=point)

    def _asked(self) -> Any:
        """Return the model, or where points are being evaluated a copy that has been lied to."""
        if not self._pending:
            return self._model
        lies = self._pending
        if self._copy is None:
            seed = self._model.rng.randint(0, np.iinfo(np.int32).max)
            self._copy = self._model.copy(random_state=seed)
        else:
            lies = lies[-1:]
        best = float(np.min(self._copy.yi)) if self._copy.yi else 0.0
        self._copy.tell(lies, [best] * len(lies))
        return self._copy

    def tell(self, trial: Trial) -> None:
        self._copy = None
        if self._pending:
            self._pending.remove(trial.suggestion.token)
        loss = trial.loss if trial.loss is not None else self._worst
        if self._model is None or loss is None:
            return
        self._worst = loss if self._worst is None else max(self._worst, loss)
        with _without_repeat_warning():
            self._model.tell(trial.suggestion.token, loss)


def _dimension(name: str, distribution: Distribution) -> Any:
    from skopt.space import Categorical, Integer, Real

    if isinstance(distribution, Float):
        prior = "log-uniform" if distribution.log else "uniform"
        return Real(distribution.low, distribution.high, prior=prior, name=name)
    if isinstance(distribution, Int):
        prior = "log-uniform" if distribution.log else "uniform"
        return Integer(distribution.low, distribution.high, prior=prior, name=name)
    if isinstance(distribution, Ordinal):
        return Integer(0, len(distribution.values) - 1, name=name)
    # By position: what comes back has been through numpy, which may have changed its type.
    return Categorical([str(i) for i in range(distribution.size or 0)], name=name)


@contextmanager
def _without_repeat_warning() -> Iterator[None]:
    """Silence what a user can do nothing about: in a small space points do repeat."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The objective has been evaluated at point")
        yield
