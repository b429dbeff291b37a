import math

import pandas as pd
import pytest

from bench.prose.pairs import alone, pairs_of, result, still_open

ROW = {
    "a": "tpe", "b": "gp", "n_problems": 12, "n_repetitions": 20, "verdict": "worse",
    "difference": 0.03, "low": 0.01, "high": 0.05, "p": 0.004, "p_equal": 0.9, "n_won": 1,
    "n_tied": 7, "n_lost": 4, "n_ahead": 3, "n_behind": 9, "n_repetitions_needed": 12.0,
    "n_repetitions_needed_equal": math.inf, "n_datasets": 12, "verdict_new": "undecided",
    "reachable": True, "regret_difference": 0.03, "dominant": "", "dominant_share": 0.3,
    "dominant_bounded": 0.25, "verdict_without": "",
}  # fmt: skip
OPEN = ROW | {
    "verdict": "undecided", "low": -0.01, "high": 0.07, "p": 0.2,
    "n_repetitions_needed": 90.0, "n_repetitions_needed_equal": 62.0,
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


def test_an_undecided_pair_needs_more_of_the_cheaper_kind():
    pair = pairs_of(pd.DataFrame([OPEN]))["gp", "tpe"]
    assert pair.open
    assert pair.more == 42


ALONE = {
    "unclear": (-0.2, 0.1, 0.3, 0.9),
    "clear": (-0.2, -0.1, 0.04, 0.9),
    "clear, at the level": (0.1, 0.2, 0.05, 0.9),
    "too few repetitions": (0.1, 0.2, 0.0625, 0.9),
    "equal": (-0.002, 0.003, 0.7, 0.05),
    "equal and clear": (0.001, 0.003, 0.01, 0.01),
    "no difference": (0.0, 0.0, 1.0, 0.0625),
    "nothing known": (math.nan, math.nan, math.nan, math.nan),
    "not tested": (0.1, 0.2, math.nan, math.nan),
}


@pytest.mark.parametrize("name", ALONE)
def test_only_what_is_clear_alone_is_said_to_be(name):
    said = name in ("clear", "clear, at the level", "too few repetitions", "equal",
                    "equal and clear")  # fmt: skip
    assert bool(alone(*ALONE[name], "6 pairs")) == said


def test_a_pair_in_words(golden):
    worse, undecided, equal = (
        pairs_of(pd.DataFrame([row]))
        for row in (ROW, OPEN, OPEN | {"difference": 0.001, "low": -0.004, "high": 0.006, "p": 0.6,
                                       "p_equal": 0.02, "n_repetitions_needed": 900.0,
                                       "n_repetitions_needed_equal": 31.0})
    )  # fmt: skip
    lines = {
        "worse": result(worse["tpe", "gp"], 3),
        "better": result(worse["gp", "tpe"], 3),
        "undecided": still_open(undecided["gp", "tpe"], 3),
        "equal alone": still_open(equal["tpe", "gp"], 28),
        **{
            f"alone, {name}": alone(*values, "6 pairs") or "(nothing)"
            for name, values in ALONE.items()
        },
    }
    golden("pairs", "\n".join(f"{name}: {text}" for name, text in lines.items()))
