"""Where strategies are checked: small spaces, and runs on problems made for the purpose."""

from __future__ import annotations

import math
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from types import FrameType
from typing import Any

from bench.checks.common import NotApplicable, StuckError
from bench.core import (
    Budget,
    Capability,
    Categorical,
    Config,
    Evaluation,
    Fidelity,
    Float,
    Int,
    Metric,
    Ordinal,
    Problem,
    SearchSpace,
    Strategy,
    Trial,
)
from bench.run import End, Run, RunStatus, skip_reason

TRIALS = 12
"""The budget of one check's run: beyond every default number of start-up trials but one."""

SEED = 7
"""The seed of one check's run."""

FIDELITIES = (
    Fidelity("epochs", 81),
    Fidelity("trees", 100, lowest=7),
    Fidelity("steps", 2),
    Fidelity("trees", 27, continues=True),
)
"""What a strategy with `Capability.FIDELITY` is offered, the first one unless a check says so."""

SECONDS_TO_SUGGEST = 60.0
"""What a strategy may take for one trial here: far more than any model of so few trials needs."""

SPACES: dict[str, SearchSpace] = {
    "one float": SearchSpace({"x": Float(-1, 2)}, default={"x": 0}),
    "mixed": SearchSpace(
        {
            "rate": Float(1e-4, 1, log=True),
            "depth": Int(1, 9),
            "units": Int(1, 256, log=True),
            "kind": Categorical(("a", "b", "c")),
            "flag": Categorical((True, False, None)),
            "level": Ordinal((0.1, 0.5, 2, 8)),
        },
        default={
            "rate": 0.01,
            "depth": 3,
            "units": 16,
            "kind": "b",
            "flag": None,
            "level": 0.5,
        },
    ),
    "fixed and tiny": SearchSpace(
        {"fixed": Float(2, 2), "one": Int(3, 3), "only": Categorical(("x",)), "k": Int(0, 2)},
        default={"fixed": 2, "one": 3, "only": "x", "k": 1},
    ),
    "one fixed parameter": SearchSpace({"fixed": Float(2, 2)}, default={"fixed": 2}),
    "thirty floats": SearchSpace(
        {f"x{i}": Float(0, 1) for i in range(30)}, default={f"x{i}": 0.5 for i in range(30)}
    ),
    "conditional": SearchSpace(
        {
            "model": Categorical(("linear", "net")),
            "layers": Int(1, 2),
            "width": Int(4, 64, log=True),
            "penalty": Float(1e-3, 1, log=True),
        },
        conditions={
            "layers": {"model": ("net",)},
            "width": {"layers": (2,)},
            "penalty": {"model": ("linear",)},
        },
        default={"model": "linear", "penalty": 0.1},
    ),
}
"""Where strategies are tried."""


Suggested = list[Any]
"""A configuration and its fidelity."""

Losses = Callable[[list[float], int], float | None]
"""From a point of the unit cube and the trial's number to a loss, None for a failure."""


def bowl(point: list[float], number: int) -> float:
    """Return a loss with one basin, which no two points share by chance."""
    return sum((u - 0.3) ** 2 for u in point) + 0.01 * math.sin(40 * sum(point))


@dataclass
class ChosenLosses(Problem):
    """Losses of one's choice on any space, as values of either direction.

    A strategy with `Capability.FIDELITY` is offered cheaper evaluations, which measure the same;
    any other one full ones only. Costs differ, so that several workers finish in another order.
    """

    name = "played"

    def __init__(
        self,
        strategy: Strategy,
        space: SearchSpace,
        losses: Losses = bowl,
        *,
        upwards: bool = False,
        fidelity: Fidelity = FIDELITIES[0],
    ) -> None:
        self.space, self._losses, self._calls = space, losses, 0
        self.fidelity = fidelity if Capability.FIDELITY in strategy.supports else None
        self.metric = Metric("score", "maximize") if upwards else Metric("loss", "minimize")

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        self._calls += 1
        loss = self._losses(self.space.to_unit(config), self._calls - 1)
        if loss is None:
            raise RuntimeError("this evaluation fails on purpose")
        value = self.metric.sign * loss
        return Evaluation(value, test_value=value + 1, cost=fidelity * (1.0 + 7 * self._calls % 5))


