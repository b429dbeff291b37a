"""What holds for single live problems."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import ElasticNet
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from problems.boosting import BoostingBreastCancer
from problems.linear import ElasticNetDiabetes
from problems.mlp import MLPDigits
from problems.svm import SVMBreastCancer
from problems.tree import TreeWine


@pytest.mark.parametrize(
    ("problem", "untuned", "scoring"),
    [
        (TreeWine(), DecisionTreeClassifier(random_state=4), "accuracy"),
        (
            ElasticNetDiabetes(),
            make_pipeline(StandardScaler(), ElasticNet()),
            "neg_root_mean_squared_error",
        ),
        (
            BoostingBreastCancer(folds=2, repeats=1),
            HistGradientBoostingClassifier(random_state=4),
            "roc_auc",
        ),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_default_is_scikit_learns(problem, untuned, scoring):
    X, y = problem.load()
    theirs = cross_val_score(untuned, X, y, cv=problem.split(y, 4).folds, scoring=scoring)
    ours = problem.evaluate(problem.space.default, seed=4)
    assert ours.fold_values == tuple(np.abs(theirs))


def test_the_default_svm_is_scikit_learns_up_to_rounding_of_gamma():
    problem = SVMBreastCancer()
    X, y = problem.load()
    Z = StandardScaler().fit_transform(X[problem.split(y, 0).train])
    assert 1 / (30 * Z.var()) == pytest.approx(problem.space.default["gamma"], rel=1e-12)
    assert problem.space.default["C"] == SVC().C


def test_the_default_network_is_scikit_learns_but_for_its_epochs():
    from sklearn.neural_network import MLPClassifier

    problem = MLPDigits()
    network = problem.make(problem.space.default, 0).get_params()
    untuned = MLPClassifier().get_params() | {"random_state": 0, "max_iter": 20}
    # 'auto' is min(200, rows).
    untuned |= {"batch_size": 200, "hidden_layer_sizes": [100]}
    assert network == untuned


def test_the_second_layer_exists_only_with_two_layers():
    problem = MLPDigits()
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
def test_the_network_runs_with_one_layer_and_with_two(layers):
    problem = MLPDigits(folds=2, repeats=1)
    config = {**problem.space.default, "layers": layers, "units_1": 16}
    if layers == 2:
        config["units_2"] = 17
    evaluation = problem.evaluate(problem.space.check(config), seed=0)
    # Ten classes: guessing would give a tenth.
    assert evaluation.value > 0.3


@pytest.mark.parametrize(
    ("problem", "shape", "values"),
    [
        (SVMBreastCancer(), (569, 30), 2),
        (TreeWine(), (178, 13), 3),
        (BoostingBreastCancer(), (569, 30), 2),
        (MLPDigits(), (1797, 64), 10),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_data_are_what_the_docstring_says(problem, shape, values):
    X, y = problem.load()
    assert X.shape == shape
    assert len(np.unique(y)) == values
    assert f"{shape[0]} rows × {shape[1]} features" in type(problem).__doc__


def test_diabetes_is_raw():
    X, y = ElasticNetDiabetes().load()
    assert X.shape == (442, 10)
    # Age in whole years and two codes for sex; the scaled set has neither.
    assert np.array_equal(X[:, 0], X[:, 0].round())
    assert set(X[:, 1]) == {1, 2}
    assert y.min() > 0


@pytest.mark.parametrize(
    "module",
    ["svm", "tree", "linear", "boosting", "mlp", "analytic", "transforms", "outcomes", "bbob"],
)
def test_listing_imports_no_heavy_library(module):
    code = (
        f"import sys, problems.{module}; "
        "print(sorted({'sklearn', 'scipy', 'pandas'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
