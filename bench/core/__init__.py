"""The vocabulary of tunebench."""

from bench.core.budget import Budget
from bench.core.distributions import Categorical, Distribution, Float, Int, Ordinal, Scalar
from bench.core.levels import discretise
from bench.core.problem import Fidelity, Metric, Problem
from bench.core.space import Config, SearchSpace
from bench.core.strategy import Capability, Strategy
from bench.core.table import Table
from bench.core.table_read import read_table
from bench.core.table_write import write_table
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
    "Table",
    "Trial",
    "discretise",
    "read_table",
    "write_table",
]
