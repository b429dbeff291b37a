"""The sections on how the numbers came about, what ran, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bench.analyses import Analyses
from bench.inference.dominance import DOMINANT
from bench.inference.estimates import ALPHA
from bench.inference.intervals import OF_CURVES
from bench.inference.mean_intervals import KNOWN_OF_DATA_SETS, KNOWN_OF_REPETITIONS
from bench.inference.significance import EXACT
from bench.inference.verdicts import CREDIBLE
from bench.prose.phrases import listed
from bench.report import tables
from bench.report.page import Bullets, Item, Note, PageTable, Section, Terms
from bench.simulations import committed
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd


def method(found: Analyses) -> Section:
    """Return the section that says how the numbers came about."""
    texts = [*_measured(found), *_resampled(found), *_tested(found)]
    sentence = "How each number on this page came about; each test with n, α and correction."
    return Section("method", "Method", sentence, [Bullets([text for text in texts if text])])


def _measured(found: Analyses) -> list[str]:
    sets = ", ".join(found.sets)
    return [
        Markup(
            "The incumbent is the best <em>validation</em> value among completed trials, the "
            "earliest on ties. No strategy and no table picks by test value; the test value shown "
            "is the incumbent’s. The test gap is how much worse it is than the validation value "
            "(negative: better); its median is taken over the gaps, so it need not be the "
            "difference of the two medians beside it."
        ),
        "A repetition fixes splits, shifts and noise, the same for every strategy, so strategies "
        "are compared within repetitions."
        if found.source.seeds
        else "A repetition is taken to be the same for every strategy (splits, noise), so "
        "strategies are compared within repetitions.",
        "Normalised regret is (value − best) / (median of one random draw − best). Where the "
        "problem does not come with a known optimum, best is the best value recorded for it or, "
        "without a record, the best of this sweep. Where the median of one random draw is not "
        "recorded it is that of random’s trials, or, where those are fewer than 50, of the first "
        "trials of all strategies; each problem says which.",
        "Curves of a problem are steps, drawn from the first trial after which every repetition "
        "has an incumbent; lines are medians over repetitions, bands their quartiles. Against "
        "seconds a curve ends where the last repetition has used its budget; that of a strategy "
        "none of whose runs did so is held. Where a trial takes microseconds this clock shows "
        "little but the strategy’s own time.",
        _equivalents(found),
        f"{sets}: a set of points, so its curve is the exact expectation over all orders it could "
        "be run in; against seconds, after as many trials as were finished by then."
        if sets
        else "",
        "The clock in seconds is evaluation (fitting and scoring in the folds) plus the strategy’s "
        "own time (ask and tell), one BLAS thread. The refit for the test value is on nobody’s "
        "clock, nor is a strategy’s start, which mostly imports its library."
        if found.timed and found.source.seeds
        else "The clock in seconds is what the table says: cost, ask and tell."
        if found.timed
        else "",
        _unchecked(found),
    ]


def _equivalents(found: Analyses) -> str:
    """Return how trials are counted where some are cheaper than a full evaluation."""
    if not found.cheaper:
        return ""
    runs = found.source.runs
    unordered = set(runs.loc[runs["is_set"].astype(bool), "strategy"])
    sets = [name for name in found.cheaper if name in unordered]
    text = (
        f"Cheaper evaluations ({', '.join(found.cheaper)}): a trial counts by its share of a full "
        "evaluation, and a number of trials is a number of full-evaluation equivalents, rounded "
        "up. Only a full evaluation can be the incumbent. Where the schedule is changed, a cheaper "
        "evaluation takes its share of the seconds; for several workers no result is given."
    )
    if not sets:
        return text
    return (
        f"{text} An unordered design with cheaper evaluations counts in its order: {listed(sets)}."
    )


def _unchecked(found: Analyses) -> str:
    """Return what to know of runs whose files have no checksums; a table of others has no files."""
    checked = found.source.runs["checked"]
    without = int((~checked).sum())
    if not found.source.seeds or not without:
        return ""
    share = "All runs" if without == len(checked) else f"{without:,} of {len(checked):,} runs"
    return (
        f"{share} were recorded by a version that wrote no checksums: a value that was changed in "
        "their files afterwards would not be noticed. Files of later versions have a checksum for "
        "each line, or for each column of a pack, which is verified when they are read."
    )


def _resampled(found: Analyses) -> list[str]:
    if not found.panels:
        return []
    return [
        "Intervals of scores (leaderboard, curves, probability of improvement): 95 %, Student’s "
        "with a share of the degrees of freedom of Welch and Satterthwaite "
        f"({KNOWN_OF_REPETITIONS:g} for repetitions, {KNOWN_OF_DATA_SETS:g} for data sets, since "
        "few values do not show how skewed they are), reaching farther where the values themselves "
        "are skewed (Hall 1992); the repetitions of each problem, "
        f"{found.repetitions} or more, are the sample (these problems), or the data sets (new "
        "problems); a single one gives no interval. Those of crossing budgets are percentile "
        f"bootstraps with {OF_CURVES} resamples. {_held()} "
        "Intervals of a problem’s median are exact, from order statistics; with fewer than six "
        "repetitions there is none.",
        f"{many(len(found.panels), 'problem')} on {many(len(found.datasets), 'data set')}: "
        "problems on the same data are no independent evidence, so tests over problems take a "
        "data set as one observation, the mean over its problems.",
    ]


def _held() -> str:
    """Return how often the truth was in such an interval, by the committed simulation."""
    table = committed("coverage")
    parts = []
    for sample, of in (("repetitions", "these problems"), ("data sets", "new problems")):
        parts.append(f"for {of} {_spans(table, sample, 'mean')}")
    return (
        "In a simulation with 5 to 20 repetitions of 3 to 15 problems on as many data sets "
        f"intervals of the mean held the truth {'; '.join(parts)} of the time; those of the "
        f"interquartile mean for these problems {_spans(table, 'repetitions', 'iqm')}, least with "
        "the fewest of both (bench/simulations/coverage.csv)."
    )


def _spans(table: pd.DataFrame, sample: str, statistic: str) -> str:
    rows = table[(table["sample"] == sample) & (table["statistic"] == statistic)]
    spans = rows.groupby("distribution", sort=False)["coverage"].agg(["min", "max"])
    return ", ".join(
        f"{row.min * 100:.0f} to {row.max * 100:.0f} % ({name})"
        for name, row in zip(spans.index, spans.itertuples(index=False), strict=True)
    )


def _tested(found: Analyses) -> list[str]:
    pairs = found.verdicts
    if pairs.empty:
        return ["No hypothesis is tested on this page."]
    return [
        _these(found),
        _new(found),
        _friedman(found),
        f"Won, tied, lost: a problem’s own mean paired difference, α = {ALPHA:g}, not corrected, "
        "where six repetitions or more differ: with no difference at all one problem in forty is "
        "won by chance.",
        f"Scores, tests and verdicts are taken {found.when}"
        + ("; " if found.trials is None else ", a number that was asked for; ")
        + "values of single problems, selection, targets and time after the whole budget. Curves "
        "show every number of trials, and are no tests.",
    ]


def _these(found: Analyses) -> str:
    pairs = found.verdicts
    tested = pairs.loc[pairs["p"].notna(), "repetitions"]
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
        f"against ±{found.rope:g}, with the same correction. It is Student’s interval and not a "
        "bootstrap’s because with few repetitions that is too narrow. No p is below that of the "
        "signs alone, 2 · 2⁻ⁿ for n differences that are not 0, so few repetitions decide nothing."
    )


def _new(found: Analyses) -> str:
    pairs = found.verdicts
    tested = pairs.loc[pairs["p_new"].notna(), "datasets"]
    if tested.empty or tested.max() < 2:
        return "Verdicts for new problems: no test, since no pair has two data sets."
    sets, number = many(int(tested.max()), "data set"), many(len(tested), "pair")
    wrong = committed("words").set_index(["distribution", "pairs"])
    usual, skewed = (wrong.loc[kind] for kind in ("normal", "skewed"))
    return (
        "Verdicts for new problems are of the pseudo-median of the differences between data sets "
        "(Hodges and Lehmann), in bounded regret: word, p and interval are those of Wilcoxon’s "
        f"signed-rank test (exact given the ranks where up to {EXACT} data sets differ, else "
        f"normal; zeros by Pratt), n = {sets}, α = {ALPHA:g} two-sided, Holm’s correction over "
        f"{number}. Practically equal: the interval lies within ±{found.rope:g}, with the same "
        "correction, and the Bayesian signed-rank test (Benavoli et al. 2017; prior ½ at 0) gives "
        f"that {CREDIBLE:g} or more. In a simulation (bench/simulations/words.csv) a sweep with no "
        f"difference had such a word in {_most(usual['better'])} at most, one with differences at "
        f"the border was called equal in {_most(usual['equal'])} at most; with log-normal "
        f"differences, in {_most(skewed['better'])} and {_most(skewed['equal'])}. No word "
        "contradicts the one for these problems; where it would, it is undecided."
    )


def _most(shares: pd.Series) -> str:
    return f"{float(shares.max()) * 100:.1f} %"


def _friedman(found: Analyses) -> str:
    test = found.friedman.iloc[0]
    if test["p"] != test["p"]:
        return "Over all strategies: no test; Friedman’s could not be made."
    return (
        f"Over all strategies: Friedman’s test, n = {many(int(test['blocks']), 'data set')}, "
        "corrected for ties; reported, not a condition of the others."
    )


def entries(found: Analyses) -> Section:
    """Return the section of what stands behind the labels."""
    source = found.source
    seeds = ", ".join(map(str, source.seeds))
    items: list[Item] = [Note(f"Master seed {seeds}. Every setting, defaults included:")]
    for kind, labels in (("strategy", source.strategies), ("problem", source.problems)):
        rows = tables.entries(source.runs, kind, labels)
        items.append(PageTable(rows, f"The labels of each {kind}", ("name", "settings", "library")))
    return Section("entries", "What ran", "Each label’s name, version and settings.", items)


def environment(found: Analyses) -> Section:
    """Return the section of the environment and the command that rebuilds the page."""
    source = found.source
    text = Markup(
        "All of this page is computed from <code>trials.parquet</code> (a row a trial) and "
        "<code>runs.parquet</code> (a row a run, those without a trial too) beside it, "
        "up to a million rows also as CSV. To rebuild it:"
    )
    items: list[Item] = [
        Terms(_said(source.environments)),
        Note(text),
        Note(source.command, code=True),
    ]
    sentence = "Where it ran, and the command that rebuilds this page."
    return Section("environment", "Environment", sentence, items)


def _said(environments: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return what the environments say, key by key; where they differ, all of it."""
    said: dict[str, dict[str, None]] = {}
    for environment in environments:
        for key, value in environment.items():
            if isinstance(value, Mapping):
                value = ", ".join(f"{name} {item}" for name, item in value.items())
            if value is not None:
                said.setdefault(key, {})[str(value)] = None
    return [(key, " · or · ".join(values)) for key, values in said.items()]
