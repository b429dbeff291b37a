"""Whole texts of real frames, and single clauses of made ones."""

import math
import re
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.analysis.curves.equivalents import equivalents, trials_saved
from bench.analysis.curves.scores import leaderboard
from bench.inference.verdicts import groups, verdicts
from bench.panels.panel import Panel, to_panels
from bench.panels.regret import SWEEP_BEST, Scale
from bench.prose.verdict import in_words

Cells = Mapping[str, Mapping[str, Sequence[float | None]]]

REGRET = "Regret is normalised: 0 is the best value known and 1 the median of one random draw."
BOUNDED = "Bounded regret is regret up to 1 and 2 − 1 / regret beyond."
SIGN = "A difference below 0 is in favour of the one named first."
SURE = "Ahead or behind, but not surely, is undecided, and goes by mean regret."
ROPE = "Practically equal is a mean difference within ±0.01, by two one-sided tests."
ALONE = (
    "Verdicts are for these problems; 95 % intervals are per pair, not corrected for multiple "
    "comparisons."
)
NEW = (
    "For new problems data sets are the sample: Wilcoxon's signed-rank test of the pseudo-median, "
    "corrected alike, with its Bayesian form for practically equal."
)
MORE = "More repetitions would tell in 4 of 5 cases if differences are as observed."


def holm(pairs):
    return ALONE.replace(";", f", corrected for {pairs} pairs (Holm);", 1)


def panels_of(cells: Cells, datasets: Mapping[str, str] | None = None) -> list[Panel]:
    """Panels from final regrets: problem -> strategy -> a value a repetition, None: no run.

    Each run has two trials, the first of them 1 worse.
    """
    rows = [
        (strategy, problem, repetition, value)
        for problem, found in cells.items()
        for strategy, values in found.items()
        for repetition, value in enumerate(values)
        if value is not None
    ]
    runs = pd.DataFrame(rows, columns=["strategy", "problem", "repetition", "value"]).assign(
        metric="loss", direction="minimize", optimum=0.0, budget=2, is_set=False, ended="completed"
    )
    trials = pd.concat([runs.assign(trial=0, value=runs["value"] + 1), runs.assign(trial=1)])
    trials = trials.assign(
        fidelity=1.0, status="completed", test_value=math.nan, cost=1.0, ask_s=0.0, tell_s=0.0
    )
    return to_panels(
        trials.reset_index(drop=True),
        runs,
        strategies=list(dict.fromkeys(name for found in cells.values() for name in found)),
        problems=list(cells),
        scales={problem: Scale(0.0, 1.0, "given") for problem in cells},
        datasets=datasets,
    )


def said(cells, trials=None, rope=0.01, **options):
    panels = panels_of(cells, **options)
    saved = trials_saved(equivalents(panels, trials))
    when = f"after {trials or 2} trials" if panels else ""
    return told(leaderboard(panels, trials), verdicts(panels, trials, rope), saved, rope, when)


def told(board, table, saved, rope=0.01, when="after 50 trials"):
    """The sentences, then the legend if there is one."""
    found = in_words(board, table, saved, when=when, rope=rope)
    return [*found.sentences, *([found.legend] if found.legend else [])]


def drawn(problems=8, repetitions=10, sd=0.05, **centres):
    """Normal regrets around a centre a strategy."""
    rng = np.random.default_rng(0)
    return {
        f"p{k}": {
            name: list(rng.normal(centre, sd, repetitions)) for name, centre in centres.items()
        }
        for k in range(problems)
    }


def around(centre, by, repetitions=10):
    """Regrets that alternate by ± around a centre."""
    return [centre + (by if place % 2 else -by) for place in range(repetitions)]


