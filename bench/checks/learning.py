"""How a strategy uses the trials reported to it: it follows losses downwards, never failures."""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import lru_cache
from typing import Any

from bench.checks.common import NotApplicable, require
from bench.checks.strategy_runs import (
    SPACES,
    Losses,
    bowl,
    configs,
    differ,
    full_evaluations,
    run_strategy,
    suggested,
    suggestions,
)
from bench.core import Capability, Config, Strategy, Trial
from bench.run import End, RunStatus

LEARNING_BUDGET = 60
"""The budget of a run that should show what was learnt: beyond every default number of start-up
trials, with as many again."""
LATE_EVALUATIONS = 20
"""The last full evaluations, which are judged: what cheaper ones are spent on is no result."""
MIN_JUDGED_EVALUATIONS = 7
"""Full evaluations, of all seeds together, that can be judged at all."""
SEEDS = (11, 12, 13)
MAX_RUN_SECONDS = 5.0
"""Seconds of such a run, of which an expensive strategy needs more; then nothing is judged."""
_LIMITS: dict[str, Any] = {"trials": LEARNING_BUDGET, "seconds": MAX_RUN_SECONDS}
_MARGIN = 0.2
"""How much better, as a share of random draws, late trials may be where losses are turned round.

For trials that hang on nothing the difference has a standard deviation of 0.05 (0.29 · sqrt(2/60)
for 60 late trials each way). It grows with the root of how many fewer there are.
"""
_STAND_INS = (0.0, 1.0, -1.0, -1e6)
"""Losses that a strategy may take a failure for, all better than those that are there."""
_SPACE = SPACES["one float"]


def check_learns_from_the_loss(cls: type[Strategy]) -> str:
    """The same losses give the same suggestions, whichever way the metric gets better."""
    _require_learner(cls)
    down, up = (
        suggested(cls, _SPACE, upwards=way, seconds=MAX_RUN_SECONDS) for way in (False, True)
    )
    shorter = min(len(down), len(up))
    require(
        down[:shorter] == up[:shorter],
        "the same losses must give the same suggestions for a metric that gets better upwards, "
        "they do not; learn from `trial.loss`, not from the evaluation, whose value may be either",
    )
    same, other = (suggestions(_learnt(cls, losses, SEEDS[0])) for losses in (bowl, _against))
    if other == same:
        return f"other losses change nothing in {len(same)} trials, although there is a `tell`"
    return ""


def check_minimises(cls: type[Strategy]) -> str:
    """Late suggestions are better where the loss is reported than where its opposite is."""
    _require_learner(cls)
    late, against = (_late(cls, losses) for losses in (bowl, _against))
    count = min(len(late), len(against))
    if count < MIN_JUDGED_EVALUATIONS:
        raise NotApplicable(
            f"it makes {count} full evaluations in {len(SEEDS)} runs with a budget of "
            f"{LEARNING_BUDGET}, too few to judge"
        )
    told, opposite = _behind(late), _behind(against)
    whole = len(SEEDS) * LATE_EVALUATIONS
    which = (
        f"last {LATE_EVALUATIONS} of {LEARNING_BUDGET} trials"
        if Capability.FIDELITY not in cls().supports
        else f"{count} late full evaluations"
    )
    said = (
        f"{told:.0%} of random draws are better than its {which}, "
        f"{opposite:.0%} where the opposite loss is reported"
    )
    margin = _MARGIN * math.sqrt(whole / count)
    require(told - opposite < margin, f"a strategy must minimise `trial.loss`, {said}")
    return said


def _late(cls: type[Strategy], losses: Losses) -> list[Config]:
    return [
        config
        for seed in SEEDS
        for config in configs(full_evaluations(_learnt(cls, losses, seed))[-LATE_EVALUATIONS:])
    ]


def _behind(late: list[Config]) -> float:
    """Return the share of random draws that have less of the bowl than late trials."""
    draws = sorted(bowl([(k + 0.5) / 1000], 0) for k in range(1000))
    losses = [bowl(_SPACE.to_unit(config), 0) for config in late]
    return sum(bisect_left(draws, loss) for loss in losses) / len(losses) / len(draws)


def check_does_not_reward_failures(cls: type[Strategy]) -> None:
    """Where half of the space fails, it does other than if that half had a good loss.

    How often it fails there says nothing: to learn nothing from failures is allowed, and leads
    to where no losses are known.
    """
    _require_learner(cls)
    trials = _learnt(cls, _striped(None), SEEDS[0])
    if all(trial.loss is not None for trial in trials):
        raise NotApplicable(f"none of its {len(trials)} trials fails where half of the space does")
    failing = suggestions(trials)
    bad = suggestions(_learnt(cls, _striped(1e6), SEEDS[0]))
    for loss in _STAND_INS:
        trials, end = run_strategy(
            cls, _SPACE, _striped(loss), seed=SEEDS[0], others=(failing, bad), **_LIMITS
        )
        if not all(differ(trials, other) for other in (failing, bad)):
            _require_whole(trials, end)
        good = suggestions(trials)
        if good == bad:
            raise NotApplicable(f"in {len(good)} trials it learns nothing from half of them")
        require(
            failing != good,
            f"a failed trial must not count as a good one, all {len(good)} suggestions are as if "
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
    trials, end = _run_to_learn(cls, losses, seed)
    _require_whole(trials, end)
    return trials


@lru_cache(maxsize=2 * len(SEEDS))
def _run_to_learn(cls: type[Strategy], losses: Losses, seed: int) -> tuple[list[Trial], End]:
    """Return a run, which for an expensive strategy takes seconds: two checks ask for the same."""
    return run_strategy(cls, _SPACE, losses, seed=seed, **_LIMITS)


def _require_whole(trials: list[Trial], end: End) -> None:
    require(end.status is not RunStatus.FAILED, end.reason)
    spent = math.fsum(t.suggestion.fidelity - t.continued_from for t in trials)
    # What is left of a budget may pay for no more of what a strategy wants: that is all of it.
    if end.status is not RunStatus.COMPLETED and spent < LEARNING_BUDGET:
        raise NotApplicable(
            f"it spends {spent:.4g} of a budget of {LEARNING_BUDGET} trials, too few to judge: "
            f"{end.reason or 'it ends there'}"
        )


def _require_learner(cls: type[Strategy]) -> None:
    if cls.tell is Strategy.tell:
        raise NotApplicable("it does not learn: it has no `tell`")
