"""The writer to MLflow without MLflow: a client in memory."""

import json
import sys
from types import ModuleType
from types import SimpleNamespace as Made

import pytest

from bench.tracking.item import Item
from bench.tracking.names import key_of
from bench.tracking.to_mlflow import MAX_TAG_LENGTH, MLflow, meaning, names_in_tags
from bench.tracking.tracker import SendError

NAMES = "tunebench.names"


class Page(list):
    token = None


def run(name, key="run/x", **data):
    about = Made(run_id=name, start_time=1, status="RUNNING")
    known = {"params": {}, "metrics": {}, "tags": {}, **data}
    known["tags"] = {"tunebench.key": key, **known["tags"]}
    return Made(info=about, data=Made(**known))


class Client:
    """Has one experiment with some runs."""

    def __init__(self):
        self.runs, self.deleted, self.written, self.tags = [], [], [], {}
        self.fails, self.answers = None, True

    def search_experiments(self, **_):
        return [Made(experiment_id="e")]

    def search_runs(self, *_, **__):
        return Page(self.runs)

    def create_run(self, *_, **__):
        return run("made")

    def delete_run(self, name):
        self.deleted.append(name)

    def log_batch(self, name, *, tags, **_):
        self.written.append(name)
        self.tags |= dict(tags)

    def set_terminated(self, name, **_):
        self.written.append(f"{name} ended")

    def log_artifact(self, *_):
        raise self.fails

    def get_run(self, _):
        if not self.answers:
            raise TimeoutError("no answer")


@pytest.fixture
def client(monkeypatch):
    """Let this be MLflow's client."""
    found = Client()
    mlflow, entities = ModuleType("mlflow"), ModuleType("mlflow.entities")
    vars(mlflow)["MlflowClient"] = lambda **_: found
    vars(entities).update({name: lambda *values: values for name in ("Metric", "Param", "RunTag")})
    monkeypatch.setitem(sys.modules, "mlflow", mlflow)
    monkeypatch.setitem(sys.modules, "mlflow.entities", entities)
    return found


@pytest.fixture
def tracker():
    return MLflow("http://there", "name", "sweep", "results")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_of_runs_that_are_there_twice_the_one_with_data_stays(client, tracker, order):
    three = [run("empty"), run("full", params={"a": "1"}, metrics={"b": 2.0}), run("late")]
    client.runs = [three[place] for place in order]
    tracker.send(Item("run/x", "run", "x", {}, metrics={"b": 2.0}))
    assert client.written == ["full"]
    assert sorted(client.deleted) == ["empty", "late"]


def test_of_two_empty_runs_the_older_one_stays(client, tracker):
    client.runs = [run("older"), run("newer")]
    tracker.send(Item("run/x", "run", "x", {}, metrics={"b": 2.0}))
    assert (client.written, client.deleted) == (["older"], ["newer"])


def test_files_that_cannot_be_attached_are_refused_for_themselves(client, tracker):
    item = Item(
        "pair/x", "pair", "x", {}, metrics={"b": 2.0}, files={"trials.csv": b""}, state="finished"
    )
    client.fails = ModuleNotFoundError("No module named 'boto3'")
    with pytest.raises(SendError, match="its files: No module named 'boto3'") as said:
        tracker.send(item)
    assert said.value.why == "no files"
    assert client.written == ["made", "made ended"]
    client.answers = False
    with pytest.raises(SendError, match="no answer") as said:
        tracker.send(item)
    assert said.value.why == "down"


def test_without_its_library_a_tracker_lets_nobody_in(tracker, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(SendError) as said:
        tracker.send(Item("sweep", "sweep", "s", {}))
    assert said.value.why == "locked out"


def test_exact_names_fill_as_many_tags_as_they_need():
    names = {key_of(f'n"{number}' + 5000 * "ä"): f'n"{number}' + 5000 * "ä" for number in range(30)}
    tags = names_in_tags(names)
    assert list(tags)[:2] == ["tunebench.names", "tunebench.names_2"]
    assert max(map(len, tags.values())) <= MAX_TAG_LENGTH
    found = {key: name for text in tags.values() for key, name in json.loads(text).items()}
    assert found == {key: name[:999] + "…" for key, name in names.items()}
    assert list(names_in_tags({"lr_": "lr/"}).values()) == ['{"lr_": "lr/"}']


def test_a_name_of_signs_that_json_makes_long_fits():
    tags = names_in_tags({key_of(250 * "\x01" + str(n)): 1000 * "\x01" for n in range(3)})
    assert len(tags) == 3
    assert max(map(len, tags.values())) <= MAX_TAG_LENGTH


def test_names_that_were_sent_before_are_kept(client, tracker):
    tags = {NAMES: '{"a_": "a/"}', f"{NAMES}_2": '{"b_": "b/"}', f"{NAMES}_3": '{"torn'}
    client.runs = [run("r", tags=tags)]
    tracker.send(Item("run/x", "run", "x", {}, params={"c/": "1"}))
    assert json.loads(client.tags[NAMES]) == {"a_": "a/", "b_": "b/", key_of("c/"): "c/"}


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ImportError("no psycopg2"), "refused"),
        (RuntimeError("API request failed with error code 413 != 200"), "refused"),
        (RuntimeError("API request failed with error code 502 != 200"), "down"),
        (TimeoutError(), "down"),
    ],
)
def test_what_an_error_means(error, why):
    assert meaning(error) == why
