"""What the sections of a report say, as golden files: each sentence from made-up numbers."""

import math
from types import SimpleNamespace

import pandas as pd

from bench.analysis.choosing import MINUS_SD, ONE_SE
from bench.analysis.stopping import REGRET_BOUND
from bench.captions import (
    breakeven,
    early_stopping,
    environment,
    other_metrics,
    pairs,
    problems,
    ranks,
    replay,
    selection,
    stopping,
    targets,
    workers,
)
from bench.panels.regret import Scale
from bench.prose import guide
from bench.prose.samples import Sample
from bench.testing.golden import lines

INF, NAN = math.inf, math.nan
WHEN = "after 20 trials"


def test_guide(golden):
    parts = {"summary": guide.SUMMARY, **dict(guide.READING), **guide.TERMS}
    golden("guide", lines(parts))
    for name, text in guide.READING:
        assert 30 <= len(text.split()) <= 50, name


def test_pairs(golden):
    golden("pair-columns", lines({
        "columns": pairs.columns(0.01, 0),
        "columns, one more pair": pairs.columns(0.02, 1),
        "columns, more pairs": pairs.columns(0.01, 735),
        "files": pairs.files(new=False),
        "files, new data sets": pairs.files(new=True),
    }))  # fmt: skip


def test_problems(golden, panel_of):
    best = {"n_best": [2, 2, 0], "n_all_problems": 3}
    board = pd.DataFrame({"strategy": ["tpe", "gp", "a"], **best, "mean": 0.1})
    known = panel_of([[[1.0, 0.5]]], optimum=0.0, scale=Scale(0.0, 1.0, "given"))
    optima = panel_of([[[1.0], [2.0]]], optimum=[-1.5, 0.25])
    unknown = panel_of([[[0.9, 0.5]]], direction="maximize")
    plain = panel_of([[[0.3]]], optimum=0.3)
    told = "values at 1 of 2 configurations depend on the last bit of sums"
    golden("problems", lines({
        "regret": problems.table(problems.REGRET),
        "columns": "\n".join(problems.columns(["tpe", "gp", "random"], 20)),
        "columns, random among the first": "\n".join(problems.columns(["tpe", "gp"], 20)),
        "columns, all": "\n".join(problems.columns(["tpe", "gp"], 2)),
        "overview": problems.OVERVIEW,
        "best": problems.BEST,
        "charts": problems.CHARTS,
        "scale": problems.SCALE,
        "sentence": problems.sentence(board, WHEN, {}),
        "sentence, no ties": problems.sentence(board.assign(n_best=[3, 0, 0]), WHEN, {"tpe": 3}),
        "sentence, alone": problems.sentence(board.head(1), WHEN, {}),
        "label": problems.label("p", ["trials", "seconds"]),
        "label, untimed": problems.label("p", ["trials"]),
        "score": problems.score(known),
        "score, higher": problems.score(unknown),
        "optimum": problems.optimum(known),
        "optimum, by repetition": problems.optimum(optima),
        "optimum, unknown": problems.optimum(unknown),
        "special, nothing": problems.special(known, "", ""),
        "special, positive class": problems.special(unknown, "yes", ""),
        "special, no scale": problems.special(plain, "", ""),
        "special, processors": problems.special(known, "", told),
        "sources": "; ".join(problems.sources({"a record": ["p", "q"], "the sweep": ["r"]})),
    }))  # fmt: skip


def test_ranks(golden):
    friedman = pd.Series({"p": 0.018, "blocks": 4.0, "strategies": 3.0, "chi2": 8.0, "f": NAN,
                          "p_f": NAN})  # fmt: skip
    wilcoxon = pd.DataFrame({"p_holm": [0.01, 0.2, 0.3], "reachable": True, "needed": [7, 7, 6]})
    none = wilcoxon.assign(p_holm=0.2, reachable=False)
    four = Sample(problems=4, datasets=4, functions=0)
    finite = friedman.fillna({"f": 13.0, "p_f": 0.0066})
    crossings = {
        "at once": {"budget": 1.0, "low": 1.0, "high": 1.0},
        "later": {"budget": 7.0, "low": 3.0, "high": INF},
        "never": {"budget": INF, "low": INF, "high": INF},
        "unknown": {"budget": NAN, "low": NAN, "high": NAN},
    }
    parts = {
        "ranks label": ranks.RANKS_LABEL,
        "ranks caption": ranks.RANKS_CAPTION,
        "budget label": ranks.BUDGET_LABEL,
        "budget caption": ranks.BUDGET_CAPTION,
        "critical label": ranks.CRITICAL_LABEL,
        "critical caption": ranks.CRITICAL_CAPTION,
        "sentence": ranks.sentence(friedman, wilcoxon, four),
        "sentence, none": ranks.sentence(friedman.where(friedman.index != "p", 0.3), none, four),
        "sentence, functions too": ranks.sentence(friedman, wilcoxon, Sample(5, 4, 1)),
        "sentence, no data set": ranks.sentence(friedman, wilcoxon, Sample(4, 4, 4)),
        "sentence, no test": ranks.sentence(pd.Series({"p": NAN}), none, four),
        "no test, one data set": ranks.no_test(3, Sample(2, 1, 0)),
        "no test, one function": ranks.no_test(3, Sample(2, 1, 1)),
        "no test, one strategy": ranks.no_test(1, four),
        "no test, no difference": ranks.no_test(2, four),
        "test": ranks.test(friedman, wilcoxon, four, [], []),
        "test, finite F": ranks.test(finite, wilcoxon, four, [], []),
        "test, unreachable": ranks.test(friedman, none, four, [], []),
        "test, functions too": ranks.test(friedman, none, Sample(4, 4, 1), [], []),
        "test, left out": ranks.test(friedman, wilcoxon, four, ["gp"], ["wine", "digits"]),
        "crossings": ranks.crossings("random"),
    }
    for name, row in crossings.items():
        parts[f"crossing, {name}"] = f"{ranks.crossing(row)}; {ranks.between(row)}"
    golden("ranks", lines(parts))


