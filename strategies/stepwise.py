"""One parameter after another."""

from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from bench import Budget, Capability, Config, SearchSpace, Strategy, Suggestion, Trial
from strategies.grid_search import GridSearch


@dataclass
class Stepwise(Strategy):
    """One parameter after another, the others at the best so far, as Optuna's LightGBMTuner tunes.

    The first trial is the default configuration. Each parameter then has one turn, in which the
    strategy `inner`, a grid unless another is named, searches its axis alone. The turns share the
    budget evenly; where it cannot be divided, the first turns have one trial more, and what a turn
    leaves unused goes to those after it. A parameter that is inactive in the best configuration so
    far, or has one value only, has no turn. A parameter that becomes active has the value it had
    last in a best configuration, at first the default one. The run ends after the last turn.

    Args:
        order: names of parameters, separated by commas, in the order of their turns; others keep
            their default, and a parameter named twice has two turns; "" takes all parameters in
            the order of the space.
        inner: the strategy that searches one axis.
    """

    name = "stepwise"
    supports = frozenset({Capability.CONDITIONAL})

    order: str = ""
    inner: Strategy = field(default_factory=GridSearch)

    def __post_init__(self) -> None:
        # An instance knows what is inside it, its class does not.
        self.requires = self.inner.requires  # type: ignore[misc]

    @property
    def ignores_seed(self) -> bool:
        return self.inner.ignores_seed

    @property
    def library(self) -> str:
        return self.inner.library

    def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
        if space.default is None:
            return "the problem states no default configuration, with which the first trial is made"
        names, values = self._names(space), space.flat().default or {}
        for name in names:
            if name not in space.parameters:
                return f"order must name parameters of the space, {', '.join(space)}; got {name!r}"
        if Capability.FIDELITY in self.inner.supports:
            return f"inner must make full evaluations only, {self.inner.name} makes cheaper ones"
        share = Budget(max(1, -(-(budget.trials - 1) // len(names))))
        for name in names:
            reason = self.inner.skip(_axis(space, name, values), budget=share)
            if reason is not None:
                return f"{self.inner.name} declines the axis {name}: {reason}"
        return None

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        names = [name for name in self._names(space) if space.parameters[name].size != 1]
        seeds = np.random.SeedSequence(seed).generate_state(len(names)).tolist()
        self._turns = deque(zip(names, seeds, strict=True))
        self._space, self._left = space, budget.trials
        self._best, self._loss = dict(space.default or {}), float("inf")
        # Those of inactive parameters, too: they may become active.
        self._values = dict(space.flat().default or {})
        self._turn, self._share, self._asked = 0, 0, 0
        self._is_first, self._is_open = True, False

    def ask(self) -> Suggestion | None:
        if self._is_first:
            self._is_first = False
            self._left -= 1
            return Suggestion(dict(self._best))
        while (found := self._on_axis()) is None:
            if not self._next_turn():
                return None
        self._left -= 1
        self._asked += 1
        config = self._space.active(self._values | found.config)
        return Suggestion(config, token=(self._turn, self._asked - 1, found))

    def tell(self, trial: Trial) -> None:
        suggestion = trial.suggestion
        if trial.loss is not None and trial.loss < self._loss:
            self._best, self._loss = dict(suggestion.config), trial.loss
            self._values |= self._best
        if suggestion.token is None:
            return
        turn, number, asked = suggestion.token
        # What was asked in an earlier turn is nothing to the inner strategy of this one.
        if turn == self._turn:
            self.inner.tell(replace(trial, number=number, suggestion=asked))

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self.inner.close()

    def _names(self, space: SearchSpace) -> list[str]:
        return [name.strip() for name in self.order.split(",")] if self.order else list(space)

    def _on_axis(self) -> Suggestion | None:
        """Return what the inner strategy suggests in this turn, or None if the turn is over."""
        return self.inner.ask() if self._asked < self._share else None

    def _next_turn(self) -> bool:
        """Give the next active parameter its turn; return whether there is one."""
        self.close()
        while self._turns and self._left:
            share = -(-self._left // len(self._turns))
            name, seed = self._turns.popleft()
            if name not in self._best:
                continue
            self._turn, self._share, self._asked, self._is_open = self._turn + 1, share, 0, True
            axis = _axis(self._space, name, self._values)
            self.inner.start(axis, seed=seed, budget=Budget(share))
            return True
        return False


def _axis(space: SearchSpace, name: str, values: Config) -> SearchSpace:
    """Return one parameter of a space as a space, by default at its present value."""
    return SearchSpace({name: space.parameters[name]}, default={name: values[name]})
