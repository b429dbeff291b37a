"""Which worker of a cluster gets a run, what its end costs, and which run is blamed for it."""

from __future__ import annotations

from collections import deque
from types import SimpleNamespace

import pytest

from bench.execution.backend import Outcome, WorkersError
from bench.execution.limits import LimitError
from bench.execution.plan import make_plan
from bench.run import End, RunStatus
from bench.store import Memory, Store

distributed = pytest.importorskip("distributed")
cluster = pytest.importorskip("bench.execution.cluster")
members = pytest.importorskip("bench.execution.members")
site = pytest.importorskip("bench.execution.site")
transfer = pytest.importorskip("bench.execution.transfer")


class Task:
    """A task of a scheduler, and the future of it."""

    def __init__(self, function, args, key, places):
        self.function, self.args, self.key, self.places = function, args, key, places
        self.status, self.value = "pending", None

    def done(self):
        return self.status != "pending"

    def exception(self):
        return self.value

    def end(self, value):
        self.value = value
        self.status = "error" if isinstance(value, Exception) else "finished"


class Scripted:
    """A connection to workers that do what a test says."""

    token, where = "token", "tcp://scheduler:8786"

    def __init__(self, *places):
        self.places, self.is_alive = list(places), True
        self.tasks, self.cancelled, self.heard = [], [], deque()

    def open(self):
        pass

    def close(self):
        pass

    def gone(self):
        return WorkersError("gone")

    def submit(self, function, *args, key=None, places=None):
        self.tasks.append(Task(function, args, key, places))
        return self.tasks[-1]

    def answer(self, task):
        return task.value

    def cancel(self, tasks):
        self.cancelled += tasks

    def call(self, function, *args, places):
        pass

    def events(self):
        while self.heard:
            yield self.heard.popleft()

    # --- what the other side does

    def open_tasks(self, function):
        return [
            task for task in self.tasks
            if task.function is function and not task.done() and task not in self.cancelled
        ]  # fmt: skip

    @property
    def runs(self):
        return self.open_tasks(site.do)

    def begin(self, task, place, **more):
        self.heard.append({"key": task.key, "worker": place, **more})

    def leave(self, place, *, expected=False):
        self.heard.append({"action": "remove-worker", "worker": place, "expected": expected})


class Small:
    """A cluster without machines, its backend and its jobs."""

    def __init__(self, store, jobs, *places):
        self.jobs, self.connection = jobs, Scripted(*places)
        found = members.Members(self.connection, None, None, transfer.Cargo(), ["numpy"])
        self.backend = cluster.Cluster(store, self.connection, found)
        self.backend.__enter__()

    def join(self, *places, runs=1):
        for function, value in ((eval, members.versions(["numpy"])), (site.join, runs)):
            for task in self.connection.open_tasks(function):
                if task.places[0] in places:
                    task.end(value)
            assert self.poll() == []

    def poll(self):
        return self.backend.poll()

    def run_of(self, job):
        """Return the task that does a run now."""
        (task,) = (task for task in self.connection.runs if task.args[1].id == job.id)
        return task

    def done(self, task, **more):
        job = task.args[1]
        task.end(site.Done(Outcome(job, End(RunStatus.COMPLETED)), **more))
        return job


@pytest.fixture
def small(make_sweep, tmp_path):
    def small(*places, runs=1):
        store = Store(tmp_path)
        store.runs_path.mkdir(exist_ok=True)
        jobs = make_plan(make_sweep(["Random"], ["Sphere"], repetitions=runs), Memory()).todo
        found = Small(store, jobs, *places)
        for job in jobs:
            found.backend.submit(job)
        return found

    return small


def test_a_worker_is_asked_then_prepared_then_given_runs(small):
    found = small("a", "b", runs=3)
    assert found.poll() == []
    assert found.connection.runs == []
    assert found.backend.workers == 1
    found.join("a", runs=4)
    assert [task.places for task in found.connection.runs] == [{"a"}] * 3
    assert found.backend.workers == 4
    found.join("b", runs=8)
    # None had begun, so all may be done by both.
    assert [task.places for task in found.connection.runs] == [{"a", "b"}] * 3
    assert found.backend.workers == 12
    jobs = {found.done(task).id for task in found.connection.runs}
    assert {outcome.job.id for outcome in found.poll()} == jobs == {job.id for job in found.jobs}
    assert found.connection.runs == []


def test_a_run_that_has_begun_stays_where_it_is_when_others_join(small):
    found = small("a", "b", runs=2)
    found.join("a")
    first, second = found.connection.runs
    found.connection.begin(first, "a")
    found.join("b")
    assert first in found.connection.runs
    assert second not in found.connection.runs
    assert [task.places for task in found.connection.runs] == [{"a"}, {"a", "b"}]


def test_a_run_is_blamed_for_the_second_worker_that_dies_under_it_and_not_one_that_waits(small):
    found = small("a", "b", "c", runs=2)
    found.join("a", "b", "c")
    job, other = found.jobs
    for place in ("a", "b"):
        began = found.run_of(job)
        found.connection.begin(began, place)
        assert found.poll() == []
        found.connection.leave(place)
        outcomes = found.poll()
        assert began in found.connection.cancelled
        if place == "a":
            assert outcomes == []
            assert found.run_of(job).places == {"b", "c"}
    (outcome,) = outcomes
    assert outcome.job.id == job.id
    assert (outcome.end, outcome.error) == (None, "2 workers of the cluster died while doing it")
    assert found.connection.runs == [found.run_of(other)]
    found.done(found.run_of(other))
    assert [outcome.job.id for outcome in found.poll()] == [other.id]


