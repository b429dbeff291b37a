"""The conformance suite over the whole catalog, and each check against something broken."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import inspect
import itertools
import math
import os
import random
import signal
from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, make_scorer

from bench import (
    Capability,
    Evaluation,
    Fidelity,
    Float,
    Metric,
    Problem,
    SearchSpace,
    Strategy,
    Suggestion,
    Table,
    checks,
    discretise,
)
from bench.registry import PROBLEMS, STRATEGIES, unavailable
from problems.analytic import Branin
from strategies.default_config import DefaultConfig
from strategies.grid_search import GridSearch

MEASURING = {
    checks.problem.check_evaluates_its_space,
    checks.problem.check_is_deterministic,
    checks.problem.check_leaves_its_input_alone,
    checks.problem.check_leaves_the_process_alone,
    checks.problem.check_hangs_on_its_seed,
    checks.problem.check_tests_on_other_data,
    checks.problem.check_metric_fits_its_values,
}


def is_live(cls):
    return "folds" in {field.name for field in dataclasses.fields(cls)}


def affordable(cls):
    """Return a live problem with fewer folds and rows; what it must keep does not hang on them."""
    if not is_live(cls) or not cls.argument:
        return cls
    few = {"folds": 2, "repeats": 1}
    if "binary" in cls.tasks:
        few["data"] = "iris"
    make = {"__init__": lambda self: cls.__init__(self, **few), "__doc__": cls.__doc__}
    return type(cls.__name__, (cls,), make)


def pairs(catalog, functions):
    return [
        pytest.param(affordable(cls), check, id=f"{name}-{check.__name__.removeprefix('check_')}")
        for name, cls in catalog.classes().items()
        # One whose name needs an argument is checked where its tests make one.
        if unavailable(cls) is None and not getattr(cls, "argument", "")
        for check in functions
        # Of live problems the models are measured: in tests/problems all are, on their data.
        if check not in MEASURING or cls.argument or not is_live(cls)
    ]


@pytest.mark.parametrize(("cls", "check"), pairs(STRATEGIES, checks.STRATEGY_CHECKS))
def test_every_strategy_keeps_its_contract(cls, check):
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


@dataclass
class Good(Strategy):
    """Keeps its contract."""

    name = "good"

    def start(self, space, *, seed, budget):
        self.space, self.rng = space, np.random.default_rng(seed)

    def ask(self):
        return Suggestion(self.space.sample(self.rng))


@dataclass
class BadlyNamed(Good):
    """Has a name with a capital and a blank."""

    name = "Not Good"


@dataclass
class BadlyVersioned(Good):
    """Has a version that is no whole number from 1."""

    version = 0


@dataclass
class Undocumented(Good):
    __doc__ = None


@dataclass
class Demanding(Good):
    """Cannot be made without arguments."""

    levels: int


@dataclass
class Outside(Good):
    """Suggests outside the space."""

    def ask(self):
        return Suggestion(dict.fromkeys(self.space, 1e9))


@dataclass
class Silent(Good):
    """Suggests nothing at all."""

    def ask(self):
        return None


@dataclass
class Declining(Good):
    """Declines every space."""

    def skip(self, space, *, budget):
        return "no"


@dataclass
class Unseeded(Good):
    """Ignores its seed."""

    def start(self, space, *, seed, budget):
        super().start(space, seed=None, budget=budget)


@dataclass
class Hashed(Good):
    """Draws from a generator that each process seeds otherwise."""

    def start(self, space, *, seed, budget):
        super().start(space, seed=abs(hash(f"seed {seed}")), budget=budget)


@dataclass
class GlobalNumpy(Good):
    """Draws from numpy's global state."""

    def ask(self):
        return Suggestion(self.space.from_unit(np.random.random(len(self.space))))  # noqa: NPY002


@dataclass
class GlobalRandom(Good):
    """Seeds Python's global state."""

    def start(self, space, *, seed, budget):
        random.seed(seed)
        super().start(space, seed=seed, budget=budget)


