"""Simulated workers: what runs at the same time, in which order it finishes, and what it costs."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from bench import Evaluation, EvaluationError, Fidelity, Status, Suggestion, Trial
from bench.run import Run, RunStatus
from bench.store.record import end_to_dict, trial_to_dict
from bench.testing.script import CHEAPER, Function, Script, new_run, x_of

POINTS = [((37 * n) % 101) / 101 for n in range(60)]
WORKERS = [2, 3, 4, 7, 64]


def set_clock(monkeypatch: pytest.MonkeyPatch, read: Callable[[], float]) -> None:
    """Let both clocks of a run, of the loop and of an evaluation, say what `read` does."""
    for module in ("run", "measurement"):
        monkeypatch.setattr(f"bench.{module}.perf_counter", read)


@pytest.fixture
def no_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A strategy that takes no time, and evaluations that take what they say."""
    set_clock(monkeypatch, lambda: 0.0)


def cost_of(x: float) -> float:
    return 1.0 + 9.0 * (13.0 * x % 1.0)


def costly(config: dict[str, Any]) -> Evaluation:
    x = x_of(config)
    return Evaluation((x - 0.3) ** 2, cost=cost_of(x))


def fails_in_the_middle(config: dict[str, Any]) -> Evaluation:
    if 0.4 < config["x"] < 0.6:
        raise EvaluationError("ValueError: singular", cost_of(config["x"]))
    return costly(config)


def by_number(trials: Sequence[Trial]) -> list[Trial]:
    return sorted(trials, key=lambda trial: trial.number)


def values(trials: Sequence[Trial]) -> list[Any]:
    return [(t.number, t.suggestion, t.status, t.loss, t.reason) for t in trials]


def list_scheduling(costs: Sequence[float], workers: int) -> list[float]:
    """Return when each job is over: in their order, each on the machine that is free first."""
    free = [0.0] * workers
    ends = []
    for cost in costs:
        ends.append(heapq.heappop(free) + cost)
        heapq.heappush(free, ends[-1])
    return ends


def intervals(trials: Sequence[Trial]) -> Iterator[tuple[Trial, Trial]]:
    """Yield each trial with the one before it on its worker."""
    for worker in {trial.worker for trial in trials}:
        own = sorted((t for t in trials if t.worker == worker), key=lambda t: (t.started, t.number))
        yield from itertools.pairwise(own)


def frozen_lines() -> bytes:
    """Return the records of four runs on one worker; the clock is the caller's."""
    cheap = [Suggestion({"x": x}, n % 3 / 3 or 1.0) for n, x in enumerate(POINTS)]
    runs = [
        new_run(Script(*POINTS), Function(costly, "maximize"), 12),
        new_run(Script(*POINTS), Function(fails_in_the_middle), 12),
        new_run(Script(*POINTS[:7]), Function(x_of), 12),
        new_run(Script(*cheap, supports=CHEAPER), Function(x_of, fidelity=Fidelity("rows", 3)), 5),
    ]
    lines = [orjson.dumps(trial_to_dict(trial)) + b"\n" for run in runs for trial in run]
    return b"".join([*lines, *(orjson.dumps(end_to_dict(run.end)) + b"\n" for run in runs)])


