"""A results folder that somebody sent: reading it runs, makes and opens nothing that it names."""

from __future__ import annotations

import pickle
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from bench import Evaluation, Status, Suggestion, Trial, registry
from bench.analyses import Analyses
from bench.cli import main
from bench.core import Categorical, Metric, SearchSpace
from bench.job import Facts, Job
from bench.registry import PROBLEMS
from bench.run import End, RunStatus
from bench.spec import Entry, Sweep
from bench.store import Store
from bench.tabular import write_table

EVIL = """
from pathlib import Path
Path({marker!r}).touch()
from bench import Problem
class P(Problem):
    pass
"""

_opened = None


def _hear(event, arguments):
    if _opened is not None and event == "open":
        _opened.append(str(arguments[0]))


sys.addaudithook(_hear)


class Touch:
    """What a pickle may do when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """A folder of the user's with code that leaves a mark when it runs, and a table.

    Its path is short, since labels, which have 100 characters at most, are made of it.
    """
    with tempfile.TemporaryDirectory(prefix="o") as name:
        yield _outside(Path(name), tmp_path / "executed", monkeypatch)


def _outside(folder, marker, monkeypatch):
    for name in ("evil.py", "evil_module.py"):
        (folder / name).write_text(EVIL.format(marker=str(marker)))
    monkeypatch.syspath_prepend(folder)
    space = SearchSpace({"a": Categorical(("x", "y"))})
    rows = [[({"a": a}, Evaluation(0.5)) for a in "xy"]]
    write_table(folder / "t.parquet", space, Metric("m", "minimize"), rows, about={})
    (folder / "p.pickle").write_bytes(pickle.dumps(Touch(str(marker))))

    def load():
        marker.touch()
        return object

    point = SimpleNamespace(name="evil-point", value="evil_module:P", load=load)
    monkeypatch.setattr(registry, "_entry_points", lambda group: (point,))
    return SimpleNamespace(folder=folder, marker=marker)


def names(folder):
    """What a header may call a problem, with its settings."""
    return [
        (f"{folder}/evil.py:P", {}),
        ("evil_module:P", {}),
        ("evil-point", {}),
        (f"table:{folder}/t.parquet", {"path": f"{folder}/t.parquet", "fingerprint": ""}),
        ("table", {"path": f"{folder}/t.parquet"}),
        ("table-../../outside/t", {}),
        (f"noisy:table:{folder}/t.parquet", {"of": {"name": f"table:{folder}/t.parquet"}}),
        ("shifted", {"of": {"name": f"{folder}/evil.py:P", "settings": {}}}),
        (f"shifted:{folder}/evil.py:P", {}),
        (f"shifted:{folder}/evil.py:P", {"of": "branin"}),
        ("shifted", {"of": f"{folder}/evil.py:P"}),
        ("shifted", {"of": {"name": "noisy", "settings": [f"{folder}/evil.py:P"]}}),
        ("branin:P", {}),
        ("svm", {"data": f"{folder}/t.parquet", "target": "a"}),
        (f"{folder}/p.pickle", {}),
        ("../../outside/evil.py:P", {"data": "../../outside/p.pickle"}),
    ]


@pytest.fixture
def sent(tmp_path, outside):
    """Make folders as whoever sends them may have written them by hand."""

    def make(name, value=0.5):
        strategies = [Entry(n, label, version=1) for n, label in
                      ((f"{outside.folder}/evil.py:P", "evil"), ("random", "random"))]  # fmt: skip
        problems = [
            Entry(n, f"p{i}", settings, version=2)
            for i, (n, settings) in enumerate(names(outside.folder))
        ]
        sweep = Sweep("sent", tuple(strategies), tuple(problems), trials=2, repetitions=2)
        store = Store(tmp_path / name)
        store.create(sweep.to_dict())
        facts = Facts("", "m", "minimize", unordered=False)
        for spec in sweep.expand():
            writer = store.open(Job(spec, 1, 2, facts), {"python": "3"})
            for number in range(2):
                found = value + number + (spec.strategy.label == "evil") + spec.repetition / 7
                writer.append(
                    Trial(number, Suggestion({"a": "x"}), Status.COMPLETED, found,
                          Evaluation(found, cost=1.0), "", 1.0, 0.1, 1.0, 0.1),
                    number,
                )  # fmt: skip
            writer.close(End(RunStatus.COMPLETED, "", 2))
        return store.folder

    return make


@pytest.fixture
def tidy(sent, tmp_path):
    def make():
        trials, _ = Store(sent("one")).frames()
        path = tmp_path / "trials.csv"
        named = trials.assign(dataset=trials["problem_name"], problem=trials["problem_name"])
        # A table has no settings, by which some of the problems differ only.
        keys = ["strategy", "problem", "repetition", "trial_number"]
        named.drop_duplicates(keys).to_csv(path)
        return path

    return make


def commands(sent, tidy, tmp_path):
    draws = ["--draws", str(sent("one")), "--out", str(tmp_path / "catalog")]
    return {
        "status": lambda: ["status", str(sent("one"))],
        "pack": lambda: ["pack", str(sent("one"))],
        "report": lambda: ["report", str(sent("one"))],
        "reports": lambda: ["report", *map(str, (sent("one"), sent("two"))), "--out",
                            str(tmp_path / "both-report")],
        "table": lambda: ["report", str(tidy())],
        "compare": lambda: ["compare", str(sent("one")), str(sent("two", 0.4))],
        "catalog": lambda: ["catalog", *draws],
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
@pytest.mark.parametrize(
    "command", ["status", "pack", "report", "reports", "table", "compare", "catalog"]
)
def test_reading_runs_makes_and_opens_nothing_that_a_folder_names(
    sent, tidy, outside, tmp_path, monkeypatch, command, packed
):
    global _opened
    arguments = commands(sent, tidy, tmp_path)[command]()
    for folder in (tmp_path / "one", tmp_path / "two"):
        if packed and folder.is_dir():
            Store(folder).pack()
    # Of all that is installed as few as will do, and figures show what is known by then.
    few = {name: PROBLEMS.own()[name] for name in ("branin", "svm-wine")}
    monkeypatch.setattr(registry.Catalog, "classes", lambda _: few)
    monkeypatch.setattr("bench.report.build.build_report", findings_of)
    monkeypatch.setattr("bench.report.drawing.processes", nullcontext)
    _opened = []
    try:
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    finally:
        opened, _opened = _opened, None
    assert result.exit_code in (0, 1, 3), result.output
    assert not outside.marker.exists()
    assert [path for path in opened if str(outside.folder) in path] == []
    assert not {"evil", "evil_module"} & set(sys.modules)


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["bundle"],
        ["cite"],
        *(["export", "--to", name] for name in ("coco", "ioh", "bencheval", "optuna")),
        ["best", "--format", "json"],
        *(["best", "--format", "code", "--problem", f"p{i}"] for i in (0, 1, 7, 8, 9, 10, 11, 12)),
    ],
    ids=" ".join,
)
def test_what_is_made_of_a_folder_executes_nothing_that_it_names(
    sent, outside, monkeypatch, arguments
):
    folder = sent("one")
    own = PROBLEMS.own()
    monkeypatch.setattr(registry.Catalog, "classes", lambda _: own)
    monkeypatch.setattr("bench.report.build.build_report", written)
    result = CliRunner().invoke(main, [*arguments, str(folder)], catch_exceptions=False)
    assert result.exit_code == 0 or "must have" in result.output, result.output
    assert not outside.marker.exists()
    assert not {"evil", "evil_module"} & set(sys.modules)


def written(source, *, folder, **options):
    """Write a page in the place of a report."""
    folder.mkdir()
    (folder / "index.html").touch()
    return folder / "index.html"


def findings_of(source, *, folder, **options):
    """Take what a page is made of, all that a name could lead to."""
    found = Analyses(source, trials=None, rope=0.01)
    assert found.panels
    assert found.exact is not None
    assert not found.equivalents.empty
    assert not found.board.empty
    return folder / "index.html"


def test_what_is_heard_is_what_is_opened(outside):
    global _opened
    _opened = []
    (outside.folder / "evil.py").read_text()
    opened, _opened = _opened, None
    assert str(outside.folder / "evil.py") in opened
