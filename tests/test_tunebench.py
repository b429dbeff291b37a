"""The Python door: its names, what it loads, its types, its examples."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tunebench as tb

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("numpy", "pandas", "sklearn", "matplotlib", "scipy", "optuna", "pyarrow", "bench.core")
HOMES = ("tunebench", "bench.api.catalog", "bench.api.compare", "bench.api.function",
         "bench.api.problem", "bench.api.result", "bench.api.run", "bench.code")  # fmt: skip

USER = """
import tunebench as tb

problem: tb.Problem = tb.problem(lambda x: x, space={"x": (0.0, 1.0)})
result = tb.run(strategies="random", problems=problem, trials=3)
reveal_type(result)
reveal_type(result.verdict)
tb.run(strategies=3)
"""


def python(code, folder):
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )


def test_importing_loads_nothing_heavy(tmp_path):
    code = f"import tunebench, sys; print([n for n in {HEAVY} if n in sys.modules])"
    assert python(code, tmp_path).stdout.strip() == "[]"


@pytest.mark.parametrize("name", tb.__all__)
def test_each_public_name_is_there_and_says_what_it_is(name):
    assert getattr(tb, name).__doc__
    assert name in dir(tb)


def test_other_names_are_not_there():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = tb.nonsense  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("name", HOMES)
def test_the_examples_of_the_door_hold(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("name", ["bench", "strategies", "problems"])
def test_a_package_that_shadows_one_of_ours_is_named(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").touch()
    done = python("import tunebench", tmp_path)
    assert done.returncode != 0
    error = done.stderr.strip().splitlines()[-1]
    assert error.startswith("ImportError")
    assert repr(name) in error
    assert str(tmp_path / name) in error


def test_a_folder_of_data_shadows_nothing(tmp_path):
    (tmp_path / "problems").mkdir()
    assert python("import tunebench; tunebench.Float(0, 1)", tmp_path).returncode == 0


@pytest.mark.slow
def test_a_type_checker_sees_the_types(tmp_path):
    (tmp_path / "user.py").write_text(USER, encoding="utf-8")
    # As those who install it have it, not as files of this checkout.
    found = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "user.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert '"bench.api.result.Result"' in found.stdout
    assert '"builtins.str"' in found.stdout or '"str"' in found.stdout
    errors = [line for line in found.stdout.splitlines() if " error: " in line]
    assert [line.split(":")[:2] for line in errors] == [["user.py", "8"]]


TYPES = {"Any", "Axes", "Callable", "DataFrame", "Distribution", "Iterable", "Literal", "Mapping",
         "None", "Path", "PathLike", "Sequence", "Study", "bool", "float", "int", "optuna",
         "os", "pd", "str", "tuple"}  # fmt: skip
"""Names of types that Python, its usual libraries and the reference explain."""


def signatures():
    """Return the functions and methods of the door, those of the vocabulary left out."""
    things = [getattr(tb, name) for name in tb.__all__]
    parts = [part for thing in things for part in (thing, *vars(thing).values())]
    return [
        part
        for part in parts
        if inspect.isfunction(part)
        and part.__module__.startswith("bench.api.")
        and not part.__name__.startswith("_")
    ]


@pytest.mark.parametrize("function", signatures(), ids=lambda function: function.__qualname__)
def test_help_names_types_that_a_reader_knows(function):
    for written in inspect.get_annotations(function).values():
        words = re.findall(r"[A-Za-z]\w*", re.sub(r"\"[^\"]*\"|'[^']*'", "", str(written)))
        assert set(words) <= TYPES | set(tb.__all__), written
