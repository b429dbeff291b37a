"""Parts that are held ready, and those that are made anew."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from problems import _parts
from problems._bundled import BUNDLED
from problems.linear import Logistic
from problems.neighbours import KNN
from problems.tree import Tree


@pytest.fixture
def grid_rows(tmp_path):
    """A file of 1,000 rows with a number, a gap and a column of 200 categories."""
    rng = np.random.default_rng(0)
    path = tmp_path / "levels.csv"
    rows = [f"Z{rng.integers(200)},{rng.random():.4f},{i % 2}" for i in range(1000)]
    rows[3] = "Z1,,1"
    path.write_text("\n".join(["zip,x,y", *rows]), encoding="utf-8")
    return {"data": str(path), "target": "y"}


@pytest.mark.slow
@pytest.mark.parametrize("cls", [Tree, KNN, Logistic])
@pytest.mark.parametrize("reshuffle", [False, True])
def test_parts_made_anew_have_the_same_values(grid_rows, monkeypatch, cls, reshuffle):
    def values():
        problem = cls(**grid_rows, repeats=1, reshuffle=reshuffle)
        found = [problem.evaluate(problem.space.default, seed=1) for _ in range(2)]
        return [(each.fold_values, each.test_value) for each in found]

    held = values()
    monkeypatch.setattr(_parts, "MAX_READY_BYTES", 0)
    assert values() == held


@pytest.mark.slow
def test_large_parts_are_in_memory_one_at_a_time(grid_rows, monkeypatch):
    monkeypatch.setattr(_parts, "MAX_READY_BYTES", 0)
    problem = Tree(**grid_rows)
    problem.evaluate({**problem.space.default, "max_depth": 1}, seed=1)
    whole = 1000 * problem.load().X.itemsize * 201
    tracemalloc.start()
    problem.evaluate({**problem.space.default, "max_depth": 1}, seed=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Eleven parts would be eleven times the whole; one is made with copies on the way.
    assert peak < 4 * whole


def test_small_parts_are_held():
    problem = Tree()
    assert _parts.are_held(problem.facts, problem.splitter)
    rows = replace(problem.facts, rows=60_000)
    assert not _parts.are_held(rows, problem.splitter)


def test_more_categories_than_memory_holds_are_refused():
    facts = replace(BUNDLED["wine"], rows=100_000, categorical=1, categories=20_000, numeric=1)
    with pytest.raises(ValueError, match=r"1 GB or less once each category has a column") as caught:
        _parts.check_size(facts)
    assert "100,000 rows × 20,001 columns, 20,000 of them for categories" in str(caught.value)
    assert "; merge rare categories, drop the column" in str(caught.value)
    _parts.check_size(replace(facts, rows=6_000))
