"""How long `status` looks at a folder of 10,000 runs of 100 trials, and what memory it takes."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.execution.plan import make_plan
from bench.execution.sweep_status import Watch
from bench.execution.work import do
from bench.spec import Sweep
from bench.store import Store
from bench.testing.sweeps import make_sweep

N_RUNS, TRIALS = 10_000, 100


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> tuple[Store, Sweep]:
    """A folder whose files differ in nothing but their names and headers."""
    store = Store(tmp_path_factory.mktemp("many") / "runs-10000")
    sweep = make_sweep(["Random"], ["Sphere"], trials=TRIALS, repetitions=1)
    plan = make_plan(sweep, store)
    store.create(plan.sweep.to_dict())
    do(plan.todo[0], store, {})
    path = store.run_path(plan.todo[0].id)
    _, *lines = path.read_bytes().splitlines(keepends=True)
    sweep = dataclasses.replace(plan.sweep, repetitions=N_RUNS)
    store.create(sweep.to_dict())
    for spec in sweep.expand():
        store.run_path(spec.id).write_bytes(b"".join([b"{}\n", *lines]))
    return store, sweep


def test_the_first_look(benchmark: Any, folder: tuple[Store, Sweep]) -> None:
    """Target: 2 s for the whole command."""
    found = benchmark.pedantic(lambda: Watch(*folder).look(0.0), rounds=5)
    assert (found.n_done, found.n_trials) == (N_RUNS, N_RUNS * TRIALS)


def test_a_further_look(benchmark: Any, folder: tuple[Store, Sweep]) -> None:
    watch = Watch(*folder)
    watch.look(0.0)
    assert benchmark.pedantic(watch.look, args=(0.0,), rounds=5).n_done == N_RUNS


COMMAND = """
import sys
from pathlib import Path
from bench.cli import main
main(["status", sys.argv[1]], standalone_mode=False)
(line,) = (x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM"))
print(line)
"""
"""The command in a process of its own, which says how large that was: on Linux."""


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
def test_the_command(benchmark: Any, folder: tuple[Store, Sweep]) -> None:
    """Target: 2 s, 150 MB."""
    command = [sys.executable, "-c", COMMAND, str(folder[0].folder)]
    root = Path(__file__).resolve().parents[2]
    done = benchmark.pedantic(
        lambda: subprocess.run(command, cwd=root, capture_output=True, check=True), rounds=5
    )
    assert b"10,000 of 10,000 runs done" in done.stdout
    kilobytes = int(done.stdout.splitlines()[-1].split()[1])
    benchmark.extra_info["MB"] = round(kilobytes / 1024)
    print(f"{kilobytes / 1024:.0f} MB")
