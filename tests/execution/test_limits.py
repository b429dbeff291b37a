"""Evaluations that exceed a limit fail, with all they started, and their run goes on."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
import pandas as pd
import pytest

import tunebench as tb
from bench.execution import limits
from bench.execution.local import run_locally
from bench.execution.plan import make_plan
from bench.run import RunStatus
from bench.spec import Entry
from bench.store import Memory, Store

pytestmark = pytest.mark.slow

PATIENCE = 60
"""Seconds after which a wait for what must happen is given up; none of the tests waits so long."""


class Pipe:
    """A pipe that ends when the last process that could write to it has ended."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self.reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.heard = 0

    def clock(self) -> float:
        """Return the time, a week later for each evaluation that says it will not end."""
        with suppress(BlockingIOError):
            self.heard += len(os.read(self.reading, 100))
        return monotonic() + 604_800.0 * self.heard

    def has_ended(self) -> bool:
        while select.select([self.reading], [], [], PATIENCE)[0]:
            if not os.read(self.reading, 100):
                return True
        return False


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    found = Pipe(tmp_path / "gate")
    yield found
    os.close(found.reading)


def rows_of(store: Store, exceeding: bool) -> pd.DataFrame:
    """Return the trials with x above 0, which exceed, or the others."""
    rows = store.rows().sort_values(["repetition", "trial_number"]).reset_index(drop=True)
    above = rows["config"].map(lambda config: orjson.loads(config)["x"] > 0).to_numpy(dtype=bool)
    found = rows[above == exceeding]
    assert len(found) >= 2
    return found


@pytest.mark.parametrize("how", ["sleep", "spin", "ignore_sigterm", "fork"])
def test_an_evaluation_that_takes_too_long_fails_with_all_it_started(
    make_sweep: Any,
    run_here: Any,
    parts: Any,
    tmp_path: Path,
    pipe: Pipe,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    # The limit is over as soon as an evaluation says that it will not end.
    monkeypatch.setattr("bench.processes.isolated.monotonic", pipe.clock)
    problem = parts("Exceeding", how=how, pipe=str(pipe.path))
    options: dict[str, Any] = {"trials": 6, "repetitions": 1}
    # With a limit of memory the clock is looked at again and again.
    limited = make_sweep(["Random"], [problem], evaluation_timeout=600, memory=1e6, **options)
    store = run_here(limited, tmp_path / "results")
    assert store.frames()[1]["status"].tolist() == ["completed"]
    failed = rows_of(store, exceeding=True)
    assert pipe.heard == len(failed)
    assert set(failed["status"]) == {"timeout"}
    assert set(failed["reason"]) == {"took longer than evaluation_timeout = 600 s"}
    # It costs the limit, on both clocks.
    assert set(failed["evaluation_s"]) == set(failed["evaluation_wall_s"]) == {600.0}
    # The others are what they are without a limit, to the last bit.
    tame = make_sweep(["Random"], [parts("Exceeding", above=2.0)], **options)
    undisturbed = run_here(tame, tmp_path / "undisturbed")
    columns = ["trial_number", "config", "status", "value", "test_value", "fold_values"]
    pd.testing.assert_frame_equal(
        rows_of(store, exceeding=False)[columns], rows_of(undisturbed, exceeding=False)[columns]
    )
    assert pipe.has_ended()


@pytest.mark.parametrize("how", ["allocate", "fork_and_allocate"])
def test_an_evaluation_that_holds_too_much_memory_fails_with_all_it_started(
    make_sweep: Any, run_here: Any, parts: Any, tmp_path: Path, pipe: Pipe, how: str
) -> None:
    problem = parts("Exceeding", how=how, pipe=str(pipe.path))
    sweep = make_sweep(["Random"], [problem], trials=6, repetitions=1, memory=200)
    store = run_here(sweep, tmp_path / "results")
    failed = rows_of(store, exceeding=True)
    assert set(failed["status"]) == {"out of memory"}
    assert set(failed["reason"]) == {"held more than memory = 200 MB"}
    assert set(rows_of(store, exceeding=False)["status"]) == {"completed"}
    assert pipe.has_ended()


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("segfault", "its process died: killed by SIGSEGV"),
        ("leave", "its process died: exit code 0"),
        ("interrupt", "KeyboardInterrupt"),
        ("close_files", "its process died: it closed files that it had not opened"),
        (
            "kill_parent",
            "its process died: the process that it was forked from died: killed by SIGKILL",
        ),
    ],
)
def test_where_there_is_a_limit_an_evaluation_that_dies_costs_itself_only(
    make_sweep: Any, run_here: Any, parts: Any, tmp_path: Path, pipe: Pipe, how: str, reason: str
) -> None:
    problem = parts("Exceeding", how=how, pipe=str(pipe.path))
    options = {"trials": 4, "repetitions": 1, "evaluation_timeout": 600}
    store = run_here(make_sweep(["Random"], [problem], **options), tmp_path / "results")
    failed = rows_of(store, exceeding=True)
    assert set(failed["status"]) == {"crashed"}
    assert set(failed["reason"]) == {reason}
    assert set(rows_of(store, exceeding=False)["status"]) == {"completed"}
    assert pipe.has_ended()


