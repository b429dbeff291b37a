import pandas as pd
import pytest

from bench.captions import leaderboard as texts
from bench.report.board import BoardTable
from bench.report.page import Note
from bench.report.sections import leaderboard
from bench.sources.source import MAX_NAMED_ITEMS

PLACES = {"random": 1.0, "tpe": 0.2, "gp": 0.6}


def value(strategy, _problem, repetition, _trial):
    return PLACES[strategy] + 0.01 * repetition


def said(items):
    return "\n".join(item.text for item in items if isinstance(item, Note))


def reading(found, **numbers):
    """How a leaderboard is to be read."""
    told = {"when": found.when, "short": [], "fewer": {}}
    return texts.reading(**told | numbers)


def of_page(items):
    """The leaderboard as the page shows it."""
    (found,) = (item for item in items if isinstance(item, BoardTable))
    return found


def cells(items, title, view=0, budget=0):
    """Strategy -> what a column says."""
    board = of_page(items)
    place = [column.title for column in board.columns].index(title) - 1
    return {row.strategy: row.cells[place].text for row in board.views[view].rows[budget]}


@pytest.fixture
def frames(made):
    own = dict.fromkeys(PLACES, 0.5)
    return made(value, tuple(PLACES), ("a", "b"), repetitions=20, own=own)


@pytest.mark.usefixtures("few_draws_will_do")
def test_the_best_are_on_top_with_their_numbers(frames, find, table):
    # The median trial of random is 1.095, and the mean of its 20 repetitions as well.
    shown = table(leaderboard.items(find(frames)), "Leaderboard")
    assert list(shown) == ["tpe", "gp", "random"]
    assert [row["mean rank (95 %)"] for row in shown.values()] == [
        "1.00 (1.00 to 1.00)", "2.00 (2.00 to 2.00)", "3.00 (3.00 to 3.00)",
    ]  # fmt: skip
    assert [row["group"] for row in shown.values()] == ["1", "2", "3"]
    # Sums of 20 numbers that are 0.01 apart: ± 2.09 · 0.0592 / √20 / 1.095 of one problem.
    assert [row["regret (95 %)"] for row in shown.values()] == [
        "0.27 (0.25 to 0.29)", "0.63 (0.62 to 0.65)", "1.00 (0.98 to 1.02)",
    ]  # fmt: skip
    assert [row["n"] for row in shown.values()] == ["40 of 40"] * 3
    assert [row["failed (%)"] for row in shown.values()] == ["0.0"] * 3
    # Half a second of its own a trial.
    assert {row["suggestions/s"] for row in shown.values()} == {"2.0"}


def test_how_it_is_to_be_read(frames, find):
    found = find(frames)
    # Nothing is missing and nothing is left out.
    assert said(leaderboard.items(found)) == reading(found, ranked=3, repetitions=20)


def test_the_number_of_trials_is_the_one_asked_for(frames, find):
    found = find(frames, trials=1)
    assert found.when == "after 1 trial"
    assert said(leaderboard.items(found)) == reading(found, ranked=3, repetitions=20)


@pytest.mark.parametrize("repetitions", [1, 19])
def test_few_repetitions_are_reported(made, find, repetitions):
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
    assert reading(found, ranked=1, repetitions=1) in said(leaderboard.items(found))


def test_missing_cells_are_named(made, find, table):
    ends = {("gp", "b", 0): ("skipped", "no", 0), ("gp", "b", 1): ("skipped", "no", 0),
            ("tpe", "a", 1): ("unfinished", "", 1)}  # fmt: skip
    items = leaderboard.items(find(made(value, tuple(PLACES), ("a", "b"), 2, ends=ends)))
    assert "tpe on a (1 of 2), gp on b" in said(items)
    assert cells(items, "Compared on") == {
        "random": "2 of 2", "tpe": "2 of 2", "gp": "1 of 2",
    }  # fmt: skip
    assert cells(items, "n") == {"random": "4 of 4", "tpe": "3 of 4", "gp": "2 of 4"}


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


@pytest.mark.usefixtures("few_draws_will_do")
def test_columns_and_rows_of_the_page_agree_and_can_be_sorted(frames, find):
    items = leaderboard.items(find(frames))
    board = of_page(items)
    assert [column.title for column in board.columns] == [
        "Strategy", "Group", "Mean rank", "Regret", "Bounded", "IQM", "AUC", "Best median", "n",
        "Failed", "Speed", "Curve",
    ]  # fmt: skip
    assert [column.title for column in board.columns if column.rank == 1] == [
        "Strategy", "Mean rank", "Regret",
    ]  # fmt: skip
    (view,) = board.views
    (rows,) = view.rows
    assert [row.strategy for row in rows] == ["tpe", "gp", "random"]
    assert all(len(row.cells) == len(board.columns) - 2 for row in rows)
    assert [row.cells[1].value for row in rows] == [1, 2, 3]
    assert [row.cells[1].interval for row in rows][:2] == ["1.00 to 1.00", "2.00 to 2.00"]
    assert cells(items, "Best median") == {"tpe": "2 of 2", "gp": "0 of 2", "random": "0 of 2"}


