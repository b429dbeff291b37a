"""A sweep without workers: the same numbers, in memory or in a folder."""

from __future__ import annotations

import pandas as pd
import pytest

from bench.execution.execute import execute
from bench.execution.in_process import InProcess, run_in_memory
from bench.execution.local import run_locally
from bench.execution.plan import make_plan
from bench.run import End, RunStatus
from bench.store import FAULTS, Memory, Store
from bench.store.record import trial_from_dict


@pytest.mark.slow
def test_a_folder_filled_here_holds_what_workers_write(make_sweep, values, tmp_path):
    sweep = make_sweep(["Random", "Climber", "Raises"], ["Sphere", "Flaky"])
    here, there = Store(tmp_path / "here"), Store(tmp_path / "there")
    progress = execute(make_plan(sweep, here), here, InProcess(here))
    assert progress.by_status == {RunStatus.COMPLETED: 8, RunStatus.FAILED: 4}
    run_locally(make_plan(sweep, there), there, jobs=2)
    pd.testing.assert_frame_equal(values(here), values(there))
    assert make_plan(sweep, here).todo == []


def test_memory_knows_what_it_holds(make_sweep, values):
    sweep, memory = make_sweep(["Random", "Declines"], ["Sphere"]), Memory()
    execute(make_plan(sweep, memory), memory, InProcess(memory))
    assert make_plan(sweep, memory).todo == []
    trials, runs = memory.frames()
    assert sorted(runs["status"]) == ["completed", "completed", "skipped", "skipped"]
    assert len(trials) == 16


def test_a_sweep_in_memory_comes_again_in_the_same_order(make_sweep):
    sweep = make_sweep(["Random", "Climber"], ["Sphere", "Tree"])
    (trials, runs), (again, _) = run_in_memory(sweep), run_in_memory(sweep)
    assert list(trials["value"]) == list(again["value"])
    assert runs["run"].is_monotonic_increasing


def test_a_run_goes_on_where_it_was_stopped(make_sweep, run_here, values, tmp_path):
    sweep = make_sweep(["Climber"], ["Sphere"], repetitions=1)
    whole = run_here(sweep, tmp_path / "whole")
    store = Store(tmp_path / "stopped")
    (job,) = make_plan(sweep, store).todo
    (record,) = whole.records()
    store.create(sweep.to_dict())
    recording = store.open(job, {"python": "3"})
    for line in record.trials[:3]:
        recording.append(trial_from_dict(line, 1.0), line["trial_number"])
    recording.close(End(RunStatus.CRASHED, "gone", 3))
    plan = make_plan(sweep, store, retry=FAULTS)
    execute(plan, store, InProcess(store))
    pd.testing.assert_frame_equal(values(store), values(whole))
    (record,) = store.records()
    assert record.trials[0] == next(whole.records()).trials[0]


def test_what_breaks_around_a_run_is_a_crash(make_sweep, monkeypatch):
    def breaks(*_):
        raise OSError("the disk is full")

    memory = Memory()
    plan = make_plan(make_sweep(["Random"], ["Sphere"], repetitions=1), memory)
    monkeypatch.setattr("bench.execution.in_process.measure", breaks)
    progress = execute(plan, memory, InProcess(memory))
    assert progress.by_status == {RunStatus.CRASHED: 1}
    assert list(progress.reasons) == [": crashed: OSError: the disk is full"]


@pytest.mark.parametrize("label", ["a", "b"])
def test_jobs_survive_their_record(make_sweep, run_here, parts, label, tmp_path):
    sweep = make_sweep([parts("Random", label)], ["Sphere", "Tree", "Accuracy"])
    store = Store(tmp_path / "r")
    plan = make_plan(sweep, store)
    run_here(sweep, store.folder)
    found = {record.id: record.job for record in store.records()}
    assert [found[job.id] for job in plan.todo] == plan.todo
