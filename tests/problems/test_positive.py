"""Which of two classes a metric looks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from bench.registry import PROBLEMS
from bench.spec import Entry
from problems._bundled import BUNDLED
from problems._positive import positive_code
from problems.linear import Logistic
from problems.tree import Tree

FEW: dict[str, Any] = {"folds": 2, "repeats": 1}


@pytest.fixture
def fraud(tmp_path):
    """A file in which one row in ten is a fraud, a class that sorts first."""
    rng = np.random.default_rng(0)
    path = tmp_path / "fraud.csv"
    rows = [
        f"{rng.normal() + (i % 10 == 0):.4f},{'legit' if i % 10 else 'fraud'}" for i in range(200)
    ]
    path.write_text("\n".join(["x,y", *rows]), encoding="utf-8")
    return {"data": str(path), "target": "y"} | FEW


@pytest.mark.slow
@pytest.mark.parametrize("cls", [Logistic, Tree])
@pytest.mark.parametrize("positive", ["", "fraud", "legit"])
def test_values_equal_scikit_learns_of_the_positive_class(fraud, cls, positive):
    for scoring in ("f1", "average_precision"):
        problem = cls(**fraud, scoring=scoring, positive=positive)
        code = 1 if positive == "legit" else 0
        assert problem.positive_class == ("legit" if code else "fraud")
        config, data = problem.space.default, problem.load()
        evaluation = problem.evaluate(config, seed=1)
        expected = []
        for fit, score in problem.split(data, 1).folds:
            model = problem.pipeline(config, 1).fit(data.X[fit], data.y[fit])
            if scoring == "f1":
                value = f1_score(data.y[score], model.predict(data.X[score]), pos_label=code)
            elif hasattr(model, "decision_function"):
                sign = 1 if code else -1
                scores = sign * model.decision_function(data.X[score])
                value = average_precision_score(data.y[score], scores, pos_label=code)
            else:
                scores = model.predict_proba(data.X[score])[:, code]
                value = average_precision_score(data.y[score], scores, pos_label=code)
            expected.append(value)
        assert evaluation.fold_values == tuple(expected)


def test_other_metrics_look_for_no_class(fraud):
    for scoring in ("roc_auc", "accuracy", "log_loss", ""):
        usual, other = (Logistic(**fraud, scoring=scoring, positive=p) for p in ("", "fraud"))
        assert usual.positive_class == other.positive_class == ""
        default = usual.space.default
        ours, theirs = (p.evaluate(default, seed=0).fold_values for p in (usual, other))
        assert ours == theirs


def test_it_is_filled_in_only_where_older_results_looked_for_the_other_class(fraud):
    for scoring, positive in (("f1", "fraud"), ("accuracy", None)):
        entry = PROBLEMS.resolve(Entry("tree", settings=fraud | {"scoring": scoring}))
        assert entry.settings.get("positive") == positive
        assert PROBLEMS.resolve(entry) == entry
    for name in ("tree-breast-cancer", "forest-imbalanced", "logistic-imbalanced"):
        assert "positive" not in PROBLEMS.resolve(Entry(name)).settings


def test_the_catalogs_problem_looks_for_the_class_that_it_always_did():
    assert PROBLEMS.get("tree-breast-cancer")().positive_class == "benign"
    assert Tree(scoring="f1").positive_class == "malignant"


FACTS = BUNDLED["breast-cancer"]


@pytest.mark.parametrize(
    ("labels", "given", "code"),
    [
        (("0", "1"), 1, 1),
        (("0", "1"), 0, 0),
        (("0", "1"), 1.0, 1),
        (("0", "1"), "0", 0),
        (("False", "True"), True, 1),
        (("False", "True"), "true", 1),
        (("no", "yes"), "Yes", 1),
        (("1", "1.0"), "1.0", 1),
    ],
)
def test_a_class_is_named_by_label_or_value(labels, given, code):
    assert positive_code(given, replace(FACTS, labels=labels)) == code


def test_of_two_classes_of_a_size_the_one_that_sorts_last_is_positive():
    for members, code in (((5, 5), 1), ((4, 6), 0), ((6, 4), 1)):
        assert positive_code("", replace(FACTS, members=members)) == code


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"positive": "frued"}, "positive must be one of the target's two classes, got 'frued'"),
        ({"positive": 1}, "the classes are 'malignant', 'benign'"),
        ({"positive": "class_1", "data": "wine"}, "of wine is 3 classes, got 'class_1'; leave it"),
        ({"positive": "1", "data": "diabetes"}, "that of diabetes is numbers"),
    ],
)
def test_a_class_that_cannot_be_is_refused(settings, message):
    with pytest.raises(ValueError, match=message) as caught:
        Tree(**settings)
    assert "\n" not in str(caught.value)
