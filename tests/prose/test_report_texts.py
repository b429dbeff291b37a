"""What a report says beside its verdict, as golden files: each sentence from made-up numbers."""

import math
from types import SimpleNamespace
from typing import Any

import pandas as pd

from bench.panels.panel import STOPPED
from bench.panels.regret import Scale
from bench.prose import method, notes, summary
from bench.prose.sections import (
    breakeven,
    convergence,
    environment,
    failures,
    leaderboard,
    overhead,
    problems,
    ranks,
    replay,
    selection,
    targets,
    verdicts,
)
from bench.sources.tidy_runs import SHORT

INF, NAN = math.inf, math.nan
ENDS = "0 is the best value known and 1 the median of one random draw"
WHEN = "after 20 trials"


def lines(parts):
    """Name -> text as the lines of a golden file."""
    return "\n".join(f"{name}: {text or '(nothing)'}" for name, text in parts.items())


def test_summary(golden):
    whole: dict[str, Any] = {
        "strategies": 3, "problems": 2, "repetitions": 3, "wanted": 18, "begun": 18,
        "unfinished": 0, "trials": 1080, "budget": 60, "cheaper": False,
    }  # fmt: skip
    golden("summary", lines({
        "complete": summary.sweep(**whole),
        "one of all": summary.sweep(**whole | dict.fromkeys(whole, 1) | {"unfinished": 0}),
        "cheaper": summary.sweep(**whole | {"cheaper": True}),
        "unfinished": summary.sweep(**whole | {"begun": 17, "unfinished": 1}),
        "two unfinished": summary.sweep(**whole | {"begun": 12, "unfinished": 2}),
        "not begun": summary.sweep(**whole | {"begun": 0, "trials": 0, "budget": 0}),
        "scores": summary.scores(WHEN),
        "when, one budget": summary.when([20, 20], None),
        "when, two budgets": summary.when([3, 5000], None),
        "when, asked for": summary.when([3, 5], 1),
        "when, no problem": summary.when([], None),
    }))  # fmt: skip


def test_notes(golden):
    golden("notes", lines({
        "no full evaluation": notes.no_full(108, 0.5),
        "beyond the optimum": notes.beyond_optimum(["p", "q"]),
        "no scale": notes.no_scale(["p"]),
        "all start-up": notes.all_startup(["tpe"], 10),
        "no font": notes.no_font(list("优化")),
        "no font for many": notes.no_font([chr(0x4E00 + i) for i in range(50)]),
        "fonts": notes.no_font([]),
    }))  # fmt: skip


def test_leaderboard(golden):
    usual: dict[str, Any] = {"when": WHEN, "ends": ENDS, "ranked": 3, "short": [],
             "repetitions": 20}  # fmt: skip
    gone = pd.DataFrame(
        [("tpe", "a", 1, 2), ("gp", "b", 0, 2)],
        columns=["strategy", "problem", "n_there", "n_repetitions"],
    )
    golden("leaderboard", lines({
        "no trial": leaderboard.nothing(False),
        "no value": leaderboard.nothing(True),
        "usual": leaderboard.reading(**usual),
        "one strategy": leaderboard.reading(**usual | {"ranked": 1}),
        "short": leaderboard.reading(**usual | {"short": ["p"]}),
        "few repetitions": leaderboard.reading(**usual | {"repetitions": 19}),
        "one repetition": leaderboard.reading(**usual | {"repetitions": 1}),
        "missing": leaderboard.missing(gone),
        "nothing missing": leaderboard.missing(gone.head(0)),
        "unranked": leaderboard.unranked(["b", "c"]),
        "all ranked": leaderboard.unranked([]),
    }))  # fmt: skip


def test_convergence(golden):
    golden("convergence", lines({
        "label": convergence.LABEL,
        "caption": convergence.caption(ENDS, []),
        "caption, partial": convergence.caption(ENDS, ["gp", "tpe"]),
        "chart": convergence.chart_caption([]),
        "chart, partial": convergence.chart_caption(["gp", "tpe"]),
    }))  # fmt: skip


