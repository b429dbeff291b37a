"""An edited class gives other runs; its comments, its formatting and where it lies do not."""

from __future__ import annotations

import importlib
import sys
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import code, loading
from bench.cli import main
from bench.execution import work
from bench.execution.plan import make_plan
from bench.registry import PROBLEMS, STRATEGIES, RegistryError
from bench.spec import Entry, Sweep
from bench.store import Memory, Store

PINNED = "755bd7f545786893"

MINE = '''
"""Mine."""

from bench import Suggestion
from strategies.random_search import RandomSearch


class Mine(RandomSearch):
    """Random, at twice the speed."""  # fast

    name = "mine"

    def ask(self):
        found = super().ask()
        return Suggestion(found.config)
'''


def forget():
    """Be another process, which has loaded and read nothing yet."""
    for cached in (loading._load_file, code._of_file, code._tree, code._is_local):
        cached.cache_clear()


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a file of one's own and return the fingerprint of its class, read anew."""
    monkeypatch.chdir(tmp_path)

    def write(text, path="mine.py"):
        place = tmp_path / path
        place.parent.mkdir(exist_ok=True)
        place.write_text(textwrap.dedent(text), encoding="utf-8")
        forget()
        return STRATEGIES.resolve(Entry(f"{place}:Mine")).code

    return write


def test_code_that_means_the_same_has_one_fingerprint(write):
    first = write(MINE)
    assert len(first) == 16
    assert first == write(MINE, "elsewhere/other.py")
    assert first == write(MINE.replace("# fast", "# slow").replace("twice", "half"))
    assert first == write(MINE.replace("found = super().ask()", "found = (\n super().ask()\n)"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("found.config)", "dict(found.config))"),
        ('name = "mine"', 'name = "mine"\n    step = 2'),
        ("class Mine(", "class Other(RandomSearch):\n    pass\n\n\nclass Mine("),
    ],
)
def test_code_that_means_something_else_has_another(write, old, new):
    assert write(MINE) != write(MINE.replace(old, new))


@pytest.fixture
def helper(tmp_path, monkeypatch):
    """Write a module that a file may import."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(content, name="helper_of_mine.py"):
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(content, encoding="utf-8")
        importlib.invalidate_caches()
        sys.modules.pop("helper_of_mine", None)

    yield write
    for name in [name for name in sys.modules if name.startswith("helper_of_mine")]:
        del sys.modules[name]


IMPORTS = {
    "at the top": MINE.replace("from bench", "import numpy\nimport helper_of_mine\nfrom bench", 1),
    "when it is called": MINE.replace(
        "found = super", "from helper_of_mine import STEP\n        found = super"
    ),
}


@pytest.mark.parametrize("text", IMPORTS.values(), ids=IMPORTS)
def test_what_a_file_imports_counts_whether_it_was_imported_or_not(write, helper, text):
    helper("STEP = 1\n")
    first = write(text)
    assert first == write(text)
    importlib.import_module("helper_of_mine")
    assert first == write(text)
    helper("STEP = 1  # metre\n")
    assert first == write(text)
    helper("STEP = 2\n")
    assert first != write(text)


def test_what_a_run_imports_changes_nothing_for_the_next(write, helper, tmp_path):
    helper("STEP = 1\n")
    write(IMPORTS["when it is called"])
    sweep = Sweep("s", (Entry("mine.py:Mine"),), (Entry("branin"),), trials=2, repetitions=2)
    plan, memory = make_plan(sweep, Store(tmp_path / "r")), Memory()
    for job in plan.todo:
        work.do(job, memory, {})
    assert [record.end.status for record in memory.records()] == ["completed"] * 2
    assert "helper_of_mine" in sys.modules
    assert make_plan(sweep, Store(tmp_path / "r")).todo == plan.todo


def test_a_package_counts_with_what_it_runs(write, helper):
    name, text = "helper_of_mine", MINE.replace("import Sug", "import Float, Sug")
    text = text.replace("from bench", f"from {name}.inner import deep\nfrom bench", 1)
    helper("", f"{name}/__init__.py")
    helper("from . import deep\n", f"{name}/inner.py")
    helper("STEP = 1\n", f"{name}/deep.py")
    first = write(text)
    for changed in ("__init__", "deep"):
        helper("STEP = 3\n", f"{name}/{changed}.py")
        now = write(text)
        assert now != first
        first = now


MADE = """
from dataclasses import make_dataclass

from strategies.random_search import RandomSearch

