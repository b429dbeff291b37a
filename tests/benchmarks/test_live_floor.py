"""Live evaluation against its floor: fit + predict on pre-made splits, and cross_val_score.

All three give the same values: five folds, and a refit scored on the test part. The floor and
`cross_val_score` fit the preprocessing in every evaluation; ours fitted it once for all of them.
"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import cross_val_score

from problems.svm import RBFSVMBreastCancer
from problems.tree import TreeWine

# The first calls import libraries and touch cold memory, so they are not timed.
ROUNDS = {"warmup_rounds": 5, "rounds": 100}


@pytest.fixture(params=[RBFSVMBreastCancer, TreeWine], ids=lambda cls: cls.name)
def problem(request, benchmark):
    benchmark.group = f"5-fold {request.param.name}"
    return request.param(folds=5, repeats=1)


@pytest.fixture
def data(problem):
    data = problem.load()
    return data.X, data.y, problem.split(data, 0)


def fit_and_score(problem, X_fit, y_fit, X_score, y_score):
    estimator = problem.pipeline(problem.space.default, 0)
    return np.mean(estimator.fit(X_fit, y_fit).predict(X_score) == y_score)


def test_floor(benchmark, problem, data):
    X, y, split = data
    pairs = (*split.folds, (split.train, split.test))
    parts = [(X[fit], y[fit], X[score], y[score]) for fit, score in pairs]
    values = benchmark.pedantic(lambda: [fit_and_score(problem, *part) for part in parts], **ROUNDS)
    assert len(values) == 6


def test_ours(benchmark, problem):
    """Bound: 1.15 × the floor."""
    config = problem.space.default
    evaluation = benchmark.pedantic(lambda: problem.evaluate(config, seed=0), **ROUNDS)
    assert len(evaluation.fold_values) == 5


def test_cross_val_score(benchmark, problem, data):
    X, y, split = data
    outer = (X[split.train], y[split.train], X[split.test], y[split.test])

    def theirs():
        estimator = problem.pipeline(problem.space.default, 0)
        return cross_val_score(estimator, X, y, cv=split.folds), fit_and_score(problem, *outer)

    values, _ = benchmark.pedantic(theirs, **ROUNDS)
    assert len(values) == 5