def test_failures(golden):
    golden("failures", lines({
        "none": failures.NO_FAILURES,
        "rule": failures.rule(["trial failed"]),
        "rule, stopped": failures.rule([STOPPED]),
        "rule, short": failures.rule([SHORT]),
        "rows": failures.all_rows(103),
        "one row": failures.all_rows(1),
        "cut": failures.cut_reasons(300),
        "counts": failures.counts(2, 1080, 1, 18, short=False),
        "counts, short": failures.counts(0, 1, 1, 1, short=True),
        "same order": failures.two_rules(True),
        "two orders": failures.two_rules(False),
    }))  # fmt: skip


def test_overhead(golden):
    golden("overhead", lines({
        "untimed": overhead.UNTIMED,
        "label": overhead.LABEL,
        "caption": overhead.CAPTION,
        "sentence": overhead.sentence(pd.Series({"tpe": 0.019, "random": 0.0})),
        "sentence, all the same": overhead.sentence(pd.Series({"tpe": 0.019, "gp": 0.019})),
        "sentence, no trial": overhead.sentence(pd.Series({"tpe": NAN})),
    }))  # fmt: skip


def pairs(**changed):
    """Verdicts on two pairs."""
    rows = {"verdict": ["better", "undecided"], "verdict_new": "undecided", "dominant": "",
            "dominant_share": 0.3, "dominant_bounded": 0.1, "verdict_without": "",
            "p": [0.01, 0.2], "p_new": [0.02, 0.3],
            "n_repetitions": [5, 8], "n_datasets": [4, 6]}  # fmt: skip
    return pd.DataFrame(rows | changed)


def test_verdicts(golden):
    wild = {"dominant": ["p3", "p3"], "dominant_share": [0.98, 0.6],
            "verdict_without": ["better", "undecided"]}  # fmt: skip
    other = wild | {"verdict_without": ["undecided", "undecided"]}
    golden("verdicts", lines({
        "alone": verdicts.ALONE,
        "label": verdicts.LABEL,
        "sentence": verdicts.sentence(pairs()),
        "sentence, both": verdicts.sentence(pairs(verdict="better", verdict_new="worse")),
        "sentence, none": verdicts.sentence(pairs(verdict="undecided")),
        "caption": verdicts.caption(WHEN),
        "detectable": verdicts.detectable(0.0234),
        "detectable, no repetition": verdicts.detectable(NAN),
        "detectable, nothing": verdicts.detectable(INF),
        "detectable, ties": verdicts.detectable(0.0),
        "these": verdicts.these(0.01, 0),
        "these, more pairs": verdicts.these(0.01, 735),
        "dominated": verdicts.dominated(pairs(**wild)),
        "dominated, hanging": verdicts.dominated(pairs(**other, dominant_bounded=[0.7, 0.2])),
        "dominated, in bounded regret too": verdicts.dominated(
            pairs(**wild, dominant_bounded=[0.7, 0.2])
        ),
        "not dominated": verdicts.dominated(pairs()),
        "no new, one data set": verdicts.no_new(1),
        "no new, apart": verdicts.no_new(2),
        "new": verdicts.new(0.01, True),
        "new, unreachable": verdicts.new(0.01, False),
    }))  # fmt: skip


KINDS = ("normal", "skewed")
COVERAGE = pd.DataFrame(
    [
        {"sample": sample, "statistic": statistic, "distribution": kind, "coverage": share}
        for sample in ("repetitions", "data sets")
        for statistic in ("mean", "iqm")
        for kind in KINDS
        for share in (0.93, 0.952)
    ]
)
ERRORS = pd.DataFrame(
    [
        {"distribution": kind, "pairs": count, "better": 0.04, "equal": 0.031}
        for kind in KINDS
        for count in (1, 3)
    ]
)