def test_with_one_worker_every_byte_is_what_it_was_before_there_were_several(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The file was written by the loop that knew one worker only."""
    seconds = itertools.accumulate(n % 7 / 64 for n in itertools.count())
    set_clock(monkeypatch, lambda: next(seconds))
    assert frozen_lines() == (Path(__file__).parent / "data" / "one-worker.jsonl").read_bytes()


@pytest.mark.usefixtures("no_own_time")
@pytest.mark.parametrize("workers", WORKERS)
def test_a_strategy_that_does_not_learn_is_list_scheduling(workers: int) -> None:
    alone = list(new_run(Script(*POINTS), Function(costly), 60))
    run = new_run(Script(*POINTS), Function(costly), 60, workers=workers)
    trials = list(run)
    assert values(by_number(trials)) == values(alone)
    costs = [cost_of(x) for x in POINTS]
    assert [trial.finished for trial in by_number(trials)] == list_scheduling(costs, workers)
    assert sum(t.finished - t.started for t in trials) == pytest.approx(sum(costs), rel=1e-12)
    assert (run.end.status, run.end.n_trials, run.reported) == (RunStatus.COMPLETED, 60, 60)


@pytest.mark.usefixtures("no_own_time")
@pytest.mark.parametrize("workers", WORKERS)
def test_a_batch_takes_as_long_as_its_longest(workers: int) -> None:
    run = new_run(Script(*POINTS), Function(costly), 60, workers=workers, synchronous=True)
    trials = list(run)
    costs = [cost_of(x) for x in POINTS]
    total = 0.0
    for start in range(0, 60, workers):
        total += max(costs[start : start + workers])
    assert max(trial.finished for trial in trials) == pytest.approx(total, rel=1e-12)
    assert [t.suggestion for t in by_number(trials)] == [Suggestion({"x": x}) for x in POINTS]
    assert run.end.status is RunStatus.COMPLETED


@pytest.mark.usefixtures("no_own_time")
@pytest.mark.parametrize("synchronous", [False, True])
@pytest.mark.parametrize("workers", [1, 2, 4, 5, 12])
def test_equal_costs_are_done_in_the_workers_share_of_the_time(
    workers: int, synchronous: bool
) -> None:
    problem = Function(lambda config: Evaluation(config["x"], cost=8.0))
    run = new_run(Script(*POINTS), problem, 60, workers=workers, synchronous=synchronous)
    trials = list(run)
    assert max(trial.finished for trial in trials) == 60 * 8.0 / workers
    assert [trial.number for trial in trials] == list(range(60))
    assert {trial.worker for trial in trials} == set(range(workers))


@pytest.mark.parametrize("synchronous", [False, True])
@pytest.mark.parametrize("workers", [1, *WORKERS])
def test_the_clock_is_that_of_workers_which_do_one_thing_at_a_time(
    workers: int, synchronous: bool
) -> None:
    """On the clock of this machine: the strategy's own time is part of it."""
    options = {"workers": workers, "synchronous": synchronous}
    for function in (costly, x_of, fails_in_the_middle):
        strategy = Script(*POINTS)
        trials = list(new_run(strategy, Function(function), 60, **options))
        assert [trial.number for trial in strategy.told] == [trial.number for trial in trials]
        assert all(
            before.finished <= after.finished for before, after in itertools.pairwise(trials)
        )
        for before, after in intervals(trials):
            assert before.finished <= after.started
        for trial in trials:
            assert trial.finished - trial.started == pytest.approx(trial.cost, abs=1e-9)
            # The strategy works alone: what it did until then comes before.
            own = sum(t.ask_seconds for t in trials if t.number <= trial.number)
            assert trial.started >= own - 1e-9
        assert max(trial.worker for trial in trials) == min(workers, 60) - 1
        told = {trial.number: place for place, trial in enumerate(trials)}
        for trial in trials:
            assert trial.number < told[trial.number] + workers


def test_the_strategy_works_for_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask takes 1 s, tell 2 s, and three evaluations at a time 10 s each."""
    clock = [0.0]

    class Slow(Script):
        def ask(self) -> Suggestion | None:
            clock[0] += 1.0
            return super().ask()

        def tell(self, trial: Trial) -> None:
            clock[0] += 2.0
            super().tell(trial)

    set_clock(monkeypatch, lambda: clock[0])
    problem = Function(lambda config: Evaluation(config["x"], cost=10.0))
    trials = by_number(list(new_run(Slow(*POINTS), problem, 5, workers=3)))
    # Asked until 1, 2, 3; told from 11 to 13, and asked until 14; told until 16, asked until 17.
    assert [trial.started for trial in trials] == [1, 2, 3, 14, 17]
    assert [trial.finished for trial in trials] == [11, 12, 13, 24, 27]
    assert [trial.worker for trial in trials] == [0, 1, 2, 0, 1]


@pytest.mark.parametrize("factor", [0.0, 1.0, 1e6])
def test_what_a_strategy_sees_does_not_hang_on_how_fast_the_machine_is(
    factor: float, monkeypatch: pytest.MonkeyPatch, part: Callable[..., Any]
) -> None:
    expected = list(new_run(part("Climber"), Function(costly), 40, workers=4))
    seconds = itertools.accumulate(itertools.cycle([factor * s for s in (0.5, 0.0, 3.0, 0.1)]))
    set_clock(monkeypatch, lambda: next(seconds))
    found = list(new_run(part("Climber"), Function(costly), 40, workers=4))
    assert values(found) == values(expected)


@pytest.mark.usefixtures("no_own_time")
def test_ties_finish_in_the_order_of_asking_and_a_free_worker_is_asked_for_first() -> None:
    """Trials 0 and 1 are over at 2: 0 is reported, the third is asked for, then 1 is reported."""

    class Watched(Script):
        def start(self, *args: Any, **options: Any) -> None:
            super().start(*args, **options)
            self.seen: list[list[int]] = []

        def ask(self) -> Suggestion | None:
            self.seen.append([trial.number for trial in self.told])
            return super().ask()

    strategy = Watched(*POINTS)
    problem = Function(lambda config: Evaluation(config["x"], cost=2.0))
    list(new_run(strategy, problem, 4, workers=2))
    assert strategy.seen == [[], [], [0], [0, 1]]
    list(new_run(strategy, problem, 4, workers=2, synchronous=True))
    assert strategy.seen == [[], [], [0, 1], [0, 1]]


def test_functions_without_a_cost_take_equally_long_and_cheaper_ones_their_share() -> None:
    trials = list(new_run(Script(*POINTS), Function(x_of), 20, workers=4))
    assert [trial.number for trial in trials] == list(range(20))
    epochs = Fidelity("epochs", 4)
    shares = [1.0, 0.25, 0.25, 1.0, 0.25]
    script = [Suggestion({"x": x}, share) for x, share in zip(POINTS, shares, strict=False)]
    problem = Function(x_of, fidelity=epochs)
    run = new_run(Script(*script, supports=CHEAPER), problem, 10, workers=2)
    # Worker 0 has 0 until 1. Worker 1 has 1, 2 until a half, 3 until 1.5; 4 follows on 0.
    assert [trial.number for trial in run] == [1, 2, 0, 4, 3]
    assert run.end.status is RunStatus.STOPPED_EARLY


@pytest.mark.usefixtures("no_own_time")
def test_a_failed_trial_keeps_its_worker_for_what_it_costs() -> None:
    trials = list(new_run(Script(*POINTS), Function(fails_in_the_middle), 60, workers=3))
    assert {trial.status for trial in trials} == {Status.COMPLETED, Status.FAILED}
    expected = list_scheduling([cost_of(x) for x in POINTS], 3)
    assert [trial.finished for trial in by_number(trials)] == expected


class Pairs(Script):
    """Asks for two, and waits for both."""

    def ask(self) -> Suggestion | None:
        self.asked = getattr(self, "asked", 0)
        if self.asked - len(self.told) >= 2 or (
            self.asked % 2 == 0 and self.asked > len(self.told)
        ):
            return None
        self.asked += 1
        return super().ask()


@pytest.mark.usefixtures("no_own_time")
def test_none_means_wait_while_others_are_being_evaluated() -> None:
    trials = list(new_run(Pairs(*POINTS), Function(costly), 10, workers=4))
    costs = [cost_of(x) for x in POINTS[:10]]
    ends = itertools.accumulate(max(costs[n : n + 2]) for n in range(0, 10, 2))
    found = [max(t.finished for t in by_number(trials)[n : n + 2]) for n in range(0, 10, 2)]
    assert found == pytest.approx(list(ends), rel=1e-12)
    assert {trial.worker for trial in trials} == {0, 1}


def test_none_with_nothing_to_wait_for_ends_the_run_when_all_is_reported() -> None:
    run = new_run(Script(*POINTS[:5]), Function(costly), 10, workers=4)
    assert len(list(run)) == 5
    assert run.end.status is RunStatus.STOPPED_EARLY
    assert run.end.reason == "no candidates left after 5 trials"


def test_the_time_of_an_ask_in_vain_counts_with_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [0.0]

    class Slow(Pairs):
        def ask(self) -> Suggestion | None:
            clock[0] += 1.0
            return super().ask()

    set_clock(monkeypatch, lambda: clock[0])
    trials = by_number(list(new_run(Slow(*POINTS), Function(costly), 4, workers=4)))
    assert [trial.ask_seconds for trial in trials] == [1, 1, 3, 1]


def test_the_budget_is_spent_when_asked() -> None:
    half, whole = Suggestion({"x": 0.5}, 0.5), Suggestion({"x": 0.5})
    problem = Function(x_of, fidelity=Fidelity("rows", 30, lowest=3))
    run = new_run(Script(half, whole, half, supports=CHEAPER), problem, 1, workers=3)
    assert [trial.suggestion.fidelity for trial in run] == [0.5]
    assert run.end.status is RunStatus.COMPLETED
    assert len(list(new_run(Script(*POINTS), Function(x_of), 3, workers=64))) == 3


@pytest.mark.parametrize("step", ["ask", "tell"])
def test_a_strategy_that_raises_keeps_what_was_reported(
    part: Callable[..., Any], step: str
) -> None:
    run = new_run(part("Raises", step=step, after=3), part("Sphere"), workers=3)
    trials = list(run)
    assert run.end.status is RunStatus.FAILED
    assert run.end.n_trials == len(trials) == run.reported
    assert run.end.reason.startswith(f"{step} raised RuntimeError")


def interrupted(whole: Sequence[Trial], make: Callable[..., Run], k: int) -> list[Trial]:
    """Return all trials of a run that goes on after k were reported, as it records them."""
    return [*whole[:k], *make(recorded=whole[:k])]


@pytest.mark.parametrize("synchronous", [False, True])
@pytest.mark.parametrize("function", [costly, x_of, fails_in_the_middle])
@pytest.mark.parametrize("k", [0, 1, 6, 7, 20, 39, 40])
def test_an_interrupted_run_ends_as_one_that_never_was(
    part: Callable[..., Any], function: Callable[..., Any], k: int, synchronous: bool
) -> None:
    def make(**options: Any) -> Run:
        return new_run(
            part("Climber"), Function(function), 40, workers=4, synchronous=synchronous, **options
        )

    whole = list(make())
    found = interrupted(whole, make, k)
    assert values(found) == values(whole)
    assert [t.worker for t in found] == [t.worker for t in whole]
    for before, after in itertools.pairwise(found):
        assert before.finished <= after.finished


def test_what_is_being_evaluated_when_a_run_dies_is_evaluated_again() -> None:
    whole = list(new_run(Script(*POINTS), Function(costly), 20, workers=4))
    problem = Function(costly)
    rest = list(new_run(Script(*POINTS), problem, 20, workers=4, recorded=whole[:10]))
    done = {trial.number for trial in whole[:10]}
    assert done != set(range(10))
    assert [call[0]["x"] for call in problem.calls] == [
        x for number, x in enumerate(POINTS[:20]) if number not in done
    ]
    assert values(rest) == values(whole[10:])


def test_what_takes_less_when_measured_again_does_not_overtake_what_is_recorded() -> None:
    """The cost of a live problem is another one the second time; its record stays what it is."""
    slow = [5.0, 1.0, 1.0, 1.0, 1.0, 1.0]

    def run(costs: Sequence[float], **options: Any) -> list[Trial]:
        cost = iter(costs)
        problem = Function(lambda config: Evaluation(config["x"], cost=next(cost)))
        strategy = Script(*POINTS)
        return list(new_run(strategy, problem, 6, workers=2, **options))

    whole = run(slow)
    assert [trial.number for trial in whole] == [1, 2, 3, 4, 0, 5]
    # Trial 0 was being evaluated, and takes a tenth of a second now; so do the others.
    rest = run([0.1] * 4, recorded=whole[:2])
    assert [trial.number for trial in rest] == [0, 3, 4, 5]
    found = [*whole[:2], *rest]
    for before, after in itertools.pairwise(found):
        assert before.finished <= after.finished
    for before, after in intervals(found):
        assert before.finished <= after.started


def test_the_first_other_suggestion_ends_the_replay() -> None:
    whole = list(new_run(Script(*POINTS), Function(costly), 20, workers=4))
    other = [*POINTS[:8], 0.123, *POINTS[9:]]
    expected = list(new_run(Script(*other), Function(costly), 20, workers=4))
    problem = Function(costly)
    run = new_run(Script(*other), problem, 20, workers=4, recorded=whole)
    rest = list(run)
    start = 20 - len(rest)
    # Trial 8 was asked for when three others were being evaluated: their measurements stay.
    assert start == 8 - 3
    assert values([*whole[:start], *rest]) == values(expected)
    assert [call[0]["x"] for call in problem.calls] == other[8:20]
    assert run.end.n_trials == 20
