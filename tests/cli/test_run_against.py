"""The command `run --against`: a strategy of one's own beside recorded results."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.store import Store
from bench.testing.refusals import assert_refused


@pytest.fixture
def recorded(make_sweep, run_here, parts_file, tmp_path):
    """Put results of two strategies into results/theirs, and a strategy beside them."""
    sweep = make_sweep(["Random", "Climber"], [parts_file("Sphere"), "Flaky"])
    folder = run_here(sweep, tmp_path / "results" / "theirs").folder
    Store(folder).pack()
    return ["run", "--strategies", "parts.py:NeedsNothing", "--against", "results/theirs",
            "--jobs", 1]  # fmt: skip


@pytest.mark.slow
def test_a_strategy_joins_recorded_results_and_goes_on_where_it_stopped(call, recorded, unwritten):
    before = Path("results/theirs/trials.parquet").read_bytes()
    first = call(*recorded, "--repetitions", 1).output
    assert "theirs-test-needs-nothing: 1 strategy × 2 problems × 1 repetition = 2 runs" in first
    assert "against results/theirs: 2 strategies (Random, Climber), 8 runs on 2 problems" in first
    assert "only the first 1 of 2 repetitions" in first
    again = call(*recorded).output
    assert "2 runs are there, 2 to do" in again
    (line,) = re.findall("next: tunebench (.*)", again)
    place = "results/theirs-test-needs-nothing"
    assert line == f"report results/theirs {place} --out {place}/report"
    output = call(*line.split()).output
    assert "strategies by folder: Random, Climber from theirs; test-needs-nothing from" in output
    page = Path(place, "report", "index.html").read_text(encoding="utf-8")
    assert "strategies by folder: Random, Climber from theirs" in page
    assert Path("results/theirs/trials.parquet").read_bytes() == before


@pytest.mark.slow
def test_shards_are_measured_against_recorded_results_too(call, recorded):
    output = call(*recorded, "--shard", "1/2").output
    assert "= 4 runs, of which shard 1/2 has 2, up to 16 trials, in " in output
    folder = Path("results/theirs-test-needs-nothing-1-of-2")
    assert Store(folder).sweep()["name"] == "theirs-test-needs-nothing"


REFUSED = {
    "other trials": (["--trials", 9], "'--trials' must be that of results/theirs, 8, got 9"),
    "another seed": (["--seed", 1], "'--seed' must be that of results/theirs, 5, got 1"),
    "its own folder": (
        ["--out", "results/theirs"],
        "results against a reference need their own folder, results/theirs is the reference; "
        "name another one, or leave it out (--out)",
    ),
    "another problem": (
        ["--problems", "branin"],
        "'--problems' must be among those of results/theirs, it has no 'branin'",
    ),
    "a suite": (["--suites", "held"], "no suite is called 'held'"),
    "no results": (["--against", "results"], "a results folder must hold sweep.json"),
    "no strategies": (["--strategies", ","], "'--strategies' must name at least one"),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_contradicts_the_reference_gets_one_line(call, recorded, options, message):
    assert_refused(call(*recorded, *options, code=2), message)
    assert [path.name for path in Path("results").iterdir()] == ["theirs"]


def test_a_sweep_names_the_problems_that_are_measured(call, recorded):
    Path("few.toml").write_text(
        "trials = 8\nrepetitions = 2\nseed = 5\nstrategies = ['random']\nproblems = ['Flaky']\n",
        encoding="utf-8",
    )
    output = call("run", "few.toml", *recorded[1:], "--retry", "failed").output
    assert "1 strategy × 1 problem × 2 repetitions" in output
    assert "only 1 of the 2 problems of the reference" in output