def test_a_real_limit_of_a_tenth_of_a_second(
    make_sweep: Any, parts: Any, tmp_path: Path, pipe: Pipe
) -> None:
    """In workers, which report nothing but that the trials failed, and leave nothing running."""
    problem = parts("Exceeding", above=-2.0, pipe=str(pipe.path))
    sweep = make_sweep(["Random"], [problem], trials=2, evaluation_timeout=0.1, memory=4000)
    store = Store(tmp_path / "results")
    progress = run_locally(make_plan(sweep, store), store, jobs=2)
    assert progress.by_status == {RunStatus.COMPLETED: 2}
    assert progress.failed_trials == 4
    assert list(progress.lines()) == []
    assert set(store.rows()["status"]) == {"timeout"}
    assert pipe.has_ended()


STATEFUL = '''
from dataclasses import dataclass

import numpy as np

from bench import Evaluation, Float, Metric, Problem, SearchSpace


@dataclass
class Stateful(Problem):
    """Its n-th value is worse by n, it draws from the global generator, and prints a lot."""

    name = "stateful"
    space = SearchSpace({"x": Float(0, 1)})
    metric = Metric("loss", "minimize")

    def __post_init__(self):
        self.calls = 0

    def evaluate(self, config, *, seed, fidelity=1.0):
        self.calls += 1
        np.random.seed(seed)
        noise = float(np.random.normal())
        print("x" * 2**17)
        if self.calls == 3:
            raise ValueError("the third")
        if self.calls == 4:
            return "no evaluation"
        if self.calls == 5:
            return Evaluation(float("nan"))
        return Evaluation(np.float32(config["x"]) + self.calls + noise, np.float64(0.1))
'''


@pytest.mark.parametrize("strategy", ["Random", "Climber"])
def test_values_are_the_same_with_and_without_a_limit_also_of_a_problem_with_state(
    make_sweep: Any, run_here: Any, values: Any, tmp_path: Path, strategy: str
) -> None:
    (tmp_path / "stateful.py").write_text(STATEFUL)
    problem = Entry(f"{tmp_path / 'stateful.py'}:Stateful", "stateful")
    without, limited = (
        values(run_here(make_sweep([strategy], [problem], **more), tmp_path / str(len(more))))
        for more in ({}, {"evaluation_timeout": 600, "memory": 4000})
    )
    pd.testing.assert_frame_equal(without, limited)
    assert without["status"].tolist().count("failed") == 2 * 3


