import math

import pandas as pd
import pytest

from bench.prose.pairs import pairs_of

ROW = {
    "a": "tpe", "b": "gp", "n_problems": 12, "n_repetitions": 20, "verdict": "worse",
    "difference": 0.03, "low": 0.01, "high": 0.05, "p": 0.004, "p_equal": 0.9, "p_holm": 0.2,
    "p_new_holm": 0.3, "difference_new": -0.02, "low_new": -0.05, "high_new": 0.01, "n_won": 1,
    "n_tied": 7, "n_lost": 4, "n_ahead": 3, "n_behind": 9, "n_repetitions_needed": 12.0,
    "n_repetitions_needed_equal": math.inf, "n_datasets": 12, "n_functions": 0,
    "verdict_new": "undecided",
    "reachable": True, "regret_difference": 0.03, "dominant": "", "dominant_share": 0.3,
    "dominant_bounded": 0.25, "verdict_without": "",
}  # fmt: skip
OPEN = ROW | {
    "verdict": "undecided", "low": -0.01, "high": 0.07, "p": 0.2,
    "n_repetitions_needed": 90.0, "n_repetitions_needed_equal": 62.0,
}  # fmt: skip


def test_a_pair_from_either_side():
    found = pairs_of(pd.DataFrame([ROW | {"n_functions": 5}]))
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
    assert one.sample == other.sample == (12, 12, 5)
    assert (one.more, other.more) == (-8, -8)
    assert (other.difference_new, other.low_new, other.high_new) == (0.02, -0.01, 0.05)
    assert (other.corrected, other.corrected_new) == (0.2, 0.3)


def test_an_undecided_pair_needs_more_of_the_cheaper_kind():
    pair = pairs_of(pd.DataFrame([OPEN]))["gp", "tpe"]
    assert pair.open
    assert pair.more == 42
    assert pair.of_equality


@pytest.mark.parametrize(
    ("differs", "equal", "more", "of_equality"),
    [(90.0, math.inf, 70, False), (90.0, math.nan, 70, False), (math.nan, 62.0, 42, True)],
)
def test_what_more_repetitions_would_show(differs, equal, more, of_equality):
    row = OPEN | {"n_repetitions_needed": differs, "n_repetitions_needed_equal": equal}
    pair = pairs_of(pd.DataFrame([row]))["tpe", "gp"]
    assert (pair.more, pair.of_equality) == (more, of_equality)


def test_the_measure_is_bounded_regret_where_it_differs_from_regret():
    same, other = (
        pairs_of(pd.DataFrame([ROW | {"regret_difference": value}]))["tpe", "gp"]
        for value in (0.03, 0.4)
    )
    assert (same.measure, other.measure) == ("mean normalised regret", "mean bounded regret")
