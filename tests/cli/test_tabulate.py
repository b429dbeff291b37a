"""The command `tabulate`: what it refuses and what it writes."""

from __future__ import annotations

import pytest

from bench import Evaluation, read_table
from bench.registry import PROBLEMS
from bench.spec import Entry
from bench.store import Store
from bench.testing.refusals import assert_refused

GRID_POINTS = {
    "0": "grid points must be integers from 2 to 10,000, got 0",
    "1": "grid points must be integers from 2 to 10,000, got 1",
    "x1=5,x2=1": "grid points must be integers from 2 to 10,000, got 1",
    "z=5": "grid points must name parameters of ['x1', 'x2'], got 'z'",
    "": "a number needs grid points, 'x1' has none; name it, or give a count",
    "x1=5": "a number needs grid points, 'x2' has none; name it, or give a count",
    "many": "grid points must be a count, or name=count for each parameter, got 'many'; for",
    "-3": "grid points must be a count, or name=count for each parameter, got '-3'",
    "²": "grid points must be a count, or name=count for each parameter, got '²'",
    "x1=": "grid points must be a count, or name=count for each parameter, got 'x1='",
    "5,6": "grid points must be a count, or name=count for each parameter, got '6'",
}


@pytest.mark.parametrize(("grid_points", "message"), GRID_POINTS.items())
def test_bad_grid_points_get_one_clear_line(call, tmp_path, grid_points, message):
    assert_refused(call("tabulate", "branin", f"--grid-points={grid_points}", code=2), message)
    assert list(tmp_path.iterdir()) == []


BAD = {
    "an unknown problem": (["barnin"], "no problem is called 'barnin'; did you mean branin"),
    "an unknown setting": (["branin", "--set", "folds=3"], "has no setting 'folds'"),
    "a setting without a value": (
        ["branin", "--set", "folds"],
        "a setting must be name=value, got 'folds'; for example folds=3",
    ),
    "another kind of file": (
        ["branin", "--out", "table.csv"],
        "a table must be a .parquet file, got 'table.csv'; --out table.parquet",
    ),
    "a table that is not there": (["table:x.parquet"], "must be a Parquet file, it does not exist"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_bad_options_get_one_clear_line(call, tmp_path, arguments, message):
    assert_refused(call("tabulate", *arguments, code=2), message)
    assert list(tmp_path.iterdir()) == []


STEPS = {
    "many": "steps must be integers separated by commas, got 'many'; for example 1,3,9,27,81",
    "1,,81": "steps must be integers separated by commas, got '1,,81'",
    "1/3,1": "steps must be integers separated by commas, got '1/3,1'",
    "-1,81": "steps must be integers separated by commas, got '-1,81'",
    "1,81": "--fidelity must be for a problem with cheaper evaluations, branin has full ones only",
}


@pytest.mark.parametrize(("steps", "message"), STEPS.items())
def test_bad_steps_get_one_clear_line(call, tmp_path, steps, message):
    assert_refused(call("tabulate", "branin", f"--fidelity={steps}", code=2), message)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(call, tmp_path):
    (tmp_path / "branin.parquet").write_text("mine")
    result = call("tabulate", "branin", code=2)
    assert_refused(result, "branin.parquet exists already; remove it, or use another file (--out")
    assert (tmp_path / "branin.parquet").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_reported_at_once(call, tmp_path):
    (tmp_path / "file").touch()
    result = call("tabulate", "branin", "--out", "file/branin.parquet", code=2)
    assert_refused(result, "file/branin.runs cannot be written (Not a directory)")


def test_other_files_beside_the_runs_stay(call, tmp_path):
    runs = tmp_path / "t.runs" / "runs"
    runs.mkdir(parents=True)
    (runs / "love.jsonl").write_text("letters")
    options = ["branin", "--grid-points", 2, "--splits", 1, "--jobs", 1, "--out", "t.parquet"]
    assert_refused(call("tabulate", *options, code=2), "it holds something else")
    assert (runs / "love.jsonl").read_text() == "letters"


def test_what_cannot_run_here_is_reported(call, parts_file):
    path = parts_file("Sphere").name.partition(":")[0]
    with open(path, "a") as file:
        file.write("\n\nclass Missing(Sphere):\n    requires = ('no_such_package',)\n")
    result = call("tabulate", f"{path}:Missing", code=2)
    assert_refused(result, "cannot be measured here: needs no_such_package; pip install")


@pytest.mark.slow
def test_a_live_problem_becomes_a_problem_of_its_own(call, tmp_path):
    settings = ["--set", "folds=2", "--set", "repeats=1"]
    output = call(
        "tabulate", "elastic-net-diabetes", "--grid-points", "4", "--splits", "1", *settings
    ).output
    assert "kept in elastic-net-diabetes.runs until it is done" in output
    table = read_table(tmp_path / "elastic-net-diabetes.parquet")
    problem = PROBLEMS.create(Entry("elastic-net-diabetes", settings={"folds": 2, "repeats": 1}))
    assert table.meta["about"] == dict(problem.about)
    for config in list(table.space.configs())[::5]:
        found = table.evaluation(config, 0)
        live = problem.evaluate(config, seed=table.meta["seeds"][0])
        # The seconds differ, and what nobody tunes has single precision.
        assert found.train_value == pytest.approx(live.train_value, rel=1e-6)
        assert found.scores.keys() == live.scores.keys()
        beside = found.cost, found.train_value, found.scores
        assert found == Evaluation(live.value, live.test_value, live.fold_values, *beside)
    call(
        "run",
        "--strategies",
        "random,grid",
        "--problems",
        "table:elastic-net-diabetes.parquet",
        "--trials",
        4,
        "--repetitions",
        2,
        "--jobs",
        1,
        "--out",
        "mine",
    )
    rows = Store(tmp_path / "mine").rows()
    assert set(rows["status"]) == {"completed"}
    assert set(rows["problem"]) == {"table:elastic-net-diabetes.parquet"}
