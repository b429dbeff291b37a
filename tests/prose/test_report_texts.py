"""What a report says beside its verdict, as golden files: each sentence from made-up numbers."""

import math
from typing import Any

import pandas as pd

from bench.captions import convergence, failures, leaderboard, overhead, verdicts
from bench.panels.panel import STOPPED
from bench.prose import notes, summary
from bench.prose.samples import Sample
from bench.sources.tidy_runs import SHORT
from bench.testing.golden import lines

INF, NAN = math.inf, math.nan
WHEN = "after 20 trials"


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
        "splits": summary.splits(3, 3),
        "one split": summary.splits(1, 1),
        "splits by table": summary.splits(2, 3),
        "scores": summary.scores(WHEN),
        "when, one budget": summary.when([20, 20], None),
        "when, two budgets": summary.when([3, 5000], None),
        "when, asked for": summary.when([3, 5], 1),
        "when, cheaper evaluations": summary.when([20, 20], None, "full evaluation"),
        "when, no problem": summary.when([], None),
    }))  # fmt: skip


def test_notes(golden):
    golden("notes", lines({
        "no full evaluation": notes.no_full(108, 0.5),
        "beyond the optimum": notes.beyond_optimum(["p", "q"]),
        "no scale": notes.no_scale(["p"]),
        "all start-up": notes.all_startup(["tpe"], 10),
        "not re-timed": notes.not_retimed(["tpe, 8 workers", "gp, 8 workers"]),
        "no font": notes.no_font(list("优化")),
        "no font for many": notes.no_font([chr(0x4E00 + i) for i in range(50)]),
        "fonts": notes.no_font([]),
    }))  # fmt: skip


def test_leaderboard(golden):
    usual: dict[str, Any] = {
        "when": WHEN, "ranked": 3, "short": [], "repetitions": 20, "fewer": {},
    }  # fmt: skip
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
        "few repetitions of one": leaderboard.reading(
            **usual | {"repetitions": 3, "fewer": {"gp": 3, "tpe": 20}}
        ),
        "one repetition": leaderboard.reading(**usual | {"repetitions": 1}),
        "missing": leaderboard.missing(gone),
        "nothing missing": leaderboard.missing(gone.head(0)),
        "unranked": leaderboard.unranked(["b", "c"]),
        "all ranked": leaderboard.unranked([]),
    }))  # fmt: skip


def test_convergence(golden):
    golden("convergence", lines({
        "title": convergence.TITLE,
        "label": convergence.LABEL,
        "caption": convergence.caption([]),
        "caption, partial": convergence.caption(["gp", "tpe"]),
        "chart": convergence.CHART,
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
        "share": overhead.SHARE,
        "sentence": overhead.sentence(pd.Series({"tpe": 0.019, "random": 0.0})),
        "sentence, all the same": overhead.sentence(pd.Series({"tpe": 0.019, "gp": 0.019})),
        "sentence, no trial": overhead.sentence(pd.Series({"tpe": NAN})),
    }))  # fmt: skip


def pairs(**changed):
    """Verdicts on two pairs."""
    rows = {"verdict": ["better", "undecided"], "verdict_new": "undecided", "dominant": "",
            "dominant_share": 0.3, "dominant_bounded": 0.1, "verdict_without": "",
            "p": [0.01, 0.2], "p_new": [0.02, 0.3],
            "n_repetitions": [5, 8], "n_datasets": [4, 6], "n_functions": 0}  # fmt: skip
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
        "dominated": verdicts.dominated(pairs(**wild)),
        "dominated, hanging": verdicts.dominated(pairs(**other)),
        "not dominated": verdicts.dominated(pairs()),
        "no new, one data set": verdicts.no_new(Sample(3, 1, 0)),
        "no new, one function": verdicts.no_new(Sample(3, 1, 1)),
        "no new, apart": verdicts.no_new(Sample(2, 2, 0)),
    }))  # fmt: skip
