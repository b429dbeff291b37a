import pandas as pd
import pytest

from bench.prose.sections import leaderboard as texts
from bench.report.page import Note
from bench.report.sections import leaderboard
from bench.sources.source import MAX_NAMED_ITEMS

PLACES = {"random": 1.0, "tpe": 0.2, "gp": 0.6}


def value(strategy, _problem, repetition, _trial):
    return PLACES[strategy] + 0.01 * repetition


def said(items):
    return "\n".join(item.text for item in items if isinstance(item, Note))


def reading(found, **numbers):
    """How a leaderboard with bounded regret is to be read."""
    told = {"when": found.when, "ends": found.ends, "bounded": True, "short": []}
    return texts.reading(**told | numbers)


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
    found = find(frames)
    # Nothing is missing and nothing is left out.
    assert said(leaderboard.items(found)) == reading(found, ranked=3, repetitions=20)


def test_the_number_of_trials_is_the_one_asked_for(frames, find):
    found = find(frames, trials=1)
    assert found.when == "after 1 trial"
    assert said(leaderboard.items(found)) == reading(found, ranked=3, repetitions=20)


@pytest.mark.parametrize("repetitions", [1, 19])
def test_few_repetitions_are_told(made, find, repetitions):
    found = find(made(value, tuple(PLACES), repetitions=repetitions))
    assert reading(found, ranked=3, repetitions=repetitions) in said(leaderboard.items(found))


@pytest.mark.slow
def test_budgets_that_differ_and_problems_that_end_before(made, find):
    parts = zip(made(value, budget=3), made(value, problems=("q",), budget=5), strict=True)
    frames = [pd.concat(part, ignore_index=True) for part in parts]
    found, late = find(frames), find(frames, trials=4)
    assert reading(found, ranked=2, repetitions=1) in said(leaderboard.items(found))
    assert reading(late, ranked=2, repetitions=1, short=["p"]) in said(leaderboard.items(late))


def test_one_strategy_would_not_be_anywhere_if_it_did_not_differ(made, find):
    found = find(made(value, ("tpe",)))
    assert reading(found, ranked=1, repetitions=1, bounded=False) in said(leaderboard.items(found))


def test_missing_cells_are_named(made, find, table):
    ends = {("gp", "b", 0): ("skipped", "no", 0), ("gp", "b", 1): ("skipped", "no", 0),
            ("tpe", "a", 1): ("unfinished", "", 1)}  # fmt: skip
    items = leaderboard.items(find(made(value, tuple(PLACES), ("a", "b"), 2, ends=ends)))
    assert "tpe on a (1 of 2), gp on b" in said(items)
    assert {name: row["problems"] for name, row in table(items, "Leaderboard").items()} == {
        "random": "2", "tpe": "2", "gp": "1",
    }  # fmt: skip


@pytest.mark.slow
def test_of_many_missing_cells_some_are_named(made, find):
    problems = tuple(f"p{i:02}" for i in range(MAX_NAMED_ITEMS + 3))
    ends = {("gp", problem, 0): ("skipped", "no", 0) for problem in problems}
    text = said(leaderboard.items(find(made(value, tuple(PLACES), problems, ends=ends))))
    assert "gp on p11 and 3 more" in text
    assert "gp on p12" not in text


def test_problems_without_a_value_are_named(made, find):
    found = find(
        made(lambda s, p, *at: None if p in "bc" else value(s, p, *at), problems=("a", "b", "c"))
    )
    text = said(leaderboard.items(found))
    assert text.endswith(texts.unranked(["b", "c"]))


def test_without_a_value_nothing_can_be_concluded(made, find):
    (note,) = leaderboard.items(find(made(lambda *_: None)))
    assert note.text == texts.nothing(True)


def test_without_a_trial_nothing_can_be_concluded(made, find):
    ends = {(strategy, "p", 0): ("crashed", "gone", 0) for strategy in ("random", "tpe")}
    (note,) = leaderboard.items(find(made(value, ends=ends)))
    assert note.text == texts.nothing(False)