def test_one_is_ahead_of_all():
    first, tpe, gp, last = said(drawn(random=0.5, tpe=0.2, gp=0.3))
    assert first == (
        "tpe is ahead of both others after 2 trials on 8 problems: the nearest is gp, whose mean "
        "regret is 0.090 (0.074 to 0.11) higher. The same holds for new problems (8 data sets)."
    )
    assert tpe == (
        "tpe beats random: its mean regret is 0.29 (0.28 to 0.31) lower; problem by problem, it "
        "wins 8 of 8. The same holds for new problems (8 data sets). To get as far, random "
        "needs at least 6.8 × as many trials in the median over problems."
    )
    assert gp.startswith("gp beats random: its mean regret is 0.20 (0.19 to 0.22) lower")
    assert last == f"{REGRET} {ROPE} {holm(3)} {NEW}"


def test_the_best_of_the_board_is_not_ahead_without_a_test():
    found = said(drawn(random=0.5, tpe=0.2, gp=0.205))
    assert found[0] == (
        "Nobody is ahead after 2 trials on 8 problems. gp has the lowest mean rank, but is not "
        "told apart from tpe. gp beats random."
    )
    assert found[3:] == [
        "gp against tpe: undecided, a difference of −0.0051 (−0.021 to 0.011); about 230 more "
        "repetitions would tell.",
        f"{REGRET} {SIGN} {ROPE} {holm(3)} {NEW} {MORE}",
    ]


def test_a_group_of_one_on_the_board_is_no_claim():
    # By rank a is better in nine of ten repetitions, Student's test with Holm tells nothing apart.
    cells = {
        f"p{k}": {"a": [0.1] * 9 + [9.0], "b": [0.2] * 10, "random": [0.3] * 10} for k in range(3)
    }
    panels = panels_of(cells)
    board = leaderboard(panels)
    assert list(groups(list(board["strategy"]), verdicts(panels))) == [1, 1, 1]
    assert said(cells)[0] == (
        "Nobody is ahead after 2 trials on 3 problems. a has the lowest mean rank, but is not told "
        "apart from b and random."
    )


def test_ahead_by_the_mean_but_not_by_rank():
    cells = {
        f"p{k}": {"random": [0.5] * 7 + [4.0, 4.1, 4.2], "tpe": around(0.6, 0.01)} for k in range(9)
    }
    first, second, *_ = said(cells)
    assert first == (
        "tpe is ahead of random after 2 trials on 9 problems. random has the lowest mean rank, all "
        "the same."
    )
    assert second.startswith(
        "tpe beats random: its mean bounded regret is 0.28 (0.15 to 0.40) lower; its median is "
        "better on 0 of 9 problems. For new problems it is undecided (9 data sets)."
    )


def test_worse_than_random_and_the_problems_it_wins():
    cells = drawn(problems=7, random=0.3, default=0.6) | {
        "easy": {"random": around(0.5, 0.1), "default": around(0.1, 0.02)}
    }
    first, second, *_ = said(cells)
    assert first == "random is ahead of default after 2 trials on 8 problems."
    assert second == (
        "default is worse than random: its mean regret is 0.21 (0.19 to 0.23) higher; problem by "
        "problem, it loses 7 of 8 and wins 1. For new problems it is undecided (8 data sets). "
        "To get as far, random needs a single trial in the median over problems."
    )


def test_practically_equal():
    cells = {f"p{k}": {"random": [0.5] * 9, "a": [0.5] * 9, "b": [0.5] * 9} for k in range(8)}
    rest = "no difference in mean regret. The same holds for new problems (8 data sets)."
    assert said(cells) == [
        "Nobody is ahead after 2 trials on 8 problems: all 3 strategies are practically equal.",
        f"a and random are practically equal: {rest}",
        f"b and random are practically equal: {rest}",
        f"{REGRET} {ROPE} {holm(3)} {NEW}",
    ]


