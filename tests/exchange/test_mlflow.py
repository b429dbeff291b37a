"""Experiments of MLflow, as its client writes them."""

from __future__ import annotations

import sqlite3
import sys

import pytest

from bench.api.result import load
from bench.cli.sources import look_at, report_folder
from bench.errors import UserError

pytestmark = pytest.mark.exchange


@pytest.fixture(scope="module")
def uri(tmp_path_factory):
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow')}/mlflow.db"


@pytest.fixture(scope="module")
def client(uri, unsynchronised):
    import mlflow

    client = mlflow.MlflowClient(uri)

    def run(experiment, name, metrics=(), status="FINISHED", parent=None, **tags):
        if parent is not None:
            tags["mlflow.parentRunId"] = parent
        made = client.create_run(experiment, run_name=name, tags=tags).info.run_id
        for step, values in enumerate(metrics):
            for key, value in values.items():
                client.log_metric(made, key, value, step=step)
        if status != "RUNNING":
            client.set_terminated(made, status)
        return made

    nested = client.create_experiment("nested")
    for name, tags in (
        ("tpe/svm/2", {}),
        ("anything", {"strategy": "random", "problem": "svm", "repetition": "2"}),
    ):
        above = run(nested, name, direction="StudyDirection.MAXIMIZE", **tags)
        run(nested, "a", [{"acc": 0.1}, {"acc": 0.5}], parent=above)
        run(nested, "b", [{"acc": 0.7}], "FAILED", parent=above)
        run(nested, "c", [], parent=above)
        run(nested, "d", [{"acc": 0.9}], parent=above)
        run(nested, "e", [{"acc": 0.2}], "RUNNING", parent=above)
    flat = client.create_experiment("grid--svm")
    for value in (0.5, 0.25):
        run(flat, "t", [{"loss": value, "time": 1.0}])
    steps = client.create_experiment("steps")
    run(steps, "gp/svm/0", [{"loss": 3.0}, {"loss": 1.0}, {"loss": 2.0}])
    run(steps, "gp/svm/1", [{"loss": 5.0}])
    run(steps, "other", [{"accuracy": 5.0}])
    client.create_experiment("empty")
    run(client.create_experiment("tracked"), "a", [{"loss": 1.0}], **{"tunebench.kind": "pair"})
    return client


@pytest.fixture(autouse=True)
def tracking(client, uri, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)


@pytest.mark.parametrize("address", ["mlflow:nested", "mlflow:nested#acc", "mlflow:nested#acc:max"])
def test_the_runs_below_a_parent_are_the_trials_of_a_study(address):
    found = load(address)
    assert (found.strategies, found.problems) == (("tpe", "random"), ("svm",))
    assert set(found.trials["repetition"]) == {2}
    assert set(found.trials["direction"]) == {"maximize"}
    for _, rows in found.trials.groupby("strategy", observed=True):
        assert rows["status"].tolist() == ["completed", "failed", "failed", "completed"]
        assert rows["value"].dropna().tolist() == [0.5, 0.9]  # the last ones that were logged
        assert rows["evaluation_s"].ge(0).all()
    assert "MLflow: 2 runs have not ended and are left out" in found.notes
    assert "MLflow: the runs below one parent are the trials of a study" in found.notes


def test_runs_without_a_parent_are_the_trials_of_the_experiment():
    found = load("mlflow:grid--svm#loss:min")
    assert (found.strategies, found.problems) == (("grid",), ("svm",))
    assert found.trials["value"].tolist() == [0.5, 0.25]


def test_the_steps_of_runs_are_trials_where_the_address_says_so():
    found = load("mlflow-steps:steps#loss:min")
    assert found.trials["value"].tolist() == [3.0, 1.0, 2.0, 5.0]
    assert found.trials["repetition"].tolist() == [0, 0, 0, 1]
    assert "MLflow: studies without the metric loss are left out: other" in found.notes


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mlflow:none", "it has none of the name 'none'"),
        ("mlflow:tracked#loss:min", "`tunebench track` wrote it; report its results folder"),
        ("mlflow:empty", "must have a run that ended, none of its 0 has"),
        ("mlflow:grid--svm", "they share loss, time; name metric and direction, as in .*#loss:min"),
        ("mlflow:grid--svm#loss", "which way loss is better must be known, the tags direction say"),
        ("mlflow:grid--svm#acc:max", "must have a run with the metric acc, none of 2 has it"),
        ("mlflow-steps:grid--svm#acc:max", "must have a run with the metric acc"),
        ("mlflow:steps#loss:sideways", "which way loss:sideways is better"),
        ("mlflow:", "must be an experiment of the tracking server"),
    ],
)
def test_what_cannot_be_known_is_refused_in_a_line(address, said):
    with pytest.raises(UserError, match=said) as found:
        load(address)
    assert "\n" not in str(found.value)


def test_a_database_is_neither_made_nor_filled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///none.db")
    with pytest.raises(UserError, match=r"none\.db is no file"):
        load("mlflow:nested")
    sqlite3.connect("other.db").execute("CREATE TABLE a (b)").connection.close()
    before = (tmp_path / "other.db").read_bytes()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///other.db")
    with pytest.raises(UserError, match="must be a database of MLflow"):
        load("mlflow:nested")
    assert (tmp_path / "other.db").read_bytes() == before
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "runs")
    with pytest.raises(UserError, match="the tracking server runs must be there"):
        load("mlflow:nested")
    assert [path.name for path in tmp_path.iterdir()] == ["other.db"]


def test_a_server_that_is_not_there_is_said_at_once(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://ann:secret@127.0.0.1:9")
    with pytest.raises(
        UserError, match=r"server http://ann:\*\*\*@127.0.0.1:9, it cannot be"
    ) as said:
        load("mlflow:nested")
    assert "secret" not in str(said.value)


def test_a_storage_of_mlflow_is_no_storage_of_optuna(uri):
    with pytest.raises(UserError, match=r"results in MLflow are named mlflow:EXPERIMENT"):
        load(uri)


def test_mlflow_may_be_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(UserError, match=r"mlflow is not installed; pip install 'tunebench\[mlflow"):
        load("mlflow:nested")


def test_a_report_on_an_experiment_is_written_here():
    folder = report_folder(look_at(["mlflow:/Users/ann/svm#loss:min"]), None, name="report")
    assert folder.as_posix() == "svm-report"


def test_the_guide_writes_what_is_read(guide):
    guide("mlflow")
    found = load("mlflow:parabola#loss:min")
    assert (found.strategies, found.problems) == (("grid",), ("parabola",))
    assert found.trials["value"].tolist() == [16, 4, 0, 4, 16, 17, 5, 1, 5, 17]
