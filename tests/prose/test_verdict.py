"""What a verdict claims, in which order, and how long it is; its words are golden files."""

import math
import re

import pandas as pd
import pytest

from bench.curves.leaderboard import leaderboard
from bench.inference.verdicts import groups, verdicts
from bench.prose.claims import Claim, Scope, claimed
from bench.prose.verdict import MAX_SENTENCES

BETTER = {"verdict": "better"}
TIMES = pd.DataFrame({"strategy": ["tpe", "gp", "random"], "ms_per_trial": [3.0, 210.0, 0.02]})
FAILURES = pd.DataFrame(
    {"kind": ["trial failed"], "strategy": ["gp"], "problem": ["p"], "n": [2], "reason": [""]}
)


def claims(verdict):
    """All that it claims, from either side."""
    return claimed([*verdict.said, *verdict.more])


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
    assert list(groups(list(board["strategy"]), verdicts(panels))) == [1, 1, 2]
    found = claims(verdict_of(cells))
    assert {claim.relation for claim in found if "a" in (claim.a, claim.b)} == {"undecided"}


def test_a_number_is_given_once(drawn, verdict_of):
    # One leads without being better than all; one is better than all, and not by one number.
    for centres in ({"tpe": 0.2, "gp": 0.205}, {"tpe": 0.2, "gp": 0.3, "sobol": 0.4}):
        said = verdict_of(drawn(random=0.5, **centres)).sentences
        sizes = [size for text in said for size in re.findall(r" is ([\d.]+) lower", text)]
        assert len(sizes) == len(set(sizes)) > 0
        assert "than that of random (95 % interval" in said[0]


def test_whether_random_search_is_beaten_is_said_of_new_data_sets(drawn, verdict_of):
    names = {f"s{k}": 0.5 + 0.02 * k for k in range(8)}
    said = verdict_of(drawn(13, **names, random=0.7, gp=0.2, tpe=0.201)).sentences
    told = next(text for text in said if text.startswith("Generalising"))
    assert re.search(r" (gp|tpe) is significantly better than random, ", told)


def test_better_by_the_mean_but_not_by_rank(make_panels, verdict_of):
    cells = {
        f"p{k}": {"random": [0.5] * 7 + [4.0, 4.1, 4.2], "tpe": [0.59, 0.61] * 5} for k in range(9)
    }
    assert leaderboard(make_panels(cells))["strategy"].iloc[0] == "random"
    verdict = verdict_of(cells)
    assert Claim("tpe", "random", "better") in claims(verdict)
    assert verdict.sentences[0].startswith("tpe is significantly better than random")
    assert "random has the lowest mean rank." in verdict.details


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
    assert 1 <= len(verdict.said) <= 2
    assert claims(verdict) == set()
    assert verdict.details == ()
    assert bool(verdict.legend) == any("regret" in text for text in verdict.sentences)


def test_strategies_without_a_run_are_named_and_nothing_is_claimed_of_them(verdict_of):
    cells = {
        "p": {"b": [0.2, 0.3], "a": [0.5, 0.4], "never": [None, None]},
        "q": {"b": [None, None], "a": [0.3, 0.4]},
    }
    verdict = verdict_of(cells)
    assert any("never" in text for text in verdict.sentences)
    assert not any("never" in (claim.a, claim.b) for claim in claims(verdict))
    assert any("random" in text for text in verdict.details)


@pytest.mark.slow
@pytest.mark.parametrize(("problems", "repetitions"), [(2, 5), (8, 10)])
def test_forty_strategies_are_short(drawn, verdict_of, problems, repetitions):
    names = {"random" if k == 9 else f"s{k}": 0.1 * k for k in range(40)}
    verdict = verdict_of(drawn(problems, repetitions, **names))
    assert len(verdict.sentences) <= MAX_SENTENCES
    assert sum(map(len, verdict.sentences)) < 1000
    assert len(verdict.details) <= 14
    assert sum(map(len, verdict.details)) < 5000


def test_a_finding_comes_first_where_the_best_has_none(verdict_on):
    # Neither differs from random, nor does the one with the lowest mean rank from anybody.
    verdict = verdict_on(
        {},
        {"a": "sobol", "difference": 0.05, "low": 0.02, "high": 0.08, "p": 0.001, "b": "tpe",
         "verdict": "worse"},
        {"a": "gp"}, {"a": "gp", "b": "tpe"}, {"a": "gp", "b": "sobol"}, {"a": "sobol"},
        best_first=("gp", "tpe", "sobol", "random"),
    )  # fmt: skip
    assert Claim("tpe", "sobol", "better") in verdict.said[0].claims
    assert verdict.sentences[0].startswith("tpe is significantly better than sobol in ")
    assert "gp has the lowest mean rank." in verdict.details


