"""Random search."""

from dataclasses import dataclass

import numpy as np

from bench import Budget, Capability, SearchSpace, Strategy, Suggestion


@dataclass
class RandomSearch(Strategy):
    """Independent uniform draws (Bergstra & Bengio, JMLR 2012)."""

    name = "random"
    supports = frozenset({Capability.CONDITIONAL})

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        self._space, self._rng = space, np.random.default_rng(seed)

    def ask(self) -> Suggestion:
        return Suggestion(self._space.sample(self._rng))
