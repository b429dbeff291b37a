"""What the numbers of a verdict are, and how they are made."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bench.panels.regret import FIRST_TRIALS, SWEEP_BEST
from bench.prose.comparisons import Comparisons
from bench.prose.effects import GENERALISING


def ends_of_scale(sources: Collection[str]) -> str:
    """Return what regret 0 and 1 are.

    Args:
        sources: what the panels say of theirs, `bench.panels.panel.Panel.source`.
    """
    of_sweep = [SWEEP_BEST in source for source in sources]
    best = "the best value known"
    if any(of_sweep):
        best = SWEEP_BEST if all(of_sweep) else f"{best} ({SWEEP_BEST} where none is recorded)"
    drawn = "the median of one random draw"
    first = [FIRST_TRIALS in source for source in sources]
    typical = drawn
    if any(first):
        typical = FIRST_TRIALS if all(first) else f"{drawn} ({FIRST_TRIALS} where those are few)"
    return f"0 is {best} and 1 {typical}"


def legend(said: Sequence[str], sources: Collection[str] = ()) -> str:
    """Return what the regret in some sentences is.

    Args:
        said: the sentences.
        sources: as in `ends_of_scale`.
    """
    text = f"Regret is normalised: {ends_of_scale(sources)}."
    if any("bounded regret" in sentence for sentence in said):
        text += " Bounded regret is normalised regret up to 1 and 2 − 1 / regret beyond 1."
    return text


def how(sweep: Comparisons, said: Sequence[str], *, rope: float) -> list[str]:
    """Return how the tests and intervals in some sentences are made.

    Args:
        sweep: that they are about.
        said: the sentences.
        rope: half the width of the region of practical equivalence.
    """
    whole = "\n".join(said)
    parts = []
    if sweep.tests:
        corrected = f" with Holm's correction for {sweep.tests:,} pairs" if sweep.tests > 1 else ""
        parts.append(
            "Significance on this problem set is by Student's test of the mean paired difference "
            f"in bounded regret at 0.05{corrected}; 95 % intervals are per pair, not corrected for "
            "multiple comparisons."
        )
    if rope > 0 and sweep.tests:
        parts.append(
            "Two strategies are practically equal if two one-sided tests at 0.05"
            f"{', with the same correction,' if sweep.tests > 1 else ''} place their mean "
            f"difference within ±{rope:g}."
        )
    if not sweep.too_few and GENERALISING.lower() in whole.lower():
        parts.append(
            "Generalising to new data sets, the data sets are the sample: significance is by "
            "Wilcoxon's signed-rank test of the pseudo-median with Holm's correction, and "
            "practical equality also needs the Bayesian signed-rank test."
        )
    if "further repetitions" in whole or "more repetition" in whole:
        parts.append(
            "The repetitions needed give the named result with a power of 0.8 if the differences "
            "are as observed."
        )
    return parts