def test_undecided_and_too_few_data_sets():
    rng = np.random.default_rng(6)
    cells = {
        f"p{k}": {n: list(rng.normal(c, 0.2, 10)) for n, c in {"random": 0.5, "tpe": 0.45}.items()}
        for k in range(8)
    }
    assert said(cells, datasets={f"p{k}": f"d{k % 2}" for k in range(8)}) == [
        "Nobody is ahead after 2 trials on 8 problems. tpe has the lowest mean rank, but is not "
        "told apart from random.",
        "tpe against random: undecided, a difference of −0.037 (−0.10 to 0.026); its median is "
        "better on 5 of 8 problems; about 49 more repetitions would tell.",
        "For new problems all is undecided: 2 data sets are too few to show a difference, since a "
        "test of 1 pair needs 6 or more.",
        f"{REGRET} {SIGN} {ROPE} {ALONE} {MORE}",
    ]


def test_one_repetition():
    found = said({f"p{k}": {"random": [0.5], "tpe": [0.3 + k / 90]} for k in range(9)})
    assert found == [
        "One repetition tells nothing about chance: no interval and no test for these problems. "
        "tpe has the lowest mean rank after 2 trials on 9 problems.",
        "tpe against random: not tested, a difference of −0.16; it is better on 9 of 9 problems. "
        "For new problems tpe is better (9 data sets).",
        "How many trials tpe would save cannot be told: random has too few trials to reach as far.",
        f"{REGRET} {SIGN} {NEW}",
    ]


def test_five_repetitions_of_one_problem_decide_nothing():
    found = said({"p": {"random": [0.5, 0.51, 0.52, 0.53, 0.54], "tpe": [0.1] * 5}})
    assert found == [
        "Nobody is ahead after 2 trials on 1 problem. tpe has the lowest mean rank, but is not "
        "told apart from random.",
        "tpe against random: undecided, a difference of −0.42 (−0.44 to −0.40), but the "
        "repetitions are too few to call it; about 1 more repetition would tell.",
        "For new problems all is undecided: 1 data set is too few to show a difference, since a "
        "test of 1 pair needs 6 or more.",
        f"{REGRET} {SIGN} {ROPE} {ALONE} {MORE}",
    ]


@pytest.mark.parametrize(
    ("cells", "trials", "words"),
    [
        ({}, None, ["Nothing can be concluded: no run has a full evaluation with a value."]),
        (
            {"p": {"a": [0.5, 0.4], "b": [0.1, 0.2]}},
            9,
            [
                "Nothing can be concluded after 9 trials: no run has a value, or no two strategies "
                "ran the same repetition of a problem."
            ],
        ),
        (
            {"p": {"a": [0.5, 0.4]}},
            None,
            [
                "a is alone, with nothing to compare it with. Its mean regret after 2 trials is "
                "0.45 (95 % interval for these problems 0 to 1.1) on 1 problem, where 0 is the "
                "best value known and 1 the median of one random draw."
            ],
        ),
        (
            {"p": {"a": [0.5]}, "q": {"a": [0.3]}},
            None,
            [
                "a is alone, with nothing to compare it with. Its mean regret after 2 trials is "
                "0.40 on 2 problems, where 0 is the best value known and 1 the median of one "
                "random draw. One repetition tells nothing about chance, so it has no interval."
            ],
        ),
        (
            {"p": {"a": [0.5, 0.4], "b": [None, None]}, "q": {"a": [None], "b": [0.1]}},
            None,
            [
                "Nothing can be compared after 2 trials: no two strategies ran the same repetition "
                "of a problem."
            ],
        ),
    ],
    ids=["no run", "beyond the budget", "one strategy", "one run each", "never together"],
)
def test_what_cannot_be_concluded_and_why(cells, trials, words):
    assert said(cells, trials) == words


def test_missing_runs_and_no_baseline():
    cells = {
        "p": {"b": [0.2, 0.3], "a": [0.5, 0.4], "never": [None, None]},
        "q": {"b": [None, None], "a": [0.3, 0.4]},
    }
    assert said(cells) == [
        "Nobody is ahead after 2 trials on 1 problem. b has the lowest mean rank, but is not told "
        "apart from a.",
        "b against a: undecided, a difference of −0.20 (−1.5 to 1.1); about 5 more repetitions "
        "would tell.",
        "For new problems all is undecided: 1 data set is too few to show a difference, since a "
        "test of 1 pair needs 6 or more.",
        "Not every pair can be compared everywhere: each is compared on 1 of 2 problems.",
        "never has no run that can be compared.",
        "Nothing is compared with random: it is not in the sweep.",
        f"{REGRET} {SIGN} {ROPE} {ALONE} {MORE}",
    ]


