"""The checks of a strategy that learns, each against one that is broken."""

from __future__ import annotations

import pytest

from bench import checks
from bench.testing.contracts import Climber, assert_found


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


BROKEN = [
    ("does_not_reward_failures", FailureIsZero, "are as if its loss were 0"),
    ("does_not_reward_failures", FailureIsLowest, "are as if its loss were"),
    ("minimises", Maximises, "a strategy must minimise `trial.loss`"),
    ("learns_from_the_loss", ReadsTheValue, "learn from `trial.loss`"),
    ("survives_failures", ReadsTheTest, "tell raised"),
]


@pytest.mark.parametrize(("name", "cls", "reason"), BROKEN)
def test_a_check_finds_what_is_broken(name, cls, reason):
    assert_found(name, cls, reason, checks.STRATEGY_CHECKS)


def test_every_check_is_tried_on_something_broken():
    here = checks.learning.__name__
    names = {c.__name__ for c in checks.STRATEGY_CHECKS if c.__module__ == here}
    assert {f"check_{name}" for name, *_ in BROKEN} == names | {"check_survives_failures"}
