"""The command `best`: the best configurations as a table, as JSON and as a program."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.spec import Entry
from bench.store import Store


@pytest.fixture
def flats(call, run_on_flats, tmp_path):
    """The results of two strategies and two models on a file of one's own."""
    shutil.copytree(run_on_flats, tmp_path, dirs_exist_ok=True)
    return "results/flats"


@pytest.mark.slow
def test_json_holds_what_was_recorded(call, flats):
    data = json.loads(call("best", flats, "--format", "json").stdout)
    rows = Store(Path(flats)).rows()
    assert [problem["name"] for problem in data["problems"]] == ["tree", "knn"]
    for problem in data["problems"]:
        assert (problem["metric"], problem["direction"]) == ("RMSE", "minimize")
        assert len(problem["fingerprint"]) == 16
        assert problem["settings"]["target"] == "price"
        assert [row["is_best"] for row in problem["strategies"]] == [True, False]
        for row in problem["strategies"]:
            there = rows[(rows["strategy"] == row["strategy"])
                         & (rows["problem"] == problem["problem"])]  # fmt: skip
            of_run = there[there["repetition"] == row["repetition"]]
            trial = of_run[of_run["trial_number"] == row["trial_number"]].iloc[0]
            assert row["config"] == json.loads(trial["config"])
            assert row["value"] == trial["value"] == of_run["value"].min()
            assert row["test_value"] == trial["test_value"]
            least = there.loc[there.groupby("repetition")["value"].idxmin()]
            assert row["mean_test"] == pytest.approx(least["test_value"].mean())
    assert data["versions"]["scikit-learn"]
    first, second = data["models"]
    assert first["mean_value"] <= second["mean_value"]
    assert second["verdict"] == "undecided"
    assert {row["parameter"] for row in data["problems"][1]["importance"]} == {
        "n_neighbors", "weights", "metric",
    }  # fmt: skip


@pytest.mark.slow
def test_the_table_shows_each_strategy_and_the_models(call, flats):
    output = call("best", flats).stdout
    for start in (
        "tree:flats.csv: RMSE (lower is better)",
        "Models on",
        "The mean validation RMSE is ",
    ):
        assert any(line.startswith(start) for line in output.splitlines()), start
    assert "n_neighbors = " in output
    assert "The importance is unreliable for" in output
    asked = call("best", flats, "--problem", "knn:flats.csv", "--strategy", "default").stdout
    assert "tree:flats.csv" not in asked
    assert "random" not in asked
    assert "n_neighbors = 5, weights = uniform, metric = euclidean" in asked


@pytest.mark.slow
def test_the_program_gives_the_recorded_values_again(call, flats):
    assert call("best", flats, "--format", "code", "--out", "model.py").stdout == (
        "written: model.py\n"
    )
    done = subprocess.run([sys.executable, "-I", "model.py"], capture_output=True, text=True)
    assert done.stderr == ""
    data = json.loads(call("best", flats, "--format", "json").stdout)
    # Of several models on one data set the one that is better by validation.
    label = data["models"][0]["problem"]
    (row,) = (
        problem["strategies"][0] for problem in data["problems"] if problem["problem"] == label
    )
    value, test = f"{row['value']:.6g}", f"{row['test_value']:.6g}"
    assert done.stdout == (
        f"validation: {value} (recorded: {value})\ntest: {test} (recorded: {test})\n"
    )


def test_of_a_function_the_code_is_its_configuration(call, finished):
    code = call("best", finished.folder, "--format", "code").stdout
    names: dict[str, dict[str, float]] = {}
    exec(code, names)
    rows = finished.rows()
    (row,) = json.loads(call("best", finished.folder, "--format", "json").stdout)["problems"]
    assert names["config"] == row["strategies"][0]["config"]
    configs = [json.loads(text) for text in rows["config"]]
    assert names["config"] in configs
    assert code.startswith("# The best configuration of Sphere: Random, repetition ")


def test_a_value_that_is_not_there_is_null(call, make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random"], [Entry("branin")], repetitions=1)
    store = run_here(sweep, tmp_path / "function")
    data = json.loads(call("best", store.folder, "--format", "json").stdout)
    row = data["problems"][0]["strategies"][0]
    assert row["test_value"] is None
    assert row["test_low"] is None
    assert np.isfinite(row["value"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--problem", "Spere"), "'--problem' must be a problem with a completed trial, got "
                                 "'Spere'; did you mean Sphere?"),
        (("--strategy", "tpe"), "'--strategy' must be a strategy with a completed trial"),
        (("--out", "none/model.py"), "'--out' must be a file that can be written, none/model.py"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused(call, finished, options, message):
    assert message in call("best", finished.folder, *options, code=2).output


def test_code_is_for_one_problem(call, make_sweep, run_here, tmp_path):
    store = run_here(make_sweep(["Random"], ["Sphere", "Accuracy"]), tmp_path / "two")
    output = call("best", store.folder, "--format", "code", code=2).output
    assert "writes a program for one problem, there are 2; name one with '--problem'" in output
    call("best", store.folder, "--format", "code", "--problem", "Sphere")


def test_no_completed_trial_has_no_best(call, make_sweep, run_here, tmp_path):
    store = run_here(make_sweep(["Random"], ["Sphere"]), tmp_path / "none")
    for path in store.folder.glob("runs/*"):
        path.unlink()
    assert "needs a completed trial" in call("best", store.folder, code=2).output


@pytest.mark.slow
def test_a_program_needs_the_data_as_they_were(call, flats):
    with open("flats.csv", "a", encoding="utf-8") as file:
        file.write("\n99,300,Linz")
    output = call("best", flats, "--format", "code", code=2).output
    assert "must be what the sweep was planned with" in output