def test_selection(golden):
    frame = pd.DataFrame({"overtuned_share": [0.0, 0.5], "worse_share": [0.0, 0.5]})
    golden("selection", lines({
        "label": selection.LABEL,
        "caption": selection.CAPTION,
        "cross-validation": selection.CV_TESTS,
        "folds": selection.cv_tests(1, 140),
        "folds, one comparison": selection.cv_tests(0, 1),
        "sentence": selection.sentence(frame),
        "sentence, one strategy": selection.sentence(frame.head(1)),
        "sentence, no default": selection.sentence(frame.assign(worse_share=NAN)),
        "sentence, nobody chooses": selection.sentence(frame.head(0)),
        "no test value": selection.unknown(False),
        "no common repetition": selection.unknown(True),
        "sentence, few": selection.sentence(frame.assign(overtuned_share=[0.005, 0.5])),
        "columns": selection.columns(True, True, 0),
        "columns, no default, some left out": selection.columns(False, False, 1),
    }))  # fmt: skip


def test_early_stopping(golden):
    strategies = pd.DataFrame(
        {"strategy": ["asha", "hyperband"], "pruned_share": [0.92, 0.85],
         "full_budget_share": [0.25, 0.4]}
    )  # fmt: skip
    steps = pd.DataFrame(
        [(1 / 81, NAN, NAN, NAN, 1), (1 / 9, 0.4, 0.3, 0.5, 3)],
        columns=["share", "tau", "tau_low", "tau_high", "n_problems"],
    )
    against = pd.DataFrame(
        [("asha", -0.1), ("asha", 0.1), ("hyperband", -0.1), ("hyperband", -0.2)],
        columns=["strategy", "difference"],
    )
    one = steps.assign(tau_low=NAN, n_problems=1)
    unknown = strategies.assign(pruned_share=NAN)
    how = "\n".join(early_stopping.how(exact=True))
    golden("early-stopping", lines({
        "title": early_stopping.TITLE,
        "label": early_stopping.LABEL,
        "curves": early_stopping.CURVES,
        "continued": early_stopping.CONTINUED,
        "sentence": early_stopping.sentence(strategies, steps, exact=False),
        "sentence, exact": early_stopping.sentence(
            strategies, steps.assign(tau_low=NAN, tau_high=NAN), exact=True
        ),
        "sentence, one strategy and problem": early_stopping.sentence(
            strategies.head(1), one, exact=False
        ),
        "sentence, no configurations": early_stopping.sentence(unknown, steps.head(0), exact=False),
        "share": early_stopping.share(1 / 81),
        "estimate": early_stopping.estimate(0.4, 0.3, 0.5),
        "estimate, no interval": early_stopping.estimate(0.4, NAN, NAN),
        "estimate, unknown": early_stopping.estimate(NAN, NAN, NAN),
        "caption": early_stopping.caption(against=True, exact=False),
        "caption, exact": early_stopping.caption(against=True, exact=True),
        "caption, no random": early_stopping.caption(against=False, exact=False),
        "wins": early_stopping.wins(against),
        "reading": early_stopping.reading(6, WHEN, ["regret after 4", "regret"]),
        "reading, small budget": early_stopping.reading(1, WHEN, ["regret"]),
        "no steps": early_stopping.no_steps(recorded=False),
        "no steps, no pair": early_stopping.no_steps(recorded=True),
        "without": early_stopping.without({"asha": (3, 60), "hyperband": (1, 60)}),
        "steps": early_stopping.STEPS_READING,
        "how": how,
    }))  # fmt: skip


