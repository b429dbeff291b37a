"""What a verdict claims, and how long it is; its sentences are golden (test_verdict_texts.py)."""

import math
import re

import pytest

from bench.analysis.curves.leaderboard import leaderboard
from bench.inference.verdicts import groups, verdicts
from bench.prose.claims import Claim, Scope, told

BETTER = {"verdict": "better"}


def claims(verdict):
    """All that it claims, from either side."""
    return told(verdict.said)


def test_one_is_ahead_of_all(drawn, verdict_of):
    verdict = verdict_of(drawn(random=0.5, tpe=0.2, gp=0.3))
    wanted = {Claim("tpe", other, "better") for other in ("random", "gp")}
    assert wanted <= set(verdict.said[0].claims)
    assert Claim("tpe", "random", "better", Scope.NEW) in claims(verdict)
    assert Claim("gp", "random", "better") in claims(verdict)


def test_the_best_of_the_board_is_not_ahead_without_a_test(drawn, verdict_of):
    found = claims(verdict_of(drawn(random=0.5, tpe=0.2, gp=0.205)))
    assert Claim("tpe", "gp", "undecided") in found
    assert {Claim(name, "random", "better") for name in ("tpe", "gp")} <= found


def test_a_group_of_one_on_the_board_is_no_claim(make_panels, verdict_of):
    # By rank a is better in nine of ten repetitions, Student's test with Holm tells nothing apart.
    cells = {
        f"p{k}": {"a": [0.1] * 9 + [9.0], "b": [0.2] * 10, "random": [0.3] * 10} for k in range(3)
    }
    panels = make_panels(cells)
    board = leaderboard(panels)
    assert list(groups(list(board["strategy"]), verdicts(panels))) == [1, 1, 1]
    first = verdict_of(cells).said[0].claims
    assert {claim.relation for claim in first} == {"undecided"}


def test_ahead_by_the_mean_but_not_by_rank(make_panels, verdict_of):
    cells = {
        f"p{k}": {"random": [0.5] * 7 + [4.0, 4.1, 4.2], "tpe": [0.59, 0.61] * 5} for k in range(9)
    }
    assert leaderboard(make_panels(cells))["strategy"].iloc[0] == "random"
    verdict = verdict_of(cells)
    assert Claim("tpe", "random", "better") in claims(verdict)
    assert verdict.sentences[0].startswith("tpe ")


def test_what_is_practically_equal_is_claimed_of_each_pair(verdict_of):
    cells = {f"p{k}": dict.fromkeys(("random", "a", "b"), [0.5] * 9) for k in range(8)}
    verdict = verdict_of(cells)
    assert {claim.relation for claim in claims(verdict)} == {"practically equal"}
    assert len(verdict.said[0].claims) == 3


@pytest.mark.parametrize(
    ("cells", "trials"),
    [
        ({}, None),
        ({"p": {"a": [0.5, 0.4], "b": [0.1, 0.2]}}, 9),
        ({"p": {"a": [0.5, 0.4]}}, None),
        ({"p": {"a": [0.5]}, "q": {"a": [0.3]}}, None),
        ({"p": {"a": [0.5, 0.4], "b": [None, None]}, "q": {"a": [None], "b": [0.1]}}, None),
    ],
    ids=["no run", "beyond the budget", "one strategy", "one run each", "never together"],
)
def test_of_what_cannot_be_compared_nothing_is_claimed(cells, trials, verdict_of):
    verdict = verdict_of(cells, trials)
    assert len(verdict.said) == 1
    assert claims(verdict) == set()
    assert verdict.legend == ""


def test_strategies_without_a_run_are_named_and_nothing_is_claimed_of_them(verdict_of):
    cells = {
        "p": {"b": [0.2, 0.3], "a": [0.5, 0.4], "never": [None, None]},
        "q": {"b": [None, None], "a": [0.3, 0.4]},
    }
    verdict = verdict_of(cells)
    assert any("never" in text for text in verdict.sentences)
    assert not any("never" in (claim.a, claim.b) for claim in claims(verdict))
    assert any("random" in text for text in verdict.sentences)


@pytest.mark.slow
@pytest.mark.parametrize(("problems", "repetitions", "most"), [(2, 5, 5), (8, 10, 11)])
def test_forty_strategies_are_short(drawn, verdict_of, problems, repetitions, most):
    names = {"random" if k == 9 else f"s{k}": 0.1 * k for k in range(40)}
    verdict = verdict_of(drawn(problems, repetitions, **names))
    found = [*verdict.sentences, verdict.legend]
    assert len(found) <= most
    assert sum(map(len, found)) < 2000


