"""The schema of a sweep file: it is the shipped one, and it agrees with the reader."""

import json
import tomllib
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from bench.api.sweep_files import sweep_files
from bench.spec import Sweep
from bench.sweep_schema import FILE, json_schema, text
from bench.testing.golden import OPTION, hold

SCHEMA = jsonschema.Draft7Validator(json_schema())
LEAST = {"strategies": ["random"], "problems": ["branin"]}


def is_read(data):
    try:
        Sweep.from_dict(data, versions=False)
    except ValueError:
        return False
    return True


def test_the_shipped_file_is_what_the_code_says(request):
    path = Path(str(resources.files("bench"))) / FILE
    hold(path, text(), renew=bool(request.config.getoption(OPTION)))


def test_the_schema_is_a_schema():
    jsonschema.Draft7Validator.check_schema(json.loads(text()))


def test_every_key_of_a_sweep_is_in_the_schema():
    assert set(json_schema()["properties"]) == set(Sweep.__dataclass_fields__)


@pytest.mark.parametrize("name", sorted(sweep_files()))
def test_a_shipped_sweep_is_valid(name):
    data = tomllib.loads(sweep_files()[name].read_text(encoding="utf-8"))
    assert is_read(data)
    assert list(SCHEMA.iter_errors(data)) == []


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"suites": ["standard"], "problems": []},
        {"name": "x"},
        {"name": "a b.c"},
        {"name": "贝叶斯"},
        {"name": "x" * 100},
        {"description": ""},
        {"trials": 1, "repetitions": 1, "seed": 0},
        {"trials": 10**9, "repetitions": 10**6, "seed": 2**63 - 1},
        {"run_timeout": 0.5},
        {"run_timeout": 600},
        {"strategies": ["random", {"name": "random", "label": "control"}]},
        {"strategies": [{"name": "gp", "repetitions": 3}, "random"]},
        {"workers": 4, "synchronous": True},
        {"strategies": [{"name": "gp", "workers": 8, "synchronous": False}]},
        {"problems": [{"name": "svm", "settings": {"data": "wine", "folds": 5}}]},
        {"problems": [{"name": "branin", "label": "x" * 100}]},
        {"problems": ["folder/file.py:Class", "package.module:Class"]},
    ],
)
def test_what_is_read_is_valid(change):
    assert is_read(LEAST | change)
    assert list(SCHEMA.iter_errors(LEAST | change)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"strategies": []},
        {"problems": []},
        {"problems": [], "suites": []},
        {"strategies": "random"},
        {"strategies": [1]},
        {"strategies": [""]},
        {"strategies": [{"label": "x"}]},
        {"strategies": [{"name": ""}]},
        {"strategies": [{"name": "random", "setting": {}}]},
        {"strategies": [{"name": "random", "version": 1}]},
        {"strategies": [{"name": "random", "settings": []}]},
        {"strategies": [{"name": "random", "label": 1}]},
        {"strategies": [{"name": "random", "label": "x" * 101}]},
        {"strategies": [{"name": "gp", "repetitions": 0}]},
        {"strategies": [{"name": "gp", "repetitions": "3"}]},
        {"problems": [{"name": "branin", "repetitions": 3}]},
        {"suites": "standard"},
        {"suites": [1]},
        {"name": ""},
        {"name": "."},
        {"name": "a/b"},
        {"name": " a"},
        {"name": "a."},
        {"name": "a\tb"},
        {"name": "x" * 101},
        {"name": 1},
        {"description": 1},
        {"trials": 0},
        {"trials": True},
        {"trials": "50"},
        {"trials": 1.5},
        {"trials": 10**9 + 1},
        {"repetitions": 0},
        {"repetitions": 10**6 + 1},
        {"seed": -1},
        {"seed": 2**63},
        {"workers": 0},
        {"workers": 10_001},
        {"workers": "4"},
        {"synchronous": 1},
        {"strategies": [{"name": "gp", "workers": 0}]},
        {"strategies": [{"name": "gp", "synchronous": "yes"}]},
        {"problems": [{"name": "branin", "workers": 3}]},
        {"run_timeout": 0},
        {"run_timeout": True},
        {"run_timeout": "600"},
        {"trails": 50},
    ],
)
def test_what_is_refused_is_invalid(change):
    assert not is_read(LEAST | change)
    assert list(SCHEMA.iter_errors(LEAST | change))


@pytest.mark.parametrize("key", ["strategies", "problems"])
def test_what_is_missing_is_refused_by_both(key):
    data = {name: value for name, value in LEAST.items() if name != key}
    assert not is_read(data)
    assert list(SCHEMA.iter_errors(data))