def test_what_is_not_known_has_no_column_and_no_value(made, find):
    trials, runs = made(value, ("random", "tpe"))
    trials[["ask_s", "tell_s"]] = float("nan")
    board = of_page(leaderboard.items(find((trials, runs))))
    assert "Speed" not in [column.title for column in board.columns]
    assert "suggestions/s" not in board.frame
    (group,) = {row.cells[0].key for row in board.views[0].rows[0]}
    assert group == ""


def test_a_tag_leaves_its_problems(made, find):
    tags = {"a": ("numeric", "live"), "b": ("mixed", "live"), "c": ("mixed", "live")}

    def either(strategy, problem, repetition, _trial):
        ahead = strategy == ("tpe" if problem == "a" else "random")
        return (0.1 if ahead else 1.0) + 0.01 * repetition

    found = find(
        made(either, problems=tuple(tags), repetitions=20), changed={"tags": tags}
    )  # fmt: skip
    items = leaderboard.items(found)
    board = of_page(items)
    assert [view.name for view in board.views] == [
        texts.every(3), texts.tagged(["numeric"], 1), texts.tagged(["mixed"], 2),
    ]  # fmt: skip
    assert [view.note for view in board.views[1:]] == [
        texts.chosen(["a"], 3), texts.chosen(["b", "c"], 3),
    ]  # fmt: skip
    assert [[row.strategy for row in view.rows[0]] for view in board.views] == [
        ["random", "tpe"], ["tpe", "random"], ["random", "tpe"],
    ]  # fmt: skip
    assert cells(items, "n", 2) == {"random": "40 of 40", "tpe": "40 of 40"}
    written = leaderboard.by_tag(found)
    assert list(written[["tag", "budget", "strategy"]].itertuples(index=False, name=None)) == [
        ("numeric", 2, "tpe"), ("numeric", 2, "random"),
        ("mixed", 2, "random"), ("mixed", 2, "tpe"),
    ]  # fmt: skip


def test_results_without_tags_have_no_filter(frames, find):
    found = find(frames)
    board = of_page(leaderboard.items(found))
    assert len(board.views) == len(board.budgets) == 1
    assert leaderboard.by_tag(found).empty


def test_budgets_that_the_sweep_has_can_be_chosen(made, find):
    def crossing(strategy, _problem, repetition, trial):
        """Tpe is ahead after 20 trials, random search after 30."""
        places = {"tpe": 0.5, "random": 0.1 if trial >= 20 else 0.9}
        return places[strategy] + 0.01 * repetition

    frames = made(crossing, problems=("a", "b"), repetitions=3, budget=30)
    found = find(frames, changed={"tags": {"a": ("numeric",)}})
    items = leaderboard.items(found)
    board = of_page(items)
    assert list(board.budgets) == [texts.budget(30, "trial"), texts.budget(20, "trial")]
    assert list(board.when) == ["after 30 trials", "after 20 trials"]
    assert [[row.strategy for row in rows] for rows in board.views[0].rows] == [
        ["random", "tpe"], ["tpe", "random"],
    ]  # fmt: skip
    assert cells(items, "Mean rank", budget=1) == {"tpe": "1.00", "random": "2.00"}
    written = leaderboard.by_tag(found)
    assert written["budget"].tolist() == [30, 30, 20, 20]


def test_shares_of_time_outs_stand_beside_the_score_where_there_are_any(frames, find, table):
    shown = table(leaderboard.items(find(frames)), "Leaderboard")
    assert "timed out (%)" not in shown["tpe"]
    trials, runs = frames
    late = (trials["strategy"] == "gp") & (trials["trial_number"] == 0)
    trials = trials.assign(status=trials["status"].mask(late, "timeout"))
    trials.loc[late, "value"] = float("nan")
    items = leaderboard.items(find((trials, runs)))
    shown = table(items, "Leaderboard")
    share = 100 / trials["trial_number"].nunique()
    assert {name: row["timed out (%)"] for name, row in shown.items()} == {
        "tpe": "0.0", "gp": f"{share:.1f}", "random": "0.0",
    }  # fmt: skip
    assert "out of memory (%)" not in shown["tpe"]
    assert cells(items, "Timed out") == cells(items, "Failed")
    assert "and part of Failed" in " ".join(of_page(items).paragraphs)