def test_no_repetition_is_common_to_all():
    found = said({"p": {"a": [0.5, 0.4, None], "b": [0.2, 0.3, None], "c": [None, None, 0.2]}})
    assert found[0] == (
        "Nobody is ahead after 2 trials on 1 problem. There is no ranking, as no repetition is "
        "common to all strategies."
    )
    assert found[1].startswith("a against b: undecided, a difference of 0.20")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("problems", "repetitions", "most", "words"),
    [
        (2, 5, 5, "Ahead of random, but not surely: s0, s1, s2, s3 and 5 more ("),
        (8, 10, 11, "And 33 more are decided against random, in section Pairs."),
    ],
)
def test_forty_strategies_are_short(problems, repetitions, most, words):
    names = {"random" if k == 9 else f"s{k}": 0.1 * k for k in range(40)}
    found = said(drawn(problems, repetitions, **names))
    assert len(found) <= most
    assert sum(map(len, found)) < 2000
    assert any(text.startswith(words) for text in found)


def test_what_is_undecided_is_one_sentence():
    centres = {"tpe": 0.46, "gp": 0.47, "sobol": 0.49, "default": 0.9}
    assert said(drawn(5, 6, 0.15, random=0.5, **centres)) == [
        "Nobody is ahead after 2 trials on 5 problems. tpe has the lowest mean rank, but is not "
        "told apart from gp, random and sobol. tpe beats default.",
        "default is worse than random: its mean bounded regret is 0.40 (0.33 to 0.48) higher; "
        "problem by problem, it loses 5 of 5. To get as far, random needs a single trial in "
        "the median over problems.",
        "Ahead of random, but not surely: tpe and gp (about 27 more repetitions would tell for tpe "
        "and 760 for gp); behind it, but not surely: sobol (about 3,000 more repetitions would "
        "tell).",
        "Decided otherwise: gp beats default; sobol beats default.",
        "tpe against gp and sobol: undecided, about 31 to 50 more repetitions would tell.",
        "For new problems all is undecided: 5 data sets are too few to show a difference, since a "
        "test of 10 pairs needs 9 or more.",
        f"{REGRET} {BOUNDED} {SURE} {ROPE} {holm(10)} {MORE}",
    ]


def test_what_is_decided_elsewhere_is_told():
    # Nobody is ahead, nobody is told apart from random: the one decided pair is still there.
    table = pd.DataFrame(
        [
            PAIR,
            PAIR | {"a": "sobol", "difference": 0.05, "low": 0.02, "high": 0.08, "p": 0.001,
                    "b": "tpe", "verdict": "worse"},
            PAIR | {"a": "gp"},
            PAIR | {"a": "gp", "b": "tpe"},
            PAIR | {"a": "gp", "b": "sobol"},
            PAIR | {"a": "sobol"},
        ]
    )  # fmt: skip
    board = pd.DataFrame(
        {"strategy": ["gp", "tpe", "sobol", "random"], "rank": [1, 2, 3, 4], "mean": 0.1, "of": 12}
    )
    found = told(board, table, pd.DataFrame([SAVED]))
    assert found[0].endswith("but is not told apart from tpe, sobol and random.")
    assert found[2] == "Decided otherwise: tpe beats sobol."
    assert "Decided otherwise: " not in "".join(said(drawn(random=0.5, tpe=0.2, gp=0.3)))


def test_behind_the_one_ahead_of_all_others_are_decided_too():
    found = said(drawn(random=0.5, tpe=0.2, gp=0.3, sobol=0.4))
    assert found[0].startswith("tpe is ahead of all 3 others ")
    assert found[4] == "Decided otherwise: gp beats sobol."


