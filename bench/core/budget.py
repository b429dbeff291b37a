"""Budgets: how much evaluation a run may spend."""

from __future__ import annotations

from dataclasses import dataclass

from bench.core.fidelity import FULL, Fidelity


@dataclass(frozen=True, slots=True)
class Budget:
    """Trials, counted in full evaluations (the sum of fidelities), and what a cheaper one is."""

    trials: int
    fidelity: Fidelity = FULL

    def __post_init__(self) -> None:
        if isinstance(self.trials, bool) or not isinstance(self.trials, int) or self.trials < 1:
            raise ValueError(
                f"a budget must be an integer number of trials, 1 or more, got {self.trials!r}; "
                "for example 50"
            )
