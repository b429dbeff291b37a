"""Exhaustive search."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from bench import Budget, Capability, SearchSpace, Strategy, Suggestion, discretise
from strategies._settings import LATER, at_least


@dataclass
class Exhaustive(Strategy):
    """Every configuration in lexicographic order, the last parameter fastest; makes tables.

    Unlike grid search it does not fit the budget: with fewer trials than configurations it ends
    at the last one that was paid for.

    Args:
        grid_points: how many a number gets, see `bench.discretise`: one count, or counts by name;
            on a finite space it does nothing to parameters that are ordinal or a choice.
        part: which share of the configurations: every `parts`-th, from this one.
        parts: how many shares there are.
        step: of the problem's fidelity, at which all are evaluated; 0: full evaluations.
    """

    name = "exhaustive"
    supports = frozenset({Capability.CONDITIONAL})

    grid_points: int | Mapping[str, int] = 10
    part: int = 0
    parts: int = 1
    step: int = field(default=0, metadata=LATER)

    def __post_init__(self) -> None:
        at_least(1, "parts", self.parts, "there is one at least")
        if not 0 <= self.part < self.parts:
            raise ValueError(f"part must be in [0, parts = {self.parts}), got {self.part}")
        at_least(0, "step", self.step, "0 means full evaluations")
        if self.step:  # a problem without cheaper evaluations is skipped then
            self.supports = self.supports | {Capability.FIDELITY}  # type: ignore[misc]

    @property
    def ignores_seed(self) -> bool:
        return True

    def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
        try:
            self._share_of(budget)
        except ValueError as error:
            return str(error)
        return None

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        configs = discretise(space, self.grid_points).configs()
        self._left = islice(configs, self.part, None, self.parts)
        self._share = self._share_of(budget)

    def ask(self) -> Suggestion | None:
        config = next(self._left, None)
        return None if config is None else Suggestion(config, fidelity=self._share)

    def _share_of(self, budget: Budget) -> float:
        return budget.fidelity.share(self.step) if self.step else 1.0
