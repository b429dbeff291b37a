import pandas as pd
import pytest

from bench.prose.claims import Claim, Scope
from bench.prose.comparisons import comparisons
from bench.prose.finding import (
    View,
    finding,
    lead,
    losers,
    lowest_rank,
    reference,
    untested,
    view_of,
)

ROW = {
    "budget": 50, "n_problems": 12, "n_repetitions": 20, "verdict": "undecided",
    "difference": -0.03, "low": -0.05, "high": -0.01, "p": 0.004, "p_holm": 0.012, "p_equal": 0.9,
    "n_won": 1, "n_tied": 7, "n_lost": 4, "n_ahead": 3, "n_behind": 9, "n_repetitions_needed": 12.0,
    "n_repetitions_needed_equal": 99.0, "n_datasets": 12, "n_functions": 0,
    "verdict_new": "undecided",
    "difference_new": -0.02, "low_new": -0.04, "high_new": 0.01, "p_new_holm": 0.4,
    "reachable": True, "regret_difference": -0.03, "dominant": "", "dominant_share": 0.3,
    "dominant_bounded": 0.25, "verdict_without": "",
}  # fmt: skip
WORDS = {">": "better", "<": "worse", "=": "practically equal", "?": "undecided"}


def sweep_of(text, pairs="", *, new="", planned=20, ranks=None, fewer=None, **changes):
    """A sweep, best first: `abc: a>b b=c`, or names and `a>random`; the others undecided."""
    names, pairs = (text.partition(":")[::2]) if isinstance(text, str) else (text, pairs)
    told = {(one[0], one[2:]): WORDS[one[1]] for one in pairs.split()}
    told_new = {(one[0], one[2:]): WORDS[one[1]] for one in new.split()}
    rows = [
        ROW
        | {"a": a, "b": b, "verdict": told.get((a, b), "undecided"),
           "verdict_new": told_new.get((a, b), "undecided"),
           "n_repetitions": min((fewer or {}).get(name, planned) for name in (a, b))}
        | changes
        for k, a in enumerate(names)
        for b in names[k + 1 :]
    ]  # fmt: skip
    board = pd.DataFrame({"strategy": list(names), "mean": 0.1, "n_all_problems": 12}).assign(
        rank=ranks or range(1, len(names) + 1)
    )
    return comparisons(board, pd.DataFrame(rows), "after 50 trials", planned, fewer or {})


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("abc: a>b", "a"),
        ("abc: b>c", "b"),  # the lowest rank has no finding
        ("abc: a<b a<c", "b"),  # nor is it unbeaten
        ("abcd: a>d b>c b>d", "b"),  # most findings
        ("abcd: a>d b>c", "a"),  # of as many, the lowest rank
        ("abcd: b>d c>d", "b"),
        ("abcd: b>d c>d b<c", "c"),
        ("abc: b=c", "b"),
        ("abc: a=b b>c", "b"),  # better counts before equal
        ("abc:", "a"),
        ("abc: a>b b>c a<c", "a"),  # a circle has no unbeaten one
    ],
)
def test_the_best_by_the_tests(text, best):
    assert reference(View(sweep_of(text), Scope.THESE)) == best


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("abc: a>b a>c", "a is significantly better than both others on this problem set: its "
                         "mean normalised regret is 0.030 lower after 50 trials than that of b (95",
         "12 problems, 12 data sets, 20 repetitions)."),
        ("abcde: a>b a>c a>d a>e",
         "a is significantly better than each of the 4 others on this problem set: its ", ")."),
        ("abcd: a>d a=b", "a leads on this problem set, b is practically equal to a, and c does "
                          "not differ significantly from a: the mean normalised regret of a is "
                          "0.030 lower after 50 trials than that of d (95 % interval 0.010 to ",
         "20 repetitions)."),
        ("abcdefgh: a>h", "a leads on this problem set, and b, c, d, e and 2 more do not differ "
                          "significantly from a: the mean ", ")."),
        ("abc: a>b a<c b>c", "a is significantly better than b in mean normalised regret after ",
         " 20 repetitions); a is significantly worse than c."),
        ("abc: a=b", "b is practically equal to a in ",
         "; c does not differ significantly from a."),
        ("abc: a=b a=c b=c", "All 3 strategies are practically equal in mean ", ")."),
        ("abc:", "No two of the 3 strategies differ significantly in mean ", ")."),
        ("ab:", "The strategies do not differ significantly in mean ", ")."),
    ],
)  # fmt: skip
def test_the_finding_comes_first(text, start, end):
    sweep = sweep_of(text)
    found = finding(view_of(sweep))
    assert found.text.startswith(start)
    assert found.text.endswith(end)
    for claim in found.claims:
        assert claim == sweep.all[claim.a, claim.b].these
    assert found.claims


