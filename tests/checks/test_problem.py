"""Each check of a problem against one that is broken."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import numpy as np
import pytest

from bench import (
    Evaluation,
    Fidelity,
    Float,
    Metric,
    SearchSpace,
    Table,
    checks,
    discretise,
)
from bench.testing.contracts import OffersRows, Sound, assert_found
from problems.analytic import Branin


@dataclass
class ProblemBadlyNamed(Sound):
    """Has an underscore in its name."""

    name = "not_sound"


@dataclass
class ProblemUndocumented(Sound):
    __doc__ = None


@dataclass
class ProblemDemanding(Sound):
    """Cannot be made without arguments."""

    folds: int


@dataclass
class NoSpace(Sound):
    """Has a mapping for a space."""

    space = {"x": (-1, 1)}  # type: ignore[assignment]


@dataclass
class NoMetric(Sound):
    """Has the name of a metric only."""

    metric = "loss"  # type: ignore[assignment]


@dataclass
class NoOptimum(Sound):
    """Claims an optimum that is no number."""

    optimum = float("nan")


class BareNumber(Sound):
    """Returns a number."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        return config["x"] ** 2


class NotFinite(Sound):
    """Returns NaN."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(float("nan"))


class Better(Sound):
    """Is better than the optimum."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(-1.0)


class BetterAccuracy(Sound):
    """Is better than the optimum, upwards."""

    metric = Metric("accuracy", "maximize")
    optimum = 1.0

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(1.5)


class OtherFolds(Sound):
    """Returns folds whose mean is another value."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(0.5, fold_values=(0.1, 0.2))


class NoTestValue(Sound):
    """Takes NaN for what it does not have: every trial of a run fails."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(0.5, test_value=math.nan)


class NoFidelity(Sound):
    """Does not take what a run gives it."""

    def evaluate(self, config, seed):  # type: ignore[override]
        return Evaluation(0.5)


class NegativeCost(Sound):
    """Costs less than nothing."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(0.5, cost=-1.0)


class Refusing(Sound):
    """Raises inside its space."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        raise RuntimeError("not today")


class Noisy(Sound):
    """Has noise that hangs on the order of calls."""

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(config["x"] ** 2 + self.rng.random())


OFFSETS = iter(range(10**6))


class OtherEachTime(Sound):
    """Every instance is another problem."""

    def __init__(self):
        self.offset = float(next(OFFSETS))

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(config["x"] ** 2 + self.offset)


class Greedy(Sound):
    """Takes its configuration apart."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(config.pop("x") ** 2)


class ProblemGlobalNumpy(Sound):
    """Seeds numpy's global state."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        np.random.seed(seed)  # noqa: NPY002
        return Evaluation(config["x"] ** 2)


@dataclass
class OtherBranin(Sound):
    """Has the name of a problem of the catalog, and other values."""

    name = "branin"

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(-1.0)


@dataclass
class OtherTable(Sound):
    """Says that it was made from Branin, whose values it does not have."""

    def __post_init__(self):
        space = discretise(Branin().space, 2)
        meta = {"problem": {"name": "branin", "settings": {}, "version": 1}, "seeds": [1]}
        self.table = Table(space, self.metric, np.zeros((1, 9)), meta=meta)


class Moves(Sound):
    """Goes to another folder."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        os.chdir("/")
        return Evaluation(config["x"] ** 2)


class Raises(Sound):
    """Changes how numpy takes errors, for all that come after."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        np.seterr(all="raise" if np.geterr()["divide"] == "warn" else "warn")
        return Evaluation(config["x"] ** 2)


class EditsItsOwnSpace(Sound):
    """Narrows its space."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        self.space = SearchSpace({"x": Float(0, 1)})
        return Evaluation(config["x"] ** 2)


class NegativeAccuracy(Sound):
    """Returns a loss for an accuracy."""

    metric = Metric("accuracy", "maximize")
    optimum = None

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(-0.9)


class AccuracyDownwards(Sound):
    """Has the direction of a loss."""

    metric = Metric("balanced accuracy", "minimize")


class SameData(Sound):
    """Takes the value for the test value."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(config["x"] ** 2, config["x"] ** 2)


class BeatsItselfSomewhere(Sound):
    """Is better than its optimum in a tenth of the space."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(-1.0 if config["x"] > 0.8 else config["x"] ** 2)


class CountsCalls(Sound):
    """Gets better with each call of the process."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(config["x"] ** 2 + 1 / (1 + next(OFFSETS)))


class FidelityIsAName(Sound):
    """Has the name of a fidelity only."""

    fidelity = "rows"  # type: ignore[assignment]


class FailsWhenCheap(Sound):
    """Needs all rows."""

    fidelity = Fidelity("rows", 10)

    def evaluate(self, config, *, seed, fidelity=1.0):
        if fidelity < 0.5:
            raise ValueError("too few rows")
        return super().evaluate(config, seed=seed)


class NoisyWhenCheap(Sound):
    """Takes other rows each time."""

    fidelity = Fidelity("rows", 10)

    def evaluate(self, config, *, seed, fidelity=1.0):
        noise = 0.0 if fidelity == 1 else np.random.default_rng().random()
        return Evaluation(config["x"] ** 2 + noise)