@dataclass
class Fragile(Good):
    """Cannot take a failed trial."""

    def tell(self, trial):
        self.best = trial.loss + 0.0


@dataclass
class FragileLater(Good):
    """Cannot take a failed trial after a completed one."""

    def start(self, space, *, seed, budget):
        super().start(space, seed=seed, budget=budget)
        self.best = None

    def tell(self, trial):
        if self.best is not None:
            self.best = min(self.best, trial.loss)
        elif trial.loss is not None:
            self.best = trial.loss


SHARED = {}


@dataclass
class Sharing(Good):
    """Keeps its generator where all instances share it."""

    def start(self, space, *, seed, budget):
        self.space = space
        SHARED["rng"] = np.random.default_rng(seed)

    def ask(self):
        return Suggestion(self.space.sample(SHARED["rng"]))


@dataclass
class Remembering(Good):
    """Goes on where the run before it ended."""

    def start(self, space, *, seed, budget):
        if not hasattr(self, "rng"):
            super().start(space, seed=seed, budget=budget)


@dataclass
class Sound(Problem):
    """Keeps its contract."""

    name = "sound"
    space = SearchSpace({"x": Float(-1, 1)}, default={"x": 0.5})
    metric = Metric("loss", "minimize")
    optimum = 0.0

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(config["x"] ** 2, 1.0, (config["x"] ** 2,))


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

    space = {"x": (-1, 1)}


@dataclass
class NoMetric(Sound):
    """Has the name of a metric only."""

    metric = "loss"


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

    def evaluate(self, config, seed):
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


@dataclass
class NeedsTwo(Good):
    """Needs two trials at least."""

    def start(self, space, *, seed, budget):
        super().start(space, seed=seed, budget=budget)
        self.rest = 1 / (budget.trials - 1)


@dataclass
class SameSeed(Good):
    """Draws the same whatever its seed."""

    def start(self, space, *, seed, budget):
        super().start(space, seed=0, budget=budget)


@dataclass
class SaysSo(Good):
    """Says that it ignores its seed, and does not."""

    ignores_seed = True


@dataclass
class OnePoint(Good):
    """Never moves."""

    def ask(self):
        return Suggestion(self.space.from_unit([0.5] * len(self.space)))


@dataclass
class LeavesLate(Good):
    """Leaves the space at trial 50."""

    def start(self, space, *, seed, budget):
        super().start(space, seed=seed, budget=budget)
        self.asked = 0

    def ask(self):
        self.asked += 1
        return super().ask() if self.asked <= 50 else Suggestion(dict.fromkeys(self.space, 1e9))


@dataclass
class Stopping(Good):
    """Raises after 30 trials."""

    def start(self, space, *, seed, budget):
        super().start(space, seed=seed, budget=budget)
        self.left = iter(range(30))

    def ask(self):
        next(self.left)
        return super().ask()


@dataclass
class Climber(Good):
    """Steps around the best point so far; what is best, and what a failure is, may be wrong."""

    def start(self, space, *, seed, budget):
        super().start(space, seed=seed, budget=budget)
        self.best, self.score = [0.9] * len(space), float("inf")

    def ask(self):
        steps = self.rng.normal(0, 0.1, len(self.best))
        point = np.clip(np.add(self.best, steps), 0, 1).tolist()
        return Suggestion(self.space.from_unit(point), token=point)

    def tell(self, trial):
        score = self.score_of(trial)
        if score is not None and score < self.score:
            self.best, self.score = trial.suggestion.token, score

    def score_of(self, trial):
        return trial.loss


class FailureIsZero(Climber):
    """Takes a failure for loss 0."""

    def score_of(self, trial):
        return trial.loss or 0.0


class FailureIsLowest(Climber):
    """Takes a failure for the best there is."""

    def score_of(self, trial):
        return float("-inf") if trial.loss is None else trial.loss


class Maximises(Climber):
    """Climbs the loss."""

    def score_of(self, trial):
        return None if trial.loss is None else -trial.loss