def test_without_a_finding_on_this_problem_set_one_on_new_data_sets_comes_first():
    sweep = sweep_of("abc:", new="b>c")
    assert view_of(sweep).scope is Scope.NEW
    found = finding(view_of(sweep))
    assert found.text == (
        "Generalising to new data sets, b leads, and a does not differ significantly from b: the "
        "bounded regret of b is 0.020 lower after 50 trials than that of c (pseudo-median; 95 % "
        "interval −0.010 to 0.040; p = 0.400 after Holm's correction; 12 data sets)."
    )
    assert Claim("b", "c", "better", Scope.NEW) in found.claims
    assert view_of(sweep_of("abc: a>b", new="b>c")).scope is Scope.THESE


def test_one_repetition_is_no_test():
    sweep = sweep_of("ab:", planned=1, p=float("nan"), n_repetitions=1)
    assert finding(view_of(sweep)).text == (
        "One repetition of each problem allows no significance test on this problem set; a has the "
        "lowest mean rank after 50 trials (12 problems, 12 data sets, 1 repetition)."
    )
    assert finding(view_of(sweep)).claims == ()
    assert "share two repetitions" in untested(sweep_of("ab:", p=float("nan")))
    assert untested(sweep_of("ab:")) == ""


@pytest.mark.parametrize(
    ("ranks", "words"),
    [([1, 2, 3], "a has the lowest"), ([1, 1, 3], "a and b share the lowest"),
     ([float("nan")] * 3, "There is no ranking")],
)  # fmt: skip
def test_who_has_the_lowest_rank(ranks, words):
    assert lowest_rank(sweep_of("abc:", ranks=ranks)).startswith(words)


def test_one_bounded_pair_makes_the_measure_bounded():
    sweep = sweep_of("ab: a>b", regret_difference=-0.4)
    assert " its mean bounded regret is " in finding(view_of(sweep)).text


def test_the_lead_is_over_random_search_which_no_list_leaves_out():
    view = view_of(sweep_of([*"abc", "random"], "a>b a>c a>random"))
    assert lead(view, "a").b == "random"
    assert " than that of random (95 % interval " in finding(view).text
    assert losers(view, lead(view, "a")).text == ""
    view = view_of(sweep_of([*"abcdefgh", "random"], "a>b a>c a>d a>e a>f a>random"))
    told = losers(view, lead(view, "a")).text
    assert told == "a is significantly better than random, b, c, d and 2 more."


def test_what_is_not_better_than_random_search_does_not_lead():
    view = view_of(sweep_of([*"abcdefgh", "random"], "a>b"))
    assert lead(view, "a") is None
    assert finding(view).text.startswith("a is significantly better than b in mean ")
    assert finding(view).text.endswith("; random, c, d, e and 3 more do not differ "
                                       "significantly from a.")  # fmt: skip


def test_without_random_search_the_lead_is_over_the_closest():
    assert lead(sweep_view("abc: a>b a>c"), "a").b == "b"
    assert lead(sweep_view("abcd: a>c a>d"), "a").b == "c"
    assert losers(sweep_view("abc: a>c"), lead(sweep_view("abc: a>c"), "a")).text == ""


@pytest.mark.parametrize("text", ["abc:", "abc: a=b", "abc: a>b b>c a<c"])
def test_no_one_leads_without_a_significant_difference_or_where_one_is_better(text):
    view = sweep_view(text)
    assert lead(view, reference(view)) is None
    assert "leads" not in finding(view).text


def test_who_has_fewer_repetitions_than_the_comparison_given_is_named_with_them():
    few = finding(sweep_view("abc: a>b", fewer={"c": 3})).text
    assert few.startswith("a leads on this problem set, and c (3 repetitions) does not differ ")
    assert few.endswith("12 problems, 12 data sets, 20 repetitions).")
    # Where the best has fewer itself, so have all comparisons with it.
    few = finding(sweep_view("abc: a>b", fewer={"a": 3, "c": 3})).text
    assert ", and c does not differ " in few
    assert few.endswith("data sets, 3 repetitions).")
    alone = finding(sweep_view("ab: a=b", fewer={"b": 3})).text
    assert "data sets, 3 repetitions)" in alone


def sweep_view(text, **given):
    return view_of(sweep_of(text, **given))
