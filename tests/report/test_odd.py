"""Odd sweeps: each makes a page, without a warning, that says what cannot be concluded."""

import itertools
import json
import math
import re

import numpy as np
import pandas as pd
import pytest

from bench.captions import (
    leaderboard,
    overhead,
    pairs,
    ranks,
    replay,
    selection,
    verdicts,
)
from bench.inference import ROPE
from bench.prose import method, notes
from bench.prose.samples import Sample
from bench.report.sections.verdicts import MAX_PAIR_ROWS

MEASURED = [
    "recommendation",
    "best",
    "problems",
    "cheaper",
    "time",
    "ranks",
    "targets",
    "pairs",
    "selection",
    "stopping",
    "overhead",
]
REST = ["failures", "method", "entries", "environment"]
ONE_DATA_SET = verdicts.no_new(Sample(1, 1, 0))
NO_PAIRED = verdicts.detectable(math.nan)
NO_RANDOM = replay.sentence(replay.deadline([False]))
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
    halves = trials["strategy"].isin(["tpe", "grid"]) & (trials["trial_number"] < 4)
    return trials.assign(fidelity=np.where(halves, 0.5, 1.0)), runs, {}


def only_the_last_trial_completed(sweep):
    trials, runs = sweep()
    failing(trials, trials["trial_number"] < 5)
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


def missing(**cells):
    """Of a strategy without any run on some problems."""
    rows = [(name, problem, 0, 3) for name, problems in cells.items() for problem in problems]
    return leaderboard.missing(
        pd.DataFrame(rows, columns=["strategy", "problem", "n_there", "n_repetitions"])
    )


# What the page must say.
SWEEPS = {
    one_strategy: [verdicts.ALONE, method.NO_TEST, ranks.no_test(1, Sample(2, 2, 0))],
    one_problem: [ONE_DATA_SET, ranks.no_test(3, Sample(1, 1, 0))],
    one_repetition: [NO_PAIRED],
    one_trial: ["mean normalised regret after 1 trial, "],
    one_of_all: [NO_RANDOM],
    one_set: [method.unordered(["grid"])],
    one_set_of_one_point: [method.unordered(["grid"])],
    all_trials_failed: ["it broke"],
    all_runs_crashed: ["crashed"],
    all_runs_skipped: [missing(tpe=("branin", "svm")), "skipped"],
    random_skipped: [missing(random=("branin", "svm")), NO_RANDOM],
    a_problem_failed: [leaderboard.unranked(["svm"])],
    everything_failed: [leaderboard.nothing(True)],
    nothing_at_full_fidelity: [leaderboard.nothing(True), notes.no_full(108, 0.5)],
    cheaper_evaluations: ["6 full-evaluation equivalents",
                          method.cheaper(["grid", "tpe"], ["grid"])],
    only_the_last_trial_completed: ["it broke"],
    # Three pairs need seven differences each, of equal strategies too; there are six.
    ties: [ranks.no_test(3, Sample(2, 2, 0)), verdicts.detectable(math.inf)],
    ties_on_many: ["All 3 strategies are practically equal"],
    at_the_optimum: ["0.4"],
    at_the_optimum_of_zero: [],
    below_the_optimum: ["0.9"],
    disjoint: [NO_PAIRED, verdicts.no_new(Sample(2, 2, 0)),
               replay.sentence(replay.deadline([True, False]))],
    another_budget: ["17 trials"],
    another_budget_within_a_problem: ["17 trials"],
    forty_strategies: [pairs.columns(ROPE, 780 - MAX_PAIR_ROWS)],
    labels: list(LABELS),
    huge: [], tiny: [], huge_and_tiny: [],
    other_repetitions: [NO_PAIRED],
    no_test_value: [selection.unknown(False)],
    no_seconds: [replay.UNTIMED, overhead.UNTIMED],
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
    assert page.text.count(leaderboard.nothing(True)) == (odd in EMPTY)
    rest = [name for name in REST if name != "entries" or odd is not no_seeds]
    measured = [name for name in MEASURED if name != "cheaper" or odd is cheaper_evaluations]
    place = page.sections.index("leaderboard")
    assert ("overview" in page.sections[:place]) == (odd not in EMPTY)
    assert page.sections[place + 1 :] == (rest if odd in EMPTY else [*measured, *rest])
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
