"""A sink in memory holds what a folder does."""

from __future__ import annotations

import pandas as pd

from bench import Status, Suggestion, Trial
from bench.execution.plan import make_plan
from bench.execution.work import do
from bench.run import End, RunStatus
from bench.store import Memory, Store

CLOCKS = [
    "evaluation_s",
    "ask_s",
    "evaluation_wall_s",
    "tell_s",
    "started_s",
    "finished_s",
    "start_s",
    "run_s",
]


def without_clocks(frame):
    frame = frame.drop(columns=[name for name in (*CLOCKS, "checked") if name in frame])
    keys = [name for name in ("run", "trial_number") if name in frame]
    return frame.sort_values(keys, ignore_index=True)


def test_memory_and_a_folder_hold_the_same(make_sweep, tmp_path):
    sweep = make_sweep(["Random", "Climber", "Raises"], ["Sphere", "Flaky"])
    memory, store = Memory(), Store(tmp_path / "results")
    plan = make_plan(sweep, store)
    store.create(plan.sweep.to_dict())
    for job in plan.todo:
        for sink in (memory, store):
            do(job, sink, {})
    for ours, theirs in zip(memory.frames(), store.frames(), strict=True):
        pd.testing.assert_frame_equal(without_clocks(ours), without_clocks(theirs))
    assert {record.end.status for record in memory.records()} == {"completed", "failed"}


def test_a_trial_that_is_made_again_replaces_those_after_it(make_sweep, tmp_path):
    (job,) = make_plan(make_sweep(["Random"], ["Sphere"], repetitions=1), Store(tmp_path)).todo
    memory = Memory()
    writer = memory.open(job, {})
    assert list(writer.recorded) == []
    trials = [
        Trial(k, Suggestion({"x": k / 9}), Status.FAILED, None, None, "no", 1.0, 0.0, 0.0, 0.0)
        for k in (0, 1, 2, 1)
    ]
    for trial in trials:
        writer.append(trial, trial.number)
    writer.close(End(RunStatus.COMPLETED, n_trials=2))
    (record,) = memory.records()
    assert [line["trial_number"] for line in record.trials] == [0, 1]


def test_memory_keeps_what_an_ended_run_has(make_sweep):
    memory = Memory()
    plan = make_plan(make_sweep(["Random", "Raises"], ["Sphere"], repetitions=1), memory)
    for job in plan.todo:
        do(job, memory, {"python": "3"})
    ends = {
        job.pair[0]: memory.end(job, {"python": "4"}, RunStatus.CRASHED, "late")
        for job in plan.todo
    }
    assert (ends["Random"].status, ends["Random"].n_trials) == (RunStatus.COMPLETED, 8)
    assert (ends["Raises"].status, ends["Raises"].reason) == (RunStatus.CRASHED, "late")
    assert ends["Raises"].n_trials == 3
    assert {len(record.trials) for record in memory.records()} == {3, 8}
    assert {record.header["environment"]["python"] for record in memory.records()} == {"3"}
