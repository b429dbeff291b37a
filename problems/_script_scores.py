"""Code that measures a fitted estimator as `problems._metrics` does, with scikit-learn alone."""

from __future__ import annotations

from typing import Any

from problems._metrics import SCORES, Score
from problems._source import Code

_PLAIN = {
    "accuracy": "accuracy_score",
    "balanced_accuracy": "balanced_accuracy_score",
    "rmse": "root_mean_squared_error",
    "mae": "mean_absolute_error",
    "r2": "r2_score",
}
"""Id of a metric -> the function of truth and prediction that it is in `sklearn.metrics`."""

OWN_METRIC = (
    "a program needs a metric of the catalog, {name} is a custom metric of the model; write the "
    "program by hand"
)


def score_code(score: Any, estimator: Any, classes: int) -> Code:
    """Return the function `score(model, X, y)`.

    Args:
        score: of the problem.
        estimator: an unfitted one, which tells what it answers with.
        classes: of the target, 0 for regression.

    Raises:
        ValueError: a metric of the model's own.
    """
    name = score.metric.name
    own = getattr(score, "function", None)
    ids = [key for key, found in SCORES.items() if found.function is own]
    if not ids:
        raise ValueError(OWN_METRIC.format(name=name))
    body, imported = _body(ids[0], score, estimator, classes)
    better = "higher" if score.metric.direction == "maximize" else "lower"
    lines = [
        "def score(model, X, y):",
        f'    """Return the {name} ({better} is better)."""',
        *(f"    {line}" for line in body),
    ]
    return Code(lines, {("sklearn.metrics", imported)})


def _body(name: str, score: Score, estimator: Any, classes: int) -> tuple[list[str], str]:
    if name in _PLAIN:
        return [f"return {_PLAIN[name]}(y, model.predict(X))"], _PLAIN[name]
    if name == "f1":
        how = f"pos_label=model.classes_[{score.positive}]" if classes == 2 else 'average="macro"'
        return [f"return f1_score(y, model.predict(X), {how})"], "f1_score"
    if name == "log_loss":
        return ["return log_loss(y, model.predict_proba(X), labels=model.classes_)"], "log_loss"
    found = "roc_auc_score" if name == "roc_auc" else "average_precision_score"
    if hasattr(estimator, "decision_function"):
        response = f"{'' if score.positive else '-'}model.decision_function(X)"
    else:
        response = f"model.predict_proba(X)[:, {score.positive}]"
    return [
        f"truth = y == model.classes_[{score.positive}]",
        f"return {found}(truth, {response})",
    ], found