class DearWhenCheap(Sound):
    """Costs the same on a tenth of the rows."""

    fidelity = Fidelity("rows", 10)

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(config["x"] ** 2, cost=3.0)


class OtherByItsSetting(OffersRows):
    """Has other values once a setting offers cheaper evaluations."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(config["x"] ** 2 + (self.fidelity is not None), cost=fidelity)


class FoldsOfNumpy(Sound):
    """Returns an array of folds, whose mean is 0 up to rounding."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        folds = np.array([0.1, 0.2, -0.3])
        return Evaluation(folds.mean() - 1e-17, fold_values=folds)  # type: ignore[arg-type]


class CheapByDefault(Sound):
    """Takes a tenth of the rows unless it is told otherwise."""

    fidelity = Fidelity("rows", 10)

    def evaluate(self, config, *, seed, fidelity=0.1):
        return Evaluation(config["x"] ** 2 + 1 - fidelity)


BROKEN = [
    ("states_space_and_metric", FidelityIsAName, "`fidelity` must be a Fidelity or None"),
    ("evaluates_at_less", FailsWhenCheap, "at 1 of 10 rows, it fails with ValueError: too few"),
    ("evaluates_at_less", NoisyWhenCheap, "must give the same values at 1 of 10 rows"),
    ("evaluates_at_less", CheapByDefault, "without a fidelity must give the values of all 10 rows"),
    ("evaluates_at_less", DearWhenCheap, "at 1 of 10 rows it costs 1 times as much"),
    ("evaluates_at_less", OtherByItsSetting, "where cheaper ones have fewer rows"),
    ("leaves_the_process_alone", Moves, "the working directory must stay as it is"),
    ("leaves_the_process_alone", Raises, "numpy's error handling must stay as it is"),
    ("leaves_its_input_alone", EditsItsOwnSpace, "must not change the space"),
    ("metric_fits_its_values", NegativeAccuracy, "accuracy must be in [0, 100], got -0.9"),
    ("metric_fits_its_values", AccuracyDownwards, "must be to maximize, the metric says minimize"),
    ("tests_on_other_data", SameData, "equals the value in all of 4 evaluations"),
    ("keeps_its_optimum", BeatsItselfSomewhere, "nothing may be better than the optimum 0.0"),
    ("is_deterministic", CountsCalls, "they changed with the order of calls"),
    ("is_named", ProblemBadlyNamed, "lower-case words joined by hyphens, got 'not_sound'"),
    ("is_documented", ProblemUndocumented, "must open with a docstring sentence"),
    ("has_defaults", ProblemDemanding, "every setting must have a default"),
    ("states_space_and_metric", NoSpace, "`space` must be a SearchSpace"),
    ("states_space_and_metric", NoMetric, "`metric` must be a Metric, got 'loss'"),
    ("states_space_and_metric", NoOptimum, "must be a finite number or None, got nan"),
    ("evaluates_its_space", BareNumber, "must return an Evaluation, got float"),
    ("evaluates_its_space", NotFinite, "a value must be finite and within ±1e+150, got nan"),
    ("evaluates_its_space", Better, "nothing may be better than the optimum 0.0"),
    ("evaluates_its_space", BetterAccuracy, "nothing may be better than the optimum 1.0"),
    ("evaluates_its_space", OtherFolds, "must be the mean of the fold values"),
    ("evaluates_its_space", NoTestValue, "a test value must be finite and within ±1e+150, got nan"),
    ("evaluates_its_space", NoFidelity, "unexpected keyword argument 'fidelity'"),
    ("evaluates_its_space", NegativeCost, "a cost must be seconds from 0 to 1e+150, got -1.0"),
    ("evaluates_its_space", Refusing, "RuntimeError: not today"),
    ("is_deterministic", Noisy, "they changed with the order of calls"),
    ("is_deterministic", OtherEachTime, "a fresh instance must give the same values"),
    ("leaves_its_input_alone", Greedy, "must not change its configuration"),
    ("leaves_the_process_alone", ProblemGlobalNumpy, "global random state must stay"),
    ("keeps_its_signature", OtherBranin, "must be 14.3558"),
    ("agrees_with_its_live_problem", OtherTable, "must have the recorded values [0.0"),
]


@pytest.mark.parametrize(("name", "cls", "reason"), BROKEN)
def test_a_check_finds_what_is_broken(name, cls, reason):
    assert_found(name, cls, reason, checks.PROBLEM_CHECKS)


NOTED = {"hangs_on_its_seed"}
"""Checks that never fail: what they find may be meant."""


def test_every_check_is_tried_on_something_broken():
    names = {check.__name__ for check in checks.PROBLEM_CHECKS} - {f"check_{n}" for n in NOTED}
    assert {f"check_{name}" for name, *_ in BROKEN} == names


def test_folds_may_be_an_array_and_cancel():
    (verdict,) = checks.run_checks(FoldsOfNumpy, [checks.problem.check_evaluates_its_space])
    assert verdict.reason is None