def test_method(golden):
    friedman = pd.Series({"p": 0.02, "blocks": 6.0})
    golden("method", lines({
        "sentence": method.SENTENCE,
        "incumbent": method.INCUMBENT,
        "repetition": method.repetition(True),
        "regret": method.REGRET,
        "curves": method.CURVES,
        "unordered": method.unordered(["grid", "lhs"]),
        "seconds": method.seconds(True, True),
        "intervals": method.intervals(5, COVERAGE),
        "observations": method.observations(7, 6),
        "these": method.these(pairs(), 0.02),
        "new": method.new(pairs(), 0.02, ERRORS),
        "friedman": method.friedman(friedman),
        "single problems": method.SINGLE_PROBLEMS,
        "when": method.when(WHEN, False),
    }))  # fmt: skip


def test_method_of_odd_sweeps(golden):
    one = pairs().head(1)
    golden("method-odd", lines({
        "repetition": method.repetition(False),
        "cheaper": method.cheaper(["tpe"], []),
        "cheaper, unordered": method.cheaper(["grid", "tpe"], ["grid"]),
        "nothing cheaper": method.cheaper([], []),
        "no unordered": method.unordered([]),
        "seconds": method.seconds(True, False),
        "no seconds": method.seconds(False, False),
        "all recorded": method.not_recorded([]),
        "scales not recorded": method.not_recorded(["branin", "svm-wine"]),
        "all unchecked": method.unchecked(4, 4),
        "some unchecked": method.unchecked(1, 4),
        "all checked": method.unchecked(0, 4),
        "one problem": method.observations(1, 1),
        "no test": method.NO_TEST,
        "these": method.these(one, 0.01),
        "these, one pair tested": method.these(pairs(p=[NAN, 0.2]), 0.01),
        "these, no test": method.these(pairs(p=NAN), 0.01),
        "new": method.new(one, 0.01, ERRORS),
        "new, one pair tested": method.new(pairs(p_new=[NAN, 0.2]), 0.01, ERRORS),
        "new, one data set": method.new(pairs(n_datasets=1), 0.01, ERRORS),
        "new, no test": method.new(pairs(p_new=NAN), 0.01, ERRORS),
        "friedman, no test": method.friedman(pd.Series({"p": NAN, "blocks": 1.0})),
        "when": method.when("after 1 trial", True),
    }))  # fmt: skip


def test_problems(golden, panel_of):
    best = {"n_best": [2, 2, 0], "n_all_problems": 3}
    board = pd.DataFrame({"strategy": ["tpe", "gp", "a"], **best, "mean": 0.1})
    known = panel_of([[[1.0, 0.5]]], optimum=0.0, scale=Scale(0.0, 1.0, "given"))
    optima = panel_of([[[1.0], [2.0]]], optimum=[-1.5, 0.25])
    unknown = panel_of([[[0.9, 0.5]]], direction="maximize")
    plain = panel_of([[[0.3]]], optimum=0.3)
    told = "values at 1 of 2 configurations hang on the last bit of sums"
    golden("problems", lines({
        "regret": problems.REGRET,
        "sentence": problems.sentence(board, WHEN),
        "sentence, no ties": problems.sentence(board.assign(n_best=[3, 0, 0]), WHEN),
        "sentence, alone": problems.sentence(board.head(1), WHEN),
        "label": problems.label("p", ["trials", "seconds"]),
        "label, untimed": problems.label("p", ["trials"]),
        "caption": problems.caption(True),
        "caption, unknown": problems.caption(False),
        "about, known": problems.about(known, "", ""),
        "about, by repetition": problems.about(optima, "", ""),
        "about, unknown": problems.about(unknown, "yes", ""),
        "about, no scale": problems.about(plain, "", ""),
        "about, processors": problems.about(known, "", told),
    }))  # fmt: skip


