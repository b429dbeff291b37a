"""Files of a sweep that other machines lack."""

from __future__ import annotations

import subprocess
import sys

import orjson
import pytest

from bench.execution.plan import resolve
from bench.execution.transfer import cargo_of, unpack
from bench.spec import Entry, Sweep

MINE = """
from dataclasses import dataclass
from bench import Config, Evaluation, Float, Metric, Problem, SearchSpace
from helper.shapes import shift

@dataclass
class Mine(Problem):
    name = "mine"
    metric = Metric("loss", "minimize")
    space = SearchSpace({"x": Float(-1, 1)})
    path: str = "words.txt"

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        import late

        return Evaluation(shift(config["x"]) + late.LATE + len(open(self.path).read()))
"""

ELSEWHERE = """
import sys, orjson
from pathlib import Path
from bench.execution.transfer import Copies
from bench.spec import Entry
folder, names, entry = orjson.loads(sys.stdin.buffer.read())
copies = Copies(folder=folder, names=names)
before = list(sys.path)
problem = copies.problem(Entry(**entry))
print(problem.evaluate({"x": 0.5}, seed=1).value)
assert sys.path == before
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A problem in a file of one's own, with modules and a data file beside it."""
    home = tmp_path / "home"
    (home / "helper").mkdir(parents=True)
    (home / "mine.py").write_text(MINE)
    (home / "helper" / "__init__.py").write_text("")
    (home / "helper" / "shapes.py").write_text("def shift(x): return x + 0.25\n")
    (home / "late.py").write_text("LATE = 100\n")
    (home / "words.txt").write_text("seven..")
    monkeypatch.chdir(home)
    monkeypatch.syspath_prepend(home)
    yield Entry("mine.py:Mine")
    for name in ("helper", "helper.shapes", "late"):
        sys.modules.pop(name, None)


def resolved(*problems):
    return resolve(Sweep("s", (Entry("random"),), problems)).problems


@pytest.mark.slow
def test_a_class_of_a_file_travels_with_what_it_imports_and_what_its_settings_name(mine, tmp_path):
    (entry,) = resolved(mine)
    cargo = cargo_of([entry])
    assert set(cargo.names) == {"mine.py", "words.txt"}
    assert {place for place in cargo.places if place.startswith("modules/")} == {
        "modules/helper/__init__.py", "modules/helper/shapes.py", "modules/late.py",
    }  # fmt: skip
    away = tmp_path / "away"
    unpack(cargo.places, cargo.contents, away)
    (tmp_path / "nowhere").mkdir()
    given = orjson.dumps([str(away), cargo.names, entry.to_dict()])
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        cwd=tmp_path / "nowhere",
        input=given,
        capture_output=True,
        check=False,
    )
    assert done.stdout.decode().strip() == "107.75", done.stderr.decode()
    # One that was changed on the way is another one.
    (away / cargo.names["mine.py"]).write_text(MINE.replace("0.25", "0.5") + "X = 1\n")
    again = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], cwd=tmp_path / "nowhere", input=given,
        capture_output=True, check=False,
    )  # fmt: skip
    assert b"must stay as it is while a sweep runs" in again.stderr


def test_what_comes_with_the_package_stays():
    cargo = cargo_of(resolved(Entry("branin"), Entry("bench.testing.toys:Sphere", "sphere")))
    assert (cargo.contents, cargo.places, cargo.names) == ({}, {}, {})


def test_a_content_travels_once_and_keeps_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "\n".join(["size,price", *(f"{n},{3 * n + n * 7919 % 13}" for n in range(20, 70))])
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "flats.csv").write_text(rows)
    named = [Entry(f"knn:{f}/flats.csv", f, {"target": "price"}) for f in ("a", "b")]
    cargo = cargo_of(resolved(*named))
    assert len(cargo.contents) == 1
    assert set(cargo.names) == {"a/flats.csv", "b/flats.csv"}
    assert {place.partition("/")[2] for place in cargo.places} == {"flats.csv"}
