"""What strategies with early stopping share: rungs, and brackets of successive halving."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from bench import Budget, Capability, Config, Fidelity, SearchSpace, Strategy, Suggestion, Trial
from strategies._settings import at_least

Bracket = Sequence[tuple[int, int]]
"""A rung each, ascending: how many configurations are evaluated, and at how many steps."""


def no_rungs(fidelity: Fidelity, factor: int) -> str | None:
    """Return why nothing can be stopped early with these rungs, or None where it can."""
    try:
        found = fidelity.rungs(factor)
    except ValueError as error:
        return str(error)
    if len(found) > 1:
        return None
    return (
        f"early stopping needs a rung below the full evaluation of {fidelity.steps} "
        f"{fidelity.unit}, with factor {factor} and at least {fidelity.lowest} there is none; "
        "set a smaller factor"
    )


def check_settings(factor: int, rungs: int) -> None:
    """Refuse settings with which nothing is ever stopped early.

    Raises:
        ValueError: a factor below 2, or a single rung.
    """
    at_least(2, "factor", factor, "1 of `factor` configurations goes on")
    if rungs != 0:
        at_least(2, "rungs", rungs, "one of them is the full evaluation; 0 takes all there are")


def top_rungs(fidelity: Fidelity, factor: int, rungs: int) -> tuple[int, ...]:
    """Return so many rungs, ascending to the full evaluation, or all there are for 0."""
    return fidelity.rungs(factor)[-rungs:]


def cost(bracket: Bracket, fidelity: Fidelity) -> int:
    """Return the steps that all evaluations of a bracket cost.

    Where a model continues, those of a rung cost the difference to the rung below.
    """
    below = [0, *(step for _, step in bracket)] if fidelity.continues else [0] * len(bracket)
    return sum(count * (step - less) for (count, step), less in zip(bracket, below, strict=False))


@dataclass
class BracketStrategy(Strategy):
    """Random configurations in brackets, one after the other until the budget is used up.

    While evaluations of a rung are missing there is nothing to suggest, and `ask` returns None.
    Where a model goes on from a lower step, a failed configuration is not promoted.
    """

    supports = frozenset({Capability.CONDITIONAL, Capability.FIDELITY, Capability.PENDING})

    factor: int = 3
    rungs: int = 0

    def __post_init__(self) -> None:
        check_settings(self.factor, self.rungs)

    def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
        return no_rungs(budget.fidelity, self.factor)

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        self._space, self._rng = space, np.random.default_rng(seed)
        self._fidelity = budget.fidelity
        self._rungs = top_rungs(budget.fidelity, self.factor, self.rungs)
        self._suggestions = self._run(budget.trials * budget.fidelity.steps)

    @abstractmethod
    def next_bracket(self, left: int) -> Bracket:
        """Return the next bracket; one that costs more than `left` steps ends the run."""

    @abstractmethod
    def survivors(self, losses: Sequence[float], count: int) -> list[int]:
        """Return the places of those that go on, in the order in which they are evaluated.

        Args:
            losses: of a rung, in the order of its suggestions; infinite where it failed.
            count: how many go on.
        """

    def ask(self) -> Suggestion | None:
        return next(self._suggestions)

    def tell(self, trial: Trial) -> None:
        losses, place = trial.suggestion.token
        losses[place] = inf if trial.loss is None else trial.loss

    def _run(self, left: int) -> Iterator[Suggestion | None]:
        while True:
            bracket = self.next_bracket(left)
            left -= cost(bracket, self._fidelity)
            yield from self._climb(bracket)

    def _climb(self, bracket: Bracket) -> Iterator[Suggestion | None]:
        count, step = bracket[0]
        # Drawn one by one when they are asked for, so that no `ask` takes long.
        configs: Iterable[Config] = (self._space.sample(self._rng) for _ in range(count))
        for kept, next_step in [*bracket[1:], (0, 0)]:
            share = self._fidelity.share(step)
            asked: list[Config] = []
            losses: list[float | None] = []
            for config in configs:
                asked.append(config)
                losses.append(None)
                yield Suggestion(config, share, (losses, len(losses) - 1))
            if not kept:
                return  # the next bracket waits for none of these
            while None in losses:
                yield None
            known = [loss for loss in losses if loss is not None]
            kept_places = self.survivors(known, kept)
            if self._fidelity.continues:
                # What failed has no model to go on from, and would cost more than was planned.
                kept_places = [place for place in kept_places if known[place] < inf]
            configs = [asked[place] for place in kept_places]
            step = next_step
