"""The conformance suite: what every strategy and every problem must keep, without pytest."""

from bench.checks.common import CheckFailedError, Verdict, run_checks
from bench.checks.problem import PROBLEM_CHECKS
from bench.checks.strategy import STRATEGY_CHECKS

__all__ = ["PROBLEM_CHECKS", "STRATEGY_CHECKS", "CheckFailedError", "Verdict", "run_checks"]
