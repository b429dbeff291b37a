"""The option `--stop-when-decided`: a line a look, the page, and who else may look."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench.sources.source import looks_of
from bench.store import Store
from bench.testing.refusals import assert_refused

SWEEP = ["--strategies", "random,sobol,default", "--problems", "branin,levy,rastrigin",
         "--trials", 6, "--repetitions", 15]  # fmt: skip


def run(call, out, *options, **more):
    return call("run", *SWEEP, "--out", out, "--stop-when-decided", *options, **more)


@pytest.mark.slow
def test_each_look_is_a_line_and_the_page_says_so(call, unwritten):
    first = run(call, "looked", "--jobs", 1)
    assert "3 strategies × 3 problems × 15 repetitions = 135 runs" in first.output
    assert "looks after 5, 10, 15 repetitions: a strategy whose comparisons are settled" in (
        first.output
    )
    lines = [line for line in first.output.splitlines() if line.startswith("after ")]
    assert [line.split(":")[0] for line in lines] == [
        "after 5 of 15 repetitions",
        "after 10 of 15 repetitions",
        "after 15 of 15 repetitions",
    ]
    looks = looks_of(Store(Path("looked")))
    assert looks is not None
    assert "default is settled and stops" in first.output
    again = run(call, "looked", "--jobs", 1).output
    assert "nothing to do" in again
    assert "\nafter " not in again
    assert looks_of(Store(Path("looked"))) == looks
    call("report", "looked")
    page = Path("looked/report/index.html").read_text(encoding="utf-8")
    assert f"without further repetitions: default after {looks.stopped['default']} rep" in page
    assert "The sweep is looked at after 5, 10 and 15 repetitions" in page
    assert "In simulations of sweeps that stop what is settled, at most" in page


@pytest.mark.slow
def test_a_cluster_looks_as_processes_do(call, values):
    pytest.importorskip("distributed")
    run(call, "here", "--jobs", 2)
    run(call, "there", "--cluster", "local:1")
    here, there = Store(Path("here")), Store(Path("there"))
    assert looks_of(here) == looks_of(there)
    pd.testing.assert_frame_equal(values(here), values(there))


@pytest.mark.slow
def test_packed_runs_are_looked_at_too(call):
    call("run", *SWEEP[:-1], 5, "--out", "looked", "--jobs", 1)
    call("pack", "looked")
    output = run(call, "looked", "--jobs", 1).output
    assert "45 runs are there, 90 to do" in output
    assert "default is settled and stops" in output


def test_a_shard_is_refused(call):
    result = run(call, "looked", "--shard", "1/2", code=2)
    assert_refused(result, "must be left out with a shard")
    assert not Path("looked").exists()


def test_one_strategy_is_refused(call):
    result = run(call, "looked", "--strategies", "random", code=2)
    assert_refused(
        result,
        "'--stop-when-decided' must have two strategies or more to compare, got random alone",
    )
