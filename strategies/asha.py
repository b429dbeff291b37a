"""Asynchronous successive halving."""

from bisect import bisect_left, insort
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf

import numpy as np

from bench import Budget, Capability, Config, SearchSpace, Strategy, Suggestion, Trial
from strategies._halving import check_settings, no_rungs, top_rungs


@dataclass
class ASHA(Strategy):
    """Asynchronous successive halving (ASHA; Li et al., MLSys 2020, Algorithm 2).

    If a configuration is among the best 1 / factor of those that finished a rung, and was not
    promoted yet, it is evaluated at the next rung, those of the highest rungs first. Otherwise a
    random configuration starts at the lowest rung. So no worker waits for a rung to be complete,
    and what was promoted early may turn out not to be among the best. Of equal losses the one
    reported earlier is the better one; a failed trial ranks last.

    Optuna's SuccessiveHalvingPruner is another variant: it decides about a configuration once, when
    it reaches a rung, and comes back to none.

    Args:
        factor: η; 1 of `factor` configurations is promoted, to `factor` times the steps.
        rungs: so many of the highest rungs, the full evaluation among them; 0: all. It does what
            the paper's minimum resource r does.
    """

    name = "asha"
    supports = frozenset({Capability.CONDITIONAL, Capability.FIDELITY, Capability.PENDING})

    factor: int = 3
    rungs: int = 0

    def __post_init__(self) -> None:
        check_settings(self.factor, self.rungs)

    def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
        return no_rungs(budget.fidelity, self.factor)

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        self._space, self._rng = space, np.random.default_rng(seed)
        rungs = top_rungs(budget.fidelity, self.factor, self.rungs)
        self._shares = [budget.fidelity.share(s) for s in rungs]
        # None for full evaluations, which are promoted no further.
        self._rungs = [_Rung(self.factor) for _ in self._shares[:-1]]

    def ask(self) -> Suggestion:
        for rung in reversed(range(len(self._rungs))):
            config = self._rungs[rung].promoted()
            if config is not None:
                return Suggestion(config, self._shares[rung + 1], token=rung + 1)
        return Suggestion(self._space.sample(self._rng), self._shares[0], token=0)

    def tell(self, trial: Trial) -> None:
        rung = trial.suggestion.token
        if rung < len(self._rungs):
            loss = inf if trial.loss is None else trial.loss
            self._rungs[rung].add(loss, trial.suggestion.config)


class _Rung:
    """The trials that finished a rung, by loss, and those of them that were not promoted."""

    def __init__(self, factor: int) -> None:
        self._factor = factor
        self._finished: list[tuple[float, int]] = []
        self._waiting: list[tuple[float, int, Config]] = []

    def add(self, loss: float, config: Config) -> None:
        number = len(self._finished)
        insort(self._finished, (loss, number))
        heappush(self._waiting, (loss, number, config))

    def promoted(self) -> Config | None:
        """Return the best that waits, which waits no more, or None if too many are better."""
        if not self._waiting:
            return None
        loss, number, config = self._waiting[0]
        if bisect_left(self._finished, (loss, number)) >= len(self._finished) // self._factor:
            return None
        heappop(self._waiting)
        return config
