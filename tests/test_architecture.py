"""The house as DESIGN draws it: who imports whom, and how long a file and a room may be."""

from __future__ import annotations

import ast
import functools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_FILE_LINES = 400
"""About 300 are meant."""

MAX_ROOM_LINES = {"core": 1000}
"""Of a folder directly under bench, with its sub-folders."""

MAX_OTHER_ROOM_LINES = 4500

PACKAGES = ("bench", "strategies", "problems", "tunebench")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

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
PAGE = ("matplotlib", "jinja2", "bench.report", "bench.book")
"""What only a page needs."""


NO_WAY_AROUND = {
    "a stand-in for what is slow, or for another machine": {
        "_BLOCK", "_JUDGED", "_drawn", "_entry_points", "_others", "_read",
        "_recorded", "_distributions",
    },
    "a cache that must be empty, or a file that must be closed": {"_file", "_load", "_last"},
    "what a fit is given, which no evaluation tells": {"_measure", "_model", "_trials"},
    "the rows that must fail, which a problem does not say": {"_working"},
    "how code is found and known, case by case": {"_is_local", "_load_file", "_of_file", "_tree"},
    "the method that a notebook calls, whose name is not ours": {"_repr_html_"},
    "one sentence or number of many, by hand": {
        "_exact", "_of_table", "_summary",
    },
}  # fmt: skip
"""Private names that tests reach, by the reason; the list may shrink, not grow."""


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@functools.cache
def lines_of(path):
    return len(path.read_text(encoding="utf-8").splitlines())


@functools.cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_by(code, among=HEAVY, cwd=ROOT):
    """Return those of some packages that a fresh interpreter has after some code."""
    found = f"[name for name in {among} if name in sys.modules]"
    program = f"{code}\nimport json, sys\nprint(json.dumps({found}))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=cwd, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def command(*arguments):
    """Return code that calls the command line."""
    return (
        "from bench.cli import main\n"
        f"try:\n    main({list(arguments)!r}, standalone_mode=False)\n"
        "except SystemExit as end:\n    assert not end.code, end.code"
    )


def test_the_harness_face_imports_nothing_heavy():
    assert imported_by("import bench") == []


@pytest.mark.slow
@pytest.mark.parametrize("what", ["strategies", "problems", "suites", "sweeps", "data"])
def test_listing_imports_nothing_heavy(what):
    assert imported_by(command("list", what)) == []


@pytest.mark.slow
def test_a_sweep_of_one_strategy_imports_no_statistics(tmp_path):
    out = str(tmp_path / "out")
    code = command(
        "run", "--strategies", "random", "--problems", "branin", "--trials", "1",
        "--repetitions", "2", "--jobs", "1", "--out", out,
    )  # fmt: skip
    assert not {"pandas", "scipy"} & set(imported_by(code))


@pytest.mark.slow
@pytest.mark.parametrize("words", ["status quick", "pack quick", "compare quick quick"])
def test_what_opens_a_folder_imports_no_page(tmp_path, words):
    shutil.copytree(ROOT / "results" / "quick", tmp_path / "quick")
    assert imported_by(command(*words.split()), PAGE, tmp_path) == []


@pytest.mark.slow
def test_the_guard_sees_a_heavy_import():
    assert "pandas" in imported_by("import pandas")
    assert "bench.report" in imported_by("import bench.report.build", PAGE)


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


def test_files_are_short():
    found = {name_of(path): lines_of(path) for path in (*SOURCES, *TESTS)}
    long = {name: lines for name, lines in found.items() if lines > MAX_FILE_LINES}
    assert long == {}


def test_rooms_are_small():
    rooms: dict[str, int] = {}
    for path in (ROOT / "bench").rglob("*.py"):
        room, *rest = path.relative_to(ROOT / "bench").parts
        if rest:
            rooms[room] = rooms.get(room, 0) + lines_of(path)
    assert rooms.keys() > MAX_ROOM_LINES.keys()
    most = {room: MAX_ROOM_LINES.get(room, MAX_OTHER_ROOM_LINES) for room in rooms}
    assert {room: lines for room, lines in rooms.items() if lines > most[room]} == {}


def test_modules_say_in_a_sentence_what_they_are():
    first = {
        name_of(path): (ast.get_docstring(tree_of(path)) or "").partition("\n")[0].rstrip()
        for path in SOURCES
    }
    assert {name: line for name, line in first.items() if not line.endswith(".")} == {}


def test_adapters_know_the_face_of_the_harness_only():
    inside = [
        f"{name_of(path)}:{node.lineno}"
        for path in SOURCES
        if path.is_relative_to(ROOT / "strategies") or path.is_relative_to(ROOT / "problems")
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bench."))
        or (isinstance(node, ast.Import) and any(a.name.startswith("bench") for a in node.names))
    ]
    assert inside == []


def test_no_module_touches_global_randomness():
    seeding = {"np.random.seed", "random.seed", "numpy.random.seed"}
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr == "seed" and ast.unparse(node) in seeding
    ]
    assert found == []


def private_names(path):
    """Return the private names of others that a test reaches, each with its line."""
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.Attribute | ast.ImportFrom | ast.Call):
            continue
        found = []
        if isinstance(node, ast.Attribute):
            # Unparsed is only what counts: it takes long.
            if node.attr.startswith("_") and ast.unparse(node.value) not in {"self", "cls", "os"}:
                found = [node.attr]
        elif isinstance(node, ast.ImportFrom) and node.module not in PACKAGES:
            # There an underscore keeps a module out of the catalog.
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "setattr":
            texts = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
            found = [str(text).rpartition(".")[2] for text in texts]
        for name in found:
            if name.startswith("_") and not name.startswith("__"):
                yield name, node.lineno


@pytest.mark.slow
def test_tests_ask_public_names():
    found = {
        f"{name_of(path)}:{line} {name}": name
        for path in TESTS
        for name, line in private_names(path)
    }
    known = set().union(*NO_WAY_AROUND.values())
    assert [place for place, name in found.items() if name not in known] == []
    assert known - set(found.values()) == set()
