"""The command `verify`: its lines, its exit codes, its record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.testing.refusals import assert_refused
from bench.testing.sweeps import forge


@pytest.fixture
def recorded(make_sweep, run_here, tmp_path):
    """Put four runs into results/mine."""
    return run_here(make_sweep(["Random"], ["Sphere", "Flaky"]), tmp_path / "results" / "mine")


@pytest.mark.slow
def test_results_that_are_the_same_are_recorded_for_the_page(call, recorded, unwritten):
    result = call("verify", "results/mine", "--runs", 3, "--jobs", 1, "--record")
    line = "3 of 4 runs in results/mine: 3 the same to the bit, 0 within a relative difference of "
    assert f"{line}1e-09, 0 different\n" in result.output
    call("report", "results/mine")
    page = Path("results/mine/report/index.html").read_text(encoding="utf-8")
    assert "3 of 4 runs were done again on 20" in page
    assert ": 3 the same to the bit" in page


@pytest.mark.slow
def test_what_is_different_is_a_line_and_an_exit_code(call, recorded):
    record = next(r for r in recorded.records() if r.spec.problem.label == "Sphere")
    value = str(record.trials[1]["value"]).encode()
    forge(recorded.run_path(record.id), b'"value":' + value, b'"value":0.5')
    arguments = ["verify", "results/mine", "--jobs", 1]
    output = call(*arguments, code=1).output
    assert f"{record.job}: different: trial 1, its value: 0.5 recorded, " in output
    assert ": 3 the same to the bit, 0 within a relative difference of 1e-09, 1 different" in output
    data = json.loads(call(*arguments, "--json", code=1).stdout)
    assert not data["holds"]
    assert [run["outcome"] for run in data["runs"]].count("different") == 1


def test_a_damaged_run_is_a_line_and_an_exit_code(call, recorded):
    path = recorded.run_path(min(record.id for record in recorded.records()))
    path.write_bytes(path.read_bytes().replace(b'"trial_number":1,', b'"trial_number":1, ', 1))
    output = call("verify", "results/mine", "--jobs", 1, code=1).output
    name = f"results/mine/runs/{path.name}"
    assert f"{name} is damaged (line 3 was changed after it was written: " in output
    assert "3 of 3 runs in results/mine: 3 the same to the bit" in output
    data = json.loads(call("verify", "results/mine", "--jobs", 1, "--json", code=1).stdout)
    assert not data["holds"]
    assert [one["file"] for one in data["damaged"]] == [name]


def test_runs_that_cannot_be_done_for_one_reason_are_one_line(
    call, make_sweep, run_here, parts_file, tmp_path
):
    run_here(make_sweep([parts_file("Random")], ["Sphere"]), tmp_path / "results" / "mine")
    (tmp_path / "parts.py").unlink()
    lines = call("verify", "results/mine", "--jobs", 1, code=1).stdout.splitlines()
    (line,) = [line for line in lines if ": not done: " in line]
    assert ", and 1 more run: not done: " in line
    assert lines[-1].endswith("2 not done")


def test_a_folder_without_results_is_refused(call):
    assert_refused(call("verify", "nowhere", code=2), "must hold sweep.json")
