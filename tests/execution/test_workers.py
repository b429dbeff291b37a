"""Sweeps with simulated workers: recorded, resumed, packed, read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import pandas as pd
import pytest

from bench import Config, Evaluation, Float, Metric, Problem, SearchSpace
from bench.execution.execute import execute
from bench.execution.in_process import InProcess, run_in_memory
from bench.execution.plan import make_plan
from bench.panels.clock import finish_times
from bench.panels.panel import to_panels
from bench.run import RunStatus
from bench.selfcheck.small_sweep import as_panels
from bench.spec import Entry
from bench.store import FAULTS, Store
from bench.testing.records import run_files

FATAL = "TUNEBENCH_TEST_FATAL"
"""A file that a process writes before it kills itself; then evaluations are harmless."""


@dataclass
class Uneven(Problem):
    """x², which costs between 1 and 10 seconds; where it is told so, the 20th evaluation kills."""

    name = "uneven"
    metric = Metric("loss", "minimize")
    space = SearchSpace({"x": Float(-1, 1)})
    optimum = 0.0

    def __post_init__(self) -> None:
        self.calls = 0

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        self.calls += 1
        path = Path(os.environ.get(FATAL, __file__))
        if self.calls == 20 and not path.exists():
            path.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        x = config["x"]
        return Evaluation(x**2, cost=1 + 9 * (13 * (x + 1) % 1))


UNEVEN = Entry(f"{__file__}:Uneven", "uneven")


def numbers(store):
    return [[line["trial_number"] for line in record.trials] for record in store.records()]


def is_in_order(found):
    return all(run == sorted(run) for run in found)


@pytest.fixture
def four(make_sweep):
    return make_sweep(["Random", "Climber"], [UNEVEN], trials=30, workers=4)


def test_records_stand_in_the_order_of_finishing_and_frames_in_that_of_asking(
    four, run_here, tmp_path
):
    store = run_here(four, tmp_path)
    assert not is_in_order(numbers(store))
    for record in store.records():
        finished = [line["finished_s"] for line in record.trials]
        assert finished == sorted(finished)
        assert record.spec.workers == 4
        assert {line["worker"] for line in record.trials} == {0, 1, 2, 3}
    trials, _ = store.frames()
    assert trials["trial_number"].tolist() == [*range(30)] * 4
    columns = store.columns()
    assert columns.trials["trial_number"].tolist() == [*range(30)] * 4
    store.pack()
    pd.testing.assert_frame_equal(store.columns().trials, columns.trials)
    pd.testing.assert_frame_equal(store.frames()[0], trials)


def test_random_search_draws_the_same_with_any_number_of_workers(make_sweep):
    found = {}
    for workers, waits in ((1, False), (4, False), (4, True), (64, False)):
        sweep = make_sweep(["Random"], [UNEVEN], trials=30, workers=workers, synchronous=waits)
        trials, runs = run_in_memory(sweep)
        (panel,) = as_panels(trials, runs)
        found[workers, waits] = panel
        busy = (trials["finished_s"] - trials["started_s"]).sum()
        assert busy == pytest.approx(trials["evaluation_s"].sum(), rel=1e-9)
    alone = found[1, False]
    for panel in found.values():
        np.testing.assert_array_equal(panel.best, alone.best)
        np.testing.assert_array_equal(panel.cost, alone.cost)
    ends = {key: finish_times(panel).max(axis=2) for key, panel in found.items()}
    for r in range(2):
        costs = alone.cost[0, r]
        # The strategy's own milliseconds come on top of seconds of evaluation.
        assert ends[1, False][0, r] == pytest.approx(costs.sum(), rel=1e-2)
        batches = sum(costs[n : n + 4].max() for n in range(0, 30, 4))
        assert ends[4, True][0, r] == pytest.approx(batches, rel=1e-2)
        assert ends[64, False][0, r] == pytest.approx(costs.max(), rel=1e-2)
        assert costs.sum() / 4 <= ends[4, False][0, r] < batches


def test_a_run_that_dies_goes_on_as_if_it_had_not(four, run_here, values, tmp_path):
    whole = run_here(four, tmp_path / "whole")
    (tmp_path / "sweep.json").write_bytes(orjson.dumps(four.to_dict()))
    code = (
        "import sys, orjson; from pathlib import Path\n"
        "from bench.spec import Sweep; from bench.testing.sweeps import run_here\n"
        "sweep = Sweep.from_dict(orjson.loads(Path(sys.argv[1]).read_bytes()))\n"
        "run_here(sweep, Path(sys.argv[2]))"
    )
    died = tmp_path / "died"
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "sweep.json", died],
        env=os.environ | {FATAL: str(tmp_path / "fatal")},
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    store = Store(died)
    (part,) = run_files(store, "part")
    (begun,) = numbers(store)
    # The 20th was being measured, and of the others three were pending.
    assert len(begun) == 16
    assert set(begun) < set(range(19))
    assert not is_in_order([begun])
    plan = make_plan(four, store)
    assert (len(plan.todo), plan.resumed) == (4, 1)
    execute(plan, store, InProcess(store))
    pd.testing.assert_frame_equal(values(store), values(whole))
    assert numbers(store) == numbers(whole)
    assert not part.exists()


@pytest.mark.parametrize("kept", [0, 1, 7, 13, 29, 30])
def test_a_run_is_resumed_after_any_number_of_trials(four, run_here, values, tmp_path, kept):
    whole = run_here(four, tmp_path / "whole")
    begun = tmp_path / "begun" / "runs"
    begun.mkdir(parents=True)
    for path in run_files(whole):
        lines = path.read_bytes().splitlines(keepends=True)
        (begun / f"{path.stem}.part").write_bytes(b"".join(lines[: kept + 1]))
    store = run_here(four, tmp_path / "begun")
    pd.testing.assert_frame_equal(values(store), values(whole))
    assert numbers(store) == numbers(whole)
    for one, other in zip(whole.records(), store.records(), strict=True):
        assert other.trials[:kept] == one.trials[:kept]


def test_a_run_that_failed_is_done_again_from_a_pack(make_sweep, parts, run_here, values, tmp_path):
    sweep = make_sweep([parts("Raises", after=9)], [UNEVEN], trials=30, workers=4, repetitions=1)
    store = run_here(sweep, tmp_path)
    (before,), expected = numbers(store), values(store)
    assert not is_in_order([before])
    store.pack()
    plan = make_plan(sweep, store, retry=FAULTS)
    progress = execute(plan, store, InProcess(store))
    assert progress.by_status == {RunStatus.FAILED: 1}
    assert numbers(store) == [before]
    pd.testing.assert_frame_equal(values(store), expected)


def test_a_run_that_was_ended_with_pending_trials_moves_up_on_the_axis(
    make_sweep, parts, run_here, tmp_path
):
    sweep = make_sweep([parts("Raises", after=9)], [UNEVEN], trials=30, workers=4, repetitions=1)
    store = run_here(sweep, tmp_path)
    trials, runs = store.frames()
    assert trials["trial_number"].tolist() != list(range(9))
    (panel,) = to_panels(trials, runs, strategies=["Raises"], problems=["uneven"])
    assert panel.loss[0, 0, :9].tolist() == trials["value"].tolist()
    assert np.isnan(panel.loss[0, 0, 9:]).all()
    assert (panel.used.item(), panel.trials.item()) == (9, 9)


def test_ids_of_runs_on_one_worker_are_what_they_were(make_sweep):
    one, old = make_sweep(["Random"], ["Sphere"], workers=1), make_sweep(["Random"], ["Sphere"])
    waits = make_sweep(["Random"], ["Sphere"], synchronous=True)
    ids = [[spec.id for spec in sweep.expand()] for sweep in (old, one, waits)]
    assert ids[0] == ids[1] == ids[2]
    assert "workers" not in old.to_dict()
    two = [spec.id for spec in make_sweep(["Random"], ["Sphere"], workers=2).expand()]
    both = make_sweep(["Random"], ["Sphere"], workers=2, synchronous=True)
    assert len({*ids[0], *two, *(spec.id for spec in both.expand())}) == 6
