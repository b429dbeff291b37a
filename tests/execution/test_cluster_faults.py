"""Clusters of processes with homes of their own, whose workers and schedulers really die."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from dataclasses import replace
from importlib.metadata import version

import orjson
import pandas as pd
import pytest

from bench.execution.backend import WorkersError
from bench.execution.plan import make_plan
from bench.spec import Entry
from bench.store import Store
from bench.testing.gates import PATIENCE

pytest.importorskip("distributed")
cluster = pytest.importorskip("bench.execution.cluster")
connection = pytest.importorskip("bench.execution.connection")

pytestmark = pytest.mark.slow

SCHEDULER = """
import asyncio
from distributed import Scheduler
async def main():
    async with Scheduler(host="127.0.0.1", port=0, dashboard_address="127.0.0.1:0") as scheduler:
        print(scheduler.address, flush=True)
        await scheduler.finished()
asyncio.run(main())
"""

WORKER = """
import asyncio, sys
from distributed import Worker
async def main():
    where = {"dashboard_address": "127.0.0.1:0", "local_directory": "."}
    async with Worker(sys.argv[1], nthreads=1, memory_limit=0, **where) as worker:
        print(worker.address, flush=True)
        await worker.finished()
if __name__ == "__main__":
    asyncio.run(main())
"""

NANNY = """
import asyncio, sys
from distributed import Nanny
async def main():
    where = {"dashboard_address": "127.0.0.1:0", "local_directory": "."}
    async with Nanny(sys.argv[1], nthreads=1, memory_limit=0, **where) as nanny:
        print(nanny.pid, flush=True)
        await nanny.finished()
if __name__ == "__main__":
    asyncio.run(main())
"""

DRIVER = """
import sys, orjson
from dataclasses import replace
from pathlib import Path
from bench.execution.cluster import run_on_cluster
from bench.execution.plan import make_plan
from bench.spec import Sweep
from bench.store import Store
sweep, folder, address = orjson.loads(sys.stdin.buffer.read())
store = Store(Path(folder))
def show(progress):
    if progress.trials:
        print(progress.trials, flush=True)
