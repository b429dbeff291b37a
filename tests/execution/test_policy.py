"""What becomes of a job is decided in one place, whatever backend did it."""

from __future__ import annotations

import pytest

from bench.execution.backend import Outcome
from bench.execution.execute import execute
from bench.execution.plan import make_plan
from bench.processes.state import Changes
from bench.run import End, RunStatus
from bench.store import Memory


class Scripted:
    """Says of each job what a function says, the last one first."""

    trials = 0
    trouble = ""

    def __init__(self, say, workers=1):
        self.say, self.workers = say, workers
        self.waiting, self.seen, self.most, self.calls = [], [], 0, []

    def __enter__(self):
        self.calls.append("enter")
        return self

    def __exit__(self, kind, error, at):
        self.calls.append("exit" if kind is None else kind.__name__)

    def submit(self, job):
        self.waiting.append(job)
        self.seen.append(job)
        self.most = max(self.most, len(self.waiting))

    def wait(self, seconds):
        pass

    def poll(self):
        return [self.say(self.waiting.pop())]

    def cancel(self):
        self.waiting.clear()

    def close(self):
        pass


def ends(memory):
    return {record.job.pair: record.end for record in memory.records()}


@pytest.fixture
def do(make_sweep):
    def do(say, strategies=("Random",), problems=("Sphere",), workers=1, **given):
        sweep, memory = make_sweep(list(strategies), list(problems), **given), Memory()
        backend = Scripted(say, workers)
        return execute(make_plan(sweep, memory), memory, backend), memory, backend

    return do


def test_a_job_that_was_late_is_a_timeout_of_the_limit(do):
    late = "took longer than run_timeout = 9 s"
    progress, memory, _ = do(lambda job: Outcome(job, error=late, late=True), run_timeout=9)
    assert progress.by_status == {RunStatus.TIMEOUT: 2}
    assert ends(memory) == {("Random", "Sphere"): End(RunStatus.TIMEOUT, late, 0, run_seconds=9)}


def test_a_job_that_died_is_a_crash_and_said_once(do):
    progress, *_ = do(lambda job: Outcome(job, error="its process died: killed"))
    assert progress.by_status == {RunStatus.CRASHED: 2}
    (line,) = progress.lines()
    assert line == (
        "Random on Sphere, repetition 1, and 1 more run: crashed: its process died: killed"
    )


def test_what_a_run_changed_is_noted_of_a_run_that_counts(do):
    changed = Changes(restored=("the recursion limit",))
    progress, *_ = do(
        lambda job: Outcome(job, End(RunStatus.COMPLETED, n_trials=8), 1.0, changes=changed)
    )
    assert progress.by_status == {RunStatus.COMPLETED: 2}
    assert list(progress.notes) == [" changed the recursion limit of the process: put back"]
    assert (progress.busy_seconds, progress.trials) == (2.0, 16)


@pytest.mark.parametrize("workers", [1, 3])
def test_two_jobs_a_worker_are_handed_out_at_most(do, workers):
    _, _, backend = do(
        lambda job: Outcome(job, End(RunStatus.COMPLETED)), workers=workers, repetitions=12
    )
    assert backend.most == 2 * workers
    assert len(backend.seen) == 12
    assert backend.calls == ["enter", "exit"]


def test_of_a_repetition_the_longest_runs_come_first(do):
    seconds = {"Random": 1.0, "Climber": 5.0, "Permutation": 3.0}

    def say(job):
        return Outcome(job, End(RunStatus.COMPLETED, run_seconds=seconds[job.spec.strategy.label]))

    _, _, backend = do(say, tuple(seconds), repetitions=3)
    later = [job.spec.strategy.label for job in backend.seen if job.spec.repetition == 2]
    assert later == ["Climber", "Permutation", "Random"]


def test_an_interrupt_ends_the_backend_and_says_so(make_sweep):
    def interrupted(job):
        raise KeyboardInterrupt

    memory, backend, seen = Memory(), Scripted(interrupted), []
    plan = make_plan(make_sweep(["Random"], ["Sphere"]), memory)
    with pytest.raises(KeyboardInterrupt):
        execute(plan, memory, backend, show=lambda progress: seen.append(progress.stopping))
    assert backend.calls == ["enter", "KeyboardInterrupt"]
    assert seen == [True]


def test_a_pair_that_cannot_run_reaches_no_backend(do):
    progress, memory, backend = do(
        lambda job: Outcome(job, End(RunStatus.COMPLETED)), ("Random", "Declines")
    )
    assert progress.by_status == {RunStatus.SKIPPED: 2, RunStatus.COMPLETED: 2}
    assert {job.spec.strategy.label for job in backend.seen} == {"Random"}
    assert ends(memory)["Declines", "Sphere"].status is RunStatus.SKIPPED
