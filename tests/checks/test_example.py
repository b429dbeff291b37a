"""What a class is checked with: its defaults, or the example it gives."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bench import (
    checks,
)
from bench.registry import PROBLEMS
from bench.testing.contracts import Sound


def test_what_cannot_be_made_fails_once():
    verdicts = list(checks.run_checks(PROBLEMS.get("table"), checks.PROBLEM_CHECKS))
    (failed,) = [verdict for verdict in verdicts if verdict.reason]
    assert failed.check == "has_defaults"
    assert "name it with its path, table:PATH" in failed.reason


MODEL = """
from dataclasses import dataclass
from bench import Float, SearchSpace
from problems.live import LiveProblem

@dataclass
class Mine(LiveProblem):
    \"\"\"A nearest neighbour.\"\"\"

    name = "mine"
    tasks = {tasks}
    {settings}

    def space_for(self, facts):
        return SearchSpace({{"leaf_size": Float(10, 20)}}, default={{"leaf_size": 15}})

    def make(self, config, random_state):
        from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

        model = KNeighborsClassifier if self.classifies else KNeighborsRegressor
        return model(leaf_size=int(config["leaf_size"]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tasks", "settings", "used"),
    [
        ('("regression",)', "", "data = 'diabetes'"),
        ('("regression",)', 'cv: str = "time-series"; repeats: int = 1', "data = 'diabetes'"),
        ('("multiclass",)', "", "data = 'iris'"),
        ('("binary",)', "", None),
        ('("binary", "regression")', 'scoring: str = "mae"', "data = 'diabetes'"),
        (
            '("regression",)',
            "example = classmethod(lambda cls: cls(data='generated:rows=60,task=regression'))",
            "data = 'generated:rows=60,task=regression'",
        ),
    ],
)
def test_a_model_is_checked_on_data_it_can_learn(tmp_path, tasks, settings, used):
    path = tmp_path / "mine.py"
    path.write_text(MODEL.format(tasks=tasks, settings=settings), encoding="utf-8")
    verdicts = list(checks.run_checks(PROBLEMS.get(f"{path}:Mine"), checks.PROBLEM_CHECKS))
    assert [verdict for verdict in verdicts if verdict.reason] == []
    (made,) = [verdict for verdict in verdicts if verdict.check == "has_defaults"]
    assert made.note.startswith(f"checked with {used}" if used else "")
    assert bool(made.note) == (used is not None)


@dataclass
class Required(Sound):
    """Has a setting without a default, and says what to check it with."""

    name = "required"

    power: int

    @classmethod
    def example(cls):
        return cls(2)


def test_a_required_setting_is_what_the_example_says():
    verdicts = list(checks.run_checks(Required, checks.PROBLEM_CHECKS))
    assert [verdict for verdict in verdicts if verdict.reason] == []
    (made,) = [verdict for verdict in verdicts if verdict.check == "has_defaults"]
    assert made.note.startswith("checked with power = 2, as its name alone is not enough: ")
