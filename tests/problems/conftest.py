from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.model_selection import cross_val_score

from bench.registry import PROBLEMS
from problems import _files
from problems._live import LiveProblem

CLASSES = PROBLEMS.classes().values()
LIVE = [cls for cls in CLASSES if issubclass(cls, LiveProblem)]
NAMED = [cls for cls in LIVE if not cls.argument]
MODELS = [cls for cls in LIVE if cls.argument]

SMALL = {"n_estimators": 10, "max_iter": 10, "units_1": 16}
"""What makes an ensemble or a network slow, and the least of it."""

# Id -> scikit-learn's name. It negates what is minimised; we never do.
SCORERS = {
    "accuracy": "accuracy",
    "balanced accuracy": "balanced_accuracy",
    "F1": "f1",
    "ROC AUC": "roc_auc",
    "average precision": "average_precision",
    "log loss": "neg_log_loss",
    "RMSE": "neg_root_mean_squared_error",
    "MAE": "neg_mean_absolute_error",
    "R²": "r2",
}


@pytest.fixture(params=NAMED, ids=lambda cls: cls.name)
def named(request):
    """The class of a live problem of the catalog."""
    return request.param


@pytest.fixture(params=MODELS, ids=lambda cls: cls.name)
def model(request):
    """The class of a model, which wants data."""
    return request.param


@pytest.fixture
def few():
    """Make a problem with two folds, in which networks learn for two epochs."""

    def make(cls, **settings):
        short = {"epochs": 2} if "epochs" in cls.__dataclass_fields__ else {}
        return cls(**({"folds": 2, "repeats": 1} | short | settings))

    return make


@pytest.fixture
def configs():
    """Give the default and random configurations, with ensembles and networks made small."""

    def give(problem, count=2):
        rng = np.random.default_rng(0)
        found = [problem.space.default, *(problem.space.sample(rng) for _ in range(count))]
        return [
            problem.space.check(config | {k: v for k, v in SMALL.items() if k in config})
            for config in found
        ]

    return give


@pytest.fixture
def theirs():
    """Give scikit-learn's cross_val_score of an estimator on a problem's folds."""

    def values(problem, estimator, seed, X=None, data=None):
        data = data or problem.load()
        scorer = SCORERS[problem.metric.name]
        if scorer == "f1" and len(data.labels) > 2:
            scorer = "f1_macro"
        folds = problem.split(data, seed).folds
        with warnings.catch_warnings():
            # Ours are under test, not theirs.
            warnings.simplefilter("ignore")
            found = cross_val_score(
                estimator,
                data.X if X is None else X,
                data.y,
                cv=folds,
                scoring=scorer,
                error_score="raise",
            )
        return tuple((-found if scorer.startswith("neg_") else found).tolist())

    return values


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working directory: an empty folder, of which no file was ever read."""
    monkeypatch.chdir(tmp_path)
    _files._load.cache_clear()
    return tmp_path
