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
    >>> epochs.rungs(3), epochs.share(27), epochs.step(3.0**-4)
    ((1, 3, 9, 27, 81), 0.3333333333333333, 1)

    Args:
        unit: what a step is one of, such as "epochs".
        steps: of a full evaluation.
        lowest: steps of the cheapest evaluation.
        measured: the only steps there are, ascending from `lowest` to `steps`, as of a table;
            empty: every step from `lowest` on.
        continues: a model goes on from a lower step, so that a run pays for the difference only.

    Raises:
        ValueError: a unit that is no string, numbers that are not whole or out of order.
    """

    unit: str
    steps: int
    lowest: int = 1
    measured: tuple[int, ...] = ()
    continues: bool = False

    def __post_init__(self) -> None:
        if not (isinstance(self.unit, str) and self.unit):
            raise ValueError(f"a fidelity's unit must be a string, got {self.unit!r}; say 'epochs'")
        # Far beyond 10**11 any share would be that of some step, up to rounding.
        object.__setattr__(self, "steps", _whole("steps", self.steps, 1, 10**11))
        object.__setattr__(self, "lowest", _whole("lowest", self.lowest, 1, self.steps))
        least, most = self.lowest, self.steps
        measured = tuple(_whole("measured step", n, least, most) for n in self.measured)
        object.__setattr__(self, "measured", measured)
        if measured and list(measured) != sorted({least, *measured, most}):
            raise ValueError(
                f"a fidelity's measured steps must ascend from lowest = {least} to steps = "
                f"{most}, got {measured}; for example Fidelity('epochs', 81, 9, (9, 27, 81))"
            )

    def share(self, step: int) -> float:
        """Return the share of `steps`; raise ValueError if `step` may not be asked for."""
        step = _whole("step", step, self.lowest, self.steps)
        if self.measured and step not in self.measured:
            raise ValueError(
                f"a fidelity's step must be one of {self.measured}, got {step}; `rungs` has some"
            )
        return step / self.steps

    def step(self, share: float) -> int:
        """Return the step whose share it is up to rounding; raise ValueError if there is none."""
        way = f"the cheapest is n = {self.lowest}"
        if isinstance(share, Real) and 0 < share < 2:
            exact = float(share) * self.steps
            step = min(max(round(exact), self.lowest), self.steps)
            if self.measured and step not in self.measured:
                step = min(self.measured, key=lambda n: abs(n - exact))
            if math.isclose(exact, step, rel_tol=1e-12):
                return step
            way = f"the nearest is n = {step}"
        those = f"of {self.measured}" if self.measured else f"from {self.lowest} to {self.steps}"
        raise ValueError(
            f"a fidelity must be n / {self.steps} with a whole n {those} ({self.unit}), got "
            f"{share!r}; `share(n)` gives it, {way}"
        )

    def rungs(self, factor: int) -> tuple[int, ...]:
        """Return the steps `steps // factor**k` from `lowest` on, ascending, by integer division.

        >>> Fidelity("epochs", 243).rungs(3), Fidelity("trees", 100, lowest=3).rungs(3)
        ((1, 3, 9, 27, 81, 243), (3, 11, 33, 100))

        Raises:
            ValueError: a factor below 2, or a rung that is none of the measured steps.
        """
        rungs = [self.steps]
        factor = _whole("factor", factor, 2, 10**11)
        while rungs[0] // factor >= self.lowest:
            rungs.insert(0, rungs[0] // factor)
        missing = [step for step in rungs if self.measured and step not in self.measured]
        if missing:
            raise ValueError(
                f"each rung by factor {factor} must be a measured step, one of {self.measured}, "
                f"{missing} are not; take another factor, or measure these steps too"
            )
        return tuple(rungs)


def _whole(name: str, value: object, low: int, high: int) -> int:
    if isinstance(value, Integral) and not isinstance(value, bool) and low <= int(value) <= high:
        return int(value)
    raise ValueError(
        f"a fidelity's {name} must be an integer from {low} to {high}, got {value!r}; "
        "for example Fidelity('epochs', 81).share(81 // 3)"
    )


FULL = Fidelity("evaluations", 1)
"""Full evaluations only."""
