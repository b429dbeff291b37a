"""What a result gives: rows, verdict, best configurations, folders, pages."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import tunebench as tb
from bench.cli import main
from bench.testing.results import draw_for_the_page_alone

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def result():
    bowl = tb.problem(lambda x, y: (x - 1) ** 2 + y**2, space={"x": (-5.0, 5.0), "y": (-5, 5)})
    return tb.run(
        strategies=["random", "tpe"],
        problems=["branin", bowl],
        trials=12,
        repetitions=4,
        progress=False,
    )


def test_a_saved_result_is_the_result(result, tmp_path):
    place = result.save(tmp_path / "saved")
    again = tb.load(place)
    for name in ("trials", "runs"):
        ours, theirs = getattr(result, name), getattr(again, name)
        # In memory there are no checksums.
        ours, theirs = (frame.drop(columns="checked", errors="ignore") for frame in (ours, theirs))
        # As texts: the categories of a column stand in the order in which they were read.
        ours, theirs = (frame.astype({"run": str}) for frame in (ours, theirs))
        keys = [key for key in ("run", "trial_number") if key in ours]
        pd.testing.assert_frame_equal(
            ours.sort_values(keys, ignore_index=True)[theirs.columns.intersection(ours.columns)],
            theirs.sort_values(keys, ignore_index=True)[theirs.columns.intersection(ours.columns)],
            check_dtype=False,
            check_categorical=False,
        )
    pd.testing.assert_frame_equal(result.leaderboard(), again.leaderboard())
    assert again.verdict == result.verdict
    assert again.save(tmp_path / "copy").is_dir()


def test_a_saved_result_is_a_folder_of_the_command_line(result, tmp_path):
    place = result.save(tmp_path / "saved")
    found = CliRunner().invoke(main, ["status", str(place), "--json"])
    assert json.loads(found.output)["strategies"] == {
        "random": {"completed": 8},
        "tpe": {"completed": 8},
    }


def test_nothing_is_saved_over(result, tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(tb.UserError, match="new folder"):
        result.save(tmp_path)


def test_the_best_trial_is_that_of_the_rows(result):
    best = result.best()
    assert len(best) == 4
    for row in best.itertuples():
        trials = result.trials
        mine = trials[(trials["problem"] == row.problem) & (trials["strategy"] == row.strategy)]
        assert row.value == mine["value"].min()
    bowl = best[best["problem"] == "function"].iloc[0]
    config = bowl["config"]
    assert bowl["value"] == (config["x"] - 1) ** 2 + config["y"] ** 2


def test_the_best_of_a_maximised_metric_is_its_largest():
    problem = tb.problem(lambda x: x, space={"x": (0.0, 1.0)}, direction="maximize")
    found = tb.run(strategies="random", problems=problem, trials=9, repetitions=2, progress=False)
    assert found.best()["value"].tolist() == [found.trials["value"].max()]


def test_frames_are_copies(result):
    trials, board = result.trials, result.leaderboard()
    trials["value"] = 0.0
    board["rank"] = 0.0
    assert result.trials["value"].max() > 0
    assert result.leaderboard()["rank"].min() > 0


def test_the_verdict_and_the_leaderboard_are_those_of_the_page(result, tmp_path, monkeypatch):
    draw_for_the_page_alone(monkeypatch)
    page = result.report(tmp_path / "page")
    text = page.read_text(encoding="utf-8")
    assert all(sentence in html.unescape(text) for sentence in result.verdict_sentences)
    table = pd.read_csv(tmp_path / "page" / "tables" / "leaderboard.csv")
    assert table["strategy"].tolist() == result.leaderboard()["strategy"].tolist()


def test_rows_are_in_the_order_of_the_sweep(result):
    runs = [(p, s, r) for p in result.problems for s in ("random", "tpe") for r in range(4)]
    keys = ["problem", "strategy", "repetition"]
    assert list(result.runs[keys].itertuples(index=False, name=None)) == runs
    rows = result.trials[[*keys, "trial_number"]].itertuples(index=False, name=None)
    assert list(rows) == [(*run, number) for run in runs for number in range(12)]


def test_a_report_replaces_no_other_folder(result, tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(tb.UserError, match=r"something else; use another folder$"):
        result.report(tmp_path)


def test_a_table_is_loaded_from_a_file_or_a_frame(result, tmp_path):
    names = ["strategy", "problem", "repetition", "trial_number", "value", "direction"]
    rows = result.trials[names].assign(strategy=lambda f: f["strategy"].astype(str))
    rows.to_csv(tmp_path / "rows.csv", index=False)
    of_file, of_frame = tb.load(tmp_path / "rows.csv"), tb.load(rows)
    assert of_file.strategies == of_frame.strategies == ("random", "tpe")
    pd.testing.assert_frame_equal(of_file.leaderboard(), of_frame.leaderboard())
    with pytest.raises(tb.UserError, match="one sweep"):
        of_frame.save(tmp_path / "saved")
    with pytest.raises(tb.UserError, match="configuration"):
        of_frame.best()


def test_a_frame_that_lacks_a_column_is_refused(result):
    with pytest.raises(tb.UserError, match=r"^frame: .*trial_number"):
        tb.load(result.trials[["strategy", "problem", "repetition", "value"]])


def test_several_folders_are_one_result(result, tmp_path):
    one = result.save(tmp_path / "one")
    more = tb.run(
        strategies=["sobol"], problems=["branin"], trials=12, repetitions=4, progress=False
    )
    both = tb.load([one, more.save(tmp_path / "two")])
    assert both.strategies == ("random", "tpe", "sobol")
    with pytest.raises(tb.UserError, match="one sweep"):
        both.save(tmp_path / "three")
    assert tb.load([one]).strategies == ("random", "tpe")
    with pytest.raises(tb.UserError, match="none"):
        tb.load([])


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(tb.UserError, match=r"sweep\.json"):
        tb.load(tmp_path / "nothing")


@pytest.mark.parametrize("what", [3, None, [pd.DataFrame()]])
def test_what_is_no_result_is_not_loaded(what):
    with pytest.raises(tb.UserError, match="a folder, a table, a frame or a list of folders"):
        tb.load(what)


def test_a_result_is_not_saved_over_a_file(result, tmp_path):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(tb.UserError, match="taken is a file"):
        result.save(tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.parametrize(
    "options",
    [{"rope": -1}, {"rope": float("nan")}, {"rope": "a"}, {"trials": 0}, {"trials": 1.5}],
)
def test_a_comparison_refuses_options_that_have_no_meaning(result, options):
    with pytest.raises(tb.UserError, match=next(iter(options))):
        tb.compare(result, result, **options)


def test_a_comparison_of_a_frame_is_refused(result):
    with pytest.raises(tb.UserError, match="got DataFrame; give what"):
        tb.compare(result, result.trials)


def test_a_comparison_has_the_numbers_of_the_command_line(tmp_path):
    folder = str(ROOT / "results" / "quick")
    quick = tb.load(folder)
    same = tb.compare(quick, folder, strategy="tpe")
    assert same.outcome == "equivalent"
    found = CliRunner().invoke(main, ["compare", folder, folder, "--strategy", "tpe", "--json"])
    (row,) = json.loads(found.output)["strategies"]
    assert (same.difference, *same.interval) == (row["difference"], row["low"], row["high"])
    assert same.text.splitlines()[0].startswith("tpe")
    assert repr(same) == same.text
    several = tb.compare(folder, quick)
    assert len(several.table) == len(quick.strategies)
    with pytest.raises(tb.UserError, match="strategy="):
        _ = several.difference


def test_a_comparison_sees_a_change():
    def made(quantile):
        from tests.api.test_run import Middle

        space = {"x": (0.0, 1.0)}
        steep = tb.problem(lambda x: x, space=space, name="steep", optimum=0.0)
        strategies = {"mine": Middle(quantile), "random": "random"}
        return tb.run(
            strategies=strategies, problems=steep, trials=3, repetitions=6, progress=False
        )

    before, after = made(0.9), made(0.1)
    assert tb.compare(before, after, strategy="mine").outcome == "better"
    assert tb.compare(after, before, strategy="mine").outcome == "worse"
    with pytest.raises(tb.UserError, match=r"^'strategy' must be in both sweeps, got 'tpe'; there"):
        tb.compare(before, after, strategy="tpe")
    for trials in (0, 4):
        with pytest.raises(tb.UserError, match=f"^'trials' must .*, 1 to 3, got {trials}; leave"):
            tb.compare(before, after, trials=trials)


def test_results_with_other_seeds_are_not_compared(result):
    other = tb.run(
        strategies="random", problems="branin", trials=3, repetitions=2, seed=7, progress=False
    )
    with pytest.raises(tb.UserError, match="seed"):
        tb.compare(result, other)


@pytest.mark.parametrize("what", ["strategies", "problems", "suites", "sweeps"])
def test_a_list_is_that_of_the_command_line(what):
    rows = json.loads(CliRunner().invoke(main, ["list", what, "--json"]).output)
    found = tb.list(what)
    assert found.index.tolist() == [row["name"] for row in rows]
    assert found["sentence"].tolist() == [row["sentence"] for row in rows]


def test_an_unknown_list_is_refused():
    with pytest.raises(tb.UserError, match="strategies, problems"):
        tb.list("models")  # type: ignore[arg-type]
