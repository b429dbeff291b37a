"""A metric of one's own prefers the truth."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, make_scorer

from bench import (
    Metric,
    checks,
)
from bench.registry import PROBLEMS


def miss_rate(y_true, y_pred):
    return float(np.mean(y_true != y_pred))


@pytest.mark.parametrize(
    ("direction", "function", "fails"),
    [
        ("minimize", miss_rate, False),
        ("maximize", miss_rate, True),
        ("minimize", lambda y_true, y_pred: -miss_rate(y_true, y_pred), True),
    ],
)
def test_a_metric_of_ones_own_prefers_the_truth(direction, function, fails):
    made = {"metric": Metric("misses", direction), "scorer": staticmethod(function)}
    cls = type("Mine", (PROBLEMS.get("tree"),), made)
    (verdict,) = checks.run_checks(cls, [checks.metric.check_metric_fits_its_values])
    if fails:
        assert "must be better for a perfect prediction than for a shuffled one" in verdict.reason
    else:
        assert verdict.note.startswith("0 for a perfect prediction, 0.")


def test_a_probability_metric_of_ones_own_prefers_the_truth():
    for better, fails in ((True, True), (False, False)):
        scorer = make_scorer(
            brier_score_loss, response_method="predict_proba", greater_is_better=better
        )
        made = {"metric": Metric("Brier", "minimize"), "scorer": scorer}
        cls = type("Mine", (PROBLEMS.get("logistic"),), made)
        (verdict,) = checks.run_checks(cls, [checks.metric.check_metric_fits_its_values])
        assert bool(verdict.reason) == fails
