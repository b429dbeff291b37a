"""An edited class gives other runs; its comments, its formatting and where it lies do not."""

from __future__ import annotations

import sys
import textwrap

import pytest
from click.testing import CliRunner

from bench import code, registry, work
from bench.cli import main
from bench.plan import make_plan
from bench.registry import STRATEGIES
from bench.spec import Entry, Sweep
from bench.store import Store

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


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a file of one's own and return the fingerprint of its class, read anew."""
    monkeypatch.chdir(tmp_path)

    def write(text, path="mine.py"):
        place = tmp_path / path
        place.parent.mkdir(exist_ok=True)
        place.write_text(textwrap.dedent(text), encoding="utf-8")
        registry._load_file.cache_clear()
        return code.fingerprint(STRATEGIES.get(f"{place}:Mine"))

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


def test_what_a_file_imports_counts_unless_it_is_installed(write, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    text = MINE.replace("from bench", "import numpy\nimport helper_of_mine\nfrom bench", 1)
    helper = tmp_path / "helper_of_mine.py"

    def read(content):
        helper.write_text(content)
        sys.modules.pop("helper_of_mine", None)
        return write(text)

    first = read("STEP = 1\n")
    assert first == read("STEP = 1  # metre\n")
    # Of another length: Python tells by time and size whether to compile it again.
    assert first != read("STEP = 1000\n")
    sys.modules.pop("helper_of_mine", None)


def test_what_is_released_has_no_fingerprint(tmp_path, monkeypatch):
    assert {code.fingerprint(cls) for cls in STRATEGIES.own().values()} == {""}
    assert {code.distribution(cls) for cls in STRATEGIES.own().values()} == {""}
    assert code.distribution(pytest.Item).startswith("pytest ")
    assert code.fingerprint(pytest.Item) == ""


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
        "the code of mine.py:Mine is another than that of 2 runs in the folder: they are done "
        "again, and what was there stays in the folder and in no report"
    ) in said
    assert "6 runs" not in tunebench("status", "r")
    assert len(list((code.Path("r") / "runs").glob("*.jsonl"))) == 6
    assert "left out: 2 runs of another sweep or version" in tunebench("report", "r")


def test_a_file_that_was_edited_within_a_second_is_read_anew(write, tmp_path):
    for step in ("1", "2"):
        write(f"{MINE}    step = {step}\n")
        assert str(STRATEGIES.get(f"{tmp_path}/mine.py:Mine").step) == step
    assert not (tmp_path / "__pycache__").exists()


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
    sweep = Sweep("s", (Entry("released:Mine"),), (Entry("branin"),), trials=2, repetitions=1)
    plan = make_plan(sweep, Store(tmp_path / "r"))
    (head,) = plan.todo
    assert head["facts"]["strategy_distribution"] == "released-strategies 2.1"
    assert "problem_distribution" not in head["facts"]
    assert "code" not in head["spec"]["strategy"]
    sys.modules.pop("released")


def test_an_edit_while_a_sweep_runs_is_noticed(write, monkeypatch):
    write(MINE)
    monkeypatch.setattr("bench.work.fingerprint", lambda cls: "0" * 16)
    sweep = Sweep("s", (Entry("mine.py:Mine"),), (Entry("branin"),), trials=2, repetitions=1)
    (head,) = make_plan(sweep, Store(code.Path("r"))).todo
    with pytest.raises(work.CodeChangedError, match=r"code of mine\.py:Mine must stay as it is"):
        work.do(head, Store(code.Path("r")))
