"""Notes above a report: what makes its numbers other than they seem."""

from __future__ import annotations

from collections.abc import Sequence

from bench.sources.source import first_few
from bench.words import many

MAX_CHARACTERS = 10
"""Characters without a font that a note shows."""


def no_full(completed: int, most: float) -> str:
    """Return that no evaluation is a full one.

    Args:
        completed: trials.
        most: the highest fidelity of them.
    """
    return (
        f"no evaluation is a full one: the fidelity of all {completed:,} completed "
        f"trials is below 1 (at most {most:g}), and what a cheaper evaluation "
        "says is no result; evaluate full ones too, or give the column fidelity shares of "
        "what counts as full"
    )


def beyond_optimum(problems: Sequence[str]) -> str:
    """Return on which problems values are better than the optimum."""
    return (
        "values better than the optimum that is given (noise, or a wrong optimum or "
        f"direction): {first_few(problems)}"
    )


def no_scale(problems: Sequence[str]) -> str:
    """Return on which problems regret has no scale."""
    return (
        "no scale of regret, since what stands for one random draw is as good as the best: "
        f"{first_few(problems)}; there the plain distance enters means over problems"
    )


def all_startup(strategies: Sequence[str], budget: int) -> str:
    """Return which strategies draw at random for the whole budget."""
    return (
        f"random search under another name, since the start-up is the whole budget of "
        f"{many(budget, 'trial')}: {first_few(strategies)}"
    )


def no_font(characters: Sequence[str]) -> str:
    """Return which characters figures cannot show; nothing where there is none."""
    if not characters:
        return ""
    shown = " ".join(characters[:MAX_CHARACTERS])
    shown += " …" if len(characters) > MAX_CHARACTERS else ""
    return (
        f"no font on this machine has {shown}: in figures a box stands for it; install one that "
        "does, or use another label"
    )
