"""The map of a run: a table that was worked out by hand."""

import pytest

from bench.core import Evaluation, Status, Suggestion, Trial
from bench.job import Facts, Job
from bench.run import End, RunStatus
from bench.spec import Entry, RunSpec, Sweep
from bench.store.record import RunRecord, header_of, trial_to_dict
from bench.tracking.from_records import (
    n_failed,
    pair_item,
    pair_key,
    progress,
    run_item,
    sweep_item,
)

STRATEGY = Entry("tpe", "tpe/🎉", {"n_startup": 10, "kind": "a"}, version=2)
PROBLEM = Entry("branin", "branin", {"shift": 0.5}, version=1)
ENVIRONMENT = {
    "python": "3.11.7", "platform": "Linux", "cpu": "a", "cores": 2, "threads": {},
    "packages": {"numpy": "2.4.0"}, "git": None,
}  # fmt: skip


def trial(number, value, test=None, *, fidelity=1.0, x=0.0):
    suggestion = Suggestion({"x": x, "k": "ä"}, fidelity)
    started = 2.0 * number
    if value is None:
        return Trial(
            number, suggestion, Status.FAILED, None, None, "no", 1.0, 0.25, 0, 0.5,
            started, started + 1.25,
        )  # fmt: skip
    evaluation = Evaluation(value, test, None, 1.0)
    return Trial(
        number, suggestion, Status.COMPLETED, value, evaluation, "", 1.0, 0.25, 0, 0.5,
        started, started + 1.25,
    )  # fmt: skip


def record(trials, *, direction="minimize", status=RunStatus.COMPLETED, repetition=3):
    spec = RunSpec(STRATEGY, PROBLEM, trials=5, repetition=repetition, seed=1)
    facts = Facts("optuna 5.0.0", "loss", direction, unordered=False, tags=("noisy", "2d"))
    header = header_of(Job(spec, 11, 22, facts), ENVIRONMENT)
    lines = [trial_to_dict(one) for one in trials]
    end = End(status, "" if status.is_whole else "ask raised", len(lines), run_seconds=9.5)
    return RunRecord(header, lines, end)


@pytest.fixture
def five():
    """The third trial failed, the fourth is cheaper, the last is as good as the second."""
    return record(
        [
            trial(0, 5.0, 50.0, x=1.0),
            trial(1, 2.0, 70.0, x=2.0),
            trial(2, None),
            trial(3, 1.0, 10.0, fidelity=0.5, x=3.0),
            trial(4, 2.0, 60.0, x=4.0),
        ]
    )


def table(item, name):
    series = item.series[name]
    return list(zip(series.steps, series.values, series.seconds, strict=True))


def test_the_numbers_of_a_run_by_trial(five):
    item = run_item(five, "abc", "t")
    assert table(item, "value") == [
        (1, 5.0, 1.25), (2, 2.0, 3.25), (4, 1.0, 7.25), (5, 2.0, 9.25),
    ]  # fmt: skip
    # A cheaper evaluation is no incumbent; of equal ones the earlier stays.
    assert [row[:2] for row in table(item, "best_value")] == [
        (1, 5.0), (2, 2.0), (3, 2.0), (4, 2.0), (5, 2.0),
    ]  # fmt: skip
    assert [row[:2] for row in table(item, "best_test_value")] == [
        (1, 50.0), (2, 70.0), (3, 70.0), (4, 70.0), (5, 70.0),
    ]  # fmt: skip
    assert [row[1] for row in table(item, "evaluation_s")] == [1.0] * 5
    assert [row[1] for row in table(item, "strategy_s")] == [0.75] * 5


def test_what_else_is_said_of_a_run(five):
    item = run_item(five, "abc", "t")
    assert item.name == "tpe/🎉 on branin, repetition 3"
    assert item.parent == pair_key("tpe/🎉", "branin")
    assert item.params == {
        "repetition": "3", "strategy_seed": "11", "problem_seed": "22",
        "best.x": "2.0", "best.k": "ä",
    }  # fmt: skip
    assert item.metrics == {"failed_trials": 1.0, "n_trials": 5.0}
    assert item.tags["failed_trials"] == "1"
    assert item.tags["best_config"] == '{"k": "\\u00e4", "x": 2.0}'
    assert item.tags["status"] == "completed"
    assert (item.state, item.seconds) == ("finished", 9.5)


