"""What a strategy makes of what it is told: it follows losses downwards, never failures."""

from __future__ import annotations

import math

from bench.checks.common import NotApplicable, require
from bench.checks.play import SPACES, Losses, bowl, configs, play
from bench.core import Strategy, Trial
from bench.run import Ended

LEARNING = 60
"""Trials of a run that should show what was learnt: beyond every default number of start-up
trials, with as many again."""
LATE = 20
"""The last trials, which are judged."""
SEEDS = (11, 12, 13)
PATIENCE = 10.0
"""Seconds of such a run, of which an expensive strategy needs more; then nothing is judged."""
_WORST = 0.75
"""Share of random draws that may be better than the late trials.

Trials that hang on nothing have 0.5 on average, with a standard deviation of 0.04 over 60 of them
(0.29 / sqrt(60)); a learner that maximises has nearly 1.
"""
_STAND_INS = (0.0, -1.0, -1e6)
"""Losses that a strategy may take a failure for, all better than those that are there."""
_SPACE = SPACES["one float"]


def check_learns_from_the_loss(cls: type[Strategy]) -> str:
    """The same losses give the same suggestions, whichever way the metric gets better."""
    _require_learner(cls)
    down, up = (
        configs(play(cls, _SPACE, upwards=way, seconds=PATIENCE)[0]) for way in (False, True)
    )
    shorter = min(len(down), len(up))
    require(
        down[:shorter] == up[:shorter],
        "the same losses must give the same suggestions for a metric that gets better upwards, "
        "they do not; learn from `trial.loss`, not from the evaluation, whose value may be either",
    )
    other = configs(_learnt(cls, _against, SEEDS[0]))
    same = configs(_learnt(cls, bowl, SEEDS[0]))
    if other == same:
        return f"other losses change nothing in {len(same)} trials, although there is a `tell`"
    return ""


def check_minimises(cls: type[Strategy]) -> str:
    """Late suggestions are no worse than random draws by a wide margin."""
    _require_learner(cls)
    draws = sorted(bowl([(k + 0.5) / 1000], 0) for k in range(1000))
    behind = [
        sum(draw < trial.loss for draw in draws) / len(draws)
        for seed in SEEDS
        for trial in _learnt(cls, bowl, seed)[-LATE:]
        if trial.loss is not None
    ]
    share = math.fsum(behind) / len(behind)
    require(
        share < _WORST,
        f"a strategy must minimise `trial.loss`, {share:.0%} of random draws are better than its "
        f"last {LATE} of {LEARNING} trials; higher is worse, whatever the metric",
    )
    return f"{share:.0%} of random draws are better than its last {LATE} of {LEARNING} trials"


def check_does_not_reward_failures(cls: type[Strategy]) -> None:
    """Where half of the space fails, it does other than if that half had a good loss.

    How often it fails there says nothing: to learn nothing from failures is allowed, and leads
    to where no losses are known.
    """
    _require_learner(cls)
    failing = _learnt(cls, _striped(None), SEEDS[0])
    if all(trial.loss is not None for trial in failing):
        raise NotApplicable(f"none of its {LEARNING} trials fails where half of the space does")
    bad = configs(_learnt(cls, _striped(1e6), SEEDS[0]))
    for loss in _STAND_INS:
        good = configs(_learnt(cls, _striped(loss), SEEDS[0]))
        if good == bad:
            raise NotApplicable(f"in {LEARNING} trials it learns nothing from half of them")
        require(
            configs(failing) != good,
            f"a failed trial must not count as a good one, all {LEARNING} suggestions are as if "
            f"its loss were {loss:g}; its `loss` is None",
        )


def _striped(loss: float | None) -> Losses:
    """Return losses above 10 in every other stripe of an axis, and one value in those between.

    Stripes are narrow, so that whoever takes small steps meets both kinds.
    """
    return lambda point, number: loss if int(16 * point[0]) % 2 else 10 + point[0]


def _against(point: list[float], number: int) -> float:
    return -bowl(point, number)


def _learnt(cls: type[Strategy], losses: Losses, seed: int) -> list[Trial]:
    trials, end = play(cls, _SPACE, losses, seed=seed, trials=LEARNING, seconds=PATIENCE)
    require(end.ended is not Ended.FAILED, end.reason)
    if len(trials) < LEARNING:
        raise NotApplicable(
            f"it makes {len(trials)} of {LEARNING} trials, too few to judge: "
            f"{end.reason or 'it ends there'}"
        )
    return trials


def _require_learner(cls: type[Strategy]) -> None:
    if cls.tell is Strategy.tell:
        raise NotApplicable("it does not learn: it has no `tell`")
