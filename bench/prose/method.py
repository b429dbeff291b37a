"""The Method: how each number of a report came about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from bench.inference.dominance import DOMINANT
from bench.inference.estimates import ALPHA
from bench.inference.intervals import CURVE_RESAMPLES
from bench.inference.mean_intervals import KNOWN_OF_DATA_SETS, KNOWN_OF_REPETITIONS
from bench.inference.significance import MAX_EXACT_DIFFERENCES
from bench.inference.verdicts import CREDIBLE
from bench.prose.phrases import listed
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

SENTENCE = "How each number on this page came about; each test with n, α and correction."

INCUMBENT = Markup(
    "The incumbent is the best <em>validation</em> value among completed trials, the "
    "earliest on ties. No strategy and no table picks by test value; the test value shown "
    "is the incumbent’s. The test gap is how much worse it is than the validation value "
    "(negative: better); its median is taken over the gaps, so it need not be the "
    "difference of the two medians beside it."
)
REGRET = (
    "Normalised regret is (value − best) / (median of one random draw − best). Where the "
    "problem does not come with a known optimum, best is the best value recorded for it or, "
    "without a record, the best of this sweep. Where the median of one random draw is not "
    "recorded it is that of random’s trials, or, where those are fewer than 50, of the first "
    "trials of all strategies; each problem says which."
)
CURVES = (
    "Curves of a problem are steps, drawn from the first trial after which every repetition "
    "has an incumbent; lines are medians over repetitions, bands their quartiles. Against "
    "seconds a curve ends where the last repetition has used its budget; that of a strategy "
    "none of whose runs did so is held. Where a trial takes microseconds this clock shows "
    "little but the strategy’s own time."
)
NO_TEST = "No hypothesis is tested on this page."
SINGLE_PROBLEMS = (
    f"Won, tied, lost: a problem’s own mean paired difference, α = {ALPHA:g}, not corrected, "
    "where six repetitions or more differ: with no difference at all one problem in forty is "
    "won by chance."
)


def repetition(seeded: bool) -> str:
    """Return what a repetition is, by whether the harness seeded it."""
    if seeded:
        return (
            "A repetition fixes splits, shifts and noise, the same for every strategy, so "
            "strategies are compared within repetitions."
        )
    return (
        "A repetition is taken to be the same for every strategy (splits, noise), so "
        "strategies are compared within repetitions."
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
        f"Cheaper evaluations ({', '.join(strategies)}): a trial counts by its share of a full "
        "evaluation, and a number of trials is a number of full-evaluation equivalents, rounded "
        "up. Only a full evaluation can be the incumbent. Where the schedule is changed, a cheaper "
        "evaluation takes its share of the seconds; for several workers no result is given."
    )
    if not unordered:
        return text
    counted = f"counts in its order: {listed(unordered)}."
    return f"{text} An unordered design with cheaper evaluations {counted}"


def unordered(strategies: Sequence[str]) -> str:
    """Return what the curve of an unordered design is; nothing where there is none."""
    if not strategies:
        return ""
    return (
        f"{', '.join(strategies)}: an unordered design, so its curve is the exact expectation over "
        "all orders it could be run in; against seconds, after as many trials as were finished by "
        "then."
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
        return "The clock in seconds is what the table says: cost, ask and tell."
    return (
        "The clock in seconds is evaluation (fitting and scoring in the folds) plus the strategy’s "
        "own time (ask and tell), one BLAS thread. The refit for the test value is on nobody’s "
        "clock, nor is a strategy’s start, which mostly imports its library."
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
        f"{share} were recorded by a version that wrote no checksums: a value that was changed in "
        "their files afterwards would not be noticed. Files of later versions have a checksum for "
        "each line, or for each column of a pack, which is verified when they are read."
    )


def not_recorded(problems: Sequence[str]) -> str:
    """Return whose scale of regret is no fact of the runs; nothing where all is recorded.

    Args:
        problems: whose runs were planned by a version that did not record it.
    """
    if not problems:
        return ""
    return (
        f"What regret 0 and 1 are on {listed(problems)} is taken from this version of the catalog: "
        "their runs were planned by a version that did not record it."
    )


def intervals(repetitions: int, coverage: pd.DataFrame) -> str:
    """Return how intervals of scores are made, and how often they hold the truth.

    Args:
        repetitions: the fewest of a problem.
        coverage: bench/simulations/coverage.csv.
    """
    return (
        "Intervals of scores (leaderboard, curves, probability of improvement): 95 %, Student’s "
        "with a share of the degrees of freedom of Welch and Satterthwaite "
        f"({KNOWN_OF_REPETITIONS:g} for repetitions, {KNOWN_OF_DATA_SETS:g} for data sets, since "
        "few values do not show how skewed they are), reaching farther where the values themselves "
        "are skewed (Hall 1992); the repetitions of each problem, "
        f"{repetitions} or more, are the sample (these problems), or the data sets (new "
        "problems); a single one gives no interval. Those of crossing budgets are percentile "
        f"bootstraps with {CURVE_RESAMPLES} resamples. {_held(coverage)} "
        "Intervals of a problem’s median are exact, from order statistics; with fewer than six "
        "repetitions there is none."
    )


def _held(coverage: pd.DataFrame) -> str:
    """Return how often the truth was in such an interval."""
    parts = [
        f"for {of} {_spans(coverage, sample, 'mean')}"
        for sample, of in (("repetitions", "these problems"), ("data sets", "new problems"))
    ]
    return (
        "In a simulation with 5 to 20 repetitions of 3 to 15 problems on as many data sets "
        f"intervals of the mean held the truth {'; '.join(parts)} of the time; those of the "
        f"interquartile mean for these problems {_spans(coverage, 'repetitions', 'iqm')}, least "
        "with the fewest of both (bench/simulations/coverage.csv)."
    )


def _spans(coverage: pd.DataFrame, sample: str, statistic: str) -> str:
    rows = coverage[(coverage["sample"] == sample) & (coverage["statistic"] == statistic)]
    spans = rows.groupby("distribution", sort=False)["coverage"].agg(["min", "max"])
    return ", ".join(
        f"{row.min * 100:.0f} to {row.max * 100:.0f} % ({name})"
        for name, row in zip(spans.index, spans.itertuples(index=False), strict=True)
    )


def observations(problems: int, datasets: int) -> str:
    """Return what an observation of a test over problems is."""
    return (
        f"{many(problems, 'problem')} on {many(datasets, 'data set')}: "
        "problems on the same data are no independent evidence, so tests over problems take a "
        "data set as one observation, the mean over its problems."
    )


def these(verdicts: pd.DataFrame, rope: float) -> str:
    """Return how verdicts for these problems are made.

    Args:
        verdicts: as `bench.inference.verdicts.verdicts` gives them, one or more.
        rope: half the width of the region of practical equivalence.
    """
    tested = verdicts.loc[verdicts["p"].notna(), "n_repetitions"]
    if tested.empty:
        return "Verdicts for these problems: no test, since no pair has two paired repetitions."
    fewest, number = int(tested.min()), many(len(tested), "pair")
    return (
        "Verdicts for these problems are on bounded regret: regret up to 1, the median of one "
        "random draw, and 2 − 1 / regret beyond. Normalised regret has no upper bound, so one "
        "problem can hold most of the variance of a mean and leave undecided what all others show; "
        f"a problem with more than {100 * DOMINANT:.0f} % of it is named under Pairs. "
        "Bounded regret keeps every order and all sizes below 1, so the headline goes by it. "
        "Student’s test of the mean paired difference, stratified by problem (degrees of freedom "
        f"by Welch and Satterthwaite), n = {fewest} or more paired repetitions a problem, "
        f"α = {ALPHA:g} two-sided, Holm’s correction over {number}. "
        f"Practically equal: two one-sided tests at α = {ALPHA:g}, each "
        f"against ±{rope:g}, with the same correction. It is Student’s interval and not a "
        "bootstrap’s because with few repetitions that is too narrow. No p is below that of the "
        "signs alone, 2 · 2⁻ⁿ for n differences that are not 0, so few repetitions decide nothing."
    )


def new(verdicts: pd.DataFrame, rope: float, errors: pd.DataFrame) -> str:
    """Return how verdicts for new problems are made.

    Args:
        verdicts: as in `these`.
        rope: as in `these`.
        errors: how often a word is wrong, bench/simulations/words.csv.
    """
    tested = verdicts.loc[verdicts["p_new"].notna(), "n_datasets"]
    if tested.empty or tested.max() < 2:
        return "Verdicts for new problems: no test, since no pair has two data sets."
    datasets, number = many(int(tested.max()), "data set"), many(len(tested), "pair")
    wrong = errors.set_index(["distribution", "pairs"])
    usual, skewed = (wrong.loc[kind] for kind in ("normal", "skewed"))
    return (
        "Verdicts for new problems are of the pseudo-median of the differences between data sets "
        "(Hodges and Lehmann), in bounded regret: word, p and interval are those of Wilcoxon’s "
        f"signed-rank test (exact given the ranks where up to {MAX_EXACT_DIFFERENCES} data sets "
        "differ, else "
        f"normal; zeros by Pratt), n = {datasets}, α = {ALPHA:g} two-sided, Holm’s correction over "
        f"{number}. Practically equal: the interval lies within ±{rope:g}, with the same "
        "correction, and the Bayesian signed-rank test (Benavoli et al. 2017; prior ½ at 0) gives "
        f"that {CREDIBLE:g} or more. In a simulation (bench/simulations/words.csv) a sweep with no "
        f"difference had such a word in {_most(usual['better'])} at most, one with differences at "
        f"the border was called equal in {_most(usual['equal'])} at most; with log-normal "
        f"differences, in {_most(skewed['better'])} and {_most(skewed['equal'])}. No word "
        "contradicts the one for these problems; where it would, it is undecided."
    )


def _most(shares: pd.Series) -> str:
    return f"{float(shares.max()) * 100:.1f} %"


def friedman(row: pd.Series) -> str:
    """Return what the test over all strategies is.

    Args:
        row: of `bench.inference.significance.friedman`.
    """
    if row["p"] != row["p"]:
        return "Over all strategies: no test; Friedman’s could not be made."
    return (
        f"Over all strategies: Friedman’s test, n = {many(int(row['blocks']), 'data set')}, "
        "corrected for ties; reported, not a condition of the others."
    )


def when(after: str, asked: bool) -> str:
    """Return when scores are taken.

    Args:
        after: at which point of a run.
        asked: whether that was asked for.
    """
    return (
        f"Scores, tests and verdicts are taken {after}"
        + (", a number that was asked for; " if asked else "; ")
        + "values of single problems, selection, targets and time after the whole budget. Curves "
        "show every number of trials, and are no tests."
    )
