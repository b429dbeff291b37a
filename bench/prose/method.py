"""The Method: how each number of a report came about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from bench.inference.estimates import ALPHA
from bench.panels.looks import Looks
from bench.prose import samples
from bench.prose.phrases import listed
from bench.prose.samples import Sample
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

SENTENCE = "This section defines the numbers of this page."
SIMULATIONS = "How often intervals and verdicts are wrong"
"""What opens the numbers of simulations."""

INCUMBENT = Markup("The incumbent is the completed trial with the best <em>validation</em> score.")
REGRET = (
    "Normalised regret is (score − best) / (median of one random draw − best). Best is the known "
    "optimum, else the best recorded score, else the best score of this sweep."
)
BOUNDED = (
    "Bounded regret is normalised regret r up to 1 and 2 − 1/r beyond, so that single problems "
    "weigh less."
)
INTERVALS = (
    "Each end of a 95 % interval of a mean is Student's or, if farther, Hall's (1992, for skewed "
    "values), at 0 or above for regret. Repetitions are the sample on this problem set, data sets "
    "when generalising to new ones."
)
NO_TEST = "No hypothesis is tested on this page."


def repetition(seeded: bool) -> str:
    """Return what a repetition is, by whether the harness seeded it."""
    if seeded:
        return (
            "A repetition fixes the split (on a table, one of the recorded ones), shifts and noise "
            "for all strategies, which are compared within repetitions."
        )
    return (
        "A repetition is taken to have the same splits and noise for every strategy, so strategies "
        "are compared within repetitions."
    )


def cheaper(strategies: Sequence[str], unordered: Sequence[str]) -> str:
    """Return how trials are counted where some are cheaper than a full evaluation.

    Args:
        strategies: with cheaper evaluations.
        unordered: those of them that are an unordered design.
    """
    if not strategies:
        return ""
    text = (
        f"{', '.join(strategies)} made evaluations cheaper than a full one. A trial counts by its "
        "share of a full evaluation, and a number of trials is a number of full-evaluation "
        "equivalents, rounded up. Only a full evaluation can be the incumbent. In a replay a "
        "cheaper evaluation takes its share of the seconds; for several workers no result is given."
    )
    if not unordered:
        return text
    return (
        f"{text} An unordered design with cheaper evaluations counts in its order: "
        f"{listed(unordered)}."
    )


def unordered(strategies: Sequence[str]) -> str:
    """Return what the curve of an unordered design is; nothing where there is none."""
    if not strategies:
        return ""
    return (
        f"The curve of an unordered design ({', '.join(strategies)}) is the exact expectation over "
        "all orders of its points."
    )


def seconds(timed: bool, seeded: bool) -> str:
    """Return what the clock in seconds is; nothing without one.

    Args:
        timed: whether there is one.
        seeded: whether the harness ran the sweep.
    """
    if not timed:
        return ""
    if not seeded:
        return "Seconds are those of the table: evaluation, ask and tell."
    return (
        "Seconds are evaluation (fit and score in the folds), ask and tell. The refit for the test "
        "score is not timed."
    )


def looks(found: Looks | None) -> str:
    """Return how a sweep stopped what was settled; nothing where it did not.

    Args:
        found: the looks at it.
    """
    if found is None:
        return ""
    times = listed([str(n) for n in found.times], most=len(found.times))
    made = f"so far after {found.made}" if found.made else "not yet"
    far = "" if found.is_over else f" ({made})"
    return (
        f"The sweep is looked at after {times} repetitions{far}: a strategy whose pairs were all "
        "better, worse or practically equal on this problem set gets no more. P-values are "
        "sequential (Liu and Anderson 2008): each look spends a part of α (Lan and DeMets 1983, "
        "O'Brien–Fleming type), before Holm's correction, and none is below 0.000002. Intervals "
        "are those of the repetitions at hand, not corrected for looks. Friedman's test is of the "
        f"first {found.times[0]} repetitions, since no look could select them."
    )


def unchecked(without: int, runs: int) -> str:
    """Return what to know of runs whose files have no checksums; nothing where all have.

    Args:
        without: runs.
        runs: all of them.
    """
    if not without:
        return ""
    share = "All runs" if without == runs else f"{without:,} of {runs:,} runs"
    return (
        f"{share} were recorded by a version that wrote no checksums, so a later change of their "
        "files would not be noticed. Later versions verify a checksum of each line or column."
    )


def not_recorded(problems: Sequence[str]) -> str:
    """Return whose scale of regret is no fact of the runs; nothing where all is recorded.

    Args:
        problems: whose runs were planned by a version that did not record it.
    """
    if not problems:
        return ""
    return (
        f"The scale of regret on {listed(problems)} is taken from this version of the catalog, "
        "because the version that planned the runs did not record it."
    )


def held(coverage: pd.DataFrame) -> str:
    """Return how often intervals hold the truth.

    Args:
        coverage: bench/simulations/coverage.csv.
    """
    shares = 100 * coverage["coverage"]
    return (
        f"In simulations, 95 % intervals contained the true value in {shares.min():.0f} to "
        f"{shares.max():.0f} % of the sweeps."
    )


def observations(sample: Sample) -> str:
    """Return what an observation of a test over problems is; nothing where each has its data.

    Args:
        sample: the whole sweep.
    """
    none = sample.functions == sample.datasets
    if sample.problems == sample.datasets and (none or not sample.functions):
        own = "No problem has a known data set, so each problem is one observation."
        return own if none else ""
    text = (
        f"The sweep has {many(sample.problems, 'problem')} on {samples.observations([sample])}. "
        f"A {'function' if none else 'data set'} is one observation, the mean of its problems."
    )
    both = sample.functions and not none
    return f"{text} A function counts as a data set of its own." if both else text


def these(verdicts: pd.DataFrame) -> str:
    """Return how verdicts on this problem set are made.

    Args:
        verdicts: as `bench.inference.verdicts.verdicts` gives them, one or more.
    """
    tested = verdicts.loc[verdicts["p"].notna(), "n_repetitions"]
    if tested.empty:
        return "There is no test on this problem set: no pair has two paired repetitions."
    fewest, number = int(tested.min()), many(len(tested), "pair")
    return (
        "The test is Student's test of the mean paired difference in bounded regret, stratified by "
        f"problem, n = {fewest} or more repetitions a problem, α = {ALPHA:g} two-sided, Holm's "
        f"correction over {number}."
    )


def new(verdicts: pd.DataFrame) -> str:
    """Return how verdicts that generalise to new data sets are made.

    Args:
        verdicts: as in `these`.
    """
    tested = verdicts[verdicts["p_new"].notna()]
    most = max(tested["n_datasets"], default=0)
    if most < 2:
        return "There is no test generalising to new data sets: no pair has two data sets."
    largest = samples.observations(samples.samples_of(tested[tested["n_datasets"] == most]))
    return (
        "The test is Wilcoxon's signed-rank test of the differences between data sets in bounded "
        f"regret, n = {largest}, α = {ALPHA:g} two-sided, Holm's correction over "
        f"{many(len(tested), 'pair')}."
    )


def errors(words: pd.DataFrame) -> str:
    """Return how often a verdict that generalises to new data sets is wrong.

    Args:
        words: bench/simulations/words.csv.
    """
    # Where only means are equal a verdict on the pseudo-median is no error.
    usual = words[words["distribution"] != "equal means"]
    return (
        f"In simulations without a difference, at most {100 * float(usual['better'].max()):.1f} % "
        "of the sweeps had a significant verdict generalising to new data sets."
    )


def errors_of_looks(these: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Return how often sweeps that stop what is settled are wrong.

    Args:
        these: bench/simulations/looks.csv.
        new: bench/simulations/looks-new.csv.
    """
    wrong = [100 * float(these[word].max()) for word in ("better", "equal")]
    covered = 100 * these["covered"]
    return [
        "In simulations of sweeps that stop what is settled, at most "
        f"{max(wrong):.1f} % had a wrong verdict on this problem set; tested anew at each look it "
        f"would be {100 * float(these['unadjusted'].max()):.0f} %. Of those without a difference, "
        f"at most {100 * float(new['better'].max()):.1f} % had a significant verdict generalising "
        "to new data sets.",
        "There, 95 % intervals of differences contained the true value in "
        f"{covered.min():.0f} to {covered.max():.0f} %.",
    ]


def when(after: str, asked: bool) -> str:
    """Return when scores are taken; nothing where that is the end of the budget.

    Args:
        after: at which point of a run.
        asked: whether that was asked for.
    """
    if not asked:
        return ""
    return (
        f"Scores, tests and verdicts are taken {after}, a number that was asked for; all else is "
        "taken after the whole budget."
    )
