"""What every strategy must keep, as plain functions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from bench.checks.common import (
    CheckFailedError,
    NotApplicable,
    check_is_documented,
    check_is_named,
    leaving_the_process_alone,
    require,
)
from bench.checks.learning import (
    check_does_not_reward_failures,
    check_learns_from_the_loss,
    check_minimises,
)
from bench.checks.strategy_runs import (
    FIDELITIES,
    SEED,
    SPACES,
    TRIALS,
    ChosenLosses,
    Suggested,
    configs,
    full_evaluations,
    require_trials,
    run_strategy,
    suggested,
    suggestions,
)
from bench.core import Budget, Capability, SearchSpace, Strategy, Trial
from bench.registry import STRATEGIES
from bench.run import End, Run, RunStatus
from bench.words import many

LONG_BUDGET = 120
"""Trials of a long run: what goes wrong late, when a model is there or a budget is half spent."""
WORKERS, SHARED_BUDGET = 4, 20
"""Simulated workers of a run, and its trials: two rounds more than one worker's run has, so that
all of them are asked while a model knows what the others evaluate."""
MAX_RUN_SECONDS = 5.0
"""Seconds of a long run, which for an expensive strategy are fewer trials; the note says so."""


def check_has_defaults(cls: type[Strategy]) -> None:
    """It can be made without arguments, so its name alone is enough in a sweep."""
    try:
        cls()
    except (TypeError, ValueError) as error:
        raise CheckFailedError(
            f"every setting must have a default, making one without arguments says: {error}; "
            "is the class a @dataclass?"
        ) from error


def _require_ended(end: End, where: str) -> None:
    require(end.status.is_whole, f"{where}: {end.reason}")


def check_runs_on_every_space(cls: type[Strategy]) -> str:
    """Suggestions lie inside the space, on every kind of space it does not decline."""
    declined = []
    for label, space in SPACES.items():
        try:
            end = run_strategy(cls, space)[1]
        except NotApplicable:
            declined.append(label)
            continue
        _require_ended(end, label)
        require(end.n_trials > 0, f"a strategy must suggest something, on {label!r} it does not")
    require(
        len(declined) < len(SPACES), "a strategy must run on some space, it declines all of them"
    )
    return f"not applicable to {', '.join(declined)}: declined" if declined else ""


def check_runs_with_one_trial(cls: type[Strategy]) -> None:
    """A budget of one trial is a budget."""
    end = run_strategy(cls, SPACES["mixed"], trials=1)[1]
    _require_ended(end, "with a budget of 1")
    require(end.n_trials > 0, "a budget of 1 must give a trial, it gives none")


def check_runs_long(cls: type[Strategy]) -> str:
    """It stays inside the space, and tries more than one point, in a long run as well."""
    trials, end = run_strategy(cls, SPACES["mixed"], trials=LONG_BUDGET, seconds=MAX_RUN_SECONDS)
    done, is_whole = len(trials), end.status is not RunStatus.TIMEOUT
    if is_whole:
        _require_ended(end, f"after {done} of {LONG_BUDGET} trials")
    if is_whole and done == 1:
        raise NotApplicable(
            f"it suggests one configuration and ends, with {LONG_BUDGET} trials to spend"
        )
    different = len({json.dumps(config) for config in configs(trials)})
    require(
        different > 1,
        f"a run must try more than one configuration, {done} trials are {configs(trials)[0]}; "
        "return None where no candidates are left",
    )
    said = f"{different} configurations in {done} trials"
    if end.status is RunStatus.COMPLETED or done == LONG_BUDGET:
        return said
    return f"{said} of {LONG_BUDGET}: {end.reason}"


def check_makes_full_evaluations(cls: type[Strategy]) -> str:
    """With cheaper evaluations some are full ones: no other can be a result."""
    if Capability.FIDELITY not in cls().supports:
        raise NotApplicable("without Capability.FIDELITY all its evaluations are full ones")
    trials, end = run_strategy(cls, SPACES["mixed"], trials=LONG_BUDGET, seconds=MAX_RUN_SECONDS)
    require_trials(trials, end)
    full = len(full_evaluations(trials))
    said = f"{full} of {len(trials)} trials with a budget of {LONG_BUDGET} are full evaluations"
    require(full > 0, f"some evaluations must be full ones, no other can be a result; {said}")
    return said


def check_keeps_to_whole_steps(cls: type[Strategy]) -> str:
    """It runs whatever a problem's fidelity is, and gets as far as a full evaluation."""
    if Capability.FIDELITY not in cls().supports:
        raise NotApplicable("without Capability.FIDELITY a strategy gets no steps")
    declined = []
    for fidelity in FIDELITIES:
        where = f"of {fidelity.steps} {fidelity.unit}, at least {fidelity.lowest},"
        try:
            trials, end = run_strategy(cls, SPACES["mixed"], fidelity=fidelity)
        except NotApplicable:
            declined.append(f"{fidelity.steps} {fidelity.unit}")
            continue
        _require_ended(end, f"with evaluations {where} and a budget of {TRIALS}")
        require(
            full_evaluations(trials) != [],
            f"evaluations {where} must lead to a full one within a budget of {TRIALS}, they do "
            "not; calculate the rungs from `budget.fidelity`, or decline in `skip`",
        )
    require(len(declined) < len(FIDELITIES), "it must run with some fidelity, it declines all")
    return f"not applicable to {', '.join(declined)}: declined" if declined else ""


