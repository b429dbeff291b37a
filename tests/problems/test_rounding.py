"""Values that depend on the last bit show when the last bits change, all others stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bench import registry
from bench.checks.signature import same
from problems._rounding import nudged


def _values(name, config, roundings=8):
    cls: Any = registry.PROBLEMS.classes()[name]
    problem = cls(folds=2)
    others = [problem.otherwise_rounded(seed) for seed in range(roundings)]
    return [other.evaluate(config, seed=1).value for other in (problem, *others)]


@pytest.mark.slow
def test_boosting_deep_trees_hangs_on_the_last_bit_of_its_weights():
    # Twenty trees of depth 5: several splits separate the rest, and the weights' last bits choose.
    config = {"n_estimators": 20, "learning_rate": 0.7, "max_depth": 5}
    values = _values("adaboost-breast-cancer", config)
    assert len(set(values)) > 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tree-wine", "forest-diabetes", "knn-wine"])
def test_models_that_do_not_hang_on_it_keep_their_values(name):
    problem = registry.PROBLEMS.classes()[name]()
    values = _values(name, problem.space.default, roundings=3)
    assert all(same(value, values[0]) for value in values)


def test_a_problem_is_left_as_it_is():
    problem = registry.PROBLEMS.classes()["tree-wine"]()
    before = problem.evaluate(problem.space.default, seed=1)
    problem.otherwise_rounded(0).evaluate(problem.space.default, seed=1)  # type: ignore[attr-defined]
    assert problem.evaluate(problem.space.default, seed=1).value == before.value


def test_each_number_moves_by_a_last_bit_at_most_and_integers_not_at_all():
    rng = np.random.default_rng(0)
    values = rng.normal(size=1000)
    moved = nudged(values, rng)
    assert (moved != values).any()
    np.testing.assert_allclose(moved, values, rtol=2**-51, atol=0)
    column = np.array([[0.1, 7.3], [0.1, 0.2], [0.3, 7.3]])
    for _ in range(20):
        moved = nudged(column, rng)
        assert moved[0, 0] == moved[1, 0]
        assert moved[0, 1] == moved[2, 1]
    whole = np.arange(10.0)
    np.testing.assert_array_equal(nudged(whole, rng), whole)
    beside = np.column_stack([whole, rng.normal(size=10)])
    np.testing.assert_array_equal(nudged(beside, rng)[:, 0], whole)
