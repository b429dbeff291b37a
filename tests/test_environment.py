"""What an environment says of itself, and how scikit-learn gets into a worker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import ModuleType

import pytest

from bench import environment
from bench.registry import PROBLEMS


def _in_a_new_process(code: str) -> object:
    """Return what the code prints, as JSON, run by a process that has imported nothing yet."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


_LOADED = "import json, sys; print(json.dumps([n in sys.modules for n in ('sklearn', 'pandas')]))"


@pytest.mark.slow
def test_scikit_learn_without_pandas():
    code = "from bench import environment; environment.import_lean(('optuna', 'sklearn'))"
    assert _in_a_new_process(f"{code}\n{_LOADED}") == [True, False]


@pytest.mark.slow
def test_the_workaround_is_still_needed():
    # When this fails, scikit-learn no longer imports pandas: delete `environment.import_lean`.
    assert _in_a_new_process(f"import sklearn.utils.fixes\n{_LOADED}") == [True, True]


@pytest.mark.slow
def test_nothing_is_imported_for_those_who_do_not_need_it():
    code = "from bench import environment; environment.import_lean(('optuna', 'scipy'))"
    assert _in_a_new_process(f"{code}\n{_LOADED}") == [False, False]


@pytest.mark.slow
def test_pandas_can_be_imported_afterwards():
    code = "from bench import environment; environment.import_lean(('skopt',)); import pandas"
    assert _in_a_new_process(f"{code}\n{_LOADED}") == [True, True]


@pytest.mark.slow
def test_values_do_not_depend_on_it():
    # In this process pandas came first.
    assert "pandas" in sys.modules
    problem = PROBLEMS.get("tree-wine")()
    here = problem.evaluate(problem.space.default, seed=3)
    code = (
        "import json\n"
        "from bench import environment\n"
        "environment.import_lean(('sklearn',))\n"
        "from bench.registry import PROBLEMS\n"
        "problem = PROBLEMS.get('tree-wine')()\n"
        "found = problem.evaluate(problem.space.default, seed=3)\n"
        "print(json.dumps([found.value, found.test_value, found.fold_values]))"
    )
    assert _in_a_new_process(code) == [here.value, here.test_value, list(here.fold_values)]


def test_one_thread_puts_back_what_was_there(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with environment.one_thread():
        assert {os.environ[name] for name in environment.THREAD_VARIABLES} == {"1"}
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


def test_describe_names_what_decides_values():
    described = environment.describe()
    assert described["python"].startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")
    assert {"numpy", "scikit-learn", "optuna", "tunebench"} <= described["packages"].keys()


def test_what_is_installed_can_be_imported_or_is_imported_already(monkeypatch):
    assert environment.installed("numpy")
    assert not environment.installed("no_such_package_anywhere")
    # As packages are that import their parts when they are asked for, once they are imported.
    monkeypatch.setitem(sys.modules, "lazy_parts", ModuleType("lazy_parts"))
    assert environment.installed("lazy_parts")


def test_a_library_is_named_by_its_distribution():
    assert environment.library(("skopt",)).startswith("scikit-optimize 0.")
    assert environment.library(()) == ""
