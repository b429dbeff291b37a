from __future__ import annotations

import warnings
import weakref
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from sklearn import get_config
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from bench import Float, SearchSpace
from problems._live import LiveProblem
from problems._metrics import ACCURACY, LOG_LOSS, RMSE
from problems.svm import SVMBreastCancer
from problems.tree import TreeWine

# Few folds, where a problem's models are slow; what is tested does not depend on their number.
FEW = {"folds": 2, "repeats": 1}


def test_fold_values_equal_cross_val_score_to_the_last_bit(affordable, scoring, configs):
    problem = affordable
    X, y = problem.load()
    for seed, config in enumerate(configs):
        folds = problem.split(y, seed).folds
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = problem.pipeline(config, seed)
            theirs = cross_val_score(model, X, y, cv=folds, scoring=scoring)
        ours = problem.evaluate(config, seed=seed).fold_values
        assert ours == tuple(np.abs(theirs))
        assert len(ours) == problem.folds * problem.repeats


def test_value_is_the_mean_and_test_value_a_refit(live):
    problem = live(**FEW)
    X, y = problem.load()
    config = problem.space.from_unit([0.5] * len(problem.space))
    evaluation = problem.evaluate(config, seed=5)
    assert evaluation.value == np.mean(evaluation.fold_values)
    split = problem.split(y, 5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        refit = problem.pipeline(config, 5).fit(X[split.train], y[split.train])
    test_value = problem.score(refit, X[split.test], y[split.test], np.unique(y))
    assert evaluation.test_value == test_value


def test_the_seed_decides_everything(live):
    config = live().space.from_unit([0.5] * len(live().space))
    problem = live(**FEW)
    first, other, again = (problem.evaluate(config, seed=seed) for seed in (1, 2, 1))
    fresh = live(**FEW).evaluate(config, seed=1)
    for twin in (again, fresh):
        assert (twin.value, twin.test_value, twin.fold_values) == (
            first.value,
            first.test_value,
            first.fold_values,
        )
    assert (first.fold_values, first.test_value) != (other.fold_values, other.test_value)


def test_values_and_costs_are_plain(live):
    problem = live(**FEW)
    evaluation = problem.evaluate(problem.space.from_unit([0.5] * len(problem.space)), seed=0)
    for value in (evaluation.value, evaluation.test_value, *evaluation.fold_values):
        assert type(value) is float
    assert type(evaluation.cost) is float
    assert evaluation.cost > 0


def test_default_is_inside_the_space(live):
    space = live().space
    assert space.check(space.default) == space.default


def test_stratified_exactly_when_it_classifies(live):
    from sklearn.base import is_classifier

    problem = live()
    assert problem.stratified == is_classifier(problem.make(problem.space.default, 0))


@pytest.mark.parametrize("settings", [{"folds": 1}, {"folds": 2.0}, {"folds": True}])
def test_folds_must_be_two_or_more(settings):
    with pytest.raises(ValueError, match=r"folds must be a whole number, 2 or more, got"):
        TreeWine(**settings)


@pytest.mark.parametrize("repeats", [0, -1, 1.0, True, "2"])
def test_repeats_must_be_one_or_more(repeats):
    with pytest.raises(ValueError, match=r"repeats must be a whole number, 1 or more, got"):
        TreeWine(repeats=repeats)


def test_preprocessing_sees_the_training_part_of_its_fold_only():
    problem = SVMBreastCancer(**FEW)
    scalers = []
    problem.preprocess = lambda: scalers.append(StandardScaler()) or scalers[-1]
    evaluation = problem.evaluate(problem.space.default, seed=9)
    X, y = problem.load()
    split = problem.split(y, 9)
    fits = [*(fit for fit, _ in split.folds), split.train]
    assert len(scalers) == len(fits)
    for scaler, rows in zip(scalers, fits, strict=True):
        assert np.array_equal(scaler.mean_, X[rows].mean(axis=0))
    by_hand = []
    for fit, score in split.folds:
        scaler = StandardScaler().fit(X[fit])
        svc = SVC(**problem.space.default).fit(scaler.transform(X[fit]), y[fit])
        by_hand.append(svc.score(scaler.transform(X[score]), y[score]))
    assert evaluation.fold_values == tuple(by_hand)


def test_preprocessing_is_fitted_once_for_all_configurations():
    problem = SVMBreastCancer(**FEW)
    scalers = []
    problem.preprocess = lambda: scalers.append(StandardScaler()) or scalers[-1]
    for C in (0.1, 1.0, 10.0):
        problem.evaluate(problem.space.default | {"C": C}, seed=9)
    assert len(scalers) == 3  # two folds and the outer part


def test_a_model_that_works_in_place_fails_aloud():
    class Scribbler(Spy):
        def fit(self, X, y):
            X *= 2
            return self

    problem = Spied()
    problem.make = lambda config, random_state: Scribbler(random_state)
    with pytest.raises(ValueError, match="read-only"):
        problem.evaluate({"x": 0.5}, seed=0)


class Spy:
    """An estimator that writes down the rows it meets and predicts a constant."""

    def __init__(self, random_state: int) -> None:
        self.random_state = random_state
        self.fitted: set[int] = set()
        self.scored: set[int] = set()
        self.settings: dict[str, Any] = {}

    def fit(self, X, y):
        self.fitted, self.settings = set(X[:, 0].tolist()), get_config()
        warnings.warn("far from converged", ConvergenceWarning, stacklevel=1)
        return self

    def predict(self, X):
        self.scored = set(X[:, 0].tolist())
        return np.zeros(len(X))

    def predict_proba(self, X):
        self.predict(X)
        return np.full((len(X), 3), 1 / 3)


@dataclass
class Spied(LiveProblem):
    """Forty rows that are their own number; three classes."""

    name = "spied"
    score = ACCURACY
    space = SearchSpace({"x": Float(0, 1)})
    rows: ClassVar[int] = 40

    def load(self):
        return np.arange(self.rows)[:, None], np.arange(self.rows) % 3

    def make(self, config, random_state):
        self.spies = [*getattr(self, "spies", []), Spy(random_state)]
        return self.spies[-1]


@pytest.mark.parametrize(("folds", "repeats"), [(5, 2), (2, 3)])
def test_no_test_row_is_ever_in_a_fold(folds, repeats):
    problem = Spied(folds=folds, repeats=repeats)
    evaluation = problem.evaluate({"x": 0.5}, seed=3)
    assert len(evaluation.fold_values) == folds * repeats
    *inner, refit = problem.spies
    assert len(inner) == folds * repeats
    assert refit.fitted | refit.scored == set(range(40))
    assert len(refit.scored) == 10
    for spy in (*inner, refit):
        assert not spy.fitted & spy.scored
    for spy in inner:
        assert not (spy.fitted | spy.scored) & refit.scored
        assert spy.fitted | spy.scored == refit.fitted


def test_every_fold_has_the_same_estimator_seed():
    problem = Spied()
    problem.evaluate({"x": 0.5}, seed=2**32 - 1)
    assert {spy.random_state for spy in problem.spies} == {2**32 - 1}


def test_only_convergence_warnings_are_silent_and_only_inside():
    # pytest turns every warning into an error: the spy's ConvergenceWarning would raise.
    Spied().evaluate({"x": 0.5}, seed=0)
    with pytest.warns(ConvergenceWarning):
        Spy(0).fit(np.zeros((2, 1)), np.zeros(2))

    class Loud(Spy):
        def fit(self, X, y):
            warnings.warn("look", UserWarning, stacklevel=1)
            return self

    problem = Spied()
    problem.make = lambda config, random_state: Loud(random_state)
    with pytest.warns(UserWarning, match="look"):
        problem.evaluate({"x": 0.5}, seed=0)


def test_scikit_learn_is_configured_inside_only():
    before = get_config()
    problem = Spied()
    problem.evaluate({"x": 0.5}, seed=0)
    for spy in problem.spies:
        assert spy.settings["assume_finite"]
        assert spy.settings["skip_parameter_validation"]
    assert get_config() == before


def test_a_failing_configuration_raises_and_leaves_the_configuration_alone():
    before = get_config()
    problem = SVMBreastCancer(**FEW)
    with pytest.raises(ValueError, match="C <= 0"):
        problem.evaluate({"C": -1.0, "gamma": 0.1}, seed=0)
    assert get_config() == before


def test_log_loss_knows_the_classes_a_fold_lacks():
    @dataclass
    class Sparse(Spied):
        score = LOG_LOSS
        stratified = False
        rows = 6

    # Two rows to score hold two of the three classes at most.
    evaluation = Sparse(folds=2, repeats=1).evaluate({"x": 0.5}, seed=0)
    assert evaluation.fold_values == pytest.approx([np.log(3)] * 2, rel=1e-12)


def test_regression_is_not_stratified():
    @dataclass
    class Regression(Spied):
        score = RMSE
        stratified = False

        def load(self):
            X, _ = super().load()
            return X, X[:, 0] / 7

    # Forty different values: stratifying would raise.
    assert Regression().evaluate({"x": 0.5}, seed=0).value > 0


def test_data_are_sliced_once_a_seed(monkeypatch):
    loads = []
    original = TreeWine.load
    monkeypatch.setattr(TreeWine, "load", lambda self: loads.append(1) or original(self))
    problem = TreeWine(**FEW)
    for seed in (1, 1, 2, 2):
        problem.evaluate(problem.space.default, seed=seed)
    assert len(loads) == 2


def test_data_go_with_the_problem():
    problem = TreeWine(**FEW)
    problem.evaluate(problem.space.default, seed=0)
    # Not left to the garbage collector: a worker measures many problems one after another.
    gone = weakref.ref(problem)
    del problem
    assert gone() is None