def test_without_a_limit_there_is_no_other_process(
    make_sweep: Any, run_here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise AssertionError("nothing is to be isolated")

    monkeypatch.setattr(limits, "isolated", refuse)
    sweep = make_sweep(["Random"], ["Sphere"], run_timeout=600.0)
    assert set(run_here(sweep, tmp_path).rows()["status"]) == {"completed"}


HOARDING = """
import select
from dataclasses import dataclass

from bench.testing.toys import Random


@dataclass
class Hoarding(Random):
    name = "hoarding"

    def ask(self):
        self.kept = [b"x" * 2**22 for _ in range(75)]
        select.select([], [], [])
"""


def test_a_strategy_that_holds_too_much_memory_costs_its_own_run_only(
    make_sweep: Any, tmp_path: Path
) -> None:
    (tmp_path / "hoarding.py").write_text(HOARDING)
    hoarding = Entry(f"{tmp_path / 'hoarding.py'}:Hoarding", "hoarding")
    sweep = make_sweep([hoarding, "Random"], ["Sphere"], repetitions=1, memory=250)
    store = Store(tmp_path / "results")
    progress = run_locally(make_plan(sweep, store), store, jobs=1)
    assert progress.by_status == {RunStatus.CRASHED: 1, RunStatus.COMPLETED: 1}
    assert list(progress.lines()) == [
        "hoarding on Sphere, repetition 0: crashed: the process of its strategy held more than "
        "memory = 250 MB"
    ]


def test_a_strategy_sees_a_failure_like_any_other(
    make_sweep: Any, run_here: Any, parts: Any, tmp_path: Path
) -> None:
    reported = tmp_path / "reported"
    strategy = tmp_path / "telling.py"
    strategy.write_text(
        "from dataclasses import dataclass\n"
        "from bench.testing.toys import Random\n\n\n"
        "@dataclass\n"
        "class Telling(Random):\n"
        "    name = 'telling'\n"
        "    path: str = ''\n\n"
        "    def tell(self, trial):\n"
        "        with open(self.path, 'a') as file:\n"
        "            file.write(f'{trial.status}: {trial.reason}\\n')\n"
    )
    entry = Entry(f"{strategy}:Telling", "telling", {"path": str(reported)})
    problem = parts("Exceeding", above=-2.0)
    sweep = make_sweep([entry], [problem], trials=1, repetitions=1, evaluation_timeout=0.1)
    run_here(sweep, tmp_path / "results")
    assert reported.read_text() == "failed: took longer than evaluation_timeout = 0.1 s\n"


def test_a_run_that_goes_on_keeps_its_time_outs(
    make_sweep: Any, run_here: Any, parts: Any, values: Any, tmp_path: Path
) -> None:
    entry = parts("Exceeding", above=-2.0)
    sweep = make_sweep(["Random"], [entry], trials=2, repetitions=1, evaluation_timeout=0.1)
    store = run_here(sweep, tmp_path / "whole")
    (path,) = (tmp_path / "whole" / "runs").glob("*.jsonl")
    begun = tmp_path / "begun" / "runs" / path.with_suffix(".part").name
    begun.parent.mkdir(parents=True)
    begun.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    again = run_here(sweep, tmp_path / "begun")
    pd.testing.assert_frame_equal(values(again), values(store))
    assert set(values(again)["status"]) == {"timeout"}


def test_packed_time_outs_are_what_they_were(
    make_sweep: Any, run_here: Any, parts: Any, values: Any, tmp_path: Path
) -> None:
    entry = parts("Exceeding", above=-2.0)
    sweep = make_sweep(["Random"], [entry], trials=2, repetitions=1, evaluation_timeout=0.1)
    store = run_here(sweep, tmp_path / "whole")
    before, columns = values(store), store.columns().frame()
    store.pack()
    pd.testing.assert_frame_equal(values(store), before)
    after = store.columns().frame()
    for name in ("status", "reason"):
        assert after[name].tolist() == columns[name].tolist()
    assert set(columns["status"]) == {"timeout"}


def limits_of(sweep: Any) -> set[tuple[float | None, float | None]]:
    return {(spec.evaluation_timeout, spec.memory) for spec in sweep.expand()}


def test_a_limit_is_part_of_what_a_run_is_and_none_changes_no_id(make_sweep: Any) -> None:
    make: Callable[..., Any] = make_sweep
    plain = make(["Random"], ["Sphere"])
    assert limits_of(plain) == {(None, None)}
    assert "evaluation_timeout" not in next(plain.expand()).to_dict()
    ids = [
        {spec.id for spec in make(["Random"], ["Sphere"], **more).expand()}
        for more in (
            {},
            {"evaluation_timeout": 60},
            {"evaluation_timeout": 60.0},
            {"evaluation_timeout": 61},
            {"memory": 60},
        )
    ]
    assert ids[1] == ids[2]
    assert len(set().union(*ids)) == 4 * 2


def test_memory_is_refused_where_nobody_shows_it(
    make_sweep: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.processes.memory.is_shown", lambda: False)
    sweep = make_sweep(["Random"], ["Sphere"], memory=400)
    with pytest.raises(limits.LimitError, match="'memory' must be left out on this system, got 4"):
        make_plan(sweep, Memory())
    assert make_plan(make_sweep(["Random"], ["Sphere"], evaluation_timeout=4), Memory()).todo


def test_another_limit_is_named_as_what_changed(
    make_sweep: Any, run_here: Any, tmp_path: Path
) -> None:
    store = run_here(make_sweep(["Random"], ["Sphere"]), tmp_path)
    plan = make_plan(make_sweep(["Random"], ["Sphere"], evaluation_timeout=60), store)
    assert plan.edited == {"evaluation_timeout changed (none → 60)": 2}


def test_objects_are_evaluated_under_limits_too(tmp_path: Path) -> None:
    def score(x: float) -> float:
        if x > 0.5:
            select.select([], [], [])
        return x

    problem = tb.problem(score, space={"x": tb.Float(0, 1)}, direction="minimize")
    found = tb.run(
        strategies="random", problems=problem, trials=4, repetitions=1, evaluation_timeout=0.2,
        progress=False,
    )  # fmt: skip
    above = found.trials["config"].map(lambda config: orjson.loads(config)["x"] > 0.5)
    assert set(found.trials.loc[above, "status"]) == {"timeout"}