def test_ranks(golden):
    friedman = pd.Series({"p": 0.018, "blocks": 4.0, "strategies": 3.0, "chi2": 8.0, "f": NAN,
                          "p_f": NAN})  # fmt: skip
    wilcoxon = pd.DataFrame({"p_holm": [0.01, 0.2, 0.3], "reachable": True, "needed": [7, 7, 6]})
    none = wilcoxon.assign(p_holm=0.2, reachable=False)
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
        "sentence": ranks.sentence(friedman, wilcoxon),
        "sentence, none": ranks.sentence(friedman.where(friedman.index != "p", 0.3), none),
        "sentence, no test": ranks.sentence(pd.Series({"p": NAN}), none),
        "no test, one data set": ranks.no_test(3, 1),
        "no test, one strategy": ranks.no_test(1, 4),
        "no test, no difference": ranks.no_test(2, 4),
        "test": ranks.test(friedman, wilcoxon, [], []),
        "test, finite F": ranks.test(finite, wilcoxon, [], []),
        "test, unreachable": ranks.test(friedman, none, [], []),
        "test, left out": ranks.test(friedman, wilcoxon, ["gp"], ["wine", "digits"]),
        "crossings": ranks.crossings("random"),
    }
    for name, row in crossings.items():
        parts[f"crossing, {name}"] = f"{ranks.crossing(row)}; {ranks.between(row)}"
    golden("ranks", lines(parts))


def test_selection(golden):
    frame = pd.DataFrame({"overtuned_share": [0.0, 0.5], "worse_share": [0.0, 0.5]})
    golden("selection", lines({
        "label": selection.LABEL,
        "cross-validation": selection.CV_TESTS,
        "sentence": selection.sentence(frame),
        "sentence, one strategy": selection.sentence(frame.head(1)),
        "sentence, no default": selection.sentence(frame.assign(worse_share=NAN)),
        "sentence, nobody chooses": selection.sentence(frame.head(0)),
        "no test value": selection.unknown(False),
        "no common repetition": selection.unknown(True),
        "caption": selection.caption(True),
        "caption, no default": selection.caption(False),
        "columns": selection.columns(True, 0),
        "columns, no default, some left out": selection.columns(False, 1),
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
        "sentence": targets.sentence(saved),
        "sentence, nothing known": targets.sentence(saved.head(2)),
        "worth": targets.worth(2.6, False),
        "worth, a bound": targets.worth(2.6, True),
        "worth, unknown": targets.worth(0.5, True),
        "ecdf caption": targets.ecdf_caption(frame, 2),
        "profiles caption": targets.profiles_caption(WHEN),
        "equivalents": targets.equivalents(WHEN),
    }))  # fmt: skip


def test_replay(golden):
    usual = replay.deadline([True, True])
    least = {("random",): [None, 0.01, 1.0], ("tpe", "gp"): [60.0]}
    row = SimpleNamespace(regret=0.5, low=0.0, high=6.9, budget_share=1.0)
    golden("replay", lines({
        "untimed": replay.UNTIMED,
        "label": replay.LABEL,
        "deadline": usual,
        "deadline, some": replay.deadline([True, False]),
        "deadline, no random": replay.deadline([False]),
        "how": replay.how(usual),
        "sentence": replay.sentence(least, usual),
        "sentence, always the same": replay.sentence({("tpe", "gp"): [None]}, usual),
        "sentence, nothing": replay.sentence({}, usual),
        "schedule": replay.schedule(60.0, 4),
        "schedule, recorded": replay.schedule(None, 1),
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
        "how": breakeven.how([1], False),
        "how, start-ups": breakeven.how([6, 5], True),
        "two orders": breakeven.two_orders("tpe", ["copy", "random"]),
        "no start-up": breakeven.startup(None, 10),
        "start-up": breakeven.startup(2, 10),
        "all start-up": breakeven.startup(10, 10),
    }
    for name, cases in CASES.items():
        rows = [(case, cost) for case, costs in cases.items() for cost in costs]
        found = pd.DataFrame(rows, columns=["case", "evaluation_s"])
        parts[f"cost, {name}"] = breakeven.cost(found)
    golden("breakeven", lines(parts))
    assert breakeven.is_never(parts["cost, never"])
    assert not breakeven.is_never(parts["cost, mostly above"])


def test_environment(golden):
    golden("environment", lines({
        "entries": environment.ENTRIES,
        "sentence": environment.SENTENCE,
        "rebuild": environment.REBUILD,
        "seed": environment.seeds([1]),
        "seeds": environment.seeds([3, 7]),
    }))  # fmt: skip