def test_more_is_better_where_the_metric_says_so():
    item = run_item(
        record([trial(0, 0.5), trial(1, 0.9), trial(2, 0.7)], direction="maximize"), "abc", "t"
    )
    assert [row[1] for row in table(item, "best_value")] == [0.5, 0.9, 0.9]
    assert "best_test_value" not in item.series


def test_a_run_that_failed_says_so_and_why():
    item = run_item(record([trial(0, None)], status=RunStatus.FAILED), "abc", "t")
    assert item.state == "failed"
    assert item.tags["reason"] == "ask raised"
    assert "best_config" not in item.tags
    assert set(item.series) == {"evaluation_s", "strategy_s"}


def test_infinite_numbers_are_left_out():
    item = run_item(record([trial(0, float("inf"), float("nan")), trial(1, 1.0)]), "abc", "t")
    assert [row[:2] for row in table(item, "value")] == [(2, 1.0)]
    assert [row[:2] for row in table(item, "best_value")] == [(2, 1.0)]


def test_a_repetition_repeats_the_tags_of_its_pair(five):
    sweep = Sweep("s", (STRATEGY,), (PROBLEM,), trials=5, repetitions=4, seed=1)
    pair, run = pair_item(five.header, sweep, "abc"), run_item(five, "abc", "t")
    repeated = {name: text for name, text in pair.tags.items() if name != "kind"}
    assert repeated == {
        "strategy": "tpe/🎉", "problem": "branin", "metric": "loss", "direction": "minimize",
        "problem_tags": "noisy, 2d", "sweep": "abc",
    }  # fmt: skip
    assert run.tags.items() >= repeated.items()
    assert (pair.tags["kind"], run.tags["kind"]) == ("pair", "run")


def test_a_pair_has_settings_and_versions_as_parameters(five):
    sweep = Sweep("s", (STRATEGY,), (PROBLEM,), trials=5, repetitions=4, seed=1)
    pair = pair_item(five.header, sweep, "abc")
    assert pair.params == {
        "strategy": "tpe/🎉", "strategy_name": "tpe", "strategy_version": "2",
        "library": "optuna 5.0.0", "problem": "branin", "problem_name": "branin",
        "problem_version": "1", "metric": "loss", "direction": "minimize",
        "trials": "5", "repetitions": "4", "seed": "1",
        "strategy.n_startup": "10", "strategy.kind": "a", "problem.shift": "0.5",
        "version.numpy": "2.4.0", "python": "3.11.7", "platform": "Linux", "cpu": "a",
    }  # fmt: skip
    assert pair.state == "running"


def test_a_pair_shows_where_its_repetitions_ended_while_the_sweep_runs(five):
    sweep = Sweep("s", (STRATEGY,), (PROBLEM,), trials=5, repetitions=4, seed=1)
    other = record([trial(0, 4.0, 8.0)], repetition=1)
    pair = progress(pair_item(five.header, sweep, "abc"), [(five, "t", 0), (other, "u", 2)])
    assert table(pair, "run_value") == [(1, 4.0, 2.0), (3, 2.0, 0.0)]
    assert table(pair, "run_test_value") == [(1, 8.0, 2.0), (3, 70.0, 0.0)]
    assert table(pair, "run_failed_trials") == [(1, 0.0, 2.0), (3, 1.0, 0.0)]
    assert table(pair, "run_s") == [(1, 9.5, 2.0), (3, 9.5, 0.0)]
    assert pair.parts == {"begun": "abc", f"ended/{five.id}": "t", f"ended/{other.id}": "u"}


def test_a_sweep_has_its_size_as_parameters():
    sweep = Sweep("s", (STRATEGY,), (PROBLEM,), trials=5, repetitions=4, seed=7)
    item = sweep_item(sweep, "abc", 4)
    assert item.params == {
        "trials": "5", "repetitions": "4", "seed": "7", "n_strategies": "1", "n_problems": "1",
        "n_runs": "4",
    }  # fmt: skip
    assert n_failed(record([trial(0, None), trial(1, 1.0)])) == 1
