from __future__ import annotations

import dataclasses
import math
import warnings
import weakref
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from sklearn import get_config
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from bench import Float, SearchSpace
from bench.registry import PROBLEMS
from problems._live import LiveProblem
from problems.mlp import MLP
from problems.svm import RBFSVM, SVM
from problems.tree import Tree

pytestmark = pytest.mark.slow

# Few folds: what is tested does not depend on their number.
FEW: dict[str, Any] = {"folds": 2, "repeats": 1}


def values(evaluation):
    return evaluation.value, evaluation.test_value, evaluation.fold_values


def test_fold_values_equal_cross_val_score_to_the_last_bit(named, few, configs, theirs):
    problem = few(named)
    for seed, config in enumerate(configs(problem)):
        ours = problem.evaluate(config, seed=seed).fold_values
        assert ours == theirs(problem, problem.pipeline(config, seed), seed)
        assert len(ours) == 2


@pytest.mark.parametrize(
    "name",
    [
        "svm-breast-cancer",
        "tree-wine",
        "elastic-net-diabetes",
        "knn-wine",
        "pipeline-imbalanced",
        "logistic-imbalanced",
        "kernel-ridge-friedman",
    ],
)
def test_fold_values_equal_cross_val_score_at_a_problems_own_settings(name, configs, theirs):
    problem = PROBLEMS.get(name)()
    for seed, config in enumerate(configs(problem)):
        ours = problem.evaluate(config, seed=seed).fold_values
        assert ours == theirs(problem, problem.pipeline(config, seed), seed)  # type: ignore[attr-defined]
        assert len(ours) == 10


@pytest.mark.parametrize("seed", range(3))
def test_the_value_hangs_on_no_order_of_the_folds(monkeypatch, seed):
    problem = Tree(data="wine", scoring="log_loss", folds=10, repeats=1)
    config = problem.space.default
    before = problem.evaluate(config, seed=seed)
    repetition = problem._last[1]
    order = np.random.default_rng(seed).permutation(10)
    turned = dataclasses.replace(repetition, folds=tuple(repetition.folds[i] for i in order))
    monkeypatch.setattr(problem, "_last", (seed, turned))
    after = problem.evaluate(config, seed=seed)
    assert after.fold_values == tuple(before.fold_values[i] for i in order)
    assert after.value == before.value


