import math

import pandas as pd
import pytest

from bench.prose.pairs import alone, pairs_of, result, still_open

ROW = {
    "a": "tpe", "b": "gp", "problems": 12, "repetitions": 20, "verdict": "worse",
    "difference": 0.03, "low": 0.01, "high": 0.05, "p": 0.004, "p_equal": 0.9, "won": 1, "tied": 7,
    "lost": 4, "ahead": 3, "behind": 9, "repetitions_needed": 12.0,
    "repetitions_equal": math.inf, "datasets": 12, "verdict_new": "undecided", "reachable": True,
    "regret_difference": 0.03, "dominant": "", "dominant_share": 0.3,
    "dominant_bounded": math.nan,
}  # fmt: skip


def test_a_pair_from_either_side():
    found = pairs_of(pd.DataFrame([ROW]))
    one, other = found["tpe", "gp"], found["gp", "tpe"]
    assert set(found) == {("tpe", "gp"), ("gp", "tpe")}
    assert one.swapped() == other
    assert other.swapped() == one
    assert (other.verdict, other.difference, other.low, other.high) == (
        "better",
        -0.03,
        -0.05,
        -0.01,
    )
    assert (other.won, other.lost, other.of, other.ahead, other.behind) == (4, 1, 12, 9, 3)
    assert (one.more, other.more) == (-8, -8)
    assert result(one, 3) == (
        "tpe is worse than gp: its mean regret is 0.030 (0.010 to 0.050) higher; problem by "
        "problem, it loses 4 of 12 and wins 1."
    )
    assert result(other, 3) == (
        "gp beats tpe: its mean regret is 0.030 (0.010 to 0.050) lower; problem by problem, it "
        "wins 4 of 12 and loses 1."
    )


def test_an_undecided_pair_needs_more_of_the_cheaper_kind():
    row = ROW | {
        "verdict": "undecided", "low": -0.01, "high": 0.07, "p": 0.2,
        "repetitions_needed": 90.0, "repetitions_equal": 62.0,
    }  # fmt: skip
    pair = pairs_of(pd.DataFrame([row]))["gp", "tpe"]
    assert pair.open
    assert still_open(pair, 3) == (
        "gp against tpe: undecided, a difference of −0.030 (−0.070 to 0.010); about 42 more "
        "repetitions would tell."
    )


@pytest.mark.parametrize(
    ("low", "high", "p", "p_equal", "words"),
    [
        (-0.2, 0.1, 0.3, 0.9, ""),
        (-0.2, -0.1, 0.04, 0.9, "clear alone but not as one of 6 pairs"),
        (0.1, 0.2, 0.05, 0.9, "clear alone but not as one of 6 pairs"),
        (0.1, 0.2, 0.0625, 0.9, "but the repetitions are too few to call it"),
        (-0.002, 0.003, 0.7, 0.05, "practically equal alone but not as one of 6 pairs"),
        (0.001, 0.003, 0.01, 0.01, "practically equal alone but not as one of 6 pairs"),
        (0.0, 0.0, 1.0, 0.0625, ""),
        (math.nan, math.nan, math.nan, math.nan, ""),
        (0.1, 0.2, math.nan, math.nan, ""),
    ],
)
def test_why_what_is_clear_alone_is_undecided(low, high, p, p_equal, words):
    assert alone(low, high, p, p_equal, "6 pairs") == words


def test_equal_alone_but_not_among_all_pairs():
    row = ROW | {
        "verdict": "undecided", "difference": 0.001, "low": -0.004, "high": 0.006, "p": 0.6,
        "p_equal": 0.02, "repetitions_needed": 900.0, "repetitions_equal": 31.0,
    }  # fmt: skip
    assert still_open(pairs_of(pd.DataFrame([row]))["tpe", "gp"], 28) == (
        "tpe against gp: undecided, a difference of 0.0010 (−0.0040 to 0.0060), practically equal "
        "alone but not as one of 28 pairs; about 11 more repetitions would tell."
    )
