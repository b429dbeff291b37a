"""The vocabulary of tunebench."""

from bench.core.budget import Budget
from bench.core.problem import Fidelity, Metric, Problem
from bench.core.space import Categorical, Config, Distribution, Float, Int, Scalar, SearchSpace
from bench.core.strategy import Capability, Strategy
from bench.core.trial import Evaluation, Status, Suggestion, Trial

__all__ = [
    "Budget",
    "Capability",
    "Categorical",
    "Config",
    "Distribution",
    "Evaluation",
    "Fidelity",
    "Float",
    "Int",
    "Metric",
    "Problem",
    "Scalar",
    "SearchSpace",
    "Status",
    "Strategy",
    "Suggestion",
    "Trial",
]
