"""Fidelities: the whole steps that an evaluation is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral, Real


@dataclass(frozen=True, slots=True)
class Fidelity:
    """A full evaluation is `steps` of a unit, the cheapest that may be asked for `lowest`.

    Rungs are calculated in steps, which divide exactly; a suggestion has the share.

    >>> epochs = Fidelity("epochs", 81)
    >>> [epochs.share(81 // 3**rung) for rung in (0, 1, 2)], epochs.step(3.0**-4)
    ([1.0, 0.3333333333333333, 0.1111111111111111], 1)

    Raises:
        ValueError: a unit that is no text, numbers that are not whole or out of order.
    """

    unit: str
    steps: int
    lowest: int = 1

    def __post_init__(self) -> None:
        if not (isinstance(self.unit, str) and self.unit):
            raise ValueError(f"a fidelity's unit must be a string, got {self.unit!r}; say 'epochs'")
        # Far beyond 10**11 any share would be that of some step, up to rounding.
        object.__setattr__(self, "steps", _whole("steps", self.steps, 1, 10**11))
        object.__setattr__(self, "lowest", _whole("lowest", self.lowest, 1, self.steps))

    def share(self, step: int) -> float:
        """Return the share of `steps`; raise ValueError if `step` is none from `lowest` on."""
        return _whole("step", step, self.lowest, self.steps) / self.steps

    def step(self, share: float) -> int:
        """Return the step whose share it is up to rounding; raise ValueError if there is none."""
        way = f"the cheapest is n = {self.lowest}"
        if isinstance(share, Real) and 0 < share < 2:
            exact = float(share) * self.steps
            step = min(max(round(exact), self.lowest), self.steps)
            if math.isclose(exact, step, rel_tol=1e-12):
                return step
            way = f"the nearest is n = {step}"
        raise ValueError(
            f"a fidelity must be n / {self.steps} with a whole n from {self.lowest} to "
            f"{self.steps} ({self.unit}), got {share!r}; `share(n)` gives it, {way}"
        )


def _whole(name: str, value: object, low: int, high: int) -> int:
    if isinstance(value, Integral) and not isinstance(value, bool) and low <= int(value) <= high:
        return int(value)
    raise ValueError(
        f"a fidelity's {name} must be an integer from {low} to {high}, got {value!r}; "
        "for example Fidelity('epochs', 81).share(81 // 3)"
    )


FULL = Fidelity("evaluations", 1)
"""Full evaluations only."""