def test_value_is_the_mean_and_test_value_a_refit(named, few, configs):
    problem = few(named)
    data, config = problem.load(), configs(problem)[1]
    evaluation = problem.evaluate(config, seed=5)
    assert evaluation.value == math.fsum(evaluation.fold_values) / len(evaluation.fold_values)
    split = problem.split(data, 5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        refit = problem.pipeline(config, 5).fit(data.X[split.train], data.y[split.train])
        test_value = problem.score(refit, data.X[split.test], data.y[split.test], np.unique(data.y))
    assert evaluation.test_value == test_value


def test_the_seed_decides_everything(model, few, configs):
    settings = {"data": "wine" if few(model).classifies else "diabetes"}
    problem = few(model, **settings)
    config = configs(problem)[0]
    first, other, again = (problem.evaluate(config, seed=seed) for seed in (1, 2, 1))
    np.random.random_sample(3)  # noqa: NPY002 (nobody may look at the global state)
    fresh = few(model, **settings).evaluate(config, seed=1)
    assert values(again) == values(fresh) == values(first)
    assert values(first) != values(other)


def test_values_and_costs_are_plain(model, few, configs):
    problem = few(model)
    evaluation = problem.evaluate(configs(problem)[1], seed=0)
    for value in (evaluation.value, evaluation.test_value, *evaluation.fold_values):
        assert type(value) is float
    assert type(evaluation.cost) is float
    assert evaluation.cost > 0


def test_stratified_exactly_when_it_classifies(model):
    from sklearn.base import is_classifier

    for data in ("wine", "diabetes"):
        try:
            problem = model(data=data)
        except ValueError:
            continue
        estimator = problem.make(problem.space.default, 0)
        assert is_classifier(estimator) == problem.classifies == (data == "wine")
        assert problem.splitter.kind == ("stratified" if problem.classifies else "k-fold")


@pytest.mark.parametrize("settings", [{"folds": 1}, {"folds": 2.0}, {"folds": True}])
def test_folds_must_be_two_or_more(settings):
    with pytest.raises(ValueError, match=r"folds must be an integer, 2 or more, got"):
        Tree(**settings)


@pytest.mark.parametrize("repeats", [0, -1, 1.0, True, "2"])
def test_repeats_must_be_one_or_more(repeats):
    with pytest.raises(ValueError, match=r"repeats must be an integer, 1 or more, got"):
        Tree(repeats=repeats)


@pytest.mark.parametrize(
    ("data", "default"),
    [
        ("wine", "accuracy"),  # three classes
        ("breast-cancer", "accuracy"),  # 63 % in the larger class
        ("imbalanced", "balanced accuracy"),  # 90 %
        ("generated:rows=300,imbalance=0.66", "accuracy"),
        ("generated:rows=300,imbalance=0.68", "balanced accuracy"),
        ("diabetes", "RMSE"),
    ],
)
def test_the_default_metric_goes_by_the_target(data, default):
    assert Tree(data=data).metric.name == default


@pytest.mark.parametrize(
    ("cls", "settings", "message"),
    [
        (Tree, {"data": "wine", "scoring": "roc_auc"}, "'roc_auc' is not defined for a multiclass"),
        (Tree, {"data": "wine", "scoring": "rmse"}, "'rmse' is not defined for a multiclass task"),
        (Tree, {"data": "diabetes", "scoring": "f1"}, "'f1' is not defined for a regression task"),
        (Tree, {"data": "wine", "scoring": "acuracy"}, "did you mean accuracy"),
        (Tree, {"data": "whine"}, "did you mean 'wine'"),
        (Tree, {"data": "diabetes", "cv": "stratified"}, "cv 'stratified' needs a target of class"),
        (SVM, {"scoring": "log_loss"}, "log loss needs probabilities, svm does not always give"),
        (RBFSVM, {"scoring": "log_loss"}, "log loss needs probabilities, rbf-svm does not"),
        (PROBLEMS.get("pipeline"), {"scoring": "log_loss"}, "pipeline does not always give them"),
        (PROBLEMS.get("logistic"), {"data": "diabetes"}, "logistic is for binary and multiclass"),
        (PROBLEMS.get("pipeline"), {"data": "friedman"}, "pipeline is for binary and multiclass"),
        (PROBLEMS.get("elastic-net"), {"data": "wine"}, "elastic-net is for regression targets"),
        (PROBLEMS.get("kernel-ridge"), {"data": "digits"}, "kernel-ridge is for regression"),
    ],
)
def test_what_does_not_fit_is_reported_in_one_line(cls, settings, message):
    with pytest.raises(ValueError, match=message) as caught:
        cls(**settings)
    assert "\n" not in str(caught.value)
    assert ";" in str(caught.value)


def test_who_says_to_give_probabilities_gives_them(model, few, configs):
    problem = few(model)
    if not problem.classifies:
        return
    missing = set()
    for config in configs(problem, 20):
        estimator = problem.make(config, 0)
        missing.add(not hasattr(estimator, "predict_proba"))
    assert (True in missing) == (not problem.probabilities)


def test_preprocessing_sees_the_training_part_of_its_fold_only():
    problem = RBFSVM(**FEW)
    scalers = []
    problem.preprocess = lambda: scalers.append(StandardScaler()) or scalers[-1]
    evaluation = problem.evaluate(problem.space.default, seed=9)
    data = problem.load()
    X, y, split = data.X, data.y, problem.split(data, 9)
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
    problem = RBFSVM(**FEW)
    scalers = []
    problem.preprocess = lambda: scalers.append(StandardScaler()) or scalers[-1]
    for C in (0.1, 1.0, 10.0):
        problem.evaluate(problem.space.default | {"C": C}, seed=9)
    assert len(scalers) == 3  # two folds and the outer part


def test_numbers_are_scaled_for_the_models_that_want_it(model):
    problem = model()
    if problem.scaled:
        assert isinstance(problem.preprocess(), StandardScaler)
    else:
        assert problem.preprocess() is None
    assert problem.scaled == (
        model.name not in ("tree", "forest", "boosting", "adaboost", "pipeline")
    )


class Spy:
    """An estimator that writes down the rows it meets and predicts a constant."""

    def __init__(self, random_state: int) -> None:
        self.random_state = random_state
        self.fitted: set[float] = set()
        self.scored: set[float] = set()
        self.settings: dict[str, Any] = {}

    def fit(self, X, y):
        self.fitted, self.settings = set(X[:, 0].tolist()), get_config()
        warnings.warn("far from converged", ConvergenceWarning, stacklevel=1)
        return self

    def predict(self, X):
        self.scored = set(X[:, 0].tolist())
        return np.zeros(len(X))


@dataclass
class Spied(LiveProblem):
    """Forty rows, told apart by their first feature."""

    name = "spied"
    scaled: ClassVar[bool] = False
    data: str = "generated:rows=40,classes=2"

    def space_for(self, facts):
        return SearchSpace({"x": Float(0, 1)})

    def make(self, config, random_state):
        self.spies = [*getattr(self, "spies", []), Spy(random_state)]
        return self.spies[-1]


def test_a_model_that_works_in_place_fails_aloud():
    class Scribbler(Spy):
        def fit(self, X, y):
            X *= 2
            return self

    problem = Spied()
    problem.make = lambda config, random_state: Scribbler(random_state)
    with pytest.raises(ValueError, match="read-only"):
        problem.evaluate({"x": 0.5}, seed=0)


@pytest.mark.parametrize(("folds", "repeats"), [(5, 2), (2, 3)])
def test_no_test_row_is_ever_in_a_fold(folds, repeats):
    problem = Spied(folds=folds, repeats=repeats)
    evaluation = problem.evaluate({"x": 0.5}, seed=3)
    assert len(evaluation.fold_values) == folds * repeats
    *inner, refit = problem.spies
    assert len(inner) == folds * repeats
    assert refit.fitted | refit.scored == set(problem.load().X[:, 0].tolist())
    assert len(refit.fitted | refit.scored) == 40
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


class Loud(Spy):
    def fit(self, X, y):
        warnings.warn("look (1)", UserWarning, stacklevel=1)
        return self


def test_only_convergence_warnings_are_silent_and_only_inside():
    # pytest turns every warning into an error: the spy's ConvergenceWarning would raise.
    Spied().evaluate({"x": 0.5}, seed=0)
    with pytest.warns(ConvergenceWarning):
        Spy(0).fit(np.zeros((2, 1)), np.zeros(2))
    problem = Spied()
    problem.make = lambda config, random_state: Loud(random_state)
    with pytest.warns(UserWarning, match="look"):
        problem.evaluate({"x": 0.5}, seed=0)


def test_warnings_that_a_model_names_are_silent_too():
    @dataclass
    class Known(Spied):
        silent: ClassVar[tuple[str, ...]] = ("look (",)

        def make(self, config, random_state):
            return Loud(random_state)

    Known().evaluate({"x": 0.5}, seed=0)


def test_a_batch_may_be_larger_than_a_fold():
    problem = MLP(data="iris", folds=2, repeats=1, epochs=1)
    largest = problem.space.parameters["batch_size"].high  # type: ignore[attr-defined]
    assert largest == 75 > 150 * 0.75 / 2
    config = problem.space.default | {"batch_size": largest}
    assert problem.evaluate(config, seed=0).fold_values is not None


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
    problem = RBFSVM(**FEW)
    with pytest.raises(ValueError, match="C <= 0"):
        problem.evaluate({"C": -1.0, "gamma": 0.1}, seed=0)
    assert get_config() == before


def test_data_are_sliced_once_a_seed(monkeypatch):
    loads = []
    original = Tree.load
    monkeypatch.setattr(Tree, "load", lambda self: loads.append(1) or original(self))
    problem = Tree(**FEW)
    for seed in (1, 1, 2, 2):
        problem.evaluate(problem.space.default, seed=seed)
    assert len(loads) == 2


def test_data_go_with_the_problem():
    problem = Tree(**FEW)
    problem.evaluate(problem.space.default, seed=0)
    # Not left to the garbage collector: a worker measures many problems one after another.
    gone: list[Any] = [weakref.ref(problem), weakref.ref(problem._last[1].outer().X_fit)]
    del problem
    assert [ref() for ref in gone] == [None, None]
