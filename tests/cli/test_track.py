"""The command `track`, and `run --track`: what they refuse, and that a tracker changes no sweep."""

from __future__ import annotations

import pytest

from bench.store import Store
from bench.testing.sweeps import values
from bench.tracking import beside, tracker


@pytest.fixture
def libraries(monkeypatch):
    """Let the libraries of some trackers be installed, of others not."""
    return lambda *names: monkeypatch.setattr(tracker, "installed", lambda name: name in names)


def test_a_missing_library_is_named_with_what_installs_it(call, finished, libraries):
    libraries()
    said = call("track", finished.folder, "--to", "mlflow", code=2).stderr
    assert said == (
        "error: tracking needs the package mlflow, which is not installed; install it with: "
        "pip install 'tunebench[mlflow]'\n"
    )


def test_a_missing_library_stops_a_sweep_before_it_begins(call, inline, libraries, tmp_path):
    libraries()
    said = call("run", *inline(track="wandb"), code=2).stderr
    assert "pip install 'tunebench[wandb]'" in said
    assert not (tmp_path / "results").exists()


def test_a_folder_without_results_is_refused(call, tmp_path, libraries):
    libraries("mlflow")
    said = call("track", tmp_path, "--to", "mlflow", code=2).stderr
    assert said.startswith("error: a results folder must hold sweep.json")


def test_an_address_is_for_mlflow_alone(call, finished, libraries):
    libraries("wandb")
    said = call("track", finished.folder, "--to", "wandb", "--tracking-uri", "x", code=2).stderr
    assert "'--tracking-uri' is the address of an MLflow store, got 'x' for wandb" in said


@pytest.mark.parametrize("option", [("--track-level", "runs"), ("--tracking-uri", "x")])
def test_an_option_of_tracking_needs_a_tracker(call, option):
    said = call("run", "smoke", *option, code=2).stderr
    assert f"'{option[0]}' needs a tracker, '--track' is not given" in said


def test_the_address_of_mlflow(monkeypatch, tmp_path, libraries):
    libraries("mlflow")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert tracker.target("mlflow").uri == f"sqlite:///{tmp_path}/mlflow.db"
    assert tracker.target("mlflow", "sqlite:///a/b.db").uri == f"sqlite:///{tmp_path}/a/b.db"
    assert tracker.target("mlflow", "mlruns").uri == f"file://{tmp_path}/mlruns"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://there:5000")
    assert tracker.target("mlflow").uri == "http://there:5000"
    assert tracker.target("mlflow", "http://here").uri == "http://here"


@pytest.mark.parametrize("uri", ["foo://ann:secret@bar", "ftp://there/mlruns", "://"])
def test_an_address_that_mlflow_does_not_know_is_refused_at_once(call, finished, libraries, uri):
    libraries("mlflow")
    said = call("track", finished.folder, "--to", "mlflow", "--tracking-uri", uri, code=2).stderr
    assert said.startswith("error: an address of MLflow must begin with sqlite, postgresql, ")
    assert said.count("\n") == 1
    assert "secret" not in said
    assert (
        tracker.target("mlflow", "mysql+pymysql://there/runs").uri == "mysql+pymysql://there/runs"
    )


def test_a_tracker_that_fails_changes_neither_the_sweep_nor_its_exit_code(
    call, inline, libraries, monkeypatch, tmp_path
):
    """The command in place of the tracker's process ends at once with an exit code of its own."""
    libraries("mlflow")
    monkeypatch.setattr(beside, "python", lambda _: ["sh", "-c", "exit 7"])
    call("run", *inline(out="plain"))
    said = call("run", *inline(out="tracked", track="mlflow")).stdout
    assert (
        "tracking: not all was sent, its process ended: exit code 7; send what is missing with: "
        "tunebench track tracked --to mlflow --tracking-uri sqlite:///"
    ) in said
    plain, tracked = (values(Store(tmp_path / name)) for name in ("plain", "tracked"))
    assert plain.equals(tracked)


def test_a_tracker_that_cannot_start_changes_nothing(call, inline, libraries, monkeypatch):
    libraries("mlflow")
    monkeypatch.setattr(beside, "python", lambda _: ["/no/such/program"])
    assert "its process does not run" in call("run", *inline(track="mlflow")).stdout


@pytest.mark.exchange
@pytest.mark.slow
def test_a_sweep_is_tracked_while_it_runs(call, inline, tmp_path, monkeypatch):
    from mlflow import MlflowClient

    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    said = call("run", *inline(repetitions=2, track="mlflow")).stdout
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    assert (
        f"tracking: 1 run (strategy × problem) sent to {uri}; see them with: mlflow ui "
        f"--backend-store-uri {uri}\n"
    ) in said
    client = MlflowClient(tracking_uri=uri)
    found = client.search_experiments(filter_string="name = 'mine'")
    runs = client.search_runs([found[0].experiment_id])
    assert {run.data.tags["tunebench.kind"] for run in runs} == {"sweep", "pair"}
    assert {run.info.status for run in runs} == {"FINISHED"}
    again = call("track", "results/mine", "--to", "mlflow").stdout
    assert again.startswith("tracking: nothing new sent to")