Mine = make_dataclass("Mine", [], bases=(RandomSearch,), namespace={"name": "mine", "step": 1})
"""


def test_a_class_that_was_made_elsewhere_is_of_the_file_that_was_named(write):
    first = write(MADE)
    assert len(first) == 16
    assert first != write(MADE.replace('"step": 1', '"step": 2'))


INNER = '''
from problems.analytic import Branin


class Mine(Branin):
    """Branin."""

    name = "mine"
    step = 1
'''


def test_the_code_of_a_problem_inside_another_counts_too(tmp_path):
    place = tmp_path / "inner.py"
    place.write_text(INNER)
    entry = Entry(f"noisy:{place}:Mine")
    forget()
    first = PROBLEMS.resolve(entry)
    assert first.code == ""
    assert len(first.settings["of"]["code"]) == 16
    assert PROBLEMS.resolve(first) == first
    place.write_text(INNER.replace("step = 1", "step = 2"))
    forget()
    assert PROBLEMS.resolve(first) != first
    with pytest.raises(RegistryError, match=r"must stay as it is while a sweep runs, it was edit"):
        PROBLEMS.create(first)


@pytest.mark.parametrize("line", ["X = " + " + ".join(["1"] * 900), "X = 0x" + "f" * 5000])
def test_code_that_is_deep_or_long_has_a_fingerprint(write, line):
    assert len(write(f"{MINE}\n\n{line}\n")) == 16


def test_the_fingerprint_is_the_same_in_every_version_of_python(write):
    text = MINE.replace(
        "Suggestion(found.config)", "Suggestion(found.config, *[f'{1!r:>{2}}'][:0])"
    )
    assert write(text) == PINNED


def test_what_is_released_has_no_fingerprint(tmp_path, monkeypatch):
    assert {code.fingerprint(cls) for cls in STRATEGIES.own().values()} == {""}
    assert {code.distribution(cls) for cls in STRATEGIES.own().values()} == {""}
    assert code.distribution(pytest.Item).startswith("pytest ")
    assert code.fingerprint(pytest.Item) == ""


@pytest.mark.slow
def test_an_edited_strategy_is_done_again_and_its_old_runs_are_in_no_report(write):
    def tunebench(*arguments):
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code == 0, result.output
        return result.output

    run = ("run", "--strategies", "mine.py:Mine,random", "--problems", "branin", "--trials", "3",
           "--repetitions", "2", "--out", "r")  # fmt: skip
    write(MINE)
    assert "4 to do" in tunebench(*run)
    write(MINE.replace("# fast", "# slow"))
    assert "4 runs are there, 0 to do" in tunebench(*run)
    write(MINE.replace("Suggestion(found.config)", 'Suggestion({"x1": 1.0, "x2": 2.0})'))
    said = tunebench(*run)
    assert "2 runs are there, 2 to do" in said
    assert (
        "mine.py:Mine changed (its code) after 2 runs in the folder: they are "
        "repeated, and the old runs stay in the folder, outside of all reports"
    ) in said
    assert "6 runs" not in tunebench("status", "r")
    assert len(list((Path("r") / "runs").glob("*.jsonl"))) == 6
    assert "left out: 2 runs of another sweep or version" in tunebench("report", "r")


def test_a_file_that_was_edited_within_a_second_is_read_anew(write, tmp_path):
    for step in ("1", "2"):
        write(f"{MINE}    step = {step}\n")
        assert str(STRATEGIES.get(f"{tmp_path}/mine.py:Mine").step) == step  # type: ignore[attr-defined]
    assert not (tmp_path / "__pycache__").exists()


@pytest.mark.slow
def test_the_distribution_of_an_installed_class_is_recorded(tmp_path, monkeypatch):
    place = tmp_path / "site-packages"
    place.mkdir()
    (place / "released.py").write_text(MINE)
    about = place / "released_strategies-2.1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: released-strategies\nVersion: 2.1\n"
    )
    (about / "top_level.txt").write_text("released\n")
    monkeypatch.syspath_prepend(str(place))
    code._distributions.cache_clear()
    sweep = Sweep("s", (Entry("released:Mine"),), (Entry("branin"),), trials=2, repetitions=1)
    plan = make_plan(sweep, Store(tmp_path / "r"))
    (job,) = plan.todo
    assert job.facts.strategy_distribution == "released-strategies 2.1"
    assert job.facts.problem_distribution == ""
    assert job.spec.strategy.code == ""
    sys.modules.pop("released")


def test_an_edit_while_a_sweep_runs_is_noticed(write, tmp_path):
    write(MINE)
    sweep = Sweep("s", (Entry("mine.py:Mine"),), (Entry("branin"),), trials=2, repetitions=1)
    (job,) = make_plan(sweep, Store(tmp_path / "r")).todo
    write(MINE.replace("found.config", "dict(found.config)"))
    with pytest.raises(RegistryError, match=r"code of mine\.py:Mine must stay as it is while"):
        work.do(job, Store(tmp_path / "r"), {})