def test_without_a_baseline_all_pairs_but_those_of_the_first_are_elsewhere():
    found = said(drawn(tpe=0.2, gp=0.3, sobol=0.4))
    assert found[0].startswith("tpe is ahead of both others ")
    assert found[1] == "Decided otherwise: gp beats sobol."


def test_decided_for_new_problems_only_is_decided():
    # One repetition: nothing is tested but new problems.
    cells = {
        f"p{k}": {"random": [0.5], "tpe": [0.3 + k / 90], "gp": [0.4 + k / 90], "a": [0.5 - k % 2]}
        for k in range(12)
    }
    found = said(cells)
    assert found[1].startswith("tpe against random: not tested, a difference of ")
    assert found[1].endswith(" For new problems tpe is better (12 data sets).")


def test_when_is_what_the_caller_says():
    table = pd.DataFrame([PAIR | {"verdict": "better", "trials": 50}])
    board = pd.DataFrame({"strategy": ["tpe", "random"], "rank": [1, 2], "mean": 0.1, "of": 12})
    factors = pd.DataFrame([SAVED])
    end = "at the end of the budget (10 to 50 trials)"
    assert told(board, table, factors, when=end)[0] == (
        "tpe is ahead of random at the end of the budget (10 to 50 trials) on 12 problems."
    )
    assert told(board, table, factors, when="")[0] == "tpe is ahead of random on 12 problems."
    assert "after" not in "".join(told(board, table, factors, when=end))


def test_the_best_of_the_sweep_is_named_so():
    table = pd.DataFrame([PAIR])
    board = pd.DataFrame({"strategy": ["tpe", "random"], "rank": [1, 2], "mean": 0.1, "of": 12})
    sources = [f"{SWEEP_BEST}; the median trial of random"]
    found = in_words(board, table, pd.DataFrame([SAVED]), when="", rope=0.01, sources=sources)
    assert found.legend.startswith(f"Regret is normalised: 0 is {SWEEP_BEST} and 1 the median")
    panels = panels_of({"p": {"a": [0.5]}})
    alone = in_words(
        leaderboard(panels), verdicts(panels), trials_saved(equivalents(panels)), when="",
        rope=0.01, sources=sources,
    )  # fmt: skip
    assert f"where 0 is {SWEEP_BEST} and 1 the median" in alone.sentences[0]
    assert alone.legend == ""


# Single clauses, from a frame in which one row is changed.

PAIR = {
    "a": "tpe", "b": "random", "trials": 50, "problems": 12, "left_out": 0, "repetitions": 20,
    "verdict": "undecided", "difference": -0.03, "low": -0.07, "high": 0.01, "p": 0.2,
    "p_equal": 0.9, "won": 2, "tied": 10, "lost": 0, "ahead": 8, "behind": 4,
    "repetitions_needed": 57.0, "repetitions_equal": math.inf, "datasets": 12,
    "verdict_new": "undecided", "reachable": True,
    "regret_difference": math.nan, "dominant": "", "dominant_share": math.nan,
    "dominant_bounded": math.nan,
}  # fmt: skip
SAVED = {"strategy": "tpe", "factor": 2.6, "low": 1.8, "high": 3.1, "problems": 12, "bounds": 0,
         "bound": False}  # fmt: skip


