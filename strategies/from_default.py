"""Another strategy behind the default configuration."""

from dataclasses import dataclass, field, replace

from bench import Budget, SearchSpace, Strategy, Suggestion, Trial
from strategies.random_search import RandomSearch


@dataclass
class FromDefault(Strategy):
    """The default configuration first, then another strategy with what is left of the budget.

    It is the control for every tuner: how much of a result does the default configuration explain?
    The other strategy runs as it would run alone with one trial fewer. It does not learn from the
    default trial, because a strategy learns from its own suggestions only. So what `from-default:X`
    gains over X is what the default configuration is worth as a result, not as a start of X.

    Args:
        of: the strategy that runs after the default configuration.
    """

    name = "from-default"
    argument = "of"

    of: Strategy = field(default_factory=RandomSearch)

    def __post_init__(self) -> None:
        # An instance knows what is inside it, its class does not.
        self.requires = self.of.requires  # type: ignore[misc]
        self.supports = self.of.supports  # type: ignore[misc]

    @property
    def ignores_seed(self) -> bool:
        return self.of.ignores_seed

    @property
    def library(self) -> str:
        return self.of.library

    def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
        if space.default is None:
            return "the problem states no default configuration"
        rest = _rest(budget)
        return None if rest is None else self.of.skip(space, budget=rest)

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        self._default = space.default
        rest = _rest(budget)
        self._goes_on = rest is not None
        if rest is not None:
            self.of.start(space, seed=seed, budget=rest)

    def ask(self) -> Suggestion | None:
        if self._default is not None:
            config, self._default = self._default, None
            return Suggestion(dict(config), token=self)
        return self.of.ask() if self._goes_on else None

    def tell(self, trial: Trial) -> None:
        if trial.suggestion.token is not self:
            self.of.tell(replace(trial, number=trial.number - 1))

    def close(self) -> None:
        if self._goes_on:
            self.of.close()


def _rest(budget: Budget) -> Budget | None:
    """Return what the default trial leaves, None where that is nothing."""
    return replace(budget, trials=budget.trials - 1) if budget.trials > 1 else None
