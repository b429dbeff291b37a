"""What a strategy makes of what it is told: it follows losses downwards, never failures."""

from __future__ import annotations

from bisect import bisect_left

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
PATIENCE = 5.0
"""Seconds of such a run, of which an expensive strategy needs more; then nothing is judged."""
_MARGIN = 0.2
"""How much better, as a share of random draws, late trials may be where losses are turned round.

For trials that hang on nothing the difference has a standard deviation of 0.05 (0.29 · sqrt(2/60)
for 60 late trials each way).
"""
_STAND_INS = (0.0, 1.0, -1.0, -1e6)
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
    """Late suggestions are better where a loss is told than where its opposite is."""
    _require_learner(cls)
    told, opposite = (_behind(cls, losses) for losses in (bowl, _against))
    said = (
        f"{told:.0%} of random draws are better than its last {LATE} of {LEARNING} trials, "
        f"{opposite:.0%} where it is told the opposite"
    )
    require(told - opposite < _MARGIN, f"a strategy must minimise `trial.loss`, {said}")
    return said


def _behind(cls: type[Strategy], losses: Losses) -> float:
    """Return the share of random draws that have less of the bowl than late trials."""
    draws = sorted(bowl([(k + 0.5) / 1000], 0) for k in range(1000))
    late = [
        bowl(_SPACE.to_unit(config), 0)
        for seed in SEEDS
        for config in configs(_learnt(cls, losses, seed)[-LATE:])
    ]
    return sum(bisect_left(draws, loss) for loss in late) / len(late) / len(draws)


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
