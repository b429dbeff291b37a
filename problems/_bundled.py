"""The data sets that scikit-learn brings along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from problems._dataset import DataSet, Facts
from problems._metrics import Task

LOADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "iris": ("load_iris", {}),
    "wine": ("load_wine", {}),
    "breast-cancer": ("load_breast_cancer", {}),
    "digits": ("load_digits", {}),
    # The raw features: the scaled ones that are the default have seen every row.
    "diabetes": ("load_diabetes", {"scaled": False}),
}
"""Name -> the name of scikit-learn's loader and what it is called with."""


def _facts(
    name: str,
    title: str,
    task: Task,
    rows: int,
    features: int,
    *,
    members: Mapping[str, int],
    reference: str,
    licence: str = "CC BY 4.0 (UCI)",
) -> Facts:
    return Facts(
        name=name,
        title=title,
        task=task,
        rows=rows,
        features=features,
        numeric=features,
        categorical=0,
        missing=False,
        classes=len(members),
        largest_share=max(members.values(), default=0) / rows,
        licence=licence,
        reference=reference,
        fingerprint="",
        labels=tuple(members),
        members=tuple(members.values()),
    )


_DIGITS = (178, 182, 177, 183, 181, 182, 181, 179, 174, 180)

# Written down, so that listing them does not import scikit-learn; a test counts them.
_TABLE = (
    _facts(
        "iris",
        "Iris",
        "multiclass",
        150,
        4,
        members={"setosa": 50, "versicolor": 50, "virginica": 50},
        reference='Fisher, "The use of multiple measurements in taxonomic problems", '
        "Annals of Eugenics 7, 1936",
    ),
    _facts(
        "wine",
        "Wine",
        "multiclass",
        178,
        13,
        members={"class_0": 59, "class_1": 71, "class_2": 48},
        reference='Aeberhard, Coomans & de Vel, "Comparative analysis of statistical pattern '
        'recognition methods in high dimensional settings", Pattern Recognition 27, 1994',
    ),
    _facts(
        "breast-cancer",
        "Breast Cancer Wisconsin (Diagnostic)",
        "binary",
        569,
        30,
        members={"malignant": 212, "benign": 357},
        reference='Street, Wolberg & Mangasarian, "Nuclear feature extraction for breast tumor '
        'diagnosis", 1993',
    ),
    _facts(
        "digits",
        "Optical Recognition of Handwritten Digits (test part)",
        "multiclass",
        1797,
        64,
        members=dict(zip("0123456789", _DIGITS, strict=True)),
        reference='Alpaydin & Kaynak, "Cascading classifiers", Kybernetika 34, 1998',
    ),
    _facts(
        "diabetes",
        "Diabetes (disease progression after a year)",
        "regression",
        442,
        10,
        members={},
        licence="not stated",
        reference='Efron, Hastie, Johnstone & Tibshirani, "Least angle regression", '
        "Annals of Statistics 32, 2004",
    ),
)

BUNDLED: dict[str, Facts] = {facts.name: facts for facts in _TABLE}
"""Name -> facts."""


def load_bundled(name: str) -> DataSet:
    """Return one of the sets in `BUNDLED`, as scikit-learn loads it."""
    from sklearn import datasets

    loader, settings = LOADERS[name]
    bunch = getattr(datasets, loader)(**settings)
    X = np.asarray(bunch.data, dtype=np.float64)
    if BUNDLED[name].task == "regression":
        return DataSet(X, np.asarray(bunch.target, dtype=np.float64))
    labels = tuple(str(label) for label in bunch.target_names)
    return DataSet(X, np.asarray(bunch.target, dtype=np.int64), labels)