def check_runs_with_several_workers(cls: type[Strategy]) -> str:
    """It can be asked while other trials are being evaluated, and goes on when they are over."""
    options: dict[str, Any] = {"trials": SHARED_BUDGET, "seconds": MAX_RUN_SECONDS}
    space = SPACES["mixed"]
    runs = []
    for waits in (False, False, True):
        trials, end = run_strategy(cls, space, workers=WORKERS, synchronous=waits, **options)
        where = f"with {WORKERS} workers that {'wait' if waits else 'do not wait'} for each other"
        if end.status is not RunStatus.TIMEOUT:
            _require_ended(
                end, f"`ask` may come before trials are reported; {where}, after {len(trials)}"
            )
        if end.status is RunStatus.STOPPED_EARLY:
            require(
                run_strategy(cls, space, **options)[1].status is RunStatus.STOPPED_EARLY,
                f"{where} a run must use its budget if it does with one worker, it ends after "
                f"{many(len(trials), 'trial')}; return None from `ask` only while a trial that "
                "will be reported can change that",
            )
        numbers = [trial.number for trial in trials]
        runs.append(dict(zip(numbers, suggestions(trials), strict=True)))
    # Runs that were cut off do not have the same trials.
    both = runs[0].keys() & runs[1].keys()
    require(
        all(runs[0][number] == runs[1][number] for number in both),
        f"with {WORKERS} workers the same seed must give the same suggestions, two runs differ",
    )
    if Capability.PENDING in cls().supports or cls.tell is Strategy.tell:
        return ""
    return "its suggestions ignore what is being evaluated: no Capability.PENDING"


@lru_cache(maxsize=1)
def _found_first(cls: type[Strategy]) -> list[Suggested]:
    """Return what it suggests, which several checks compare with what other runs suggest."""
    return suggested(cls, SPACES["mixed"])


def check_is_deterministic(cls: type[Strategy]) -> None:
    """The same seed gives the same suggestions, whatever ran before in the process."""
    require(
        _found_first(cls) == suggested(cls, SPACES["mixed"]),
        f"the same seed must give the same suggestions, two runs with seed {SEED} differ; "
        "draw everything from a generator made of `seed` in start",
    )


def check_uses_its_seed(cls: type[Strategy]) -> None:
    """Another seed gives other suggestions, unless the strategy says `ignores_seed`."""
    found = _found_first(cls)
    # Seconds a run for an expensive strategy: the first difference ends it, and no more are made.
    seeds = (SEED + 1, SEED + 2)
    same = all(
        suggested(cls, SPACES["mixed"], seed=seed, others=[found]) == found for seed in seeds
    )
    if cls().ignores_seed:
        require(same, "a strategy that says `ignores_seed` must ignore it, its runs differ")
        raise NotApplicable("it says `ignores_seed`: every seed gives the same suggestions")
    require(
        not same,
        f"another seed must give other suggestions, seeds {SEED}, {seeds[0]} and {seeds[1]} give "
        "the same; draw from a generator made of `seed`, or say `ignores_seed` where that is meant",
    )


