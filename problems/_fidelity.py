"""The setting `fidelity` of a live problem: what a cheaper evaluation has fewer of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench import Fidelity
from problems._subsets import share_of

Share = tuple[int, int]
"""A step, and how many of them a full evaluation has."""

ROWS = "rows"
"""The unit of cheaper evaluations that every live problem has: rows to fit."""

STEPS = 81
"""Steps of a full evaluation, unless a problem counts its own: 3⁴, so halving divides exactly."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A parameter of an estimator that says how many parts it is made of, such as trees.

    Args:
        parameter: its name in the estimator, or in the one that the estimator is wrapped around.
        continues: the estimator can go on from fewer parts, and is then what it is when fitted with
            all of them at once.
    """

    parameter: str
    continues: bool = False

    def fewer(self, estimator: Any, step: int, steps: int) -> Any:
        """Return an unfitted estimator with a share of its own number of parts, 1 or more.

        Args:
            estimator: it is changed.
            step: from 1 to `steps`.
            steps: of a full evaluation.
        """
        found = estimator.get_params()
        # Of those of its inner estimators the outermost.
        named = (key for key in found if key.rpartition("__")[2] == self.parameter)
        name = min(named, key=len)
        return estimator.set_params(**{name: share_of(found[name], step, steps)})


def word_of(fidelity: Fidelity | str | None) -> str:
    """Return the setting that a problem's fidelity came of."""
    return fidelity.unit if isinstance(fidelity, Fidelity) else fidelity or ""


def check_settings(word: object, continues: bool, name: str, cls: Any) -> None:
    """Refuse settings that the problem has no cheaper evaluations for.

    Args:
        word: what a cheaper evaluation has fewer of.
        continues: whether a model goes on from a lower step.
        name: of the problem.
        cls: its class, whose `fidelities` say what the word may be, and its `counted` which of them
            can go on.

    Raises:
        ValueError: the word is neither empty nor one of them, or the class has no such setting
            left; no model can go on.
    """
    known = ["", *cls.fidelities()]
    if isinstance(cls.fidelity, Fidelity):
        raise ValueError(
            f"fidelity of {name} must be a setting, its class has {cls.fidelity!r} in its place; "
            f"say {{{cls.fidelity.unit!r}: Counted(…)}} in `counted`"
        )
    if not isinstance(word, str) or word not in known:
        *front, last = map(repr, known)
        raise ValueError(
            f"fidelity of {name} must be {', '.join(front)} or {last}, got {word!r}; leave it out "
            "for full evaluations only"
        )
    check_continues(continues, word, [unit for unit, of in cls.counted.items() if of.continues])


def check_continues(continues: bool, unit: object, units: Sequence[str]) -> None:
    """Refuse to go on from a lower step where a model cannot.

    Args:
        continues: whether it should.
        unit: of the cheaper evaluations.
        units: those in which it can.

    Raises:
        ValueError: it should, and cannot.
    """
    if continues and unit not in units:
        way = f"set fidelity = {units[0]!r}, or leave continues out" if units else "leave it out"
        can = f"can with {units[0]!r}" if units else "always begins anew"
        raise ValueError(
            f"continues needs a model that can go on from a lower step, this one {can}, got "
            f"fidelity {unit!r}; {way}"
        )


def lowest_step(rows: int, needed: int, members: int) -> int:
    """Return the lowest step of rows at which a part has enough of them, and every class.

    Args:
        rows: of the smallest part to fit.
        needed: rows that the model needs, 1 or more.
        members: rows of the rarest class in such a part; its share s of the rows has
            one as soon as s · members is 1.
    """
    enough = STEPS * (needed - 1) // max(rows, 1) + 1
    return min(max(enough, share_of(STEPS, 1, max(members, 1))), STEPS)


def asked_share(offered: Fidelity | None, fidelity: float) -> Share | None:
    """Return the step that is asked for and the steps of a full evaluation, None for a full one.

    Args:
        offered: by the problem.
        fidelity: share of a full evaluation.

    Raises:
        ValueError: no step has that share.
    """
    step, steps = (1, 1) if offered is None else (offered.step(fidelity), offered.steps)
    return None if step == steps else (step, steps)
