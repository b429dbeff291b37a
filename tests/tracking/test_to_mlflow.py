"""The writer to MLflow without MLflow: a client in memory."""

import json
from types import SimpleNamespace as Made

import pytest

from bench.tracking.item import Item
from bench.tracking.names import key_of
from bench.tracking.to_mlflow import MAX_TAG_LENGTH, MLflow, _errors, _Run, names_in_tags
from bench.tracking.tracker import SendError


class Page(list):
    token = None


def run(name, key="run/x", **data):
    about = Made(run_id=name, start_time=1, status="RUNNING")
    known = {"params": {}, "metrics": {}, **data}
    return Made(info=about, data=Made(tags={"tunebench.key": key}, **known))


class Client:
    """Has some runs, and takes no files."""

    def __init__(self, *runs):
        self.runs, self.deleted, self.answers = runs, [], True

    def search_runs(self, *_, **__):
        return Page(self.runs)

    def delete_run(self, name):
        self.deleted.append(name)

    def log_artifact(self, *_):
        raise ModuleNotFoundError("No module named 'boto3'")

    def get_run(self, name):
        if not self.answers:
            raise TimeoutError("no answer")


def tracker(*runs):
    found = MLflow("http://there", "name", "sweep", "results")
    found.client = Client(*runs)
    return found


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_of_runs_that_are_there_twice_the_one_with_data_stays(order):
    three = [run("empty"), run("full", params={"a": "1"}, metrics={"b": 2.0}), run("late")]
    found = tracker(*(three[place] for place in order))
    assert found._recorded("e")["run/x"].id == "full"
    assert sorted(found.client.deleted) == ["empty", "late"]


def test_of_two_empty_runs_the_older_one_stays():
    found = tracker(run("older"), run("newer"))
    assert found._recorded("e")["run/x"].id == "older"
    assert found.client.deleted == ["newer"]


def test_files_that_cannot_be_attached_are_refused_for_themselves():
    found, item = tracker(), Item("pair/x", "pair", "x", {}, files={"trials.csv": b""})
    with pytest.raises(SendError, match="its files: No module named 'boto3'") as said:
        found._attach(_Run("r", 0), item)
    assert said.value.why == "no files"
    found.client.answers = False
    with pytest.raises(TimeoutError):
        found._attach(_Run("r", 0), item)


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


def test_names_that_were_sent_before_are_kept():
    made = run("r")
    made.data.tags |= {"tunebench.names": '{"a_": "a/"}', "tunebench.names_2": '{"b_": "b/"}'}
    made.data.tags["tunebench.names_3"] = '{"torn'
    assert tracker(made)._recorded("e")["run/x"].names == {"a_": "a/", "b_": "b/"}


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ImportError("no psycopg2"), "refused"),
        (
            RuntimeError("API request failed with error code 413 != 200. Response body: ''"),
            "refused",
        ),
        (RuntimeError("API request failed with error code 502 != 200"), "down"),
        (TimeoutError(), "down"),
    ],
)
def test_what_an_error_means(error, why):
    with pytest.raises(SendError) as said, _errors():
        raise error
    assert said.value.why == why
