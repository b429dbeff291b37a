"""Notes above a report: what makes its numbers other than they seem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.analysis.failures import TRIAL_KINDS
from bench.sources.source import first_few
from bench.words import many, shortened

if TYPE_CHECKING:
    import pandas as pd

MAX_CHARACTERS = 10
"""Characters without a font that a note shows."""


def failed_trials(failures: pd.DataFrame) -> list[str]:
    """Return a line for each problem with failed trials, with the most frequent reason.

    Args:
        failures: as `bench.analysis.failures.failures` gives it.
    """
    rows = failures[failures["kind"].isin(TRIAL_KINDS.values())]
    lines = []
    for problem, part in rows.groupby(rows["problem"].astype(str), sort=False):
        counts = part.groupby("reason", sort=False)["n"].sum()
        reason = shortened(" ".join(str(counts.idxmax()).split())) or "none was given"
        failed = many(int(counts.sum()), "trial")
        lines.append(f"{failed} on {problem} failed; the most frequent reason: {reason}")
    return lines


def no_full(completed: int, most: float) -> str:
    """Return that no evaluation is a full one.

    Args:
        completed: trials.
        most: the highest fidelity of them.
    """
    return (
        f"no evaluation is a full evaluation: the fidelity of all {completed:,} completed trials "
        f"is below 1 (at most {most:g}), and a cheaper evaluation does not count as a result; make "
        "full evaluations too, or give the column fidelity as shares of a full evaluation"
    )


def beyond_optimum(problems: Sequence[str]) -> str:
    """Return on which problems values are better than the optimum."""
    return (
        "some values are better than the given optimum (because of noise, or a wrong optimum or "
        f"direction): {first_few(problems)}"
    )


def no_scale(problems: Sequence[str]) -> str:
    """Return on which problems regret has no scale."""
    return (
        "regret has no scale on problems where the median random draw is as good as the best "
        "value, so means over problems use the plain distance to the best value there: "
        f"{first_few(problems)}"
    )


def all_startup(strategies: Sequence[str], budget: int) -> str:
    """Return which strategies draw at random for the whole budget."""
    return (
        "some strategies are random search here, since their random start-up takes the whole "
        f"budget of {many(budget, 'trial')}: {first_few(strategies)}"
    )


def not_retimed(strategies: Sequence[str]) -> str:
    """Return which strategies are not re-timed, since their runs had several workers."""
    return (
        "a run with several simulated workers cannot be re-timed, because its suggestions were "
        "made while other trials were running; the recommendation, break-even costs and wall-clock "
        f"results at an assumed evaluation cost leave out {first_few(strategies)}"
    )


def no_font(characters: Sequence[str]) -> str:
    """Return which characters figures cannot show; nothing where there is none."""
    if not characters:
        return ""
    shown = " ".join(characters[:MAX_CHARACTERS])
    shown += " …" if len(characters) > MAX_CHARACTERS else ""
    return (
        f"no font on this machine has {shown}, so figures show a box instead; install a font that "
        "has it, or use another label"
    )