class ReadsTheValue(Climber):
    """Minimises the value, which may be an accuracy."""

    def score_of(self, trial):
        return None if trial.loss is None else trial.evaluation.value


class ReadsTheTest(Climber):
    """Learns from what no strategy sees."""

    def score_of(self, trial):
        return trial.evaluation.test_value + 0


@dataclass
class Prints(Good):
    """Says what it does."""

    def ask(self):
        print("asked")
        return super().ask()


@dataclass
class EditsItsSpace(Good):
    """Makes a point of the default."""

    def ask(self):
        for name in self.space.default:
            self.space.default[name] = None
        return super().ask()


@dataclass
class OneFixedParameter(Good):
    """Divides by the width of the first axis."""

    def ask(self):
        first = next(iter(self.space.parameters.values()))
        1 / (first.high - first.low if isinstance(first, Float) else 1)
        return super().ask()


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


@dataclass
class NeverFull(Good):
    """Makes cheap evaluations only."""

    supports = frozenset({Capability.FIDELITY})

    def ask(self):
        return Suggestion(self.space.sample(self.rng), fidelity=self.cheapest)

    def start(self, space, *, seed, budget):
        super().start(space, seed=seed, budget=budget)
        steps = max(budget.fidelity.steps // 3, budget.fidelity.lowest)
        self.cheapest = budget.fidelity.share(steps)


@dataclass
class OwnRungs(Good):
    """Knows of 81 epochs only."""

    supports = frozenset({Capability.FIDELITY})

    def start(self, space, *, seed, budget):
        super().start(space, seed=seed, budget=budget)
        self.rungs = itertools.cycle((27, 27, 27, 81))

    def ask(self):
        return Suggestion(self.space.sample(self.rng), fidelity=next(self.rungs) / 81)


@dataclass
class CheapUndeclared(Good):
    """Makes cheap evaluations without saying so."""

    def ask(self):
        return Suggestion(self.space.sample(self.rng), fidelity=1 / 3)


@dataclass
class UnseededFidelity(Good):
    """Draws its fidelities, and nothing else, from nowhere."""

    supports = frozenset({Capability.FIDELITY})

    def ask(self):
        step = int(np.random.default_rng().integers(30, 82))
        return Suggestion(self.space.sample(self.rng), fidelity=step / 81)


class FidelityIsAName(Sound):
    """Has the name of a fidelity only."""

    fidelity = "rows"


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


class CheapByDefault(Sound):
    """Takes a tenth of the rows unless it is told otherwise."""

    fidelity = Fidelity("rows", 10)

    def evaluate(self, config, *, seed, fidelity=0.1):
        return Evaluation(config["x"] ** 2 + 1 - fidelity)


BROKEN = [
    ("is_named", BadlyNamed, "lower-case words joined by hyphens, got 'Not Good'"),
    ("is_named", BadlyVersioned, "a whole number from 1, got 0"),
    ("is_documented", Undocumented, "must open with a docstring sentence"),
    ("has_defaults", Demanding, "every setting must have a default"),
    ("runs_on_every_space", Outside, "outside the space"),
    ("runs_on_every_space", Silent, "must suggest something"),
    ("runs_on_every_space", Declining, "it declines all of them"),
    ("is_deterministic", Unseeded, "same seed must give the same suggestions"),
    ("leaves_the_process_alone", GlobalNumpy, "global random state must stay"),
    ("leaves_the_process_alone", GlobalRandom, "global random state must stay"),
    ("is_deterministic_across_processes", Hashed, "do not iterate over a set"),
    ("survives_failures", Fragile, "when the first trial fails: tell raised TypeError"),
    ("survives_failures", FragileLater, "when every other trial fails"),
    ("instances_are_independent", Sharing, "instances must not share state"),
    ("can_start_again", Remembering, "must forget the run before"),
    ("runs_with_one_trial", NeedsTwo, "with a budget of 1: start raised ZeroDivisionError"),
    ("uses_its_seed", SameSeed, "seeds 1, 2 and 3 give the same"),
    ("uses_its_seed", SaysSo, "must ignore it, its runs differ"),
    ("runs_long", OnePoint, "must try more than one configuration, 120 trials are"),
    ("runs_long", LeavesLate, "after 50 of 120 trials: suggestion 50 is outside the space"),
    ("runs_long", Stopping, "after 30 of 120 trials: ask raised StopIteration"),
    ("does_not_reward_failures", FailureIsZero, "are as if its loss were 0"),
    ("does_not_reward_failures", FailureIsLowest, "are as if its loss were"),
    ("minimises", Maximises, "a strategy must minimise `trial.loss`"),
    ("makes_full_evaluations", NeverFull, "0 of 360 trials with a budget of 120 are full"),
    ("runs_on_every_space", CheapUndeclared, "must be a full evaluation, got fidelity 0.333"),
    ("keeps_to_whole_steps", OwnRungs, "with evaluations of 100 trees, at least 7, and a budget"),
    ("keeps_to_whole_steps", NeverFull, "of 81 epochs, at least 1, must lead to a full one"),
    ("is_deterministic", UnseededFidelity, "same seed must give the same suggestions"),
    ("states_space_and_metric", FidelityIsAName, "`fidelity` must be a Fidelity or None"),
    ("evaluates_at_less", FailsWhenCheap, "at 1 of 10 rows, it fails with ValueError: too few"),
    ("evaluates_at_less", NoisyWhenCheap, "must give the same values at 1 of 10 rows"),
    ("evaluates_at_less", CheapByDefault, "without a fidelity must give the values of all 10 rows"),
    ("learns_from_the_loss", ReadsTheValue, "learn from `trial.loss`"),
    ("survives_failures", ReadsTheTest, "tell raised"),
    ("leaves_the_process_alone", Prints, "nothing may be printed"),
    ("leaves_its_space_alone", EditsItsSpace, "must not change the space"),
    ("runs_on_every_space", OneFixedParameter, "fixed and tiny: ask raised ZeroDivisionError"),
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
    functions = checks.STRATEGY_CHECKS if issubclass(cls, Strategy) else checks.PROBLEM_CHECKS
    (wanted,) = [check for check in functions if check.__name__ == f"check_{name}"]
    (verdict,) = checks.run_checks(cls, [wanted])
    assert verdict.check == name
    assert reason in (verdict.reason or "it passed")


NOTED = {"hangs_on_its_seed"}
"""Checks that never fail: what they find may be meant."""


def test_every_check_is_tried_on_something_broken():
    every = (*checks.STRATEGY_CHECKS, *checks.PROBLEM_CHECKS)
    names = {check.__name__ for check in every} - {f"check_{name}" for name in NOTED}
    assert {f"check_{name}" for name, *_ in BROKEN} == names


@pytest.mark.parametrize(
    ("cls", "functions"),
    [
        (Good, checks.STRATEGY_CHECKS),
        (Climber, checks.STRATEGY_CHECKS),
        (Sound, checks.PROBLEM_CHECKS),
    ],
)
def test_what_keeps_its_contract_passes_every_check(cls, functions):
    assert [verdict for verdict in checks.run_checks(cls, functions) if verdict.reason] == []


class FoldsOfNumpy(Sound):
    """Returns an array of folds, whose mean is 0 up to rounding."""

    def evaluate(self, config, *, seed, fidelity=1.0):
        folds = np.array([0.1, 0.2, -0.3])
        return Evaluation(folds.mean() - 1e-17, fold_values=folds)


def test_folds_may_be_an_array_and_cancel():
    (verdict,) = checks.run_checks(FoldsOfNumpy, [checks.problem.check_evaluates_its_space])
    assert verdict.reason is None


class Stuck(Good):
    """Never answers."""

    def ask(self):
        while True:
            pass


def test_a_strategy_that_does_not_return_is_told_once(monkeypatch):
    monkeypatch.setattr(checks.play, "SECONDS_TO_SUGGEST", 0.2)
    verdicts = {v.check: v for v in checks.run_checks(Stuck, checks.STRATEGY_CHECKS)}
    assert "after 0.2 s it is still in ask, " in verdicts["runs_on_every_space"].reason
    failed = [name for name, verdict in verdicts.items() if verdict.reason]
    assert failed == ["runs_on_every_space"]
    assert verdicts["runs_long"].note == "it does not return"
    assert not verdicts["runs_long"].applies


class StuckTwice(Stuck):
    """Does not even end, and takes any error for its own."""

    def ask(self):
        with contextlib.suppress(BaseException):
            super().ask()
        return super().ask()

    def close(self):
        super().ask()


def test_a_strategy_that_hears_nothing_is_told_too_and_timers_of_others_go_on(monkeypatch):
    monkeypatch.setattr(checks.play, "SECONDS_TO_SUGGEST", 0.2)
    signal.setitimer(signal.ITIMER_REAL, 900, 7)
    try:
        verdicts = {v.check: v for v in checks.run_checks(StuckTwice, checks.STRATEGY_CHECKS)}
        left, interval = signal.getitimer(signal.ITIMER_REAL)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    assert "it is still in ask, " in verdicts["runs_on_every_space"].reason
    assert 0 < left < 900
    assert interval == 7


def miss_rate(y_true, y_pred):
    return float(np.mean(y_true != y_pred))


@pytest.mark.parametrize(
    ("direction", "function", "fails"),
    [
        ("minimize", miss_rate, False),
        ("maximize", miss_rate, True),
        ("minimize", lambda y_true, y_pred: -miss_rate(y_true, y_pred), True),
    ],
)
def test_a_metric_of_ones_own_prefers_the_truth(direction, function, fails):
    made = {"metric": Metric("misses", direction), "scorer": staticmethod(function)}
    cls = type("Mine", (PROBLEMS.get("tree"),), made)
    (verdict,) = checks.run_checks(cls, [checks.problem.check_metric_fits_its_values])
    if fails:
        assert "must be better for a perfect prediction than for a shuffled one" in verdict.reason
    else:
        assert verdict.note.startswith("0 for a perfect prediction, 0.")


def test_a_probability_metric_of_ones_own_prefers_the_truth():
    for better, fails in ((True, True), (False, False)):
        scorer = make_scorer(
            brier_score_loss, response_method="predict_proba", greater_is_better=better
        )
        made = {"metric": Metric("Brier", "minimize"), "scorer": scorer}
        cls = type("Mine", (PROBLEMS.get("logistic"),), made)
        (verdict,) = checks.run_checks(cls, [checks.problem.check_metric_fits_its_values])
        assert bool(verdict.reason) == fails


def not_applicable(cls, functions):
    return {v.check: v.note for v in checks.run_checks(cls, functions) if not v.applies}


def test_a_check_without_anything_to_check_says_why():
    learning = ("learns_from_the_loss", "minimises", "does_not_reward_failures")
    said = not_applicable(Good, checks.STRATEGY_CHECKS)
    all_full = "without Capability.FIDELITY all its evaluations are full ones"
    no_steps = "without Capability.FIDELITY it is told of no steps"
    full = {"makes_full_evaluations": all_full, "keeps_to_whole_steps": no_steps}
    assert said == full | dict.fromkeys(learning, "it does not learn: it has no `tell`")
    assert not_applicable(Climber, checks.STRATEGY_CHECKS) == full
    said = not_applicable(Sound, checks.PROBLEM_CHECKS)
    assert said.keys() == {
        "evaluates_at_less",
        "metric_fits_its_values",
        "hangs_on_its_seed",
        "keeps_its_signature",
        "agrees_with_its_live_problem",
    }
    assert "seeds 1, 2 and 3 give the same values" in said["hangs_on_its_seed"]


def test_what_never_makes_a_trial_passes_no_check_of_its_trials():
    for cls, why in ((Outside, "suggestion 0 is outside"), (Declining, "declines the space")):
        verdicts = {v.check: v for v in checks.run_checks(cls, checks.STRATEGY_CHECKS)}
        passed = [name for name, v in verdicts.items() if v.applies and v.reason is None]
        assert passed == ["is_named", "is_documented", "has_defaults"]
        assert why in verdicts["can_start_again"].note
        assert why in verdicts["is_deterministic"].note


def test_a_fidelity_that_changes_nothing_is_noted():
    cls = type("Same", (Sound,), {"fidelity": Fidelity("rows", 10), "__doc__": "The same."})
    (verdict,) = checks.run_checks(cls, [checks.problem.check_evaluates_at_less])
    assert verdict.note == "a cheaper evaluation says the same as a full one at {'x': 0.5}"


def test_what_is_deterministic_on_purpose_says_so():
    said = not_applicable(DefaultConfig, [checks.strategy.check_uses_its_seed])
    assert "it says `ignores_seed`" in said["uses_its_seed"]
    assert not GridSearch().ignores_seed
    assert GridSearch(order="lexicographic").ignores_seed


def test_what_cannot_be_made_fails_once():
    verdicts = list(checks.run_checks(PROBLEMS.get("table"), checks.PROBLEM_CHECKS))
    (failed,) = [verdict for verdict in verdicts if verdict.reason]
    assert failed.check == "has_defaults"
    assert "name it with its path, table:PATH" in failed.reason


MODEL = """
from dataclasses import dataclass
from bench import Float, SearchSpace
from problems.live import LiveProblem

@dataclass
class Mine(LiveProblem):
    \"\"\"A nearest neighbour.\"\"\"

    name = "mine"
    tasks = {tasks}
    {settings}

    def space_for(self, facts):
        return SearchSpace({{"leaf_size": Float(10, 20)}}, default={{"leaf_size": 15}})

    def make(self, config, random_state):
        from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

        model = KNeighborsClassifier if self.classifies else KNeighborsRegressor
        return model(leaf_size=int(config["leaf_size"]))
"""


@pytest.mark.parametrize(
    ("tasks", "settings", "used"),
    [
        ('("regression",)', "", "data = 'diabetes'"),
        ('("regression",)', 'cv: str = "time-series"; repeats: int = 1', "data = 'diabetes'"),
        ('("multiclass",)', "", "data = 'iris'"),
        ('("binary",)', "", None),
        ('("binary", "regression")', 'scoring: str = "mae"', "data = 'diabetes'"),
        (
            '("regression",)',
            "example = classmethod(lambda cls: cls(data='generated:rows=60,task=regression'))",
            "data = 'generated:rows=60,task=regression'",
        ),
    ],
)
def test_a_model_is_checked_on_data_it_can_learn(tmp_path, tasks, settings, used):
    path = tmp_path / "mine.py"
    path.write_text(MODEL.format(tasks=tasks, settings=settings), encoding="utf-8")
    verdicts = list(checks.run_checks(PROBLEMS.get(f"{path}:Mine"), checks.PROBLEM_CHECKS))
    assert [verdict for verdict in verdicts if verdict.reason] == []
    (made,) = [verdict for verdict in verdicts if verdict.check == "has_defaults"]
    assert made.note.startswith(f"checked with {used}" if used else "")
    assert bool(made.note) == (used is not None)


@dataclass
class Required(Sound):
    """Has a setting without a default, and says what to check it with."""

    name = "required"

    power: int

    @classmethod
    def example(cls):
        return cls(2)


def test_a_required_setting_is_what_the_example_says():
    verdicts = list(checks.run_checks(Required, checks.PROBLEM_CHECKS))
    assert [verdict for verdict in verdicts if verdict.reason] == []
    (made,) = [verdict for verdict in verdicts if verdict.check == "has_defaults"]
    assert made.note.startswith("checked with power = 2, as its name alone is not enough: ")
