import math

import pandas as pd
import pytest

from bench.prose.caveats import absent, dominated, failed, new_data_sets, partial, without_random
from bench.prose.claims import Claim, Scope
from bench.prose.comparisons import comparisons

ROW = {
    "budget": 50, "n_problems": 12, "n_repetitions": 20, "verdict": "better", "difference": -0.03,
    "low": -0.05, "high": -0.01, "p": 0.004, "p_holm": 0.012, "p_equal": 0.9, "n_won": 1,
    "n_tied": 7, "n_lost": 4, "n_ahead": 3, "n_behind": 9, "n_repetitions_needed": 12.0,
    "n_repetitions_needed_equal": math.inf, "n_datasets": 12, "n_functions": 0,
    "verdict_new": "undecided",
    "difference_new": -0.02, "low_new": -0.04, "high_new": 0.01, "p_new_holm": 0.4,
    "reachable": True, "regret_difference": -0.03, "dominant": "", "dominant_share": 0.3,
    "dominant_bounded": 0.25, "verdict_without": "",
}  # fmt: skip


def sweep_of(names="abc", ran=12, means=None, **changes):
    """A sweep of one-letter strategies: `ab={"verdict_new": "better"}`."""
    board = pd.DataFrame(
        {"strategy": list(names), "mean": means or [0.1] * len(names), "n_all_problems": ran}
    ).assign(rank=range(1, len(names) + 1))
    pairs = [(a, b) for k, a in enumerate(names) for b in names[k + 1 :]]
    rows = [ROW | {"a": a, "b": b} | changes.get(a + b, {}) for a, b in pairs]
    return comparisons(board, pd.DataFrame(rows), "after 50 trials", 20)


def new(word):
    return {"verdict_new": word}


FEW = {"reachable": False, "n_datasets": 6}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ab": new("better"), "ac": new("better")}, "a is significantly better than both others "),
        ({"ab": new("better")}, "a is significantly better than b and does not differ "
                                "significantly from c (12 data sets)."),
        ({"ab": new("worse"), "ac": new("practically equal")},
         "a is significantly worse than b and is practically equal to c "),
        ({}, "a does not differ significantly from either of the 2 others (12 data sets)."),
        ({"ab": {"n_datasets": 9}}, "from either of the 2 others (9 to 12 data sets)."),
        ({"ab": {"n_problems": 0}}, "a and c do not differ significantly (12 data sets)."),
        (dict.fromkeys(("ab", "ac", "bc"), FEW),
         "no difference can be significant with 6 data sets, since a test of 3 pairs needs 7 "),
        ({key: FEW | {"n_functions": 2} for key in ("ab", "ac", "bc")},
         "can be significant with 4 data sets and 2 functions, since a test of 3 pairs needs 7 "),
        ({key: FEW | {"n_functions": 6, "n_problems": 6} for key in ("ab", "ac", "bc")},
         "no difference can be significant with 6 problems, since a test of 3 pairs needs 7 "),
        # The pair with the most observations counts.
        ({"ab": FEW, "ac": FEW | {"n_datasets": 5}, "bc": FEW | {"n_datasets": 5}},
         "no difference can be significant with 6 data sets, since a test of 3 pairs needs 7 "),
        ({key: {"n_functions": 3} for key in ("ab", "ac", "bc")},
         "from either of the 2 others (9 data sets and 3 functions)."),
        ({"ab": {"n_functions": 3, "n_datasets": 9}},
         "from either of the 2 others (9 to 12 data sets or functions)."),
    ],
)  # fmt: skip
def test_new_data_sets(changes, words):
    found = new_data_sets(sweep_of(**changes), "a")
    assert found.text.startswith("Generalising to new data sets, ")
    assert words in found.text
    for claim in found.claims:
        word = changes.get(claim.a + claim.b, {}).get("verdict_new", "undecided")
        assert claim == Claim("a", claim.b, word, Scope.NEW)


def test_without_a_data_set_nothing_is_said_of_new_ones():
    changes = {key: {"n_datasets": 0} for key in ("ab", "ac", "bc")}
    assert new_data_sets(sweep_of(**changes), "a").text == ""


WILD = {"dominant": "p3", "dominant_share": 0.98, "dominant_bounded": 0.7}


@pytest.mark.parametrize(
    ("without", "depends", "words"),
    [
        ("undecided", True, "a and b would not differ significantly without the problem p3: "),
        ("practically equal", True, "a and b would be practically equal without the problem p3"),
        ("worse", True, "a would be significantly worse than b without the problem p3"),
        ("better", False, "The verdict on a and b is the same without the problem p3"),
    ],
)
def test_a_dominating_problem_is_named_with_its_shares(without, depends, words):
    pairs = sweep_of(ab=WILD | {"verdict_without": without}).against_all("a")
    text = dominated(pairs, depends=depends)
    assert words in text
    assert "98 % of the variance of the difference in normalised regret, 70 % in bounded" in text
    assert dominated(pairs, depends=not depends) == ""
    same = sweep_of(ab=WILD | {"verdict_without": without, "dominant_bounded": 0.98})
    text = dominated(same.against_all("a"), depends=depends)
    assert text.endswith("holds 98 % of the variance of the difference in regret.")


def failures(*rows):
    return pd.DataFrame(rows, columns=["kind", "strategy", "problem", "n", "reason"])


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([], ""),
        ([("skipped", "a", "p", 3, ""), ("stopped early", "a", "p", 2, "")], ""),
        ([("trial failed", "a", "p", 1, "")], "1 trial of a failed."),
        (
            [("trial failed", "a", "p", 1, "x"), ("trial failed", "b", "p", 2, "x"),
             ("trial failed", "a", "q", 1000, "x"), ("crashed", "b", "p", 1, ""),
             ("timeout", "b", "p", 1, "")],
            "1,001 trials of a and 2 trials of b failed; 2 runs of b ended with an error, a crash "
            "or a timeout.",
        ),
    ],
)  # fmt: skip
def test_failures_are_counted_by_strategy(rows, text):
    assert failed(failures(*rows)) == text


def test_missing_runs():
    assert partial(sweep_of()) == ""
    assert partial(sweep_of(ran=14)).startswith("Each pair is compared on 12 of 14 problems")
    assert "on 3 to 12 of 12" in partial(sweep_of(ab={"n_problems": 3}))
    nothing = {"n_problems": 0, "verdict": "undecided"}
    gone = sweep_of(means=[0.1, 0.2, math.nan], ac=nothing, bc=nothing)
    assert absent(gone) == "c has no run that can be compared."
    assert absent(sweep_of()) == ""


def test_without_random_search_that_is_said():
    assert "random search" in without_random(sweep_of())
