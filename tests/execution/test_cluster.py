"""Sweeps on a Dask cluster: the same runs, the same values, the same folder."""

from __future__ import annotations

import os

import pandas as pd
import pytest

from bench.environment import THREAD_VARIABLES
from bench.execution.backend import WorkersError
from bench.execution.plan import make_plan
from bench.store import FAULTS, Store
from bench.testing.records import run_files

distributed = pytest.importorskip("distributed")
cluster = pytest.importorskip("bench.execution.cluster")
connection = pytest.importorskip("bench.execution.connection")
members = pytest.importorskip("bench.execution.members")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def where():
    """The address of a cluster of two workers, which are threads of this process."""
    with connection.local_cluster(2) as found:
        yield found.scheduler_address


@pytest.fixture
def do(where, tmp_path):
    def do(sweep, name="cluster", retry=(), **given):
        store = Store(tmp_path / name)
        plan = make_plan(sweep, store, retry=retry)
        done, workers = cluster.run_on_cluster(plan, store, **{"where": where, **given})
        return store, done, workers

    return do


def test_a_cluster_of_its_own_does_what_this_process_does(
    make_sweep, run_here, do, values, tmp_path
):
    sweep = make_sweep(["Random", "Climber", "Raises", "Declines"], ["Sphere", "Flaky"])
    store, done, workers = do(sweep, where="local:2")
    here = run_here(sweep, tmp_path / "here")
    pd.testing.assert_frame_equal(values(store), values(here))
    assert {path.name for path in run_files(store)} == {path.name for path in run_files(here)}
    columns = ["run", "status", "reason", "n_trials"]
    pd.testing.assert_frame_equal(store.frames()[1][columns], here.frames()[1][columns])
    assert (workers, done.trouble) == (2, "")
    assert done.by_status == {"completed": 8, "failed": 4, "skipped": 4}
    assert done.trials == len(store.rows())
    made_in = store.environments(set(store.frames()[1].query("status == 'completed'")["run"]))
    assert [each["threads"] for each in made_in] == [dict.fromkeys(THREAD_VARIABLES, "1")]
    assert make_plan(sweep, store).done == 12 + 4


@pytest.mark.parametrize("kept", [0, 5, 12])
def test_a_run_goes_on_from_the_trials_it_has(make_sweep, run_here, do, values, tmp_path, kept):
    sweep = make_sweep(["Climber"], ["Sphere"], trials=12, repetitions=1)
    (whole,) = run_files(run_here(sweep, tmp_path / "whole"))
    begun = tmp_path / "cluster" / "runs"
    begun.mkdir(parents=True)
    lines = whole.read_bytes().splitlines(keepends=True)
    (begun / f"{whole.stem}.part").write_bytes(b"".join(lines[: kept + 1]))
    store, _, _ = do(sweep)
    pd.testing.assert_frame_equal(values(store), values(Store(tmp_path / "whole")))
    for one, other in zip(Store(tmp_path / "whole").records(), store.records(), strict=True):
        assert other.trials[:kept] == one.trials[:kept]
    assert run_files(store, "part") == []


@pytest.mark.parametrize(
    ("how", "status", "reason"),
    [
        ("SIGSEGV", "crashed", "its process died: killed by SIGSEGV"),
        ("endless", "timeout", "took longer than run_timeout = 2 s"),
    ],
)
def test_a_run_that_dies_or_hangs_ends_as_on_this_machine_and_is_done_again(
    make_sweep, run_here, parts, do, values, tmp_path, how, status, reason
):
    armed = tmp_path / "armed"
    armed.touch()
    sweep = make_sweep(
        ["Random"], [parts("Deadly", how=how, armed=str(armed)), "Sphere"],
        repetitions=1, run_timeout=2.0 if how == "endless" else None,
    )  # fmt: skip
    store, *_ = do(sweep)
    runs = store.frames()[1].set_index("problem")
    assert runs.loc["Deadly", ["status", "reason", "n_trials"]].tolist() == [status, reason, 3]
    assert runs.loc["Sphere", "status"] == "completed"
    armed.unlink()
    again, done, _ = do(sweep, retry=FAULTS)
    assert done.by_status == {"completed": 1}
    pd.testing.assert_frame_equal(values(again), values(run_here(sweep, tmp_path / "here")))


def test_an_interrupt_ends_the_runs_and_keeps_what_came(
    make_sweep, run_here, parts, do, values, tmp_path, where
):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    reading = os.open(gate, os.O_RDONLY | os.O_NONBLOCK)
    sweep = make_sweep(["Climber"], [parts("Gate", pipe=str(gate))])

    def interrupt(progress):
        if progress.trials == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do(sweep, show=interrupt)
    os.set_blocking(reading, True)
    # The pipe ends, since nobody is left who could write to it.
    while os.read(reading, 1):
        pass
    os.close(reading)
    gate.unlink()
    with distributed.Client(where, set_as_default=False) as client:
        plugins = client.run(lambda dask_worker: list(dask_worker.plugins))
    assert not [name for found in plugins.values() for name in found if "tunebench" in name]
    plan = make_plan(sweep, Store(tmp_path / "cluster"))
    assert (len(plan.todo), plan.resumed) == (2, 2)
    store, done, _ = do(sweep)
    assert done.by_status == {"completed": 2}
    pd.testing.assert_frame_equal(values(store), values(run_here(sweep, tmp_path / "here")))


def test_workers_with_other_versions_are_refused_by_name(make_sweep, do, monkeypatch):
    here = members.versions([])
    monkeypatch.setattr(members, "versions", lambda names: {**here, "numpy": "1.0"})
    with pytest.raises(WorkersError, match=r"numpy \S+ instead of 1\.0\); install the same"):
        do(make_sweep(["Random"], ["Sphere"]))


@pytest.mark.parametrize("where", ["local:0", "local:x", "local", "scheduler"])
def test_what_is_no_cluster_is_refused(make_sweep, do, where):
    with pytest.raises(WorkersError, match="'cluster' must be local:N for N workers"):
        do(make_sweep(["Random"], ["Sphere"]), where=where)


def test_a_scheduler_that_does_not_answer_is_named(make_sweep, do, monkeypatch):
    monkeypatch.setattr(connection, "SECONDS_TO_CONNECT", 0.1)
    with pytest.raises(WorkersError, match=r"tcp://127.0.0.1:9 does not answer"):
        do(make_sweep(["Random"], ["Sphere"]), where="tcp://127.0.0.1:9")
