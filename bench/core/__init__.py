"""The vocabulary of tunebench."""

from bench.core.budget import Budget
from bench.core.distributions import Categorical, Distribution, Float, Int, Ordinal, Scalar
from bench.core.fidelity import Fidelity
from bench.core.problem import Metric, Problem
from bench.core.space import Config, SearchSpace
from bench.core.strategy import Capability, Strategy
from bench.core.trial import Evaluation, EvaluationError, Status, Suggestion, Trial

__all__ = [
    "Budget",
    "Capability",
    "Categorical",
    "Config",
    "Distribution",
    "Evaluation",
    "EvaluationError",
    "Fidelity",
    "Float",
    "Int",
    "Metric",
    "Ordinal",
    "Problem",
    "Scalar",
    "SearchSpace",
    "Status",
    "Strategy",
    "Suggestion",
    "Trial",
]
