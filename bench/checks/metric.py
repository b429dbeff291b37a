"""What is known of a metric by its name: which way is better, and which values it can have."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bench.checks.common import NotApplicable, require
from bench.core import Problem
from bench.words import in_words


@dataclass(frozen=True, slots=True)
class _Known:
    direction: str
    lowest: float
    highest: float


_SHARE = _Known("maximize", 0.0, 100.0)  # tables have percent as well
_ERROR = _Known("minimize", 0.0, math.inf)
_KNOWN = {
    **dict.fromkeys(
        ("accuracy", "balancedaccuracy", "f1", "rocauc", "auc", "averageprecision"), _SHARE
    ),
    **dict.fromkeys(("precision", "recall"), _SHARE),
    **dict.fromkeys(("rmse", "mse", "mae", "mape", "logloss", "brierscore", "error"), _ERROR),
    **dict.fromkeys(("r2", "r²"), _Known("maximize", -math.inf, 1.0)),
    "errorrate": _Known("minimize", 0.0, 1.0),
    "matthewscorrelation": _Known("maximize", -1.0, 1.0),
}


def check_metric_fits_its_values(cls: type[Problem]) -> str:
    """A metric that is known by its name has the usual direction and values it can have.

    Whatever its name, it rates a perfect prediction higher than a shuffled one that differs.
    """
    problem = cls.example()
    metric = problem.metric
    found = problem.of_truth_and_disorder()
    if found is not None:
        best, worse = found
        require(
            metric.sign * best <= metric.sign * worse,
            f"{metric.name} must be better for a perfect prediction than for a shuffled one, to "
            f"{metric.direction} it prefers {worse:.4g} to {best:.4g}; turn the direction or the "
            "sign",
        )
    known = _KNOWN.get("".join(filter(str.isalnum, metric.name.lower())))
    if known is None:
        if found is not None:
            return f"{best:.4g} for a perfect prediction, {worse:.4g} for a shuffled one"
        raise NotApplicable(f"nothing is known of a metric called {metric.name!r}")
    require(
        metric.direction == known.direction,
        f"{metric.name} must be to {known.direction}, the metric says {metric.direction}; values "
        "are in their natural direction, the harness knows the sign",
    )
    rng = np.random.default_rng(0)
    default = problem.space.default or problem.space.sample(rng)
    for config in (default, problem.space.sample(rng)):
        try:
            value = problem.evaluate(dict(config), seed=1).value
        except Exception as error:
            require(config is not default, f"the default must complete, got {in_words(error)}")
            continue
        require(
            known.lowest - 1e-9 <= value <= known.highest + 1e-9,
            f"{metric.name} must be in [{known.lowest:g}, {known.highest:g}], got {value} at "
            f"{config}; values are in their natural direction, not as losses",
        )
    return ""