def on_pair(saved=None, **changed):
    """The sentence on tpe against random."""
    row = PAIR | changed
    board = pd.DataFrame(
        {"strategy": ["tpe", "random"], "rank": [1.3, 1.7], "mean": [0.1, 0.2], "of": 12}
    )
    factors = pd.DataFrame([SAVED | (saved or {})])
    return told(board, pd.DataFrame([row]), factors)[1]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "; about 37 more repetitions would tell."),
        ({"repetitions_needed": 1318}, "; about 1,300 more repetitions would tell."),
        ({"repetitions_needed": 1319}, "; about 1,300 more repetitions would tell."),
        ({"repetitions_needed": 1321}, "; about 1,400 more repetitions would tell."),
        ({"repetitions_needed": 900, "repetitions_equal": 21}, "; about 1 more repetition would"),
        ({"repetitions_needed": 20_000}, "; not even 10,000 more repetitions would tell."),
        ({"repetitions_needed": math.inf}, "; not even 10,000 more repetitions would tell."),
        ({"repetitions_needed": math.inf, "repetitions_equal": math.nan}, "; not even 10,000 more"),
        ({"won": 0}, "; its median is better on 8 of 10 problems; about"),
        ({"won": 0, "ahead": 0, "behind": 0}, "(−0.070 to 0.010); about"),
        ({"won": 0, "lost": 3, "tied": 9}, "; problem by problem, it loses 3 of 12; about"),
        ({}, " For new problems it is undecided too (12 data sets)."),
        ({"verdict": "better", "verdict_new": "better"}, " The same holds for new problems (12"),
        ({"verdict": "better"}, " For new problems it is undecided (12 data sets)."),
        (
            {"verdict_new": "worse", "reachable": False},
            " For new problems tpe is worse (12 data sets).",
        ),
        ({"verdict_new": "practically equal"}, " For new problems they are practically equal (12"),
        (
            {"verdict": "practically equal"},
            "equal: a difference of −0.030 (−0.070 to 0.010); problem",
        ),
        ({"problems": 0, "p": math.nan}, None),
    ],
)
def test_clauses_of_a_pair(changed, words):
    if words is None:
        board = pd.DataFrame(
            {"strategy": ["tpe", "gp", "random"], "rank": [1, 2, 3], "mean": 0.1, "of": 12}
        )
        rows = [PAIR | changed, PAIR | {"b": "gp"}, PAIR | {"a": "gp"}]
        found = told(board, pd.DataFrame(rows), pd.DataFrame([SAVED]))
        assert "tpe has no problem in common with random." in found[2]
        assert "; and has no problem in common with random." in found[0]
        return
    assert words in on_pair(**changed)


def test_clear_alone_but_not_among_all_pairs():
    board = pd.DataFrame(
        {"strategy": ["tpe", "gp", "random"], "rank": [1, 2, 3], "mean": 0.1, "of": 12}
    )
    gp = PAIR | {"a": "gp", "verdict": "better"}
    rows = [PAIR | {"high": -0.001, "p": 0.04}, PAIR | {"b": "gp"}, gp]
    found = told(board, pd.DataFrame(rows), pd.DataFrame([SAVED]))
    assert found[1].startswith("gp beats random: ")
    assert found[2].startswith(
        "tpe against random: undecided, a difference of −0.030 (−0.070 to −0.0010), clear alone "
        "but not as one of 3 pairs; problem by problem, it wins 2 of 12; about"
    )


def test_too_few_data_sets_for_one_pair_only():
    board = pd.DataFrame(
        {"strategy": ["tpe", "gp", "random"], "rank": [1, 2, 3], "mean": 0.1, "of": 12}
    )
    few = PAIR | {"datasets": 5, "reachable": False, "verdict": "better"}
    rows = [few, PAIR | {"b": "gp"}, PAIR | {"a": "gp"}]
    found = told(board, pd.DataFrame(rows), pd.DataFrame([SAVED]))
    words = " For new problems it is undecided: 5 data sets are too few to show a difference."
    assert words in found[1]
    assert " For new problems it is undecided too (12 data sets)." in found[2]


def test_an_unknown_number_of_repetitions_is_not_given():
    text = on_pair(repetitions_needed=math.nan, repetitions_equal=math.nan)
    assert "repetition" not in text


