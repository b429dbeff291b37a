"""What no parameter decides: gaps are filled, categories get a column each, numbers are scaled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def preprocessing(categories: Sequence[int] | None, features: int, *, scaled: bool) -> Any:
    """Return an unfitted transformer, or None where there is nothing to do.

    Args:
        categories: the numbers of the columns that hold categories; None: there are neither
            categories nor gaps.
        features: how many columns there are.
        scaled: whether numbers get mean 0 and variance 1.
    """
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler() if scaled else None
    if categories is None:
        return scaler
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    # A column may have no value at all in the rows of a fold: then it is 0.
    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    steps = [imputer, scaler] if scaler else [imputer]
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    numbers = [column for column in range(features) if column not in categories]
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(*steps), numbers),
            ("categories", encoder, list(categories)),
        ]
    )
