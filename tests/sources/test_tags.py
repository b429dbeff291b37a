"""Tags of problems: as recorded, and of older results as the catalog has them."""

from __future__ import annotations

import json

import orjson
import pandas as pd
import pytest

from bench.registry import PROBLEMS
from bench.sources.source import from_folder
from bench.sources.tags import tags_of
from bench.spec import Entry
from bench.testing.records import run_files

SPHERE = ("numeric", "up to 3 parameters")


def run(name, tags=(), **changed):
    entry = PROBLEMS.resolve(Entry(name))
    known = {
        "tags": json.dumps(list(tags)),
        "problem_name": name,
        "problem_version": entry.version,
        "problem_settings": json.dumps(dict(entry.settings)),
    }
    return pd.Series(known | changed)


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("branin", ("analytic", "multimodal", "numeric", "up to 3 parameters")),
        (
            "svm-wine",
            (
                "live",
                "svm",
                "conditional",
                "classification",
                "few rows",
                "mixed",
                "up to 3 parameters",
            ),
        ),
        (
            "table-boosting-diabetes",
            ("table", "boosting", "regression", "few rows", "numeric", "4 to 6 parameters"),
        ),
    ],
)
def test_older_results_have_the_tags_of_the_catalog(name, tags):
    assert tags_of(run(name)) == tags


def test_what_was_recorded_counts_before_the_catalog():
    assert tags_of(run("branin", ["mine", "numeric"])) == ("mine", "numeric")


@pytest.mark.parametrize(
    "changed",
    [
        {"problem_name": "path/to/mine.py:Mine"},
        {"problem_version": 99},
        {"problem_settings": '{"shifted":false}'},
    ],
)
def test_another_problem_than_that_of_the_catalog_has_no_tags(changed):
    assert tags_of(run("branin", **changed)) == ()


def test_a_sweep_records_the_tags_of_its_problems(make_sweep, run_here, tmp_path):
    store = run_here(make_sweep(["Random"], ["Sphere"]), tmp_path / "a")
    assert from_folder(store.folder, command="").tags == {
        "Sphere": ("numeric", "up to 3 parameters")
    }
    for path in run_files(store):
        lines = path.read_bytes().splitlines()
        assert orjson.loads(lines[0])["facts"]["tags"] == list(SPHERE)
    store.pack()
    assert from_folder(store.folder, command="").tags == {
        "Sphere": ("numeric", "up to 3 parameters")
    }