@pytest.mark.parametrize(
    ("saved", "words"),
    [
        ({}, "2.6 × as many trials in the median over problems (1.8 to 3.1 for new problems)."),
        ({"low": math.nan, "high": math.nan}, "2.6 × as many trials in the median over problems."),
        ({"bounds": 2}, "(1.8 to 3.1 or more for new problems)."),
        ({"high": math.inf}, "(1.8 or more for new problems)."),
        ({"bound": True, "bounds": 7}, "at least 2.6 × as many trials in the median over problems "
                                       "(at least 1.8 for new problems)."),
        ({"factor": 0.3, "low": 0.2, "high": 0.4}, "0.30 × as many trials in the median"),
        ({"factor": 0.0, "low": 0.0, "high": 0.0}, "a single trial in the median over problems."),
    ],
)  # fmt: skip
def test_trials_saved(saved, words):
    less = {**SAVED, **saved}["factor"] < 1
    text = on_pair(saved, verdict="worse" if less else "better")
    assert "To get as far, random needs " + words.removeprefix("(") in text or words in text


@pytest.mark.parametrize(
    "saved", [{"factor": math.nan}, {"factor": math.inf}, {"factor": 0.7, "bound": True}]
)
def test_trials_saved_are_not_told_where_nobody_knows(saved):
    assert "To get as far" not in on_pair(saved, verdict="better")


@pytest.mark.parametrize("verdict", ["better", "worse", "practically equal", "undecided"])
@pytest.mark.parametrize(
    ("factor", "agrees"),
    [(2.0, "better"), (0.92, "worse"), (1.004, "practically equal"), (0.0, "worse")],
)
def test_trials_saved_never_say_the_opposite(verdict, factor, agrees):
    text = on_pair({"factor": factor}, verdict=verdict)
    assert ("To get as far" in text) == (verdict == agrees)


def test_labels_stay_as_they_are():
    cells = drawn(random=0.5, **{'<b>"x" & {y}%s</b>': 0.2})
    assert said(cells)[0].startswith('<b>"x" & {y}%s</b> is ahead of random after 2 trials')


def test_huge_regrets_have_words_too():
    found = said({"p": {"random": [1e70, 1e69], "a": [1e-70, 1.0]}})
    assert not re.search(r"\b(nan|inf)", " ".join(found))


# Whatever the sweep, it claims what the tests say.

VALUES = st.sampled_from([None, 0.0, 0.1, 0.11, 0.5, 0.9, 3.0, 1e9])
NAMES = ["random", "tpe", "gp", "sobol"]


@st.composite
def sweeps(draw):
    names = draw(st.permutations(NAMES))[: draw(st.integers(1, 4))]
    repetitions = draw(st.integers(1, 8))
    shift = draw(st.booleans())
    cells = {}
    for k in range(draw(st.integers(1, 8))):
        values = st.lists(VALUES, min_size=repetitions, max_size=repetitions)
        cells[f"p{k}"] = {
            name: [v if v is None or not shift else place + v / 1e3 for v in draw(values)]
            for place, name in enumerate(names)
        }
    return (
        cells if any(v is not None for c in cells.values() for x in c.values() for v in x) else {}
    )


def split(names):
    return re.split(", | and ", names.strip())


def otherwise_holds(text, words):
    """Each pair that is decided otherwise is so by the verdicts."""
    for line in re.findall(r"^Decided otherwise: (.+)\.$", text, flags=re.MULTILINE):
        found = re.findall(r"(\S+) (beats|is practically equal to) ([^;]+)", line)
        assert found
        for a, verb, others in found:
            if not others.endswith(" for new problems"):
                word = "better" if verb == "beats" else "practically equal"
                assert all(words[a, b] == word for b in split(others))


def sides_hold(text, words, table):
    """Who is ahead or behind, but not surely, is undecided, with that sign."""
    signs = {(r["a"], r["b"]): np.sign(r["difference"]) for r in table.to_dict("records")}
    signs |= {(b, a): -sign for (a, b), sign in signs.items()}
    for line in re.findall("^.*, but not surely: .*$", text, flags=re.MULTILINE):
        for side, others in re.findall(r"(\w+) (?:of |with )?\w+, but not surely: ([^.;(]+)", line):
            sign = {"ahead": -1, "behind": 1, "level": 0}[side.lower()]
            for a in split(others):
                assert (words[a, "random"], signs[a, "random"]) == ("undecided", sign)
    for b, others in re.findall(r"^Not tested against (\S+) are (.+)\.$", text, flags=re.MULTILINE):
        assert all(words[a, b] == "undecided" for a in split(others))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(sweeps())
