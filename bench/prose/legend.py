"""What the numbers of a verdict are."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bench.panels.regret import FIRST_TRIALS, SWEEP_BEST
from bench.prose.comparisons import Comparisons
from bench.prose.pairs import MAX_MORE_REPETITIONS
from bench.prose.undecided_pairs import NEVER, UNSURE


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


def legend(
    sweep: Comparisons, said: Sequence[str], *, rope: float, sources: Collection[str] = ()
) -> str:
    """Return what the numbers in some sentences are.

    Args:
        sweep: that they are about.
        said: the sentences.
        rope: half the width of the region of practical equivalence.
        sources: as in `ends_of_scale`.
    """
    whole = "\n".join(said)
    parts = [f"Regret is normalised: {ends_of_scale(sources)}."]
    if "a difference of" in whole or "a difference in" in whole:
        parts.append("A difference below 0 is in favour of the one named first.")
    if "bounded regret" in whole:
        parts.append("Bounded regret is regret up to 1 and 2 − 1 / regret beyond.")
    if UNSURE in whole:
        parts.append(f"Ahead or behind, {UNSURE}, is undecided, and goes by mean regret.")
    if rope > 0 and sweep.tests:
        parts.append(
            f"Practically equal is a mean difference within ±{rope:g}, by two one-sided tests."
        )
    if sweep.tests:
        corrected = f", corrected for {sweep.tests:,} pairs (Holm)" if sweep.tests > 1 else ""
        parts.append(
            f"Verdicts are for these problems{corrected}; 95 % intervals are per "
            "pair, not corrected for multiple comparisons."
        )
    if not sweep.too_few and "new problems" in whole:
        parts.append(
            "For new problems data sets are the sample: Wilcoxon's signed-rank test of the "
            "pseudo-median, corrected alike, with its Bayesian form for practically equal."
        )
    if "would tell" in whole:
        affordable = (
            f" (none affordable: not even {MAX_MORE_REPETITIONS:,} more)" if NEVER in whole else ""
        )
        parts.append(
            "More repetitions would tell in 4 of 5 cases if differences are as observed"
            f"{affordable}."
        )
    return " ".join(parts)