run_on_cluster(make_plan(Sweep.from_dict(sweep), store), store, where=address, show=show)
"""


class Machines:
    """A scheduler and workers, each a process with a home and a working directory of its own."""

    def __init__(self, folder):
        self.folder, self.count, self.left = folder, 0, ExitStack()
        self.scheduler, self.address = self.start(SCHEDULER)

    def start(self, code, *arguments):
        self.count += 1
        home = self.folder / f"home-{self.count}"
        home.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=home,
            env={**os.environ, "HOME": str(home), "DASK_LOGGING__DISTRIBUTED": "critical"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.left.callback(self.end, process)
        line = process.stdout.readline().strip()
        return process, line

    def worker(self):
        return self.start(WORKER, self.address)

    def end(self, process):
        process.kill()
        process.communicate()


@pytest.fixture
def machines(tmp_path):
    found = Machines(tmp_path)
    with found.left:
        yield found


class Gate:
    """A pipe that runs come to and stop at; it ends when none of them is left."""

    def __init__(self, path):
        self.path = path
        os.mkfifo(path)
        self.reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def arrived(self):
        ready, _, _ = select.select([self.reading], [], [], 0)
        return os.read(self.reading, 99) if ready else b""

    def wait_for_the_end(self):
        while select.select([self.reading], [], [], PATIENCE)[0]:
            if not os.read(self.reading, 99):
                return
        raise AssertionError("a run is left")

    def open(self):
        self.path.unlink()


@pytest.fixture
def gate(tmp_path):
    found = Gate(tmp_path / "gate")
    yield found
    os.close(found.reading)


@pytest.fixture
def run_on(machines, tmp_path):
    def run_on(sweep, show=lambda _: None):
        store = Store(tmp_path / "results")
        plan = make_plan(sweep, store)
        done, _ = cluster.run_on_cluster(plan, store, where=machines.address, show=show)
        return store, done

    return run_on


@pytest.mark.parametrize("limit", [None, 60.0])
def test_files_of_ones_own_travel_to_machines_that_have_none(
    machines, run_on, make_sweep, run_here, values, tmp_path, monkeypatch, parts_file, limit
):
    rows = "\n".join(["size,price", *(f"{n},{3 * n + n * 7919 % 13}" for n in range(20, 70))])
    (tmp_path / "flats.csv").write_text(rows)
    parts_file("Random")
    monkeypatch.chdir(tmp_path)
    machines.worker()
    machines.worker()
    sweep = make_sweep(
        [Entry("parts.py:Random", "mine"), Entry("from-default:parts.py:Climber", "climber")],
        [Entry("knn:flats.csv", settings={"target": "price"}), Entry("parts.py:Flaky", "flaky")],
        trials=4,
        evaluation_timeout=limit,
    )
    store, done = run_on(sweep)
    assert done.by_status == {"completed": 6, "skipped": 2}
    # A limit changes no value of an evaluation that keeps within it, but the id of its run.
    here = run_here(replace(sweep, evaluation_timeout=None), tmp_path / "here")
    pd.testing.assert_frame_equal(values(store), values(here))
    assert (set(store.frames()[1]["run"]) == set(here.frames()[1]["run"])) == (limit is None)


def test_a_run_whose_worker_dies_is_done_again_and_blamed_for_the_second(
    machines, run_on, make_sweep, parts, gate
):
    sweep = make_sweep(["Climber"], [parts("Gate", pipe=str(gate.path)), "Sphere"], repetitions=1)
    process, _ = machines.worker()
    alive, died, arrived = [process], [], []

    def kill(progress):
        arrived.extend(gate.arrived())
        # Three trials before each gate; the other run has eight, or has not begun.
        if len(arrived) > len(died) and progress.trials % 8 == 3 * len(arrived):
            died.append(alive.pop())
            died[-1].kill()
            process, _ = machines.worker()
            alive.append(process)

    store, _ = run_on(sweep, show=kill)
    assert len(died) == 2
    runs = store.frames()[1].set_index("problem")
    assert runs.loc["Sphere", "status"] == "completed"
    assert runs.loc["Gate", ["status", "reason", "n_trials"]].tolist() == [
        "crashed", "2 workers of the cluster died while doing it", 6,
    ]  # fmt: skip
    gate.wait_for_the_end()


@pytest.mark.parametrize("what", ["worker", "nanny"])
def test_one_that_dies_costs_a_retry(
    machines, run_on, make_sweep, run_here, parts, gate, values, tmp_path, what
):
    sweep = make_sweep(["Climber"], [parts("Gate", pipe=str(gate.path))], repetitions=1)
    nanny, pid = machines.start(NANNY, machines.address)
    killed = []

    def kill(progress):
        if progress.trials == 3 and not killed:
            gate.open()
            killed.append(what)
            # A nanny starts its worker again; a worker ends with its nanny.
            os.kill(int(pid) if what == "worker" else nanny.pid, signal.SIGKILL)
            if what == "nanny":
                machines.worker()

    store, done = run_on(sweep, show=kill)
    assert killed
    assert done.by_status == {"completed": 1}
    gate.wait_for_the_end()
    pd.testing.assert_frame_equal(values(store), values(run_here(sweep, tmp_path / "here")))


def test_a_lost_scheduler_ends_the_sweep_in_one_line_and_what_was_done_is_kept(
    machines, run_on, make_sweep, run_here, parts, gate, values, tmp_path
):
    machines.worker()
    sweep = make_sweep(["Climber"], ["Sphere", parts("Gate", pipe=str(gate.path))], repetitions=1)

    def kill(progress):
        if progress.trials >= 8 + 3:
            machines.scheduler.kill()

    with pytest.raises(WorkersError, match=r"needs its scheduler, tcp\S+ is gone; what was") as it:
        run_on(sweep, show=kill)
    assert "\n" not in str(it.value)
    gate.wait_for_the_end()
    found = {record.spec.problem.label: record for record in Store(tmp_path / "results").records()}
    assert found["Sphere"].end.status == "completed"
    assert (found["Gate"].end, len(found["Gate"].trials)) == (None, 3)


def test_a_scheduler_that_is_lost_while_it_calls_workers_shows_no_error(machines, monkeypatch):
    shown = []
    monkeypatch.setattr(threading, "excepthook", shown.append)
    machines.worker()
    to_workers = connection.Connection(machines.address)
    to_workers.open()
    # The scheduler waits for the worker that kills it, and the driver for the scheduler.
    to_workers.call(os.kill, machines.scheduler.pid, signal.SIGKILL, places=to_workers.places)
    assert machines.scheduler.wait(PATIENCE) == -signal.SIGKILL
    to_workers.close()
    assert not shown


def test_a_driver_that_is_killed_leaves_no_run_and_the_folder_is_gone_on_with(
    machines, run_on, make_sweep, run_here, parts, gate, values, tmp_path
):
    machines.worker()
    sweep = make_sweep(["Climber"], [parts("Gate", pipe=str(gate.path))], repetitions=1)
    given = orjson.dumps([sweep.to_dict(), str(tmp_path / "results"), machines.address])
    driver = subprocess.Popen([sys.executable, "-c", DRIVER], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)  # fmt: skip
    driver.stdin.write(given)
    driver.stdin.close()
    # It says when three trials have arrived.
    assert driver.stdout.readline() == b"3\n"
    driver.kill()
    driver.wait()
    driver.stdout.close()
    gate.wait_for_the_end()
    gate.open()
    plan = make_plan(sweep, Store(tmp_path / "results"))
    assert (len(plan.todo), plan.resumed) == (1, 1)
    store, done = run_on(sweep)
    assert done.by_status == {"completed": 1}
    pd.testing.assert_frame_equal(values(store), values(run_here(sweep, tmp_path / "here")))


def test_a_worker_with_another_version_is_named_and_the_others_do_the_runs(
    machines, run_on, make_sweep
):
    other = (
        "import importlib.metadata as m\nfound = m.version\n"
        "m.version = lambda name: '1.0' if name == 'numpy' else found(name)\n"
    )
    machines.start(other + WORKER, machines.address)
    machines.worker()
    _, done = run_on(make_sweep(["Random"], ["Sphere"]))
    assert done.by_status == {"completed": 2}
    assert done.trouble.startswith("1 worker did no run: tcp://127.0.0.1:")
    assert f"numpy 1.0 instead of {version('numpy')}" in done.trouble
