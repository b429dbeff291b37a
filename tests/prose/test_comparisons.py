import math

import pandas as pd
import pytest

from bench.prose.comparisons import comparisons

NAN = math.nan


def verdicts(**words):
    """Verdicts on pairs of one-letter names: `ab="better"`; None is nothing in common."""
    return pd.DataFrame(
        [
            {
                "a": pair[0], "b": pair[1], "budget": 20, "n_problems": 0 if word is None else 3,
                "n_repetitions": 9, "verdict": word or "undecided", "difference": -0.1, "low": -0.2,
                "high": 0.0, "p": NAN if word is None else 0.01, "p_equal": 0.9,
                "p_holm": 0.2, "p_new_holm": 0.3, "difference_new": -0.02, "low_new": -0.05,
                "high_new": 0.01, "n_won": 1,
                "n_tied": 1, "n_lost": 1, "n_ahead": 2, "n_behind": 1, "n_repetitions_needed": 9.0,
                "n_repetitions_needed_equal": NAN, "n_datasets": 3, "n_functions": 0,
                "verdict_new": "undecided", "reachable": False, "regret_difference": NAN,
                "dominant": "", "dominant_share": NAN, "dominant_bounded": NAN,
                "verdict_without": "",
            }
            for pair, word in words.items()
        ]
    )  # fmt: skip


def board(**ranks):
    return pd.DataFrame(
        {"strategy": list(ranks), "rank": list(ranks.values()), "n_all_problems": 4}
    ).assign(mean=lambda frame: frame["rank"] / 10)


@pytest.mark.parametrize(
    ("words", "winner"),
    [
        ({"ab": "better", "ac": "better", "bc": "undecided"}, "a"),
        ({"ab": "worse", "ac": "better", "bc": "better"}, "b"),
        ({"ab": "better", "ac": "practically equal", "bc": "worse"}, None),
        ({"ab": "better", "ac": "undecided", "bc": "worse"}, None),
        ({"ab": "better", "ac": None, "bc": "worse"}, None),
    ],
)
def test_the_winner_is_better_than_each_other(words, winner):
    found = comparisons(board(a=1.2, b=2.0, c=2.8), verdicts(**words))
    assert found.winner == winner
    assert found.leaders == ["a"]
    assert found.tests == sum(word is not None for word in words.values())


def test_who_has_no_run_is_no_rival():
    found = comparisons(
        board(a=1.0, b=2.0, c=NAN), verdicts(ab="better", ac=None, bc=None), "after 9 trials"
    )
    assert (found.names, found.absent, found.winner) == (["a", "b"], ["c"], "a")
    assert (found.when, found.span, found.of) == ("after 9 trials", (3, 3), 4)
    assert found.too_few


def test_ranks_that_differ_by_rounding_are_shared():
    found = comparisons(board(a=1.5, b=1.5 + 2 * math.ulp(1.5)), verdicts(ab="undecided"))
    assert found.leaders == ["a", "b"]
    assert found.winner is None


@pytest.mark.parametrize(
    ("words", "equal"),
    [
        ({"ab": "practically equal", "ac": "practically equal", "bc": "practically equal"}, True),
        ({"ab": "practically equal", "ac": "practically equal", "bc": "undecided"}, False),
        ({"ab": "practically equal", "ac": "practically equal", "bc": None}, False),
    ],
)
def test_all_are_equal_if_each_pair_is(words, equal):
    assert comparisons(board(a=1.2, b=2.0, c=2.8), verdicts(**words)).all_equal == equal


@pytest.mark.parametrize(
    ("planned", "repetitions"),
    [(9, "9 repetitions"), (12, "at least 9 repetitions"), (0, "at least 9 repetitions")],
)
def test_a_sample_says_at_least_where_repetitions_may_be_missing(planned, repetitions):
    found = comparisons(board(a=1.0, b=2.0), verdicts(ab="better"), repetitions=planned)
    assert found.sample(found.met) == f"3 problems, 3 data sets, {repetitions}"


@pytest.mark.parametrize(("functions", "sets"), [(1, ", 2 data sets and 1 function"), (3, "")])
def test_a_sample_counts_functions_beside_data_sets(functions, sets):
    table = verdicts(ab="better").assign(n_functions=functions)
    found = comparisons(board(a=1.0, b=2.0), table, repetitions=9)
    assert found.sample(found.met) == f"3 problems{sets}, 9 repetitions"


def test_a_sample_of_several_pairs_spans_their_counts():
    table = verdicts(ab="better", ac="better", bc="better")
    table["n_problems"], table["n_datasets"] = [1, 3, 2], [0, 0, 0]
    found = comparisons(board(a=1.0, b=2.0, c=3.0), table, repetitions=9)
    assert found.sample(found.met) == "1 to 3 problems, 9 repetitions"