def test_a_worker_that_was_retired_blames_nobody(small):
    found = small(*"abcde")
    found.join(*"abcde")
    for place in "abcd":
        (task,) = found.connection.runs
        found.connection.begin(task, place)
        found.connection.leave(place, expected=True)
        assert found.poll() == []
    (task,) = found.connection.runs
    assert task.places == {"e"}


def test_a_run_whose_workers_all_left_is_given_to_new_ones(small):
    found = small("a")
    found.join("a")
    (task,) = found.connection.runs
    found.connection.leave("a")
    assert found.poll() == []
    assert found.connection.runs == []
    # The same address may come back, as another process.
    found.connection.heard.append({"action": "add-worker", "worker": "a"})
    assert found.poll() == []
    found.join("a")
    (again,) = found.connection.runs
    assert (again.args[1].id, again.key == task.key) == (task.args[1].id, False)


def test_what_a_lost_worker_still_says_does_not_count(small, tmp_path):
    found = small("a", "b")
    found.join("a", "b")
    (task,) = found.connection.runs
    found.connection.begin(task, "a", start=0, content=b"one\n", trials=0)
    found.poll()
    found.connection.leave("a")
    found.poll()
    found.connection.begin(task, "a", start=4, content=b"two\n", trials=1)
    found.poll()
    (part,) = (tmp_path / "runs").iterdir()
    assert part.read_bytes() == b"one\n"
    (again,) = found.connection.runs
    # It goes on from what had arrived.
    assert again.args[-2:] == (".part", b"one\n")


def test_trials_of_running_runs_are_counted(small):
    found = small("a", runs=2)
    found.join("a", runs=2)
    first, second = found.connection.runs
    found.connection.begin(first, "a", start=0, content=b"x\n", trials=3)
    found.connection.begin(second, "a", start=0, content=b"x\n", trials=4)
    found.poll()
    assert found.backend.trials == 7


def test_a_run_that_the_scheduler_blames_for_workers_it_waited_at_is_done_again(small):
    found = small("a")
    found.join("a")
    (task,) = found.connection.runs
    worker = SimpleNamespace(address="b")
    task.end(distributed.KilledWorker(task.key, worker, 3))
    assert found.poll() == []
    (again,) = found.connection.runs
    assert again.args[1] is task.args[1]


def test_an_error_of_a_task_is_that_of_its_run(small):
    found = small("a")
    found.join("a")
    (task,) = found.connection.runs
    task.end(MemoryError("no room"))
    (outcome,) = found.poll()
    assert outcome.error == "MemoryError: no room"


def test_a_worker_that_cannot_start_processes_gets_no_more_runs(small):
    found = small("a", "b")
    found.join("a", "b")
    (task,) = found.connection.runs
    found.connection.begin(task, "a")
    found.poll()
    task.end(site.Done(None, refusal="OSError: no space"))
    assert found.poll() == []
    (again,) = found.connection.runs
    assert again.places == {"b"}
    assert found.backend.trouble == "1 worker did no run: a: OSError: no space"
    found.connection.begin(again, "b")
    found.poll()
    again.end(site.Done(None, refusal="OSError: no space"))
    with pytest.raises(WorkersError, match=r"has none \(a and 1 more: OSError: no space\)"):
        found.poll()


def test_a_worker_without_the_package_or_with_another_one_is_refused(small):
    found = small("a", "b", "c")
    a, b, c = found.connection.open_tasks(eval)
    here = members.versions(["numpy"])
    a.end({**here, "numpy": "1.0"})
    b.end(SyntaxError("of an older Python"))
    assert found.poll() == []
    assert found.connection.open_tasks(site.join) == []
    c.end(here)
    found.poll()
    (task,) = found.connection.open_tasks(site.join)
    task.end(2)
    found.poll()
    assert [task.places for task in found.connection.runs] == [{"c"}]
    assert f"a: numpy 1.0 instead of {here['numpy']}; b: SyntaxError" in found.backend.trouble


def test_a_scheduler_that_is_gone_ends_it(small):
    found = small("a")
    found.connection.is_alive = False
    with pytest.raises(WorkersError, match="gone"):
        found.poll()


def test_the_file_of_a_run_is_kept_finished_or_not(small, tmp_path):
    found = small("a", runs=2)
    found.join("a", runs=2)
    first, second = found.connection.runs
    found.done(first, content=b"whole\n", finished=True)
    found.done(second, content=b"begun\n")
    assert len(found.poll()) == 2
    runs = {path.name: path.read_bytes() for path in (tmp_path / "runs").iterdir()}
    assert runs == {
        f"{first.args[1].id}.jsonl": b"whole\n",
        f"{second.args[1].id}.part": b"begun\n",
    }


def test_a_worker_that_cannot_hold_the_limit_of_memory_does_not_join(monkeypatch):
    monkeypatch.setattr("bench.processes.memory.is_shown", lambda: False)
    with pytest.raises(LimitError, match="'memory' must be left out on this system, got 400"):
        site.join("token", None, 400.0, {}, {}, {})
