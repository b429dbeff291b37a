"""Each check of a strategy against one that is broken."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

import numpy as np
import pytest

from bench import (
    Capability,
    Float,
    Suggestion,
    checks,
)
from bench.testing.contracts import Good, assert_found, not_applicable
from strategies.default_config import DefaultConfig
from strategies.grid_search import GridSearch


@dataclass
class BadlyNamed(Good):
    """Has a name with a capital and a blank."""

    name = "Not Good"


@dataclass
class BadlyVersioned(Good):
    """Has a version that is no integer from 1."""

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
        return Suggestion(self.space.from_unit(np.random.random(len(self.space)).tolist()))  # noqa: NPY002


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


@dataclass
class OneAtATime(Good):
    """Keeps one suggestion, until it is reported."""

    def ask(self):
        assert getattr(self, "waiting", None) is None
        self.waiting = super().ask()
        return self.waiting

    def tell(self, trial):
        self.waiting = None


@dataclass
class GivesUp(Good):
    """Has nothing more for a second worker, and then for none."""

    def ask(self):
        self.asked = getattr(self, "asked", 0) + 1
        return None if self.asked - getattr(self, "told", 0) > 1 else super().ask()

    def tell(self, trial):
        self.told = getattr(self, "told", 0) + 1


BROKEN = [
    ("is_named", BadlyNamed, "lower-case words joined by hyphens, got 'Not Good'"),
    ("is_named", BadlyVersioned, "an integer from 1, got 0"),
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
    ("uses_its_seed", SameSeed, "seeds 7, 8 and 9 give the same"),
    ("uses_its_seed", SaysSo, "must ignore it, its runs differ"),
    ("runs_long", OnePoint, "must try more than one configuration, 120 trials are"),
    ("runs_long", LeavesLate, "after 50 of 120 trials: suggestion 50 is outside the space"),
    ("runs_long", Stopping, "after 30 of 120 trials: ask raised StopIteration"),
    ("makes_full_evaluations", NeverFull, "0 of 360 trials with a budget of 120 are full"),
    ("runs_on_every_space", CheapUndeclared, "must be a full evaluation, got fidelity 0.333"),
    ("keeps_to_whole_steps", OwnRungs, "with evaluations of 100 trees, at least 7, and a budget"),
    ("keeps_to_whole_steps", NeverFull, "of 81 epochs, at least 1, must lead to a full one"),
    ("runs_with_several_workers", OneAtATime, "do not wait for each other, after 0: ask raised"),
    ("runs_with_several_workers", GivesUp, "a run must use its budget if it does with one worker"),
    ("is_deterministic", UnseededFidelity, "same seed must give the same suggestions"),
    ("leaves_the_process_alone", Prints, "nothing may be printed"),
    ("leaves_its_space_alone", EditsItsSpace, "must not change the space"),
    ("runs_on_every_space", OneFixedParameter, "fixed and tiny: ask raised ZeroDivisionError"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "cls", "reason"), BROKEN)
def test_a_check_finds_what_is_broken(name, cls, reason):
    assert_found(name, cls, reason, checks.STRATEGY_CHECKS)


def test_every_check_is_tried_on_something_broken():
    elsewhere = checks.learning.__name__  # tried in test_learning.py
    names = {c.__name__ for c in checks.STRATEGY_CHECKS if c.__module__ != elsewhere}
    assert {f"check_{name}" for name, *_ in BROKEN} == names


def test_what_never_makes_a_trial_passes_no_check_of_its_trials():
    declines = (Declining, "declines this space or budget")
    for cls, why in ((Outside, "suggestion 0 is outside"), declines):
        verdicts = {v.check: v for v in checks.run_checks(cls, checks.STRATEGY_CHECKS)}
        passed = [name for name, v in verdicts.items() if v.applies and v.reason is None]
        assert passed == ["is_named", "is_documented", "has_defaults"]
        assert why in verdicts["can_start_again"].note
        assert why in verdicts["is_deterministic"].note


def test_what_is_deterministic_on_purpose_says_so():
    said = not_applicable(DefaultConfig, [checks.strategy.check_uses_its_seed])
    assert "it says `ignores_seed`" in said["uses_its_seed"]
    assert not GridSearch().ignores_seed
    assert GridSearch(order="lexicographic").ignores_seed
