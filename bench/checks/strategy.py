"""What every strategy must keep, as plain functions."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.checks.common import (
    check_has_defaults,
    check_is_documented,
    check_is_named,
    global_randomness,
    require,
)
from bench.core import (
    Budget,
    Categorical,
    Config,
    Evaluation,
    Float,
    Int,
    Metric,
    Ordinal,
    Problem,
    SearchSpace,
    Strategy,
    Trial,
)
from bench.registry import STRATEGIES
from bench.run import End, Ended, Run, skip_reason

TRIALS = 12
"""Trials of one check's run: beyond every default number of start-up trials but one."""

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


@dataclass
class _Bowl(Problem):
    """A deterministic loss on any space; chosen trials fail."""

    name = "bowl"
    metric = Metric("loss", "minimize")

    def __init__(self, space: SearchSpace, fails: Callable[[int], bool] = lambda _: False) -> None:
        self.space, self._fails, self._calls = space, fails, 0

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        self._calls += 1
        if self._fails(self._calls - 1):
            raise RuntimeError("this evaluation fails on purpose")
        point = self.space.to_unit(config)
        loss = sum((u - 0.3) ** 2 for u in point) + 0.01 * math.sin(40 * sum(point))
        return Evaluation(loss, test_value=loss + 1)


def _play(
    cls: type[Strategy],
    space: SearchSpace,
    *,
    seed: int = 7,
    trials: int = TRIALS,
    fails: Callable[[int], bool] = lambda _: False,
) -> tuple[list[Trial], End] | None:
    strategy, problem, budget = cls(), _Bowl(space, fails), Budget(trials)
    if skip_reason(strategy, problem, budget) is not None:
        return None
    run = Run(strategy, problem, budget=budget, strategy_seed=seed, problem_seed=0)
    return list(run), run.end


def _configs(trials: Sequence[Trial]) -> list[Config]:
    return [trial.suggestion.config for trial in trials]


def check_runs_on_every_space(cls: type[Strategy]) -> None:
    """Suggestions lie inside the space, on every kind of space it does not decline."""
    played = 0
    for label, space in SPACES.items():
        result = _play(cls, space)
        if result is not None:
            played += 1
            end = result[1]
            require(end.ended in (Ended.COMPLETED, Ended.EXHAUSTED), f"{label}: {end.reason}")
            require(end.trials > 0, f"a strategy must suggest something, on {label!r} it does not")
    require(played > 0, "a strategy must run on some space, it declines all of them")


def check_is_deterministic(cls: type[Strategy]) -> None:
    """The same seed gives the same suggestions, whatever ran before in the process."""
    space = SPACES["mixed"]
    first = _play(cls, space, seed=1)
    second = _play(cls, space, seed=1)
    if first is not None and second is not None:
        require(
            _configs(first[0]) == _configs(second[0]),
            "the same seed must give the same suggestions, two runs with seed 1 differ; "
            "draw everything from a generator made of `seed` in start",
        )


def check_is_deterministic_across_processes(cls: type[Strategy]) -> None:
    """Another process, which orders its sets otherwise, gives the same suggestions.

    A class made inside a function cannot be found by another process and is not checked.
    """
    here = _play(cls, SPACES["mixed"], seed=1)
    if here is None or "<locals>" in cls.__qualname__:
        return
    seed = "1" if os.environ.get("PYTHONHASHSEED") == "2" else "2"
    code = "import sys; from bench.checks import strategy; strategy.print_configs(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, _reference(cls)],
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    require(done.returncode == 0, f"another process must be able to run it: {done.stderr[-300:]}")
    require(
        json.loads(done.stdout.splitlines()[-1]) == _configs(here[0]),
        "the same seed must give the same suggestions in every process, it does not: an "
        "interrupted run could not be resumed; do not iterate over a set, and use no hash()",
    )


def print_configs(reference: str) -> None:
    """Print what the class at `reference` suggests, as JSON, for a process that compares."""
    played = _play(STRATEGIES.get(reference), SPACES["mixed"], seed=1)
    print(json.dumps(None if played is None else _configs(played[0])))


def _reference(cls: type[Strategy]) -> str:
    module = sys.modules[cls.__module__]
    # A module outside a package may have been loaded from a file that no path leads to.
    return f"{cls.__module__ if module.__package__ else module.__file__}:{cls.__qualname__}"


def check_leaves_global_randomness_alone(cls: type[Strategy]) -> None:
    """Neither `random` nor `numpy.random`'s global state is used or seeded."""
    before = global_randomness()
    _play(cls, SPACES["mixed"])
    require(
        before == global_randomness(),
        "global random state must stay as it is, it changed; use a generator of your own",
    )


def check_survives_failures(cls: type[Strategy]) -> None:
    """Failed trials, the first, every other or the first ten, do not end a run."""
    patterns: dict[str, Callable[[int], bool]] = {
        "the first trial fails": lambda n: n == 0,
        "every other trial fails": lambda n: n % 2 == 1,
        "the first ten trials fail": lambda n: n < 10,
    }
    for label, fails in patterns.items():
        result = _play(cls, SPACES["mixed"], fails=fails)
        if result is not None:
            end = result[1]
            require(
                end.ended in (Ended.COMPLETED, Ended.EXHAUSTED),
                f"a failed trial (loss None) must not end a run; when {label}: {end.reason}",
            )


def check_instances_are_independent(cls: type[Strategy]) -> None:
    """Two instances that run in turn do what each does alone."""
    space = SPACES["one float"]
    alone = _play(cls, space, seed=3)
    if alone is None:
        return
    runs = [
        iter(Run(cls(), _Bowl(space), budget=Budget(TRIALS), strategy_seed=s, problem_seed=0))
        for s in (3, 4)
    ]
    together: list[Trial] = []
    for trial in runs[0]:
        together.append(trial)
        next(runs[1], None)
    require(
        _configs(together) == _configs(alone[0]),
        "instances must not share state, a run changes when another goes on beside it; "
        "keep state on self, not on the class or the module",
    )


def check_can_start_again(cls: type[Strategy]) -> None:
    """`start` begins anew: nothing of an earlier run stays."""
    space, budget = SPACES["one float"], Budget(TRIALS)
    strategy = cls()
    if skip_reason(strategy, _Bowl(space), budget) is not None:
        return
    runs = [
        list(Run(strategy, _Bowl(space), budget=budget, strategy_seed=5, problem_seed=0))
        for _ in range(2)
    ]
    require(
        _configs(runs[0]) == _configs(runs[1]),
        "`start` must forget the run before, the second run of an instance differs",
    )


STRATEGY_CHECKS: tuple[Callable[[type[Strategy]], None], ...] = (
    check_is_named,
    check_is_documented,
    check_has_defaults,
    check_runs_on_every_space,
    check_is_deterministic,
    check_is_deterministic_across_processes,
    check_leaves_global_randomness_alone,
    check_survives_failures,
    check_instances_are_independent,
    check_can_start_again,
)
