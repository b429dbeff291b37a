"""Every strategy and problem of the catalog keeps its contract."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
from typing import Any

import pytest

from bench import (
    checks,
)
from bench.registry import PROBLEMS, STRATEGIES, unavailable

pytestmark = pytest.mark.slow

MEASURING = {
    checks.problem.check_evaluates_its_space,
    checks.problem.check_is_deterministic,
    checks.problem.check_leaves_its_input_alone,
    checks.problem.check_leaves_the_process_alone,
    checks.problem.check_hangs_on_its_seed,
    checks.problem.check_tests_on_other_data,
    checks.metric.check_metric_fits_its_values,
}


def is_live(cls):
    return "folds" in {field.name for field in dataclasses.fields(cls)}


def affordable(cls, check):
    """Return a live problem with two folds where what it must keep does not hang on their number.

    Each of its settings of `fidelity` is evaluated in full and at less, eleven fits each time.
    """
    if not is_live(cls) or check is not checks.problem.check_evaluates_at_less:
        return cls
    few: list[tuple[str, type, Any]] = [("folds", int, 2), ("repeats", int, 1)]
    return dataclasses.make_dataclass(
        cls.__name__, few, bases=(cls,), namespace={"__doc__": cls.__doc__}
    )


def pairs(catalog, functions):
    return [
        pytest.param(
            affordable(cls, check), check, id=f"{name}-{check.__name__.removeprefix('check_')}"
        )
        for name, cls in catalog.classes().items()
        # One whose name needs an argument is checked where its tests make one.
        if unavailable(cls) is None and not cls.argument
        for check in functions
        # Of live problems the models are measured: in tests/problems all are, on their data.
        if check not in MEASURING or not is_live(cls)
    ]


@pytest.mark.parametrize(("cls", "check"), pairs(STRATEGIES, checks.STRATEGY_CHECKS))
def test_every_strategy_keeps_its_contract(cls, check, monkeypatch):
    # A suggestion of bayesian-optimization may take 15 s of CPU: a minute on a busy machine.
    monkeypatch.setattr(checks.strategy_runs, "SECONDS_TO_SUGGEST", 600.0)
    (verdict,) = checks.run_checks(cls, [check])
    assert verdict.reason is None


@pytest.mark.parametrize(("cls", "check"), pairs(PROBLEMS, checks.PROBLEM_CHECKS))
def test_every_problem_keeps_its_contract(cls, check):
    (verdict,) = checks.run_checks(cls, [check])
    assert verdict.reason is None


@pytest.mark.parametrize("kind", ["strategy", "problem"])
def test_every_check_is_in_its_list(kind):
    module = importlib.import_module(f"bench.checks.{kind}")
    written = [f for name, f in inspect.getmembers(module) if name.startswith("check_")]
    listed = checks.STRATEGY_CHECKS if kind == "strategy" else checks.PROBLEM_CHECKS
    assert set(written) == set(listed)