def check_is_deterministic_across_processes(cls: type[Strategy]) -> None:
    """Another process, which orders its sets otherwise, gives the same suggestions."""
    here = _found_first(cls)
    if "<locals>" in cls.__qualname__:
        raise NotApplicable("a class made inside a function cannot be found by another process")
    seed = "1" if os.environ.get("PYTHONHASHSEED") == "2" else "2"
    code = "import sys; from bench.checks import strategy; strategy.print_suggested(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, _reference(cls)],
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    require(done.returncode == 0, f"another process must be able to run it: {done.stderr[-300:]}")
    require(
        json.loads(done.stdout.splitlines()[-1]) == here,
        "the same seed must give the same suggestions in every process, it does not: an "
        "interrupted run could not be resumed; do not iterate over a set, and use no hash()",
    )


def print_suggested(reference: str) -> None:
    """Print what the class at `reference` suggests, as JSON, for a process that compares."""
    print(json.dumps(suggested(STRATEGIES.get(reference), SPACES["mixed"])))


def _reference(cls: type[Strategy]) -> str:
    if called := getattr(cls, "full_name", ""):  # a name with an argument
        return str(called)
    module = sys.modules[cls.__module__]
    # A module outside a package may have been loaded from a file that no path leads to.
    return f"{cls.__module__ if module.__package__ else module.__file__}:{cls.__qualname__}"


def check_leaves_the_process_alone(cls: type[Strategy]) -> None:
    """Working directory, numpy's and Python's global state stay, and nothing is printed."""
    with leaving_the_process_alone():
        trials, end = run_strategy(cls, SPACES["mixed"])
    require_trials(trials, end)


def check_leaves_its_space_alone(cls: type[Strategy]) -> None:
    """The space it was given is as before after a run."""
    space = SPACES["mixed"]
    before = space.to_dict()
    own = type(space).from_dict(before)
    trials, end = run_strategy(cls, own)
    require(own.to_dict() == before, "a strategy must not change the space it was given, it did")
    require_trials(trials, end)


def check_survives_failures(cls: type[Strategy]) -> None:
    """Failed trials, the first, every other or the first ten, do not end a run."""
    patterns: dict[str, Callable[[int], bool]] = {
        "the first trial fails": lambda n: n == 0,
        "every other trial fails": lambda n: n % 2 == 1,
        "the first ten trials fail": lambda n: n < 10,
    }
    for label, fails in patterns.items():
        end = run_strategy(
            cls,
            SPACES["mixed"],
            lambda point, number, fails=fails: None if fails(number) else sum(point),  # type: ignore[misc]
        )[1]
        _require_ended(end, f"a failed trial (loss None) must not end a run; when {label}")


def check_instances_are_independent(cls: type[Strategy]) -> None:
    """Two instances that run in turn do what each does alone."""
    space = SPACES["one float"]
    alone = suggested(cls, space, seed=3)
    runs = [iter(_run(cls(), space, s)) for s in (3, 4)]
    together: list[Trial] = []
    for trial in runs[0]:
        together.append(trial)
        next(runs[1], None)
    require(
        suggestions(together) == alone,
        "instances must not share state, a run changes when another runs beside it; "
        "keep state on self, not on the class or the module",
    )


def check_can_start_again(cls: type[Strategy]) -> None:
    """`start` begins anew: nothing of an earlier run stays."""
    space = SPACES["one float"]
    run_strategy(cls, space, trials=TRIALS)
    strategy = cls()
    first, second = (_run(strategy, space, 5) for _ in range(2))
    before, after = list(first), list(second)
    require(
        suggestions(before) == suggestions(after),
        "`start` must forget the run before, the second run of an instance differs",
    )
    require_trials(before, first.end)


def _run(strategy: Strategy, space: SearchSpace, seed: int) -> Run:
    problem = ChosenLosses(strategy, space)
    return Run(strategy, problem, budget=Budget(TRIALS), strategy_seed=seed, problem_seed=0)


STRATEGY_CHECKS: tuple[Callable[[type[Strategy]], str | None], ...] = (
    check_is_named,
    check_is_documented,
    check_has_defaults,
    check_runs_on_every_space,
    check_runs_with_one_trial,
    check_runs_long,
    check_makes_full_evaluations,
    check_keeps_to_whole_steps,
    check_runs_with_several_workers,
    check_is_deterministic,
    check_uses_its_seed,
    check_is_deterministic_across_processes,
    check_leaves_the_process_alone,
    check_leaves_its_space_alone,
    check_survives_failures,
    check_learns_from_the_loss,
    check_minimises,
    check_does_not_reward_failures,
    check_instances_are_independent,
    check_can_start_again,
)
