import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench import description
from bench.measured import problems as measured
from bench.measured.scales import exact_draws, not_recorded, record, scales
from bench.panels.regret import Scale
from bench.registry import PROBLEMS
from bench.spec import Entry
from bench.store import Store


@pytest.fixture(autouse=True)
def recorded(monkeypatch):
    """What is recorded, to be filled by a test."""
    found = {}
    monkeypatch.setattr(description, "frozen_scales", lambda: found)
    return found


def runs(name, seeds=(0, 1), version=None, settings=None, label="p"):
    entry = PROBLEMS.resolve(Entry(name, settings=settings or {}))
    return pd.DataFrame(
        {
            "problem": label,
            "problem_name": name,
            "problem_version": entry.version if version is None else version,
            "problem_settings": json.dumps(entry.settings),
            "repetition": range(len(seeds)),
            "problem_seed": seeds,
            "median_draw": float("nan"),
            "scale_best": float("nan"),
            "scale_typical": float("nan"),
            "scale_source": "",
        }
    )


SHIPPED = "table-svm-wine"


def test_a_table_of_the_package_gives_the_median_of_its_splits_to_the_repetitions():
    (scale,) = scales(runs(SHIPPED, seeds=(2, 4, 7))).values()
    problem: Any = PROBLEMS.create(Entry(SHIPPED))
    table = problem.table
    medians = table.median_draws()
    assert scale.typical == {i: medians[seed % table.splits] for i, seed in enumerate((2, 4, 7))}
    assert scale.best is None
    assert "exactly" in scale.source


def test_what_runs_recorded_counts_where_it_is_there_for_all_of_them():
    frame = runs("branin").assign(problem_name="table:gone.parquet", median_draw=[0.4, 0.6])
    (scale,) = scales(frame).values()
    assert (scale.best, scale.typical) == (None, {0: 0.4, 1: 0.6})
    assert "exactly" in scale.source
    assert scales(frame.assign(median_draw=[0.4, float("nan")])) == {}


def test_a_scale_that_runs_recorded_counts_before_that_of_the_catalog(recorded):
    recorded["branin"] = {"version": 1, "settings": {"shifted": True}, "best": None,
                          "typical": 9.0, "source": "today's"}  # fmt: skip
    frame = runs("branin")
    assert scales(frame)["p"] == Scale(None, 9.0, "today's")
    assert not_recorded(frame) == ["p"]
    frame = frame.assign(scale_typical=7.0, scale_source="then")
    assert scales(frame)["p"] == Scale(None, 7.0, "then")
    assert scales(frame.assign(scale_best=1.5))["p"] == Scale(1.5, 7.0, "then")
    assert not_recorded(frame) == []


def test_a_problem_that_nobody_froze_lacks_no_record():
    assert not_recorded(runs("branin").assign(problem_name="mine.py:Valley")) == []


def test_what_is_recorded_counts_for_the_same_version_and_settings(recorded):
    entry = PROBLEMS.resolve(Entry("svm-wine"))
    recorded["svm-wine"] = {"version": entry.version, "settings": dict(entry.settings),
                            "best": 0.99, "typical": 0.8, "source": "draws"}  # fmt: skip
    (scale,) = scales(runs("svm-wine")).values()
    assert (scale.best, scale.typical, scale.source) == (0.99, 0.8, "draws")
    assert scales(runs("svm-wine", version=0)) == {}
    assert scales(runs("svm-wine", settings={"folds": 3})) == {}
    # Regret is of full evaluations, which cheaper ones beside them leave alone.
    assert scales(runs("svm-wine", settings={"fidelity": "rows"})) == {"p": scale}


def test_a_problem_that_is_not_here_has_no_scale():
    frame = runs("branin").assign(problem_name="table:gone.parquet", problem_settings="{}")
    assert scales(frame) == {}


def test_the_record_of_a_function_is_the_median_of_one_draw(monkeypatch):
    monkeypatch.setattr(measured, "INSTANCES", 8)
    ((name, found),) = record(["quadratic-low-effective"], pd.DataFrame())
    assert name == "quadratic-low-effective"
    # Shifted, (x − c)² with c uniform in the middle half or so of the box: below ¼ in any case.
    losses, _ = measured.drawn(PROBLEMS.create(Entry(name)), name)
    assert found["typical"] == pytest.approx(np.median(losses))
    assert 0 < found["typical"] < 0.25
    assert found["best"] is None


def test_the_record_of_a_live_model_is_taken_from_its_draws():
    entry = PROBLEMS.resolve(Entry("svm-wine"))
    rows = [("random", 0.5), ("random", 0.7), ("random", None), ("random", 0.6), ("default", 0.9)]
    trials = pd.DataFrame(rows, columns=["strategy", "value"]).assign(
        problem_name="svm-wine",
        problem_version=entry.version,
        problem_settings=json.dumps(entry.settings),
    )
    ((_, found),) = record(["svm-wine"], trials)
    assert (found["best"], found["typical"]) == (0.9, 0.6)
    assert list(record(["svm-breast-cancer"], trials)) == []


ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_what_is_shipped_for_live_models_comes_from_the_shipped_draws():
    shipped = json.loads((ROOT / "problems/scales.json").read_text(encoding="utf-8"))
    live = [name for name, cls in PROBLEMS.classes().items() if "live" in cls.tags[:1]]
    trials, _ = Store(ROOT / "results/draws").frames()
    found = dict(record(live, trials))
    assert len(found) >= 30
    assert found == {name: shipped[name] for name in found}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["branin", "ackley5"])
def test_what_is_shipped_for_functions_is_computed_again(name):
    shipped = json.loads((ROOT / "problems/scales.json").read_text(encoding="utf-8"))
    ((_, found),) = record([name], pd.DataFrame())
    # Other processors sum in another order.
    assert found["typical"] == pytest.approx(shipped[name]["typical"], rel=1e-6)
    assert {**found, "typical": 0} == {**shipped[name], "typical": 0}


def test_a_draw_from_a_table_of_the_package_is_known_exactly():
    found = exact_draws(runs(SHIPPED, seeds=(2, 4, 7)), {"p": [2, 0]})
    ((losses, weights),) = found.values()
    problem: Any = PROBLEMS.create(Entry(SHIPPED))
    table = problem.table
    wanted = [table.losses(seed % table.splits).tolist() for seed in (7, 2)]
    assert losses.tolist() == wanted
    assert weights.tolist() == table.draw_probability().tolist()


def test_of_a_function_and_of_another_version_of_a_table_no_exact_draws_are_known():
    assert exact_draws(runs("branin"), {"p": [0]}) == {}
    assert exact_draws(runs(SHIPPED, version=0), {"p": [0]}) == {}