def test_workers(golden):
    row = {"baseline": "tpe", "n_workers": 8, "speedup": 5.13, "speedup_low": 4.7,
           "speedup_high": 5.5, "loss": 0.031, "loss_low": -0.01, "loss_high": 0.07,
           "n_problems": 3, "n_timed_problems": 2}  # fmt: skip
    unsure = dict.fromkeys(["speedup_low", "speedup_high", "loss_low", "loss_high"], NAN)
    unknown = dict.fromkeys(["speedup", "loss", *unsure], NAN)
    frame = pd.DataFrame([
        row | {"family": "tpe", "n_workers": 4},
        row | {"family": "tpe"},
        row | {"family": "tpe (batches)", "loss": 0.0, "loss_low": 0.0, "loss_high": 0.0},
        row | unsure | {"family": "gp", "loss": -0.2, "n_problems": 1},
        row | unknown | {"family": "cmaes", "baseline": "", "n_problems": 0, "n_timed_problems": 0},
    ])  # fmt: skip
    untimed = frame.assign(n_timed_problems=0, speedup=NAN)
    said = workers.sentences(frame, WHEN)
    assert len(said) == 3
    golden("workers", lines({
        "title": workers.TITLE,
        "label": workers.LABEL,
        "figure": workers.FIGURE,
        "sentence": said[0],
        "sentence, the same regret": said[1],
        "sentence, one repetition": said[2],
        "sentence, no time": workers.sentences(untimed, WHEN)[0],
        "sentence, no time, the same regret": workers.sentences(untimed, WHEN)[1],
        "no one worker": workers.nothing(frame[frame["baseline"] == ""]),
        "some without one worker": workers.alone(frame),
        "all with one worker": workers.alone(frame[frame["baseline"] != ""]),
        "none with one worker": workers.alone(frame[frame["baseline"] == ""]),
        "no cost": workers.untimed(["branin", "ackley"]),
        "all with a cost": workers.untimed([]),
        "caption": workers.caption(timed=True, repetitions=20),
        "caption, no time, one repetition": workers.caption(timed=False, repetitions=1),
        "how": " ".join(workers.how(timed=True, targets=True, when=WHEN)),
        "how, no time": " ".join(workers.how(timed=False, targets=False, when=WHEN)),
    }))  # fmt: skip


def test_stopping(golden):
    row = SimpleNamespace(
        rule="10 trials without a gain", saved_share=0.41, same_share=0.75, n_problems=7,
        n_strategies=5,
        difference=0.012, difference_low=0.008, difference_high=0.017,
    )  # fmt: skip
    unknown = {"difference_low": NAN, "difference_high": NAN}
    one = SimpleNamespace(
        **vars(row) | unknown | {"rule": REGRET_BOUND, "n_problems": 1, "n_strategies": 1}
    )
    choice = SimpleNamespace(
        rule=ONE_SE, difference=0.01, difference_low=-0.02, difference_high=0.04
    )
    better = SimpleNamespace(
        rule=MINUS_SD, difference=-0.02, difference_low=-0.05, difference_high=0.01
    )
    rules = [row.rule, REGRET_BOUND]
    golden("stopping", lines({
        "title": stopping.TITLE,
        "nothing": stopping.NOTHING,
        "label": stopping.LABEL,
        "caption": stopping.CAPTION,
        "sentence": stopping.sentence(row),
        "sentence, regret bound of one problem": stopping.sentence(one),
        "chosen": stopping.chosen([choice, better]),
        "chosen, no interval": stopping.chosen([SimpleNamespace(**vars(choice) | unknown)]),
        "how": stopping.how(rules, True),
        "how, no fold values": stopping.how(rules[:1], False),
        "rule of all problems": stopping.applied(REGRET_BOUND, 7, 7),
        "rule of some problems": stopping.applied(REGRET_BOUND, 4, 7),
    }))  # fmt: skip


def test_targets(golden):
    saved = pd.DataFrame(
        [("random", 1.0, False), ("a", 0.5, True), ("b", 2.5, True), ("c", 3.0, False),
         ("d", NAN, False)],
        columns=["strategy", "factor", "bound"],
    )  # fmt: skip
    frame = pd.DataFrame(
        [("p", 10, 3), ("q", 10, 3), ("p", 2000, 3), ("q", 2000, 0)],
        columns=["problem", "target_budget", "n_repetitions"],
    )
    golden("targets", lines({
        "ecdf label": targets.ECDF_LABEL,
        "profiles label": targets.PROFILES_LABEL,
        "no baseline": targets.NO_BASELINE,
        "running time": targets.RUNNING_TIME,
        "bounds": targets.BOUNDS,
        "reached": targets.reached(12.3, 3, 6, short=True),
        "reached by all": targets.reached(12.3, 6, 6, short=True),
        "reached by all, whole": targets.reached(INF, 0, 6, short=False),
        "sentence": targets.sentence(saved, {"c": 3}),
        "sentence, nothing known": targets.sentence(saved.head(2), {}),
        "worth": targets.worth(2.6, False),
        "worth, a bound": targets.worth(2.6, True),
        "worth, unknown": targets.worth(0.5, True),
        "ecdf caption": targets.ecdf_caption(frame, 2),
        "profiles caption": targets.profiles_caption(WHEN),
        "equivalents": targets.equivalents(WHEN),
    }))  # fmt: skip


