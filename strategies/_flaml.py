"""What the strategies that wrap FLAML share."""

import importlib
import os
import warnings
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

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
from strategies._optuna import quiet
from strategies._quiet import errors_only
from strategies._values import plain

if TYPE_CHECKING:
    from flaml import BlendSearch

MAX_REFUSALS = 100
"""How often in a row a searcher may have no suggestion: `max_failure` of flaml.tune.run."""


class FlamlStrategy(Strategy):
    """Ask and tell through a searcher of FLAML, on a flat space, as flaml.tune.run does."""

    requires = ("flaml",)

    @abstractmethod
    def searcher(self, **options: Any) -> "BlendSearch":
        """Return the searcher of one run."""

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        self._free, self._fixed = split(space)
        self._count = 0
        self._searcher: Any = None
        if not self._free:
            return
        with _quiet():
            _import()
            self._searcher = self.searcher(
                metric="loss",
                mode="min",
                space={name: _domain(kind) for name, kind in self._free.items()},
                num_samples=budget.trials,
                seed=seed,
            )

    def ask(self) -> Suggestion | None:
        if self._searcher is None:
            return Suggestion(dict(self._fixed))
        for _ in range(MAX_REFUSALS):
            self._count += 1
            with _quiet():
                drawn = self._searcher.suggest(str(self._count))
            if drawn is not None:
                values = {name: plain(drawn[name], kind) for name, kind in self._free.items()}
                return Suggestion(values | self._fixed, token=(str(self._count), drawn))
        return None

    def tell(self, trial: Trial) -> None:
        if self._searcher is None:
            return
        name, drawn = trial.suggestion.token
        with _quiet():
            if trial.loss is None:
                self._searcher.on_trial_complete(name, error=True)
            else:
                # As flaml.tune.report makes it.
                result = {"loss": trial.loss, "config": drawn, "training_iteration": 0}
                self._searcher.on_trial_result(name, result)
                self._searcher.on_trial_complete(name, result)


def _import() -> None:
    """Import FLAML without the environment variables that it sets for Spark."""
    before = set(os.environ)
    importlib.import_module("flaml")
    for name in set(os.environ) - before:
        del os.environ[name]


def _domain(kind: Distribution) -> Any:
    from flaml import tune

    match kind:
        case Float(low, high, log):
            return (tune.loguniform if log else tune.uniform)(low, high)
        case Int(low, high, log):
            return (tune.lograndint if log else tune.randint)(low, high + 1)
        case Ordinal(values):
            return tune.randint(0, len(values))
        case Categorical(choices):
            return tune.choice(list(range(len(choices))))
    raise TypeError(f"a parameter must be Float, Int, Ordinal or Categorical, got {kind!r}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep FLAML from saying that its other half is not installed, and Optuna beneath it quiet.

    In a small space BlendSearch reports a repeated point to Optuna twice, which FLAML logs.
    """
    with errors_only("flaml"), warnings.catch_warnings(), quiet():
        warnings.filterwarnings("ignore", "flaml.automl is not available")
        yield
