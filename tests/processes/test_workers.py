"""Workers and what they started end together, whoever ends them."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from bench.execution.local import run_locally
from bench.execution.plan import make_plan
from bench.run import RunStatus
from bench.store import Store

pytestmark = pytest.mark.slow

PATIENCE = 60
"""Seconds after which a wait for what must happen is given up; none of the tests waits so long."""


@pytest.fixture
def pipe(tmp_path):
    """A pipe that ends when the last process that could write to it has ended."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    yield path, reading
    os.close(reading)


def read(reading):
    assert select.select([reading], [], [], PATIENCE)[0]
    return os.read(reading, 1)


def semaphores(pid):
    """Return the named semaphores that a process and its children use; they outlive a kill."""
    pids = [pid, *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
    assert len(lines) > len(pids)
    return [line for line in lines if "/sem." in line]


RESTORED = {
    "chdir": "the working directory",
    "seterr": "numpy's handling of errors",
    "recursion": "the recursion limit",
    "soft_limit": "resource limits",
    "umask": "the umask",
    "environ": "environment variables",
    "handler": "signal handlers",
    "alarm": "timers",
    "warn": "warnings that are errors",
}
LASTING = {
    "thread": "threads",
    "program": "processes",
    "daemon": "processes",
    "close_output": "standard input or output",
    "open_files": "open files",
}


@pytest.mark.parametrize("how", [*RESTORED, *LASTING])
def test_a_run_that_changes_its_process_is_named_and_harms_no_other(
    make_sweep, run_here, parts, values, tmp_path, monkeypatch, how
):
    monkeypatch.chdir(tmp_path)
    sweep = make_sweep(["Random"], [parts("Harmful", how=how), "Sphere"], trials=3)
    store = Store(Path("results"))
    progress = run_locally(make_plan(sweep, store), store, jobs=1)
    assert progress.by_status == {RunStatus.COMPLETED: 4}
    ((note, names),) = progress.notes.items()
    assert names == [f"Random on Harmful, repetition {k}" for k in range(2)]
    assert (RESTORED.get(how) or LASTING[how]) in note
    assert ("the process was replaced" in note) == (how in LASTING)
    assert list(progress.lines()) == [f"{names[0]}, and 1 more run{note}"]
    found = values(store)
    undisturbed = run_here(make_sweep(["Random"], ["Sphere"], trials=3), tmp_path / "undisturbed")
    sphere = found[found["problem"] == "Sphere"].reset_index(drop=True)
    assert sphere.equals(values(undisturbed))


def test_a_worker_that_is_replaced_may_clean_up_as_joblib_does(
    make_sweep, parts, tmp_path, monkeypatch
):
    cleaned = tmp_path / "cleaned-up"
    monkeypatch.setenv("CLEANED_UP", str(cleaned))
    sweep = make_sweep(["Random"], [parts("Harmful", how="exit_handler")], trials=3)
    store = Store(tmp_path / "results")
    progress = run_locally(make_plan(sweep, store), store, jobs=1)
    assert progress.by_status == {RunStatus.COMPLETED: 2}
    assert cleaned.exists()


def test_a_run_that_closes_the_files_of_its_worker_costs_itself_only(make_sweep, parts, tmp_path):
    problems = [parts("Harmful", how="close_files"), "Sphere"]
    sweep = make_sweep(["Random"], problems, trials=3)
    store = Store(tmp_path)
    progress = run_locally(make_plan(sweep, store), store, jobs=1)
    assert progress.by_status == {RunStatus.COMPLETED: 2, RunStatus.CRASHED: 2}


@pytest.mark.parametrize("how", ["fork", "fork_exit"])
def test_a_forked_child_that_comes_back_is_no_worker(
    make_sweep, run_here, parts, values, tmp_path, how
):
    sweep = make_sweep(["Random"], [parts("Harmful", how=how), "Sphere"], trials=3)
    store = Store(tmp_path / "results")
    progress = run_locally(make_plan(sweep, store), store, jobs=1)
    assert progress.by_status == {RunStatus.COMPLETED: 4}
    assert progress.trials == len(store.rows()) == 4 * 3
    assert not [p for p in (tmp_path / "results" / "runs").iterdir() if p.suffix != ".jsonl"]


@pytest.mark.parametrize("limits", [{}, {"evaluation_timeout": 1e6}], ids=["here", "isolated"])
@pytest.mark.parametrize("how", ["c", "fork", "program", "session", "daemon"])
def test_a_time_limit_ends_a_run_with_all_it_started(
    make_sweep, parts, pipe, tmp_path, monkeypatch, how, limits
):
    path, reading = pipe
    arrived = []

    def look(_):
        with suppress(BlockingIOError):
            arrived.extend(os.read(reading, 1))

    # The limit is over as soon as the run is stuck, however busy the machine is.
    monkeypatch.setattr("bench.processes.pool.monotonic", lambda: monotonic() + 1e6 * bool(arrived))
    stuck = parts("Stuck", pipe=str(path), how=how)
    sweep = make_sweep(["Random"], [stuck], repetitions=1, run_timeout=600.0, **limits)
    store = Store(tmp_path / "results")
    progress = run_locally(make_plan(sweep, store), store, jobs=1, show=look)
    assert progress.by_status == {RunStatus.TIMEOUT: 1}
    assert "took longer than run_timeout = 600 s" in next(progress.lines())
    # Nobody is left that could write.
    assert os.read(reading, 1) == b""


def test_time_limits_follow_a_clock_that_nobody_can_set(make_sweep, parts, tmp_path, monkeypatch):
    # As if somebody set the clock an hour forward at every look.
    now = iter(range(0, 10**9, 3600))
    monkeypatch.setattr("time.time", lambda: float(next(now)))
    sweep = make_sweep(["Random"], ["Sphere"], run_timeout=600.0)
    store = Store(tmp_path)
    assert run_locally(make_plan(sweep, store), store, jobs=1).by_status == {RunStatus.COMPLETED: 2}


def test_sigterm_of_a_worker_is_called_so(make_sweep, parts, tmp_path):
    armed = tmp_path / "armed"
    armed.touch()
    deadly = parts("Deadly", how="SIGTERM", armed=str(armed))
    store = Store(tmp_path / "results")
    progress = run_locally(make_plan(make_sweep(["Random"], [deadly]), store), store, jobs=1)
    assert progress.by_status == {RunStatus.CRASHED: 2}
    assert "its process died: killed by SIGTERM" in next(progress.lines())


JOBS = 3


@pytest.fixture
def driver(make_sweep, parts, pipe, tmp_path):
    """Start a driver whose workers are all stuck: `driver(how)`."""
    path, reading = pipe
    started = []

    def start(how, jobs=JOBS):
        entry = parts("Stuck")
        toml = tmp_path / "stuck.toml"
        toml.write_text(
            f"strategies = ['{parts('Random').name}']\n"
            f"problems = [{{ name = '{entry.name}', label = 'stuck', "
            f"settings = {{ pipe = '{path}', how = '{how}' }} }}]\n"
            f"repetitions = {jobs}\ntrials = 3\n"
        )
        command = [sys.executable, "-m", "bench", "run", toml, "--out", tmp_path / "results"]
        process = subprocess.Popen(
            [*command, "--jobs", str(jobs)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        assert [read(reading) for _ in range(jobs)] == [b"x"] * jobs
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("number", "how"),
    [
        *((signal.SIGINT, how) for how in ("c", "fork", "program", "session", "daemon")),
        (signal.SIGTERM, "c"),
        (signal.SIGHUP, "daemon"),
    ],
)
def test_a_signal_to_the_driver_ends_everything_and_says_how_to_go_on(
    driver, pipe, tmp_path, number, how
):
    process = driver(how)
    assert semaphores(process.pid) == []
    process.send_signal(number)
    # Ends only when nobody holds the output open any more.
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert read(pipe[1]) == b""
    assert process.returncode == 128 + number
    assert "stopping" in stdout
    assert "Traceback" not in stderr
    if number == signal.SIGINT:
        assert "Continue with the same command" in stderr
    else:
        name = signal.Signals(number).name
        assert stderr.startswith(f"stopped by {name}; what was measured is kept; continue")
        assert len(stderr.splitlines()) == 1
    assert not list((tmp_path / "results").rglob("*.new"))


@pytest.mark.parametrize("how", ["c", "fork", "program", "daemon"])
def test_kill_9_of_the_driver_ends_everything(driver, pipe, how):
    process = driver(how)
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert read(pipe[1]) == b""


def test_a_run_that_stops_hearing_is_ended_in_serial_work_too(driver, pipe):
    process = driver("c", jobs=1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert (process.returncode, read(pipe[1])) == (130, b"")
