"""Workers and drivers that really die."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import textwrap

import orjson
import pandas as pd
import pytest

from bench.execution.local import run_locally
from bench.execution.plan import make_plan
from bench.spec import Sweep
from bench.store import FAULTS, Store, StoreError
from bench.testing.gates import PATIENCE, GatedCommand

pytestmark = pytest.mark.slow


@pytest.fixture
def armed(tmp_path):
    """The file that makes `Deadly` deadly."""
    path = tmp_path / "armed"
    path.touch()
    return path


@pytest.mark.parametrize(
    ("how", "status", "reason"),
    [
        ("exit", "crashed", "its process died: exit code 3"),
        ("exit 0", "crashed", "its process died: exit code 0"),
        ("interrupt", "crashed", "KeyboardInterrupt"),
        ("generator exit", "crashed", "GeneratorExit"),
        ("SIGSEGV", "crashed", "its process died: killed by SIGSEGV"),
        ("SIGKILL", "crashed", "its process died: killed by SIGKILL"),
        ("endless", "timeout", "took longer than run_timeout = 2 s"),
        ("sys.exit", "crashed", "SystemExit: 3"),
    ],
)
def test_a_dying_worker_costs_its_own_run_only(
    make_sweep, run_here, parts, values, tmp_path, armed, how, status, reason
):
    deadly = parts("Deadly", how=how, armed=str(armed))
    sweep = make_sweep(
        ["Random"],
        [deadly, "Sphere"],
        run_timeout=2.0 if how == "endless" else None,
        repetitions=1 if how == "endless" else 2,
    )
    store = Store(tmp_path / "results")
    progress = run_locally(make_plan(sweep, store), store, jobs=2)

    runs = store.frames()[1].set_index("problem")
    assert set(runs.loc[["Sphere"], "status"]) == {"completed"}
    assert set(runs.loc[["Sphere"], "n_trials"]) == {8}
    # The fourth evaluation is deadly: three are there, and they stay.
    assert set(runs.loc[["Deadly"], "status"]) == {status}
    assert set(runs.loc[["Deadly"], "reason"]) == {reason}
    assert set(runs.loc[["Deadly"], "n_trials"]) == {3}
    assert (store.rows()["problem"] == "Deadly").sum() == 3 * sweep.repetitions
    ((said, deadly),) = progress.reasons.items()
    assert said == f": {status}: {reason}"
    assert len(deadly) == sweep.repetitions

    # Without --retry that is what counts; with it, and the cause gone, the runs are done.
    assert make_plan(sweep, store).todo == []
    armed.unlink()
    plan = make_plan(sweep, store, retry=FAULTS)
    assert {job.spec.problem.label for job in plan.todo} == {"Deadly"}
    run_locally(plan, store, jobs=2)
    undisturbed = run_here(sweep, tmp_path / "undisturbed")
    pd.testing.assert_frame_equal(values(store), values(undisturbed))
    assert set(store.frames()[1]["status"]) == {"completed"}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("private", "PrivateError: a and b"), ("timeout", "TimeoutError: no answer")],
)
def test_an_exception_no_other_process_knows_costs_its_own_run_only(
    make_sweep, parts, tmp_path, kind, reason
):
    sweep = make_sweep(["Random"], [parts("BreaksInWorker", kind=kind), "Sphere"])
    store = Store(tmp_path / "results")
    run_locally(make_plan(sweep, store), store, jobs=2)
    runs = store.frames()[1].set_index("problem")
    assert set(runs.loc["Sphere", "status"]) == {"completed"}
    assert set(runs.loc["BreaksInWorker", "status"]) == {"crashed"}
    assert set(runs.loc["BreaksInWorker", "reason"]) == {reason}


class Driven(GatedCommand):
    """A sweep of six runs, two of which stop at a gate, run by the command line."""

    def __init__(self, sweep, folder, gate):
        self.sweep, self.folder = sweep, folder
        self.toml = folder.parent / "tiny.toml"
        numbers = ("trials", "repetitions", "seed", "evaluation_timeout")
        lines = [f"{k} = {v}" for k in numbers if (v := getattr(sweep, k)) is not None]
        for key in ("strategies", "problems"):
            entries = [
                f'{{ name = "{e.name}", label = "{e.label}", settings = {{ '
                + ", ".join(f'{k} = "{v}"' for k, v in e.settings.items())
                + " } }"
                for e in getattr(sweep, key)
            ]
            lines.append(f"{key} = [{', '.join(entries)}]")
        self.toml.write_text("\n".join(lines))
        super().__init__(["run", str(self.toml), "--out", str(folder)], gate)

    def files(self):
        found = (self.folder / "runs").iterdir()
        return {path.name: path.read_bytes() for path in found}


@pytest.fixture
def limits():
    """Those of the sweep that is driven."""
    return {}


@pytest.fixture
def driven(make_sweep, parts, tmp_path, limits):
    gate = tmp_path / "gate"
    problems = ["Sphere", parts("Gate", pipe=str(gate)), "Flaky"]
    sweep = make_sweep(["Climber"], problems, repetitions=2, trials=12, **limits)
    return Driven(sweep, tmp_path / "results", gate)


def check_resumed(driven, before, jobs, values, run_here):
    """Finish with the same command; compare with a sweep that was never disturbed."""
    done = driven.finish(jobs)
    assert done.returncode == 0, done.stderr
    finished = {name: data for name, data in before.items() if name.endswith(".jsonl")}
    begun = {name: data for name, data in before.items() if name.endswith(".part")}
    assert len(begun) == 2
    assert f"{len(finished)} runs are there, {6 - len(finished)} to do, 2 of them begun" in (
        done.stdout
    )
    after = driven.files()
    # Finished runs were not touched, begun ones kept their trials, clocks included.
    assert {name: after[name] for name in finished} == finished
    for name, data in begun.items():
        _header, *trials = data.splitlines()
        assert len(trials) == 3
        assert after[name.replace(".part", ".jsonl")].splitlines()[1:4] == trials
    store = Store(driven.folder)
    undisturbed = Store(driven.folder.parent / "undisturbed")
    run_here(driven.sweep, undisturbed.folder)
    pd.testing.assert_frame_equal(values(store), values(undisturbed))
    assert set(store.frames()[1]["status"]) == {"completed"}


@pytest.mark.parametrize("jobs", [1, 3])
def test_kill_9_of_the_driver_ends_the_workers_and_the_same_command_goes_on(
    driven, values, run_here, jobs
):
    with driven.stopped_at_the_gate() as driver:
        driver.kill()
        driven.wait_for_the_workers_end(driver)
        before = driven.files()
    check_resumed(driven, before, jobs, values, run_here)


# With a limit what evaluates is a process below the worker.
@pytest.mark.parametrize("limits", [{}, {"evaluation_timeout": 600.0}], ids=["here", "isolated"])
def test_kill_9_of_everything_at_once(driven, values, run_here):
    with driven.stopped_at_the_gate() as driver:
        os.killpg(driver.pid, signal.SIGKILL)
        driven.wait_for_the_workers_end(driver)
        before = driven.files()
    check_resumed(driven, before, 2, values, run_here)


def test_ctrl_c_ends_cleanly_and_says_how_to_go_on(driven, values, run_here):
    with driven.stopped_at_the_gate() as driver:
        os.killpg(driver.pid, signal.SIGINT)
        _, stderr = driver.communicate(timeout=PATIENCE)
        driven.wait_for_the_workers_end(driver)
        before = driven.files()
    assert driver.returncode == 130
    assert "Traceback" not in stderr
    assert "Continue with the same command" in stderr
    assert shlex.join(["tunebench", *driven.command(jobs=2)[3:]]) in stderr
    check_resumed(driven, before, 2, values, run_here)


def test_ctrl_c_while_workers_start_is_as_clean_as_later(driven, worker_start):
    worker_start("for process in (os.getppid(), os.getpid()):\n    os.kill(process, signal.SIGINT)")
    done = driven.finish(jobs=2)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert "Continue with the same command" in done.stderr


@pytest.fixture
def worker_start(tmp_path, monkeypatch):
    """Give what runs first of all in each new interpreter that is a worker."""

    def say(code):
        (tmp_path / "sitecustomize.py").write_text(
            "import os, signal, sys\n"
            "if 'bench.processes' in ' '.join(sys.orig_argv) and '-c' in sys.orig_argv:\n"
            + textwrap.indent(code, "    ")
        )
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return say


def test_workers_that_die_before_they_begin_cost_no_run(driven, tmp_path, worker_start):
    (tmp_path / "armed").touch()
    worker_start(
        f"armed = {str(tmp_path / 'armed')!r}\n"
        "if os.path.exists(armed):\n    os.remove(armed)\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = driven.finish(jobs=1)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "armed").exists()
    assert set(Store(driven.folder).frames()[1]["status"]) == {"completed"}


def test_workers_that_never_begin_end_the_sweep_in_words(driven, worker_start):
    worker_start("os.kill(os.getpid(), signal.SIGKILL)")
    done = driven.finish(jobs=1)
    assert done.returncode == 2
    assert done.stderr.startswith("error: worker processes must start and live")
    assert "killed by SIGKILL" in done.stderr
    # No run is to blame, so none is recorded as crashed.
    assert not list((driven.folder / "runs").glob("*.jsonl"))


def test_a_second_driver_on_a_folder_is_refused(driven, parts, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text(
        f"trials = 1\nstrategies = ['{parts('Random').name}']\n"
        f"problems = ['{parts('Sphere').name}']"
    )
    with driven.stopped_at_the_gate():
        before = driven.files(), (driven.folder / "sweep.json").read_bytes()
        for toml in (driven.toml, other):
            second = subprocess.run(
                [sys.executable, "-m", "bench", "run", toml, "--out", driven.folder, "--jobs", "1"],
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            assert second.returncode == 2
            assert "starting" not in second.stdout
            assert "0/0" not in second.stdout
            assert len(second.stderr.splitlines()) == 1
            assert second.stderr.startswith("error: one process at a time may change the results")
            after = driven.files(), (driven.folder / "sweep.json").read_bytes()
            assert after == before


def test_reading_works_while_a_sweep_runs_and_packing_waits_its_turn(driven):
    with driven.stopped_at_the_gate():
        status = subprocess.run(
            [sys.executable, "-m", "bench", "status", driven.folder, "--json"],
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
        found = orjson.loads(status.stdout)
        counts = found["strategies"]["Climber"]
        assert found["is_running"]
        assert [run["n_trials"] for run in found["running"]] == [3, 3]
        assert counts["running"] == 2
        assert sum(counts.values()) == 6
        finished = counts.get("completed", 0)
        store = Store(driven.folder)
        trials, runs = store.frames()
        assert sorted(runs["n_trials"]) == [3] * 2 + [12] * finished
        assert len(trials) == 6 + 12 * finished
        # A run that is being done again would lose its new file to the pack of the old one.
        with pytest.raises(StoreError, match="one process at a time may change the results"):
            store.pack()
    assert driven.finish(jobs=2).returncode == 0
    assert len(store.frames()[1]) == store.pack() == 6
    assert Sweep.from_dict(Store(driven.folder).sweep()).name == "tiny"
