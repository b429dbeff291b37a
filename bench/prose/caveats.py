"""Where a verdict does not hold: new data sets, a dominating problem, failures, missing runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.analysis.failures import TRIAL_KINDS
from bench.inference.estimates import ALPHA, BETTER, EQUAL, UNDECIDED, WORSE
from bench.inference.holm import observations_needed
from bench.panels.regret import RANDOM
from bench.prose.claims import Said
from bench.prose.comparisons import Comparisons
from bench.prose.effects import GENERALISING, on_new
from bench.prose.pairs import Pair
from bench.prose.phrases import first_of_all, listed
from bench.prose.samples import observations
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

BROKEN = ("failed", "crashed", "timeout")
"""How a run ends that did not come to its end."""


def new_data_sets(sweep: Comparisons, name: str) -> Said:
    """Return how a strategy compares with the others generalising to new data sets.

    Args:
        sweep: the sweep.
        name: the strategy.
    """
    rows = [pair for pair in sweep.against_all(name) if pair.problems and pair.datasets]
    if not rows:
        return Said("")
    if sweep.too_few:
        most = max(pair.datasets for pair in sweep.met)
        sets = observations([pair.sample for pair in sweep.met if pair.datasets == most])
        tests = sum(pair.datasets > 0 for pair in sweep.met)
        wanted = observations_needed(tests, ALPHA)
        return Said(
            f"{GENERALISING}, no difference can be significant with {sets}, "
            f"since a test of {many(tests, 'pair')} needs {wanted} or more."
        )
    if len(rows) == 1:
        return Said(on_new(rows[0]), (rows[0].new,))
    size = observations([pair.sample for pair in rows])
    kinds = {
        word: [pair.b for pair in rows if pair.verdict_new == word]
        for word in (BETTER, WORSE, EQUAL, UNDECIDED)
    }
    parts = [
        f"is significantly {word} than {_all_or(kinds[word], rows)}"
        for word in (BETTER, WORSE)
        if kinds[word]
    ]
    if kinds[EQUAL]:
        parts.append(f"is practically equal to {_all_or(kinds[EQUAL], rows)}")
    if kinds[UNDECIDED]:
        others = _all_or(kinds[UNDECIDED], rows, no=True)
        parts.append(f"does not differ significantly from {others}")
    text = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return Said(f"{GENERALISING}, {name} {text} ({size}).", tuple(pair.new for pair in rows))


def dominated(pairs: Sequence[Pair], *, depends: bool) -> str:
    """Return which problem holds most of the variance of a difference; nothing without one.

    Args:
        pairs: those that the verdict describes.
        depends: of a verdict that would be another without the problem; else of one that would be
            the same.
    """
    found = [pair for pair in pairs if pair.dominant and (pair.without != pair.verdict) == depends]
    if not found:
        return ""
    most = max(found, key=lambda pair: (pair.still, pair.share))
    whole, still = (f"{100 * share:.0f} %" for share in (most.share, most.still))
    of = "regret" if whole == still else f"normalised regret, {still} in bounded regret"
    held = f"{most.dominant} holds {whole} of the variance of the difference in {of}"
    if not depends:
        return (
            f"The verdict on {most.a} and {most.b} is the same without the problem "
            f"{most.dominant}, although {held}."
        )
    if most.without == UNDECIDED:
        text = f"{most.a} and {most.b} would not differ significantly"
    elif most.without == EQUAL:
        text = f"{most.a} and {most.b} would be practically equal"
    else:
        text = f"{most.a} would be significantly {most.without} than {most.b}"
    return f"{text} without the problem {most.dominant}: {held}."


def failed(failures: pd.DataFrame) -> str:
    """Return how many trials and runs failed, by strategy; nothing if none did.

    Args:
        failures: as `bench.analysis.failures.failures` gives it.
    """
    parts = []
    for kinds, noun, verb in (
        (TRIAL_KINDS.values(), "trial", "failed"),
        (BROKEN, "run", "ended with an error, a crash or a timeout"),
    ):
        rows = failures[failures["kind"].isin(kinds)]
        if len(rows):
            counts = rows.groupby(rows["strategy"].astype(str), sort=False)["n"].sum()
            counts = counts.sort_values(ascending=False, kind="stable")
            texts = [f"{many(int(n), noun)} of {name}" for name, n in counts.items()]
            parts.append(f"{listed(texts)} {verb}")
    return f"{'; '.join(parts)}." if parts else ""


def partial(sweep: Comparisons) -> str:
    """Return on how many problems pairs are compared; nothing where it is on all."""
    least, most = sweep.span
    if least == sweep.of:
        return ""
    span = f"{least}" if least == most else f"{least} to {most}"
    return f"Each pair is compared on {span} of {many(sweep.of, 'problem')}: runs are missing."


def absent(sweep: Comparisons) -> str:
    """Return which strategies have nothing that can be compared; nothing where all have."""
    if not sweep.absent or not sweep.names:
        return ""
    verb = "has" if len(sweep.absent) == 1 else "have"
    return f"{listed(sweep.absent)} {verb} no run that can be compared."


def without_random(sweep: Comparisons) -> str:
    """Return that there is no comparison with random search; nothing where there is one."""
    if RANDOM in sweep.names or RANDOM in sweep.absent:
        return ""
    return f"No strategy is compared with {RANDOM} search, which is not in the sweep."


def _all_or(names: Sequence[str], rows: Sequence[Pair], *, no: bool = False) -> str:
    if len(names) < len(rows) or len(names) == 1:
        # Whether it is random search that is beaten is what a reader looks for.
        return listed(first_of_all(RANDOM, names))
    if len(names) == 2:
        return "either of the 2 others" if no else "both others"
    return f"{'any' if no else 'each'} of the {len(names)} others"
