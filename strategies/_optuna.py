"""What the strategies that wrap an Optuna sampler share."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from bench import (
    Budget,
    Capability,
    Categorical,
    Config,
    Distribution,
    Float,
    Int,
    Ordinal,
    Scalar,
    SearchSpace,
    Strategy,
    Suggestion,
    Trial,
)

if TYPE_CHECKING:
    import optuna


class OptunaStrategy(Strategy):
    """Ask and tell through an in-memory study; conditions are met define-by-run."""

    requires: ClassVar[tuple[str, ...]] = ("optuna",)
    supports = frozenset({Capability.CONDITIONAL})

    @abstractmethod
    def sampler(self, seed: int) -> "optuna.samplers.BaseSampler":
        """Return the sampler of one run."""

    def study(self, seed: int, budget: Budget) -> "optuna.Study":
        """Return the study of one run."""
        import optuna

        return optuna.create_study(sampler=self.sampler(seed))

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        import optuna

        self._space = space
        self._failed = optuna.trial.TrialState.FAIL
        with quiet():
            self._study = self.study(seed, budget)

    def ask(self) -> Suggestion:
        trial = self._study.ask()
        config: Config = {}
        for name, distribution in self._space.parameters.items():
            if self._space.exists(name, config):
                config[name] = _suggest(trial, name, distribution)
        return Suggestion(config, token=trial)

    def tell(self, trial: Trial) -> None:
        token = trial.suggestion.token
        if trial.loss is None:
            self._study.tell(token, state=self._failed)
        else:
            self._study.tell(token, trial.loss)


def _suggest(trial: "optuna.Trial", name: str, distribution: Distribution) -> Scalar:
    if isinstance(distribution, Float):
        return trial.suggest_float(name, distribution.low, distribution.high, log=distribution.log)
    if isinstance(distribution, Int):
        return trial.suggest_int(name, distribution.low, distribution.high, log=distribution.log)
    if isinstance(distribution, Ordinal):
        return distribution.values[trial.suggest_int(name, 0, len(distribution.values) - 1)]
    assert isinstance(distribution, Categorical)
    return trial.suggest_categorical(name, distribution.choices)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Optuna from announcing each study; its verbosity is global, so it is put back."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
