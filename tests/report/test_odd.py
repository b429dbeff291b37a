"""Odd sweeps: each makes a page, without a warning, that says what cannot be concluded."""

import itertools
import json
import re

import numpy as np
import pandas as pd
import pytest

MEASURED = ["problems", "time", "ranks", "targets", "pairs", "selection", "overhead"]
REST = ["accounts", "method", "entries", "environment"]
ONE_DATA_SET = "All problems are on one data set: nothing can be said of new ones."
NO_INTERVAL = "A single repetition gives no interval at all."
NO_PAIRED = "No pair has two paired repetitions: no difference could be found, however large."
LABELS = ("<b>", "_x", "a/b:c", "a/b/c", "$x$", "長い名前", "مرحبا", "x" * 100, "a\"'&|c", "-->",
          "</script>", "1e5", "NaN", "..")  # fmt: skip


def failing(trials, which):
    trials.loc[which, ["value", "test_value"]] = np.nan
    trials.loc[which, ["status", "reason"]] = "failed", "it broke"


def ended(how, **where):
    """Ends for `sweep` of the runs of one strategy."""
    strategy = where.get("strategy", "tpe")
    return {(strategy, p, r): (how, "gone", 0) for p in ("branin", "svm") for r in range(3)}


def one_strategy(sweep):
    return *sweep(("tpe",)), {}


def one_problem(sweep):
    return *sweep(problems=("svm",)), {}


def one_repetition(sweep):
    return *sweep(repetitions=1), {}


def one_trial(sweep):
    return *sweep(budget=1), {}


def one_of_all(sweep):
    return *sweep(("tpe",), ("svm",), 1, 1), {}


def one_set(sweep):
    return *sweep(("grid",)), {}


def one_set_of_one_point(sweep):
    return *sweep(("grid",), ("svm",), 1, 1), {}


def all_trials_failed(sweep):
    trials, runs = sweep()
    failing(trials, trials["strategy"] == "tpe")
    return trials, runs, {}


def all_runs_crashed(sweep):
    return *sweep(ends=ended("crashed")), {}


def all_runs_skipped(sweep):
    return *sweep(ends=ended("skipped")), {}


def random_skipped(sweep):
    return *sweep(ends=ended("skipped", strategy="random")), {}


def a_problem_failed(sweep):
    trials, runs = sweep()
    failing(trials, trials["problem"] == "svm")
    return trials, runs, {}


def everything_failed(sweep):
    return *sweep(value=lambda _: None), {}


def nothing_at_full_fidelity(sweep):
    trials, runs = sweep()
    return trials.assign(fidelity=0.5), runs, {}


def cheaper_evaluations(sweep):
    trials, runs = sweep()
    # Two full evaluations' worth of halves, of a set too; four are left.
    halves = trials["strategy"].isin(["tpe", "grid"]) & (trials["trial"] < 4)
    return trials.assign(fidelity=np.where(halves, 0.5, 1.0)), runs, {}


def only_the_last_trial_completed(sweep):
    trials, runs = sweep()
    failing(trials, trials["trial"] < 5)
    return trials, runs, {}


def ties(sweep):
    return *sweep(value=lambda _: 0.7), {}


def ties_on_many(sweep):
    return *sweep(problems=tuple("abcdefghi"), repetitions=8, value=lambda _: 0.7), {}


def at_the_optimum(sweep):
    return *sweep(problems=("branin",), value=lambda _: 0.4), {}


def at_the_optimum_of_zero(sweep):
    trials, runs = sweep(value=lambda _: 0.0)
    return trials.assign(optimum=0.0), runs.assign(optimum=0.0), {}


def below_the_optimum(sweep):
    trials, runs = sweep(problems=("branin",))
    return trials.assign(optimum=0.9), runs.assign(optimum=0.9), {}


def disjoint(sweep):
    def kept(frame):
        own = {"random": "branin", "tpe": "svm"}
        return frame[frame["strategy"].map(own) == frame["problem"]].reset_index(drop=True)

    trials, runs = sweep()
    return kept(trials), kept(runs), {}


def another_budget(sweep):
    parts = zip(sweep(), sweep(problems=("wine",), budget=17), strict=True)
    return *(pd.concat(part, ignore_index=True) for part in parts), {}


def another_budget_within_a_problem(sweep):
    parts = zip(sweep(), sweep(("gp",), budget=17), strict=True)
    return *(pd.concat(part, ignore_index=True) for part in parts), {}


def forty_strategies(sweep):
    return *sweep((*(f"s{i}" for i in range(39)), "random"), ("svm",), 2, 3), {}


def labels(sweep):
    return *sweep(LABELS, LABELS[::2], 1, 2), {}


def huge(sweep):
    return *sweep(value=lambda draw: 1e150 * (draw - 1)), {}


def tiny(sweep):
    return *sweep(problems=("svm", "wine"), value=lambda draw: 1e-300 * (draw - 1)), {}


def huge_and_tiny(sweep):
    values = itertools.cycle([1e150, 1e-300, -1e150])
    return *sweep(value=lambda _: next(values)), {}


def other_repetitions(sweep):
    """Each strategy has repetitions that no other one has."""
    trials, runs = sweep()
    own = {name: 10 * i for i, name in enumerate(runs["strategy"].unique())}
    for frame in (trials, runs):
        frame["repetition"] += frame["strategy"].map(own)
    return trials, runs, {}


def no_test_value(sweep):
    trials, runs = sweep()
    return trials.assign(test_value=np.nan), runs, {}


def no_seconds(sweep):
    trials, runs = sweep()
    return trials.assign(cost=np.nan, ask_s=np.nan, tell_s=np.nan), runs, {"timed": False}


