"""Hyperband."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench import Budget, SearchSpace
from strategies._halving import Bracket, BracketStrategy, cost


@dataclass
class Hyperband(BracketStrategy):
    """Hyperband with random configurations (Li et al., JMLR 2018).

    Bracket s of s_max … 0 halves from the s-th rung below the full evaluation upwards. It begins
    with (s_max + 1) // (s + 1) · factor**s configurations, as the table of the paper for R = 81 and
    η = 3 has them: 81, 27, 9, 6, 5. (A ceiling of the whole product, as in its Algorithm 1, gives
    81, 34, 15, 8, 5.) The best 1 / factor of a rung go on, the best first, of equal losses the
    earlier suggestion; a failed trial ranks last.

    The brackets are repeated until the budget is used up. One that the rest of the budget cannot
    pay for is passed over, since it would end without a full evaluation; where it pays for none,
    the rest are full evaluations of random configurations, as bracket 0 makes them.

    Args:
        factor: η; 1 of `factor` configurations goes on, at `factor` times the steps.
        rungs: so many of the highest rungs, the full evaluation among them; 0: all. It is the
            paper's s_max + 1.
    """

    name = "hyperband"

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        super().start(space, seed=seed, budget=budget)
        n = len(self._rungs)
        self._brackets = [
            [(n // height * self.factor**k, self._rungs[-1 - k]) for k in reversed(range(height))]
            for height in range(n, 0, -1)
        ]
        self._turn = 0

    def next_bracket(self, left: int) -> Bracket:
        turns = range(self._turn, self._turn + len(self._brackets))
        for turn in turns:
            bracket = self._brackets[turn % len(self._brackets)]
            if cost(bracket, self._fidelity) <= left:
                self._turn = turn + 1
                return bracket
        full = self._rungs[-1]
        return [(max(left // full, 1), full)]

    def survivors(self, losses: Sequence[float], count: int) -> list[int]:
        return sorted(range(len(losses)), key=losses.__getitem__)[:count]
