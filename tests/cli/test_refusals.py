"""A bad option, sweep file or folder gets one clear line and writes nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.testing.refusals import assert_refused

BAD = {
    "an unknown strategy": (
        {"strategies": "randon"},
        "no strategy is called 'randon'; did you mean random?",
    ),
    "an unknown problem": (
        {"problems": "barnin"},
        "no problem is called 'barnin'; did you mean branin",
    ),
    "an unknown suite": ({"suites": "nothing-near"}, "no suite is called 'nothing-near'; there"),
    "a file that is not there": (
        {"strategies": "none.py:Mine"},
        "'none.py:Mine' cannot be imported: there is no file",
    ),
    "no trials": (
        {"trials": 0},
        "'--trials' must be an integer, 1 or more, got 0; for example --trials 50",
    ),
    "no repetitions": ({"repetitions": 0}, "'--repetitions' must be an integer, 1 or more"),
    "a negative seed": ({"seed": -1}, "'--seed' must be an integer, 0 or more, got -1"),
    "no time": ({"run-timeout": 0}, "'--run-timeout' must be a number of seconds above 0, got 0"),
    "processes and a cluster": (
        {"cluster": "local:2"},
        "'--jobs' must be left out with a cluster, whose workers do the runs, got 1; local:1 is",
    ),
    "no cluster": (
        {"cluster": "here", "jobs": None},
        "'--cluster' must be local:N for N workers on this machine or the address of a Dask",
    ),
    "a label twice": (
        {"strategies": "random,random"},
        "'--strategies' must have each label once, got 'random' twice; drop one",
    ),
    "no strategies": ({"strategies": None}, "a run needs a sweep or --strategies and --problems"),
    "empty strategies": ({"strategies": ","}, "'--strategies' must name at least one; see"),
    "no problems": ({"problems": None}, "'--problems' or '--suites' must name at least one; see"),
    "a folder below a file": ({"out": "parts.py/results"}, "use another folder (--out)"),
    "a file for a folder": ({"out": "parts.py"}, "use another folder (--out)"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("change", "message"), BAD.values(), ids=BAD)
def test_a_bad_option_gets_one_clear_line_and_writes_nothing(
    call, inline, tmp_path, change, message
):
    assert_refused(call("run", *inline(**change), code=2), message)
    assert {path.name for path in tmp_path.iterdir()} == {"parts.py"}


BAD_DATA = {
    "no model": ({"model": None}, "--data needs a model to tune on it, --model; for example"),
    "no data": ({"data": None}, "--model and --target describe --data, which is missing"),
    "no such model": ({"model": "sym"}, "no problem is called 'sym'; did you mean svm"),
    "no model of data": (
        {"model": "tree,branin"},
        "--model must be a model that takes data, got 'branin'; use one of adaboost, ",
    ),
    "a model on its own data": ({"model": "svm-wine"}, "takes data, got 'svm-wine'; use one of"),
    "a model twice": ({"model": "tree,tree"}, "must have each label once, got 'tree:flats.csv'"),
    "no target": ({"target": None}, "a target must be named, got none for flats.csv; the columns"),
    "an unknown target": (
        {"target": "prise"},
        "target must be a column of flats.csv, got 'prise'; did you mean 'price'?",
    ),
    "no such file": ({"data": "falts.csv"}, "a data file must exist, falts.csv does not"),
    "no such data": ({"data": "whine", "target": None}, "no data set is called 'whine' (did you"),
    "a column of no file": (
        {"data": "wine"},
        "target names a column of a file, or of data from openml:, keel:",
    ),
    "no such metric": (
        {"metric": "rsme"},
        "scoring (the metric) must be one of rmse, mae, r2, got 'rsme'; did you mean rmse",
    ),
    "another task's metric": (
        {"metric": "accuracy"},
        "metric 'accuracy' is not defined for a regression task; use one of rmse, mae, r2",
    ),
    "a model that cannot": (
        {"model": "logistic"},
        "logistic is for binary and multiclass targets, that of flats.csv is regression; use",
    ),
    "no probabilities": (
        {"data": "wine", "target": None, "model": "svm", "metric": "log_loss"},
        "log loss needs probabilities, svm does not always give them; use another metric",
    ),
}


@pytest.mark.parametrize(("change", "message"), BAD_DATA.values(), ids=BAD_DATA)
def test_a_bad_option_about_data_gets_one_clear_line_and_writes_nothing(
    call, on_flats, tmp_path, change, message
):
    assert_refused(call("run", *on_flats(**change), code=2), message)
    assert {path.name for path in tmp_path.iterdir()} == {"flats.csv"}


SWEEP = "strategies = ['random']\nproblems = ['branin']\n"


BAD_TOML = {
    "no TOML": ("strategies = [", "is not valid TOML"),
    "an unknown key": (
        SWEEP + "trails = 5",
        "unknown key 'trails'; did you mean 'trials'? a sweep has",
    ),
    "a wrong kind": (
        SWEEP + "trials = '5'",
        "bad.toml: 'trials' must be an integer, 1 or more, got '5'; for example trials = 50",
    ),
    "a key twice": (SWEEP + SWEEP, "is not valid TOML"),
    "a label twice": (
        "strategies = ['random', { name = 'grid', label = 'random' }]\nproblems = ['branin']",
        "'strategies' must have each label once, got 'random' twice",
    ),
    "an unknown setting": (
        "strategies = [{ name = 'random', settings = { speed = 1 } }]\nproblems = ['branin']",
        "strategy 'random' has no setting 'speed'; it has none",
    ),
    "an unknown key of an entry": (
        "strategies = [{ name = 'random', setting = 1 }]\nproblems = ['branin']",
        "'strategies', entry 'random': unknown key 'setting'",
    ),
    "nothing": ("", "'strategies' must name at least one"),
}


@pytest.mark.parametrize(("content", "message"), BAD_TOML.values(), ids=BAD_TOML)
def test_a_bad_sweep_file_gets_one_clear_line_and_writes_nothing(call, tmp_path, content, message):
    (tmp_path / "bad.toml").write_text(content)
    result = call("run", "bad.toml", "--out", "results", code=2)
    assert_refused(result, message)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.toml"]


def test_an_unknown_sweep_lists_those_there_are(call, tmp_path):
    result = call("run", "quikc", code=2)
    assert_refused(result, "there is no 'quikc'; see `tunebench list sweeps`")
    assert "quick" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_that_cannot_be_read_is_reported(call, tmp_path):
    (tmp_path / "folder.toml").mkdir()
    assert_refused(call("run", "folder.toml", code=2), "folder.toml: cannot be read as text")
    (tmp_path / "latin.toml").write_bytes(b"description = '\xe4'")
    assert_refused(call("run", "latin.toml", code=2), "latin.toml: cannot be read as text")


def test_results_of_another_schema_are_not_touched(call, inline, tmp_path):
    folder = tmp_path / "results" / "mine"
    folder.mkdir(parents=True)
    (folder / "sweep.json").write_text('{"schema": 99}')
    assert_refused(call("run", *inline(), code=2), "results must have schema 1 to 4, ")
    assert [path.name for path in folder.iterdir()] == ["sweep.json"]
    for command in ("status", "report", "pack"):
        assert_refused(
            call(command, folder, code=2), "has 99; use another folder, or the tunebench"
        )


@pytest.mark.parametrize("command", ["status", "report", "pack"])
def test_a_folder_that_holds_no_results_is_reported(call, tmp_path, command):
    for folder in ("nowhere", "parts.py", "."):
        (tmp_path / "parts.py").touch()
        assert_refused(call(command, folder, code=2), "a results folder must hold sweep.json, ")
    assert [path.name for path in tmp_path.iterdir()] == ["parts.py"]


@pytest.mark.parametrize("command", ["status", "report", "pack"])
def test_a_damaged_sweep_is_reported(call, finished, command):
    finished.sweep_path.write_text("[]")
    before = sorted(finished.folder.rglob("*"))
    assert_refused(call(command, finished.folder, code=2), "sweep.json is damaged")
    assert sorted(finished.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("strategy", "randon", "no strategy is called 'randon'; did you mean random?"),
        ("problem", "barnin", "no problem is called 'barnin'; did you mean branin"),
        ("strategy", "none.py:Mine", "there is no file"),
        ("strategy", "strategies.random_search:Nothing", "must lead to a Strategy"),
    ],
)
def test_check_needs_something_to_check(call, kind, name, message):
    assert_refused(call("check", kind, name, code=2), message)


def test_what_is_unavailable_cannot_be_checked(call, parts):
    result = call("check", "strategy", parts("NeedsNothing").name, code=2)
    assert_refused(result, "pip install no_such_package_anywhere")


@pytest.mark.slow
def test_no_traceback_and_nothing_on_stdout_from_the_real_program(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "bench",
            "run",
            "--strategies",
            "randon",
            "--problems",
            "branin",
            "--out",
            "nowhere",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "error: no strategy is called 'randon'; did you mean random?\n"
    assert list(tmp_path.iterdir()) == []