def test_each_decided_pair_is_told_where_nobody_is_ahead(verdict_on):
    # Nobody is told apart from random: the one decided pair is still there.
    verdict = verdict_on(
        {},
        {"a": "sobol", "difference": 0.05, "low": 0.02, "high": 0.08, "p": 0.001, "b": "tpe",
         "verdict": "worse"},
        {"a": "gp"}, {"a": "gp", "b": "tpe"}, {"a": "gp", "b": "sobol"}, {"a": "sobol"},
        best_first=("gp", "tpe", "sobol", "random"),
    )  # fmt: skip
    (text,) = [part.text for part in verdict.said if not part.claims]
    assert re.findall(r"\b(gp|tpe|sobol|random)\b", text) == ["tpe", "sobol"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("centres", "told"),
    [
        ({"random": 0.5, "tpe": 0.2, "gp": 0.3}, None),
        ({"random": 0.5, "tpe": 0.2, "gp": 0.3, "sobol": 0.4}, ["gp", "sobol"]),
        ({"tpe": 0.2, "gp": 0.3, "sobol": 0.4}, ["gp", "sobol"]),
    ],
)
def test_what_is_decided_elsewhere_is_told_once(centres, told, drawn, verdict_of):
    found = [
        re.findall(r"\b(gp|tpe|sobol)\b", part.text)
        for part in verdict_of(drawn(**centres)).said
        if not part.claims
    ]
    assert [names for names in found if names] == ([told] if told else [])


def test_decided_for_new_problems_only_is_decided(verdict_of):
    # One repetition: nothing is tested but new problems.
    cells = {
        f"p{k}": {"random": [0.5], "tpe": [0.3 + k / 90], "gp": [0.4 + k / 90], "a": [0.5 - k % 2]}
        for k in range(12)
    }
    assert set(verdict_of(cells).said[1].claims) == {
        Claim("tpe", "random", "undecided"), Claim("tpe", "random", "better", Scope.NEW),
    }  # fmt: skip


@pytest.mark.parametrize("when", ["at the end of the budget (10 to 50 trials)", ""])
def test_when_is_what_the_caller_says(when, verdict_on):
    verdict = verdict_on(BETTER | {"budget": 50}, when=when)
    assert when in verdict.sentences[0]
    assert "after" not in "".join([*verdict.sentences, verdict.legend])


def test_an_unknown_number_of_repetitions_is_not_given(verdict_on):
    verdict = verdict_on({"n_repetitions_needed": math.nan, "n_repetitions_needed_equal": math.nan})
    assert "repetition" not in verdict.sentences[1]


def of_trials(verdict):
    """What is claimed of trials saved."""
    return {claim for part in verdict.said for claim in part.claims if claim.scope is Scope.TRIALS}


@pytest.mark.parametrize(
    "saved", [{"factor": math.nan}, {"factor": math.inf}, {"factor": 0.7, "bound": True}]
)
def test_trials_saved_are_not_told_where_nobody_knows(saved, verdict_on):
    assert of_trials(verdict_on(BETTER, saved=saved)) == set()


@pytest.mark.parametrize("verdict", ["better", "worse", "practically equal", "undecided"])
@pytest.mark.parametrize(
    ("factor", "agrees"),
    [(2.0, "better"), (0.92, "worse"), (1.004, "practically equal"), (0.0, "worse")],
)
def test_trials_saved_never_say_the_opposite(verdict, factor, agrees, verdict_on):
    found = of_trials(verdict_on({"verdict": verdict}, saved={"factor": factor}))
    assert found == ({Claim("tpe", "random", agrees, Scope.TRIALS)} if verdict == agrees else set())


@pytest.mark.parametrize(("still", "shares"), [(0.24, ["98", "24"]), (0.9, ["98", "90"])])
def test_a_problem_that_dominates_is_named_with_its_shares(still, shares, verdict_on):
    dominated = {"dominant": "p3", "dominant_share": 0.98, "dominant_bounded": still,
                 "verdict_without": "undecided"}  # fmt: skip
    (text,) = [text for text in verdict_on(dominated).sentences if "p3" in text]
    assert re.findall(r"(\d+) %", text) == shares


def test_labels_stay_as_they_are(drawn, verdict_of):
    label = '<b>"x" & {y}%s</b>'
    assert verdict_of(drawn(random=0.5, **{label: 0.2})).sentences[0].startswith(f"{label} ")


def test_huge_regrets_have_words_too(verdict_of):
    verdict = verdict_of({"p": {"random": [1e70, 1e69], "a": [1e-70, 1.0]}})
    assert not re.search(r"\b(nan|inf)", " ".join([*verdict.sentences, verdict.legend]))
