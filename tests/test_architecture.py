"""The house as DESIGN draws it: who imports whom, and how long a file may be."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400
"""Lines; about 300 are meant."""

PACKAGES = ("bench", "strategies", "problems")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

HEAVY = (
    "sklearn",
    "optuna",
    "skopt",
    "hyperopt",
    "pandas",
    "matplotlib",
    "scipy",
    "pyarrow",
    "ioh",
)


def imported_by(code):
    """Return the heavy packages that a fresh interpreter has after some code."""
    found = f"[name for name in {HEAVY} if name in sys.modules]"
    program = f"{code}\nimport json, sys\nprint(json.dumps({found}))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_the_harness_face_imports_nothing_heavy():
    assert imported_by("import bench") == []


@pytest.mark.parametrize("what", ["strategies", "problems", "suites", "sweeps"])
def test_listing_imports_nothing_heavy(what):
    code = f"from bench.cli import main\nmain(['list', '{what}'], standalone_mode=False)"
    assert imported_by(code) == []


def test_a_sweep_of_one_strategy_imports_no_statistics(tmp_path):
    code = (
        "from bench.cli import main\n"
        "main(['run', '--strategies', 'random', '--problems', 'branin', '--trials', '1', "
        f"'--repetitions', '2', '--jobs', '1', '--out', {str(tmp_path / 'out')!r}], "
        "standalone_mode=False)"
    )
    assert not {"pandas", "scipy"} & set(imported_by(code))


def test_the_guard_sees_a_heavy_import():
    assert "pandas" in imported_by("import pandas")


@pytest.mark.slow
def test_the_import_contracts_hold():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_in_a_sentence_what_it_is(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, "a module must open with a sentence"
    assert docstring.partition("\n")[0].rstrip().endswith(".")


ADAPTERS = [path for path in SOURCES if path.relative_to(ROOT).parts[0] != "bench"]


@pytest.mark.parametrize("path", ADAPTERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_adapters_know_the_face_of_the_harness_only(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("bench."), node.module
        if isinstance(node, ast.Import):
            assert not [name.name for name in node.names if name.name.startswith("bench")]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_touches_global_randomness(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node) not in {"np.random.seed", "random.seed", "numpy.random.seed"}
