import pandas as pd
import pytest

from bench.report.page import Note
from bench.report.sections import leaderboard
from bench.sources.source import NAMED

PLACES = {"random": 1.0, "tpe": 0.2, "gp": 0.6}


def value(strategy, _problem, repetition, _trial):
    return PLACES[strategy] + 0.01 * repetition


def said(items):
    return "\n".join(item.text for item in items if isinstance(item, Note))


@pytest.fixture
def frames(made):
    return made(value, tuple(PLACES), ("a", "b"), repetitions=20)


@pytest.mark.usefixtures("few_draws_will_do")
def test_the_best_are_on_top_with_their_numbers(frames, find, table):
    # The median trial of random is 1.095, and the mean of its 20 repetitions as well.
    shown = table(leaderboard.items(find(frames)), "Leaderboard")
    assert list(shown) == ["tpe", "gp", "random"]
    assert [row["mean rank of runs"] for row in shown.values()] == ["1.00", "2.00", "3.00"]
    assert [row["rank, 95 %"] for row in shown.values()] == [
        "1.00 to 1.00", "2.00 to 2.00", "3.00 to 3.00",
    ]  # fmt: skip
    assert [row["group"] for row in shown.values()] == ["1", "2", "3"]
    assert [row["best on"] for row in shown.values()] == ["2 of 2", "0 of 2", "0 of 2"]
    assert [row["regret"] for row in shown.values()] == ["0.27", "0.63", "1.0"]
    assert "problems" not in shown["tpe"]


def test_how_it_is_to_be_read(frames, find):
    text = said(leaderboard.items(find(frames)))
    assert text.startswith("After 2 trials. Ranks are taken in each problem and repetition")
    assert "strategies that do not differ would all be at 2." in text
    assert "Missing" not in text
    assert "Not ranked" not in text
    assert "rough" not in text


def test_the_number_of_trials_is_the_one_asked_for(frames, find):
    assert said(leaderboard.items(find(frames, trials=1))).startswith("After 1 trial. ")


@pytest.mark.parametrize(
    ("repetitions", "words"),
    [(1, " A single repetition gives no interval at all."),
     (19, " With 19 common repetitions a problem they are rough; 20 or more are advised.")],
)  # fmt: skip
def test_few_repetitions_are_told(made, find, repetitions, words):
    found = find(made(value, tuple(PLACES), repetitions=repetitions))
    assert words in said(leaderboard.items(found))


@pytest.mark.slow
def test_budgets_that_differ_and_problems_that_end_before(made, find):
    parts = zip(made(value, budget=3), made(value, problems=("q",), budget=5), strict=True)
    frames = [pd.concat(part, ignore_index=True) for part in parts]
    text = said(leaderboard.items(find(frames)))
    assert text.startswith("At the end of the budget (3 to 5 trials). Ranks are taken")
    assert "Left out" not in text
    late = said(leaderboard.items(find(frames, trials=4)))
    assert late.startswith("After 4 trials. Ranks are taken")
    assert "Left out, since they have fewer trials: p; “best on” is of all problems." in late


def test_one_strategy_would_not_be_anywhere_if_it_did_not_differ(made, find):
    assert "do not differ" not in said(leaderboard.items(find(made(value, ("tpe",)))))


def test_missing_cells_are_named(made, find, table):
    ends = {("gp", "b", 0): ("skipped", "no", 0), ("gp", "b", 1): ("skipped", "no", 0),
            ("tpe", "a", 1): ("unfinished", "", 1)}  # fmt: skip
    items = leaderboard.items(find(made(value, tuple(PLACES), ("a", "b"), 2, ends=ends)))
    assert "repetitions: tpe on a (1 of 2), gp on b. A strategy that lacks" in said(items)
    assert {name: row["problems"] for name, row in table(items, "Leaderboard").items()} == {
        "random": "2", "tpe": "2", "gp": "1",
    }  # fmt: skip


@pytest.mark.slow
def test_of_many_missing_cells_some_are_named(made, find):
    problems = tuple(f"p{i:02}" for i in range(NAMED + 3))
    ends = {("gp", problem, 0): ("skipped", "no", 0) for problem in problems}
    text = said(leaderboard.items(find(made(value, tuple(PLACES), problems, ends=ends))))
    assert "gp on p11 and 3 more. A strategy that lacks" in text
    assert "gp on p12" not in text


def test_problems_without_a_value_are_named(made, find):
    found = find(
        made(lambda s, p, *at: None if p in "bc" else value(s, p, *at), problems=("a", "b", "c"))
    )
    text = said(leaderboard.items(found))
    assert text.endswith("Not ranked, since no trial of a run that ended has completed: b, c.")


def test_without_a_value_nothing_can_be_concluded(made, find):
    (note,) = leaderboard.items(find(made(lambda *_: None)))
    assert note.text == "No run has a full evaluation with a value: nothing can be concluded."


def test_without_a_trial_nothing_can_be_concluded(made, find):
    ends = {(strategy, "p", 0): ("crashed", "gone", 0) for strategy in ("random", "tpe")}
    (note,) = leaderboard.items(find(made(value, ends=ends)))
    assert note.text == "No trial has been recorded: nothing can be concluded."
