"""A regressor whose target is scaled."""

from typing import Any


def on_scaled_target(regressor: Any) -> Any:
    """Return a regressor that is fitted to a target of mean 0 and variance 1."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.preprocessing import StandardScaler

    return TransformedTargetRegressor(regressor, transformer=StandardScaler())