@pytest.mark.slow
@pytest.mark.parametrize(
    ("centres", "told"),
    [
        ({"random": 0.5, "tpe": 0.2, "gp": 0.3}, None),
        ({"random": 0.5, "tpe": 0.2, "gp": 0.3, "sobol": 0.4}, ["gp", "sobol"]),
        ({"tpe": 0.2, "gp": 0.3, "sobol": 0.4}, ["gp", "sobol"]),
    ],
)
def test_what_is_significant_elsewhere_is_reported_once(centres, told, drawn, verdict_of):
    found = [
        re.findall(r"\b(gp|tpe|sobol)\b", text)
        for text in verdict_of(drawn(**centres)).details
        if text.startswith("In addition")
    ]
    assert found == ([told] if told else [])


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        ((BETTER,), ["better", "needs 2.6", "Generalising", "own time", "2 trials"]),
        (({},), ["do not differ", "About 37", "Generalising", "own time", "2 trials"]),
        (
            (
                BETTER
                | {
                    "dominant": "p3",
                    "dominant_share": 0.9,
                    "dominant_bounded": 0.8,
                    "verdict_without": "undecided",
                },
            ),
            ["better", "Generalising", "own time", "without the problem p3", "2 trials"],
        ),
        (
            (BETTER, BETTER | {"b": "gp"}, {"a": "gp"}),
            ["both others", "gp: its", "Generalising", "own time", "2 trials"],
        ),
    ],
)
def test_five_sentences_in_their_order(rows, order, verdict_on):
    best_first = ("tpe", "gp", "random")[:: 1 if len(rows) > 1 else 2]
    verdict = verdict_on(*rows, best_first=best_first, own_time=TIMES, failures=FAILURES)
    assert len(verdict.sentences) == len(order) == MAX_SENTENCES
    for text, words in zip(verdict.sentences, order, strict=True):
        assert words in text


def test_what_does_not_fit_is_in_the_details(verdict_on):
    verdict = verdict_on(
        BETTER, BETTER | {"b": "gp"}, {"a": "gp"}, best_first=("tpe", "gp", "random"),
        own_time=TIMES, failures=FAILURES,
    )  # fmt: skip
    assert any(text.startswith("random needs 2.6 ×") for text in verdict.details)


def test_each_sentence_is_one(drawn, verdict_of):
    verdict = verdict_of(drawn(random=0.5, tpe=0.2, gp=0.21), own_time=TIMES, failures=FAILURES)
    for text in verdict.sentences:
        assert text.endswith(".")
        assert not re.search(r"\. [A-Za-z]", text)


def test_unknown_times_are_not_reported(verdict_on):
    unknown = TIMES.assign(ms_per_trial=math.nan)
    for own_time in (None, unknown):
        assert "own time" not in " ".join(verdict_on(BETTER, own_time=own_time).sentences)


def test_one_strategy_has_a_cost_too(verdict_of):
    verdict = verdict_of({"p": {"tpe": [0.5, 0.4]}}, own_time=TIMES)
    assert verdict.sentences[-1].startswith("The strategy's own time per trial")


def test_decided_on_new_data_sets_only_is_decided(verdict_of):
    # One repetition: nothing is tested but new problems.
    cells = {
        f"p{k}": {"random": [0.5], "tpe": [0.3 + k / 90], "gp": [0.4 + k / 90], "a": [0.5 - k % 2]}
        for k in range(12)
    }
    verdict = verdict_of(cells)
    assert set(verdict.said[0].claims) == {
        Claim("tpe", "gp", "better", Scope.NEW), Claim("tpe", "random", "better", Scope.NEW),
        Claim("tpe", "a", "undecided", Scope.NEW),
    }  # fmt: skip
    assert Claim("tpe", "random", "undecided") in claims(verdict)


@pytest.mark.parametrize("when", ["at the end of the budget (10 to 50 trials)", ""])
def test_when_is_what_the_caller_says(when, verdict_on):
    verdict = verdict_on(BETTER | {"budget": 50}, when=when)
    assert when in verdict.sentences[0]
    assert "after" not in "".join([*verdict.sentences, verdict.legend, *verdict.details])


def test_an_unknown_number_of_repetitions_is_not_given(verdict_on):
    verdict = verdict_on({"n_repetitions_needed": math.nan, "n_repetitions_needed_equal": math.nan})
    assert not any("more repetition" in text for text in verdict.sentences)


def of_trials(verdict):
    """What is claimed of trials saved."""
    parts = [*verdict.said, *verdict.more]
    return {claim for part in parts for claim in part.claims if claim.scope is Scope.TRIALS}


@pytest.mark.parametrize(
    "saved", [{"factor": math.nan}, {"factor": math.inf}, {"factor": 0.7, "bound": True}]
)
def test_trials_saved_are_not_reported_where_they_are_unknown(saved, verdict_on):
    assert of_trials(verdict_on(BETTER, saved=saved)) == set()


@pytest.mark.parametrize("verdict", ["better", "worse", "practically equal", "undecided"])
@pytest.mark.parametrize(
    ("factor", "agrees"),
    [(2.0, "better"), (0.92, "worse"), (1.004, "practically equal"), (0.0, "worse")],
)
def test_trials_saved_never_say_the_opposite(verdict, factor, agrees, verdict_on):
    found = of_trials(verdict_on({"verdict": verdict}, saved={"factor": factor}))
    assert found == ({Claim("tpe", "random", agrees, Scope.TRIALS)} if verdict == agrees else set())


def test_labels_stay_as_they_are(drawn, verdict_of):
    label = '<b>"x" & {y}%s</b>'
    assert verdict_of(drawn(random=0.5, **{label: 0.2})).sentences[0].startswith(f"{label} ")


def test_huge_regrets_have_words_too(verdict_of):
    verdict = verdict_of({"p": {"random": [1e70, 1e69], "a": [1e-70, 1.0]}})
    assert not re.search(r"\b(nan|inf)", " ".join([*verdict.sentences, *verdict.details]))