def test_replay(golden):
    usual = replay.deadline([True, True])
    row = SimpleNamespace(regret=0.5, low=0.0, high=6.9, budget_share=1.0)
    golden("replay", lines({
        "untimed": replay.UNTIMED,
        "label": replay.LABEL,
        "deadline": usual,
        "deadline, some": replay.deadline([True, False]),
        "deadline, no random": replay.deadline([False]),
        "sentence": replay.sentence(usual),
        "schedule": replay.schedule(60.0, 4),
        "schedule, recorded": replay.schedule(None, 1),
        "details": replay.DETAILS,
        "reached": replay.reached(row),
        "reached, no interval": replay.reached(SimpleNamespace(**vars(row) | {"low": NAN})),
    }))  # fmt: skip


CASES = {
    "always": {"always": [NAN]},
    "above": {"above": [1.0, 2.0]},
    "mostly above": {"above": [0.002, 0.003], "never": [NAN]},
    "never": {"never": [NAN, NAN]},
    "mostly below": {"below": [18.0, 18.0], "always": [NAN]},
    "both": {"below": [18.0], "always": [NAN]},
    "equal": {"equal": [NAN], "undefined": [NAN]},
    "undefined": {"undefined": [NAN]},
}


def test_breakeven(golden):
    parts = {
        "label": breakeven.LABEL,
        "target": breakeven.target([1], False),
        "target, start-ups": breakeven.target([6, 5], True),
        "no start-up": breakeven.startup(None, 10),
        "start-up": breakeven.startup(2, 10),
        "all start-up": breakeven.startup(10, 10),
    }
    costs = {}
    for name, cases in CASES.items():
        rows = [(case, cost) for case, costs in cases.items() for cost in costs]
        costs[name] = pd.DataFrame(rows, columns=["case", "evaluation_s"])
        parts[f"cost, {name}"] = breakeven.cost(costs[name])
    parts["against"] = breakeven.against("random", costs)
    golden("breakeven", lines(parts))
    assert breakeven.against("random", {"never": costs["never"]}) == ""


def test_environment(golden):
    golden("environment", lines({
        "entries": environment.ENTRIES,
        "settings": environment.settings("problem"),
        "sentence": environment.SENTENCE,
        "rebuild": environment.REBUILD,
        "seed": environment.seeds([1]),
        "seeds": environment.seeds([3, 7]),
    }))  # fmt: skip


def test_other_metrics(golden):
    columns = ["chosen_by", "scored_by", "loss", "loss_low", "loss_high", "loss_new_low",
               "loss_new_high", "n_problems", "n_tuned"]  # fmt: skip
    frame = pd.DataFrame([
        ("accuracy", "log loss", 0.31, 0.2, 0.42, 0.1, 0.5, 3, 2),
        ("log loss", "accuracy", 0.5, -0.1, 1.1, -0.2, 1.2, 4, 1),
        ("F1", "log loss", -0.01, -0.02, 0.3, NAN, NAN, 3, 0),
    ], columns=columns).assign(kind="multiclass classification")  # fmt: skip
    same = frame.assign(loss_new_low=NAN, loss_new_high=NAN)
    unsure, one = frame.iloc[1:], same.assign(loss_low=NAN, loss_high=NAN)
    golden("other-metrics", lines({
        "title": other_metrics.TITLE,
        "label": other_metrics.LABEL,
        "caption": other_metrics.CAPTION,
        "reading": other_metrics.READING,
        "sentence": other_metrics.sentence(frame),
        "sentence, one data set": other_metrics.sentence(same),
        "dagger": other_metrics.dagger(frame),
        "dagger, none": other_metrics.dagger(unsure),
        "dagger, one data set": other_metrics.dagger(same),
        "sentence, nothing above 0": other_metrics.sentence(unsure),
        "sentence, one repetition": other_metrics.sentence(one),
        "table": other_metrics.table("regression"),
        "problems": other_metrics.problems("multiclass classification", frame),
        "problems, one": other_metrics.problems("regression", frame.iloc[2:].assign(n_problems=1)),
        "how": "\n".join(other_metrics.HOW),
    }))  # fmt: skip
