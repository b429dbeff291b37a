"""Views of a response surface: a grid over two parameters, slices along one each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bench.analysis.landscape.importance import weighted_quantile
from bench.panels.arrays import Array


def heat_map(configs: pd.DataFrame, losses: Array, x: str, y: str) -> pd.DataFrame:
    """Return the best loss, over all other parameters, of each pair of values.

    Args:
        configs: a row a configuration, a column a parameter (ordered categories).
        losses: of each configuration.
        x: parameter of the columns.
        y: parameter of the rows.

    Returns:
        A row a level of y, a column a level of x, in their orders; NaN where there is none.
    """
    frame = pd.DataFrame({"x": configs[x], "y": configs[y], "loss": losses})
    return frame.pivot_table(index="y", columns="x", values="loss", aggfunc="min", observed=False)


def slices(
    configs: pd.DataFrame, losses: Array, weights: Array, parameters: Sequence[str]
) -> pd.DataFrame:
    """Return the spread of the losses at each level of each parameter.

    Args:
        configs: a row a configuration, a column a parameter (ordered categories).
        losses: of each configuration.
        weights: probability of each configuration in one random draw.
        parameters: along which.

    Returns:
        `parameter`, `level` (text, in their order), `best`, and over the other parameters of a
        random draw `low`, `median`, `high` (25, 50 and 75 % are as good or better).
    """
    rows = []
    for name in parameters:
        for level, places in configs.groupby(name, observed=True).indices.items():
            part, mass = losses[places], weights[places]
            quartiles = (weighted_quantile(part, mass, q) for q in (0.25, 0.5, 0.75))
            rows.append((name, str(level), float(part.min()), *quartiles))
    return pd.DataFrame(rows, columns=["parameter", "level", "best", "low", "median", "high"])
