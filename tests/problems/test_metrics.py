from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score, root_mean_squared_error

from problems._metrics import ACCURACY, LOG_LOSS, RMSE, ROC_AUC

LABELS = np.arange(3)


@pytest.mark.parametrize("seed", range(50))
def test_accuracy_equals_scikit_learn_to_the_last_bit(seed):
    rng = np.random.default_rng(seed)
    truth, predicted = rng.integers(0, 3, size=(2, rng.integers(1, 400)))
    assert ACCURACY.function(truth, predicted, LABELS) == accuracy_score(truth, predicted)


@pytest.mark.parametrize("seed", range(50))
def test_rmse_equals_scikit_learn_to_the_last_bit(seed):
    rng = np.random.default_rng(seed)
    truth, predicted = rng.normal(150, 80, size=(2, rng.integers(1, 2000)))
    assert RMSE.function(truth, predicted, LABELS) == root_mean_squared_error(truth, predicted)


def test_roc_auc_equals_scikit_learn():
    rng = np.random.default_rng(0)
    truth, decision = rng.integers(0, 2, 200), rng.normal(size=200).round(1)
    assert ROC_AUC.function(truth, decision, LABELS[:2]) == roc_auc_score(truth, decision)


def test_log_loss_uses_all_labels_when_a_part_lacks_one():
    probabilities = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]])
    value = LOG_LOSS.function(np.array([0, 1]), probabilities, LABELS)
    assert value == log_loss([0, 1], probabilities, labels=LABELS)
    assert value == pytest.approx(-(math.log(0.7) + math.log(0.6)) / 2, rel=1e-14)


def test_each_reads_the_response_it_names():
    X, y = np.zeros((4, 1)), np.array([0, 0, 0, 1])
    constant = DummyClassifier(strategy="prior").fit(X, y)
    assert ACCURACY(constant, X, y, LABELS[:2]) == 0.75
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert LOG_LOSS(constant, X, y, LABELS[:2]) == pytest.approx(entropy, rel=1e-14)


@pytest.mark.parametrize(
    ("score", "direction"),
    [(ACCURACY, "maximize"), (RMSE, "minimize"), (ROC_AUC, "maximize"), (LOG_LOSS, "minimize")],
    ids=lambda value: getattr(getattr(value, "metric", None), "name", ""),
)
def test_directions_are_the_natural_ones(score, direction):
    assert score.metric.direction == direction