def seconds_of_zero(sweep):
    trials, runs = sweep()
    return trials.assign(cost=0.0, ask_s=0.0, tell_s=0.0), runs, {}


def no_seeds(sweep):
    return *sweep(), {"seeds": ()}


def one_data_set(sweep):
    return *sweep(), {"datasets": {"branin": "d", "svm": "d"}}


# What the page must say, and which of the sections that need a value have nothing to say.
SWEEPS = {
    one_strategy: ["tpe is alone", "There is one strategy: nothing to compare.",
                   "No hypothesis is tested on this page.",
                   "there are 1 and 2"],
    one_problem: [ONE_DATA_SET, "there are 3 and 1", "1 data set is too few"],
    one_repetition: [NO_INTERVAL, NO_PAIRED, "One repetition tells nothing about chance"],
    one_trial: ["After 1 trial."],
    one_of_all: [NO_INTERVAL, "tpe is alone", "When the fastest strategy has spent its budget"],
    one_set: ["grid is alone", "grid: a set of points"],
    one_set_of_one_point: [NO_INTERVAL, "grid is alone"],
    all_trials_failed: ["a run that ended without any completed trial counts as the problem’s "
                        "worst completed value"],
    all_runs_crashed: ["crashed"],
    all_runs_skipped: ["Missing, wholly or some repetitions: tpe on branin, tpe on svm.",
                       "skipped"],
    random_skipped: ["Missing, wholly or some repetitions: random on branin, random on svm.",
                     "When the fastest strategy has spent its budget"],
    a_problem_failed: ["Not ranked, since no trial of a run that ended has completed: svm.",
                       "1 data set is too few"],
    everything_failed: ["No run has a full evaluation with a value: nothing can be concluded."],
    nothing_at_full_fidelity: ["No run has a full evaluation with a value: nothing can be",
                               "no evaluation is a full one: the fidelity of all"],
    cheaper_evaluations: ["runs of up to 6 full-evaluation equivalents",
                          "Cheaper evaluations (grid, tpe): a trial counts by its share",
                          "with cheaper evaluations counts in its order: grid."],
    only_the_last_trial_completed: ["it broke"],
    ties: ["Nobody is ahead after 6 trials on 2 problems.",
           "No test over data sets: the strategies do not differ anywhere.",
           # Three pairs need seven differences each, of equal strategies too; there are six.
           "too few paired repetitions to find any difference"],
    ties_on_many: ["all 3 strategies are practically equal"],
    at_the_optimum: ["Nobody is ahead after 6 trials on 1 problem.", "The optimum is 0.4"],
    at_the_optimum_of_zero: ["Nobody is ahead after 6 trials on 2 problems.", "The optimum is 0;"],
    below_the_optimum: ["The optimum is 0.9"],
    disjoint: ["no two strategies ran the same repetition of a problem", NO_PAIRED,
               "No two strategies ran on two data sets: nothing can be said of new ones.",
               "Missing, wholly or some repetitions: tpe on branin, random on svm.",
               "Verdicts for these problems: no test, since no pair has two paired repetitions.",
               "Verdicts for new problems: no test, since no pair has two data sets.",
               "or without it when the fastest strategy has"],
    another_budget: ["runs of up to 17 trials"],
    another_budget_within_a_problem: ["runs of up to 17 trials"],
    forty_strategies: ["The other 735 pairs are in tables/verdicts.csv."],
    labels: list(LABELS),
    huge: [], tiny: [], huge_and_tiny: [],
    other_repetitions: ["no two strategies ran the same repetition of a problem", NO_PAIRED],
    no_test_value: ["No test value was measured, so it cannot be told."],
    no_seconds: ["Not every row holds its seconds, so nothing can be said of time.",
                 "Not every row holds its seconds, so nothing can be said of it."],
    seconds_of_zero: [],
    no_seeds: [],
    one_data_set: [ONE_DATA_SET],
}  # fmt: skip
EMPTY = {everything_failed, nothing_at_full_fidelity}


def curves(text):
    """The data of the charts."""
    found = re.search(
        r'<script type="application/json" id="curves">(.*?)</script>', text, re.DOTALL
    )
    return json.loads(found[1], parse_constant=lambda name: pytest.fail(f"{name} in the curves"))


@pytest.mark.slow
@pytest.mark.parametrize("odd", SWEEPS, ids=lambda odd: odd.__name__)
def test_a_page_comes_out_and_says_what_cannot_be_concluded(odd, sweep, build, read, tmp_path):
    trials, runs, changed = odd(sweep)
    path = build(trials, runs, tmp_path / "report", **changed)
    page = read(path)
    for said in SWEEPS[odd]:
        assert said in page.text
    assert page.text.count("nothing can be concluded") == (odd in EMPTY)
    rest = [name for name in REST if name != "entries" or odd is not no_seeds]
    wanted = rest if odd in EMPTY else ["overview", *MEASURED, *rest]
    assert page.sections[page.sections.index("leaderboard") + 1 :] == wanted
    for label, rows in page.tables.items():
        widths = {len(row) for row in rows}
        assert len(widths) == 1, label
        for row in rows[1:]:
            # What is not known is a dash; a label may be called so.
            assert not {"nan", "None", "inf", "−0", "<NA>"} & set(row[1:]) - set(LABELS), (
                label,
                row,
            )
    assert not re.search(r"(?<![\w|])(nan|inf|None)(?![\w|])", " ".join(page.paragraphs)), odd
    if odd not in EMPTY:
        views = curves(path.read_text(encoding="utf-8"))["views"]
        assert len(views) >= 2
