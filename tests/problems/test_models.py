"""What holds for single models: their defaults are scikit-learn's, and their branches are built."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import ElasticNet, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from bench.registry import PROBLEMS
from problems.mlp import MLP
from problems.pipeline import Pipeline
from problems.svm import RBFSVM, SVM

pytestmark = pytest.mark.slow


def scaled(model):
    return make_pipeline(StandardScaler(), model)


def on_scaled_target(model):
    return scaled(TransformedTargetRegressor(model, transformer=StandardScaler()))


SEED = {"random_state": 4}
UNTUNED = {
    ("logistic", "breast-cancer"): scaled(LogisticRegression()),
    ("logistic", "wine"): scaled(LogisticRegression()),
    ("elastic-net", "diabetes"): scaled(ElasticNet()),
    ("kernel-ridge", "diabetes"): on_scaled_target(KernelRidge()),
    ("knn", "wine"): scaled(KNeighborsClassifier()),
    ("knn", "diabetes"): scaled(KNeighborsRegressor()),
    ("tree", "wine"): DecisionTreeClassifier(max_depth=10, **SEED),
    ("tree", "diabetes"): DecisionTreeRegressor(max_depth=10, **SEED),
    ("forest", "wine"): RandomForestClassifier(max_depth=20, **SEED),
    ("forest", "diabetes"): RandomForestRegressor(max_depth=20, **SEED),
    ("boosting", "wine"): HistGradientBoostingClassifier(**SEED),
    ("boosting", "diabetes"): HistGradientBoostingRegressor(**SEED),
    ("adaboost", "wine"): AdaBoostClassifier(**SEED),
    ("adaboost", "diabetes"): AdaBoostRegressor(**SEED),
    ("pipeline", "wine"): scaled(LogisticRegression()),
    ("mlp", "wine"): scaled(MLPClassifier(max_iter=20, batch_size=89, **SEED)),
    ("mlp", "diabetes"): on_scaled_target(MLPRegressor(max_iter=20, **SEED)),
}


@pytest.mark.parametrize(("name", "data"), UNTUNED, ids=str)
def test_the_default_is_scikit_learns(name, data, theirs):
    cls: Any = PROBLEMS.get(name)
    problem = cls(data=data, folds=2, repeats=1)
    ours = problem.evaluate(problem.space.default, seed=4).fold_values
    assert ours == theirs(problem, UNTUNED[name, data], 4)


@pytest.mark.parametrize("cls", [SVM, RBFSVM])
@pytest.mark.parametrize("data", ["breast-cancer", "diabetes"])
def test_the_default_svm_is_scikit_learns_up_to_rounding_of_gamma(cls, data, theirs):
    problem = cls(data=data, folds=3, repeats=1)
    rows = problem.load()
    Z = StandardScaler().fit_transform(rows.X[problem.split(rows, 0).train])
    default = problem.space.default
    assert 1 / (rows.X.shape[1] * Z.var()) == pytest.approx(default["gamma"], rel=1e-12)
    assert default["C"] == SVC().C == SVR().C
    untuned = scaled(SVC()) if problem.classifies else on_scaled_target(SVR())
    ours = problem.evaluate(default, seed=0).fold_values
    assert ours == pytest.approx(theirs(problem, untuned, 0), rel=1e-6)


@pytest.mark.parametrize("cls", [SVM, RBFSVM])
def test_regression_leaves_global_random_state_alone(cls):
    before = np.random.get_state()[1].tolist()  # type: ignore[index]  # noqa: NPY002
    problem = cls(data="diabetes", folds=2, repeats=1)
    problem.evaluate(problem.space.default, seed=0)
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index]  # noqa: NPY002


def test_the_svm_has_a_gamma_with_the_kernel_that_has_one():
    space = SVM().space
    assert "gamma" not in space.check({"kernel": "linear", "C": 1.0})
    with pytest.raises(ValueError, match="gamma"):
        space.check({"kernel": "rbf", "C": 1.0})
    assert SVM().make({"kernel": "linear", "C": 2.0}, 0).get_params()["kernel"] == "linear"


def test_the_default_network_is_scikit_learns_but_for_its_epochs():
    problem = MLP(data="digits")
    network = problem.make(problem.space.default, 0).get_params()
    untuned = MLPClassifier().get_params() | {"random_state": 0, "max_iter": 20}
    # 'auto' is min(200, rows).
    untuned |= {"batch_size": 200, "hidden_layer_sizes": [100]}
    assert network == untuned


def test_the_second_layer_exists_only_with_two_layers():
    problem = MLP(data="digits")
    space = problem.space
    rng = np.random.default_rng(0)
    sampled = [space.sample(rng) for _ in range(50)]
    assert {config["layers"] for config in sampled} == {1, 2}
    for config in sampled:
        assert ("units_2" in config) == (config["layers"] == 2)
        sizes = problem.make(config, 0).hidden_layer_sizes
        assert sizes == [config[name] for name in ("units_1", "units_2") if name in config]
    with pytest.raises(ValueError, match="units_2"):
        space.check({**space.default, "layers": 2})


@pytest.mark.parametrize("layers", [1, 2])
def test_the_network_learns_with_one_layer_and_with_two(layers):
    problem = MLP(data="digits", folds=2, repeats=1)
    config = {**problem.space.default, "layers": layers, "units_1": 16}
    if layers == 2:
        config["units_2"] = 17
    evaluation = problem.evaluate(problem.space.check(config), seed=0)
    # Ten classes: guessing would give a tenth.
    assert evaluation.value > 0.3


def test_neighbours_are_never_more_than_the_rows_to_fit(few):
    for name in ("knn", "pipeline"):
        problem = few(PROBLEMS.get(name), data="generated:rows=20")
        # 15 rows to tune on, cut in two.
        assert problem.space.parameters["n_neighbors"].high == 7
    knn = few(PROBLEMS.get("knn"), data="generated:rows=20")
    config = knn.space.default | {"n_neighbors": 7}
    assert knn.evaluate(config, seed=0).fold_values is not None


def test_neighbours_fit_the_first_part_of_a_time_series():
    cls: Any = PROBLEMS.get("knn")
    knn = cls(data="generated:rows=60", cv="time-series", repeats=1)
    most = knn.space.parameters["n_neighbors"].high
    assert most == 45 // 6
    assert knn.evaluate(knn.space.default | {"n_neighbors": most}, seed=0).fold_values is not None


BRANCHES: dict[str, Any] = {
    "scaler": {
        "none": ({}, None, {}),
        "standard": ({}, "StandardScaler", {}),
        "min-max": ({}, "MinMaxScaler", {}),
    },
    "reduction": {
        "none": ({}, None, {}),
        "select": ({"selected": 0.25}, "SelectPercentile", {"percentile": 25.0}),
        "pca": ({"variance": 0.75}, "PCA", {"n_components": 0.75, "random_state": 8}),
    },
    "classifier": {
        "logistic": ({"logistic_C": 0.5}, "LogisticRegression", {"C": 0.5, "random_state": 8}),
        "svm": (
            {"svm_C": 2.0, "svm_gamma": 0.125},
            "SVC",
            {"C": 2.0, "gamma": 0.125, "kernel": "rbf", "max_iter": 100_000, "random_state": 8},
        ),
        "knn": ({"n_neighbors": 3}, "KNeighborsClassifier", {"n_neighbors": 3}),
        "tree": (
            {"max_depth": 4, "min_samples_leaf": 2},
            "DecisionTreeClassifier",
            {"max_depth": 4, "min_samples_leaf": 2, "random_state": 8},
        ),
    },
}


@pytest.mark.parametrize("scaler", BRANCHES["scaler"])
@pytest.mark.parametrize("reduction", BRANCHES["reduction"])
@pytest.mark.parametrize("classifier", BRANCHES["classifier"])
def test_each_branch_of_the_pipeline_is_built_as_configured(scaler, reduction, classifier):
    problem = Pipeline(data="iris", folds=2, repeats=1)
    chosen = {"scaler": scaler, "reduction": reduction, "classifier": classifier}
    config, expected = dict(chosen), []
    for step, choice in chosen.items():
        settings, built, parameters = BRANCHES[step][choice]
        config |= settings
        expected += [(step, built, parameters)] if built else []
    built = problem.make(problem.space.check(config), 8)
    assert [(name, type(step).__name__) for name, step in built.steps] == [
        (name, kind) for name, kind, _ in expected
    ]
    for (_, step), (_, _, parameters) in zip(built.steps, expected, strict=True):
        assert parameters.items() <= step.get_params().items()
    # Three classes of one size: a constant has a third.
    assert problem.evaluate(config, seed=0).value > 0.5


def test_a_pipeline_keeps_the_configured_share_of_features():
    problem = Pipeline(data="wine")
    rows = problem.load()
    config = problem.space.default | {"reduction": "select", "selected": 0.5}
    fitted = problem.make(config, 0).fit(rows.X, rows.y)
    assert fitted["classifier"].n_features_in_ == 6  # of 13
    config = problem.space.default | {"reduction": "pca", "variance": 0.9}
    fitted = problem.make(config, 0).fit(rows.X, rows.y)
    assert fitted["reduction"].explained_variance_ratio_.sum() >= 0.9
    assert fitted["reduction"].explained_variance_ratio_[:-1].sum() < 0.9


@pytest.mark.parametrize("selected", [0.05, 1.0])
def test_a_selection_leaves_a_feature_at_least(selected):
    problem = Pipeline(data="iris", folds=2, repeats=1)
    config = problem.space.default | {"reduction": "select", "selected": selected}
    assert problem.evaluate(config, seed=0).value > 0.5


def test_a_selection_among_constant_features_does_not_warn():
    problem = Pipeline(data="digits", folds=2, repeats=1)
    config = problem.space.default | {"reduction": "select", "selected": 0.5}
    assert problem.evaluate(config, seed=0).value > 0.8