def run_strategy(
    cls: type[Strategy],
    space: SearchSpace,
    losses: Losses = bowl,
    *,
    seed: int = SEED,
    trials: int = TRIALS,
    upwards: bool = False,
    fidelity: Fidelity = FIDELITIES[0],
    seconds: float = math.inf,
    workers: int = 1,
    synchronous: bool = False,
    others: Sequence[Sequence[Suggested]] = (),
) -> tuple[list[Trial], End]:
    """Return the trials of a run and how it ended, cut off after some seconds.

    Args:
        cls: the strategy.
        space: where it runs.
        losses: what it meets.
        seed: of the strategy.
        trials: the budget, which is more trials where some are cheaper than a full evaluation.
        upwards: the metric is one to maximise.
        fidelity: what a strategy with `Capability.FIDELITY` is offered.
        seconds: after which the run is cut off.
        workers: simulated ones of the run.
        synchronous: whether they wait for each other.
        others: what other runs suggested; when this one has differed from each, it is cut off.

    Raises:
        NotApplicable: the strategy declines the space or the budget.
        StuckError: the strategy does not return.
    """
    strategy, budget = cls(), Budget(trials)
    problem = ChosenLosses(strategy, space, losses, upwards=upwards, fidelity=fidelity)
    declined = skip_reason(strategy, problem, budget)
    if declined is not None:
        raise NotApplicable(f"the strategy declines this space or budget: {declined}")
    run = Run(
        strategy, problem, budget=budget, strategy_seed=seed, problem_seed=0,
        workers=workers, synchronous=synchronous,
    )  # fmt: skip
    done: list[Trial] = []
    began = perf_counter()
    going = iter(run)
    while (trial := _next(going)) is not None:
        done.append(trial)
        if others and all(differ(done, other) for other in others):
            return done, End(RunStatus.TIMEOUT, "cut off after a difference", len(done))
        if perf_counter() - began > seconds:
            return done, End(RunStatus.TIMEOUT, f"cut off after {seconds:g} s", len(done))
    return done, run.end


def suggested(cls: type[Strategy], space: SearchSpace, **options: Any) -> list[Suggested]:
    """Return what a strategy suggests in a run, as `run_strategy` takes the options.

    Raises:
        NotApplicable: it suggests nothing, so there is nothing to compare.
        StuckError: the strategy does not return.
    """
    trials, end = run_strategy(cls, space, **options)
    require_trials(trials, end)
    return suggestions(trials)


class _Alarm(BaseException):
    """Time is over; no strategy takes it for an error of its own."""


def _next(trials: Iterator[Trial]) -> Trial | None:
    """Return the next trial, None after the last.

    Raises:
        StuckError: it does not come. In a thread other than the first it is waited for.
    """

    def ring(number: int, frame: FrameType | None) -> None:
        raise _Alarm

    if threading.current_thread() is not threading.main_thread():
        return next(trials, None)
    before = signal.signal(signal.SIGALRM, ring)
    began = perf_counter()
    # Again and again: the strategy may take the first one for an error, and is closed after it.
    left, interval = signal.setitimer(signal.ITIMER_REAL, SECONDS_TO_SUGGEST, SECONDS_TO_SUGGEST)
    try:
        return next(trials, None)
    except _Alarm as alarm:
        last = traceback.extract_tb(alarm.__traceback__)[-2]
        raise StuckError(
            f"start, ask, tell and close must return, after {SECONDS_TO_SUGGEST:g} s it is still "
            f"in {last.name}, {last.filename}:{last.lineno}"
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:  # somebody else's
            due = max(left - (perf_counter() - began), 1e-3)
            signal.setitimer(signal.ITIMER_REAL, due, interval)


def configs(trials: Sequence[Trial]) -> list[Config]:
    """Return the configurations that were suggested."""
    return [trial.suggestion.config for trial in trials]


def require_trials(trials: Sequence[Trial], end: End) -> None:
    """Raise NotApplicable where a run came to nothing: a check of it would say nothing."""
    if not trials:
        raise NotApplicable(f"its run has no trial: {end.reason or 'it ends at once'}")


def suggestions(trials: Sequence[Trial]) -> list[Suggested]:
    """Return the configurations and fidelities that were suggested, as JSON has them, too."""
    return [[trial.suggestion.config, trial.suggestion.fidelity] for trial in trials]


def differ(trials: Sequence[Trial], other: Sequence[Suggested]) -> bool:
    """Return whether trials so far suggest other than a run did that may have gone further."""
    return suggestions(trials) != other[: len(trials)]


def full_evaluations(trials: Sequence[Trial]) -> list[Trial]:
    """Return the trials that are no cheaper than a full evaluation."""
    return [trial for trial in trials if trial.suggestion.fidelity >= 1]
