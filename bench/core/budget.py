"""Budgets: how much evaluation a run may spend."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """A number of trials, counted in full-fidelity equivalents (the sum of fidelities)."""

    trials: int

    def __post_init__(self) -> None:
        if isinstance(self.trials, bool) or not isinstance(self.trials, int) or self.trials < 1:
            raise ValueError(
                f"a budget must be a whole number of trials, 1 or more, got {self.trials!r}; "
                "for example 50"
            )
