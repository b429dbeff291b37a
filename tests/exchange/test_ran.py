"""Runs that came to nothing, in every format."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import optuna
import pandas as pd
import pytest
from optuna.storages.journal import JournalFileBackend

from bench.errors import UserError
from bench.exchange import bencheval, coco_logs, ioh_logs
from bench.exchange.export import FORMATS, export
from bench.sources.source import of_part, read_part
from bench.spec import Entry
from bench.testing.sweeps import entry_of, make_sweep, run_here

PROBLEMS = ("bbob:f8-d2", "Cheap", "Sphere")


def loaded(folder):
    return of_part(read_part(folder), command="c")


@pytest.fixture(scope="module")
def nothing(tmp_path_factory):
    """Declines never runs, hyperband on Cheap alone, and Raises fails before its first trial."""
    folder = tmp_path_factory.mktemp("nothing") / "results"
    strategies: list[str | Entry] = [
        "Declines",
        Entry("hyperband"),
        entry_of("Raises", step="start"),
        "Random",
    ]
    run_here(make_sweep(strategies, [Entry(PROBLEMS[0]), *PROBLEMS[1:]]), folder)
    return loaded(folder)


def pairs(name, folder):
    """Return the strategies with the problems that an export holds."""
    if name == "bencheval":
        rows = pd.read_csv(folder / bencheval.FILE)
        return set(zip(rows["method"], rows["task"], strict=True))
    if name == "optuna":
        backend = JournalFileBackend(str(folder / "journal.log"))
        storage = optuna.storages.JournalStorage(backend)
        studies = optuna.get_all_study_summaries(storage)
        return {(s.user_attrs["strategy"], s.user_attrs["problem"]) for s in studies}
    read = coco_logs.read if name == "coco" else ioh_logs.read
    return {(s.place.strategy, s.place.problem) for s in read(str(folder)).studies}


@pytest.mark.parametrize("name", FORMATS)
def test_a_skipped_run_is_left_out_and_named(nothing, tmp_path, name):
    found = export(nothing, name, tmp_path / "out", command="c")
    assert any(
        line.endswith("(it does not like this space): all 6 runs of Declines")
        for line in found.lines
    )
    assert any(
        line.startswith("left out, since they were skipped (the strategy needs cheaper evaluations")
        and line.endswith(": 4 of 6 runs of hyperband on bbob:f8-d2, Sphere")
        for line in found.lines
    )
    there = pairs(name, tmp_path / "out")
    of_random = {("Random", problem) for problem in PROBLEMS}
    wanted = {
        # Every method needs every task.
        "bencheval": {(method, "Cheap") for method in ("Random", "hyperband", "Raises")}
    }
    assert there == wanted.get(name, of_random | {("hyperband", "Cheap")})


@pytest.mark.parametrize("name", FORMATS)
def test_a_run_that_failed_is_named_as_one(nothing, tmp_path, name):
    found = export(nothing, name, tmp_path / "out", command="c")
    (line,) = (line for line in found.lines if "Raises" in line)
    if name == "bencheval":
        assert line.startswith("2 runs have no value")
        assert line.endswith("(column imputed): 2 of 6 runs of Raises on Cheap")
    else:
        assert line.endswith("they have no trial (failed): all 6 runs of Raises")


def test_a_skipped_run_hides_no_optimum(nothing, tmp_path):
    found = export(nothing, "coco", tmp_path / "out", command="c")
    assert not any("optimum:" in line for line in found.lines)
    assert found.what.endswith("of 3 problems, a folder for each strategy")


def test_the_lines_of_python_name_a_folder_that_is_there(nothing, tmp_path):
    found = export(nothing, "coco", tmp_path / "out", command="c")
    assert 'load("{}/bbob/Random")' in found.opens[1]
    assert (tmp_path / "out" / "bbob" / "Random").is_dir()


def test_a_task_without_a_run_of_a_method_is_left_out_with_the_reason(nothing, tmp_path):
    found = export(nothing, "bencheval", tmp_path / "out", command="c")
    left = "left out: bbob:f8-d2 (no run of hyperband), Sphere (no run of hyperband)"
    assert left in found.lines


def test_a_strategy_without_a_run_leaves_the_tasks_to_the_others(nothing, tmp_path):
    named = ["Random", "Raises"]
    runs = nothing.runs[nothing.runs["strategy"].isin(named)]
    trials = nothing.trials[nothing.trials["strategy"].isin(named)]
    given = replace(nothing, runs=runs, trials=trials)
    found = export(given, "bencheval", tmp_path / "out", command="c")
    assert "left out, since there is no run of the strategy: Declines, hyperband" in found.lines
    assert {task for _, task in pairs("bencheval", tmp_path / "out")} == {*PROBLEMS}


def test_trials_are_counted_that_were_written(nothing, tmp_path):
    counts = {name: export(nothing, name, tmp_path / name, command="c").trials for name in FORMATS}
    cheap = nothing.trials[nothing.trials["problem"] == "Cheap"]
    whole = len(nothing.trials)
    assert counts == {"coco": whole, "ioh": whole, "bencheval": len(cheap), "optuna": whole}


def test_the_time_of_a_run_without_a_trial_is_that_of_the_run(nothing, tmp_path):
    found = export(nothing, "bencheval", tmp_path / "out", command="c")
    rows = pd.read_csv(tmp_path / "out" / bencheval.FILE)
    runs = nothing.runs[
        (nothing.runs["strategy"] == "Raises") & (nothing.runs["problem"] == "Cheap")
    ]
    taken = rows[rows["method"] == "Raises"].set_index("seed")["time_train_s"]
    np.testing.assert_allclose(taken, runs.set_index("repetition")["run_s"].loc[taken.index])
    assert (taken > 0).all()
    assert 'columns_to_agg_extra=["time_train_s"]' in found.opens[1]


def test_a_time_that_was_not_taken_is_empty(nothing, tmp_path):
    # A run that was ended from outside, as a crashed one is, has no time of its own.
    crashed = nothing.runs["strategy"] == "Raises"
    runs = nothing.runs.assign(
        run_s=nothing.runs["run_s"].mask(crashed, 0.0),
        status=nothing.runs["status"].mask(crashed, "crashed"),
    )
    found = export(replace(nothing, runs=runs), "bencheval", tmp_path / "out", command="c")
    rows = pd.read_csv(tmp_path / "out" / bencheval.FILE)
    assert set(rows["method"][rows["time_train_s"].isna()]) == {"Raises"}
    assert "columns_to_agg_extra=None" in found.opens[1]
    assert any("time_train_s is empty where no time was recorded" in line for line in found.lines)


@pytest.mark.parametrize("name", FORMATS)
def test_an_unfinished_run_is_no_result_yet(nothing, tmp_path, name):
    begun = (nothing.runs["strategy"] == "Random") & (nothing.runs["repetition"] == 1)
    status = nothing.runs["status"].mask(begun, "unfinished")
    given = replace(nothing, runs=nothing.runs.assign(status=status))
    found = export(given, name, tmp_path / "out", command="c")
    (line,) = (line for line in found.lines if "unfinished" in line)
    assert line.endswith(": 3 of 6 runs of Random on bbob:f8-d2, Cheap, Sphere")
    assert line.startswith("left out" if name == "bencheval" else "unfinished, written as far as")
    if name == "bencheval":
        assert set(pd.read_csv(tmp_path / "out" / bencheval.FILE)["seed"]) == {0}


@pytest.mark.parametrize("name", FORMATS)
def test_without_a_trial_nothing_is_written(nothing, tmp_path, name):
    never = replace(
        nothing,
        trials=nothing.trials.iloc[:0],
        runs=nothing.runs[nothing.runs["strategy"] == "Declines"],
    )
    with pytest.raises(UserError, match=r"needs a run with a trial.*all 6 runs of Declines"):
        export(never, name, tmp_path / "out", command="c")
    assert not (tmp_path / "out").exists()


def test_what_a_skipped_run_had_begun_is_left_out(nothing, tmp_path):
    skipped = (nothing.runs["strategy"] == "Random") & (nothing.runs["problem"] == "Sphere")
    status = nothing.runs["status"].mask(skipped, "skipped")
    given = replace(nothing, runs=nothing.runs.assign(status=status))
    found = export(given, "ioh", tmp_path / "out", command="c")
    assert found.trials == len(nothing.trials) - 16
    assert ("Random", "Sphere") not in pairs("ioh", tmp_path / "out")


@pytest.mark.exchange
@pytest.mark.parametrize("taken", [True, False])
def test_the_evaluator_takes_a_table_with_failed_runs(nothing, tmp_path, taken):
    from bencheval.evaluator import BenchmarkEvaluator

    given = nothing if taken else replace(nothing, runs=nothing.runs.assign(run_s=0.0))
    found = export(given, "bencheval", tmp_path / "out", command="c")
    extra = ["time_train_s"] if "time_train_s" in found.opens[1] else None
    evaluator = BenchmarkEvaluator(seed_column="seed", columns_to_agg_extra=extra)
    rows = pd.read_csv(tmp_path / "out" / bencheval.FILE)
    board = evaluator.leaderboard(rows, include_elo=False)
    assert set(board.index) == {"Random", "hyperband", "Raises"}
    assert ("time_train_s" in board) == taken
    if not taken:
        # Why it is not among the columns: it may have no empty cell.
        timed = BenchmarkEvaluator(seed_column="seed", columns_to_agg_extra=["time_train_s"])
        with pytest.raises(AssertionError, match="should not contain null values"):
            timed.leaderboard(rows, include_elo=False)
