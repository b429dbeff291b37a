from __future__ import annotations

import pytest

from bench import Config
from problems.boosting import BoostingBreastCancer
from problems.linear import ElasticNetDiabetes
from problems.mlp import MLPDigits
from problems.svm import SVMBreastCancer
from problems.tree import TreeWine

# Class -> scikit-learn's name of the metric. It negates what is minimised; we never do.
SCORING = {
    SVMBreastCancer: "accuracy",
    TreeWine: "accuracy",
    ElasticNetDiabetes: "neg_root_mean_squared_error",
    BoostingBreastCancer: "roc_auc",
    MLPDigits: "accuracy",
}
SLOW = (BoostingBreastCancer, MLPDigits)


@pytest.fixture(params=SCORING, ids=lambda cls: cls.name)
def live(request):
    """The class of a live problem."""
    return request.param


@pytest.fixture
def affordable(live):
    """The problem with its own folds, or with fewer where its models are slow."""
    return live(folds=3, repeats=1) if live in SLOW else live()


@pytest.fixture
def scoring(live) -> str:
    return SCORING[live]


@pytest.fixture
def configs(live) -> list[Config]:
    """The default and two points well inside the space, where no model is a constant."""
    space = live().space
    return [space.default, *(space.from_unit([u] * len(space)) for u in (0.5, 0.6))]