def test_no_claim_without_a_test(cells):
    panels = panels_of(cells) if cells else []
    board, table = leaderboard(panels), verdicts(panels)
    found = told(board, table, trials_saved(equivalents(panels)))
    text = "\n".join(found)
    assert found
    assert all(found)
    assert not re.search(r"\b(nan|inf|None)\b|unknown|∞", text)
    words = {(r["a"], r["b"]): r["verdict"] for r in table.to_dict("records")}
    words |= {
        (b, a): {"better": "worse", "worse": "better"}.get(w, w) for (a, b), w in words.items()
    }
    there = set(board.loc[board["mean"].notna(), "strategy"])
    there |= {name for r in table.to_dict("records") if r["problems"] for name in (r["a"], r["b"])}
    winners = [
        a for a in there if there - {a} and all(words[a, b] == "better" for b in there - {a})
    ]
    claimed = re.findall(r"^(\S+) is ahead of", text, flags=re.MULTILINE)
    assert claimed == winners
    for claim, word in [
        (r"(\S+) beats (\S+): ", "better"),
        (r"(\S+) is worse than (\S+): ", "worse"),
        (r"(\S+) and (\S+) are practically equal: ", "practically equal"),
        (r"(\S+) against (\S+): undecided", "undecided"),
        (r"(\S+) against (\S+): not tested", "undecided"),
    ]:
        for pair in re.findall(f"^{claim}", text, flags=re.MULTILINE):
            assert words[pair] == word
    for a, others in re.findall(
        r"^(\S+) against (\S+ and .+): undecided", text, flags=re.MULTILINE
    ):
        assert all(words[a, b] == "undecided" for b in re.split(", | and ", others))
    otherwise_holds(text, words)
    sides_hold(text, words, table)
    if set(words.values()) - {"undecided"}:
        assert re.search("is ahead of|beats|worse|practically equal[ :.]", "\n".join(found[:-1]))
    if "random" in there and len(there) > 1 and not found[0].startswith("Nothing"):
        assert all(any(name in line for line in found) for name in there)
    if "strategies are practically equal" in found[0]:
        assert all(words[pair] == "practically equal" for pair in combinations(sorted(there), 2))


@pytest.mark.parametrize(
    ("still", "words"),
    [
        (0.24, "; verdicts are on bounded regret, where it holds 24 % (section Pairs)."),
        (0.9, "; in bounded regret still 90 %, so their verdict hangs on it (section Pairs)."),
    ],
)
def test_a_problem_that_dominates_bounded_regret_too_is_said_to_decide(still, words):
    row = PAIR | {"dominant": "p3", "dominant_share": 0.98, "dominant_bounded": still}
    board = pd.DataFrame({"strategy": ["tpe", "random"], "rank": [1, 2], "mean": 0.1, "of": 12})
    found = told(board, pd.DataFrame([row]), pd.DataFrame([SAVED]))
    (said,) = [text for text in found if "p3" in text]
    assert said.startswith("In normalised regret one problem, p3, holds 98 % of the variance")
    assert said.endswith(words)


def test_a_leader_that_is_better_than_none_for_new_problems():
    names = ["gp", "tpe", "random"]
    board = pd.DataFrame({"strategy": names, "rank": [1, 2, 3], "mean": 0.1, "of": 12})
    rows = [
        PAIR | {"a": a, "b": b, "verdict": "better", "difference": -0.1}
        for a, b in (("gp", "tpe"), ("gp", "random"), ("tpe", "random"))
    ]
    found = told(board, pd.DataFrame(rows), pd.DataFrame([SAVED]))
    assert found[0].endswith(" For new problems it is better than none of the 2.")
