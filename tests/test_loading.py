"""A file that a reference leads to: loaded once, and anew when a sweep is planned after an edit."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tunebench as tb
from bench.execution.plan import make_plan
from bench.loading import load_module
from bench.registry import STRATEGIES
from bench.spec import Entry, Sweep
from bench.store import Memory

MINE = """
from bench import Suggestion
from strategies.random_search import RandomSearch

class Mine(RandomSearch):
    name = "mine"

    def ask(self):
        super().ask()
        return Suggestion({"x": VALUE})
"""


@pytest.fixture
def write(tmp_path):
    place = tmp_path / "mine.py"

    def write(value):
        place.write_text(MINE.replace("VALUE", value), encoding="utf-8")
        return str(place)

    return write


def test_an_edited_file_is_run_as_it_is_now(write):
    problem = tb.problem(lambda x: x, space={"x": (0.0, 9.0)})
    seen, runs = [], []
    for value in ("1.0", "2.0", "1.0"):
        result = tb.run(
            strategies=f"{write(value)}:Mine",
            problems=problem,
            trials=2,
            repetitions=1,
            progress=False,
        )
        seen.append(set(result.trials["value"]))
        runs.append(result.runs["run"].tolist())
    assert seen == [{1.0}, {2.0}, {1.0}]
    assert runs[0] == runs[2] != runs[1]


def test_a_file_is_loaded_once_while_it_is_the_same(write):
    place = write("1.0")
    first = load_module(place)
    write("1.0")
    Sweep("s", (Entry(f"{place}:Mine"),), (Entry("branin"),))
    assert load_module(place) is first


def test_an_edit_waits_for_the_next_plan(write):
    place = write("1.0")
    sweep = Sweep("s", (Entry(f"{place}:Mine"),), (Entry("branin"),), repetitions=1)
    planned = make_plan(sweep, Memory()).todo[0].spec.strategy
    write("2.0")
    assert type(STRATEGIES.create(planned)).name == "mine"
    again = make_plan(sweep, Memory()).todo[0].spec.strategy
    assert again.code != planned.code


def test_classes_of_a_notebook_have_a_fingerprint(tmp_path):
    # A cell is executed in __main__, which has no file there.
    cell = '''
import sys, types
module = sys.modules["__main__"]
vars(module).pop("__file__", None)
code = """
import tunebench as tb
class Mine(tb.Strategy):
    name = "mine"
    def start(self, space, *, seed, budget): pass
    def ask(self): return tb.Suggestion({"x": VALUE})
    def tell(self, trial): pass
problem = tb.problem(lambda x: x, space={"x": (0.0, 9.0)})
result = tb.run(strategies=Mine(), problems=problem, trials=1, repetitions=1, progress=False)
"""
runs = []
for value in ("1.0", "1.0", "2.0"):
    exec(compile(code.replace("VALUE", value), "<cell>", "exec"), vars(module))
    runs.append(result.runs["run"].item())
print(runs[0] == runs[1], runs[0] == runs[2])
'''
    done = subprocess.run(
        [sys.executable, "-c", cell], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["True", "False"], done.stderr
