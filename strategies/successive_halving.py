"""Successive halving."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from strategies._halving import Bracket, BracketStrategy, cost


@dataclass
class SuccessiveHalving(BracketStrategy):
    """Successive halving (Karnin et al., ICML 2013; Jamieson & Talwalkar, AISTATS 2016).

    The rule is that of scikit-learn's HalvingRandomSearchCV with `min_resources="exhaust"`. Of n
    configurations at a rung the best ceil(n / factor) go on to the next one, and the last rung is
    the full evaluation. A bracket of n configurations has one rung more than `factor` divides n
    times, or all rungs where there are fewer. The survivors are evaluated from the worst to the
    best, and a failed trial is the worst. Of equal losses the later suggestion is the better one,
    as in scikit-learn with a stable sort; the order that its own sort gives hangs on the processor.

    A bracket has as many configurations as the budget pays for. What it leaves of the budget goes
    to another, smaller bracket.

    Rungs are `steps // factor**k`, so the last one is a full evaluation also where `steps` is no
    power of `factor`. scikit-learn multiplies upwards from the lowest, and may stop below it.

    Args:
        factor: 1 of `factor` configurations goes on, at `factor` times the steps.
        rungs: so many of the highest rungs, the full evaluation among them; 0: all. It does what
            `min_resources` does in scikit-learn.
    """

    name = "successive-halving"

    def next_bracket(self, left: int) -> Bracket:
        for height in range(len(self._rungs), 0, -1):
            if bracket := self._largest(height, left):
                return bracket
        return [(1, self._rungs[-1])]

    def survivors(self, losses: Sequence[float], count: int) -> list[int]:
        return sorted(range(len(losses)), key=lambda place: -losses[place])[-count:]

    def _largest(self, height: int, left: int) -> Bracket:
        """Return the largest bracket of so many rungs within `left` steps; empty if there is none.

        Of one height, a bracket of more configurations costs more.
        """
        rungs = self._rungs[-height:]
        fewest = self.factor ** (height - 1)
        most = left // rungs[0]
        if height < len(self._rungs):
            most = min(most, fewest * self.factor - 1)

        def bracket(count: int) -> Bracket:
            return [(-(-count // self.factor**k), step) for k, step in enumerate(rungs)]

        counts = range(fewest, most + 1)
        fitting = bisect_right(counts, left, key=lambda n: cost(bracket(n), self._fidelity))
        return bracket(counts[fitting - 1]) if fitting else []
