from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner

from bench import registry, seeds
from bench.cli import main
from bench.environment import THREAD_VARIABLES
from bench.execution.local import run_locally
from bench.execution.plan import make_plan
from bench.run import End, RunStatus
from bench.store import FAULTS, Store
from bench.store.record import end_from_dict, trial_from_dict

STRATEGIES, PROBLEMS = ["Random", "Climber"], ["Sphere", "Flaky"]


def only(frame, column, wanted):
    return frame[frame[column].isin(wanted)].reset_index(drop=True)


def test_a_strategy_more_changes_nobodys_numbers(make_sweep, run_here, values, tmp_path):
    few = values(run_here(make_sweep(STRATEGIES, PROBLEMS), tmp_path / "few"))
    more = make_sweep(["Permutation", *STRATEGIES, "Raises"], PROBLEMS)
    found = values(run_here(more, tmp_path / "more"))
    pd.testing.assert_frame_equal(only(found, "strategy", STRATEGIES), few)


def test_a_problem_or_a_repetition_more_changes_nobodys_numbers(
    make_sweep, run_here, values, tmp_path
):
    few = values(run_here(make_sweep(STRATEGIES, PROBLEMS), tmp_path / "few"))
    more = make_sweep(STRATEGIES, ["Tree", *PROBLEMS, "Accuracy"], repetitions=3)
    found = only(values(run_here(more, tmp_path / "more")), "problem", PROBLEMS)
    pd.testing.assert_frame_equal(only(found, "repetition", [0, 1]), few)
    assert set(found["repetition"]) == {0, 1, 2}


def test_strategies_meet_the_same_instance_and_repetitions_another(make_sweep, run_here, tmp_path):
    store = run_here(make_sweep(STRATEGIES, PROBLEMS), tmp_path)
    rows = store.rows()
    assert (rows.groupby(["problem", "repetition"])["problem_seed"].nunique() == 1).all()
    assert rows["problem_seed"].nunique() == 4
    assert rows["strategy_seed"].nunique() == 8
    for row in rows.itertuples():
        name = registry.PROBLEMS.get(row.problem_name).name
        assert row.problem_seed == seeds.problem_seed(5, name, row.repetition)
        names = row.strategy, row.problem
        assert row.strategy_seed == seeds.strategy_seed(5, *names, row.repetition)


def test_two_settings_of_a_problem_meet_the_same_instance(make_sweep, run_here, parts, tmp_path):
    sweep = make_sweep(["Random"], [parts("Sphere"), parts("Sphere", "moved", shift=0.5)])
    rows = run_here(sweep, tmp_path).rows()
    assert rows["problem"].nunique() == 2
    assert (rows.groupby("repetition")["problem_seed"].nunique() == 1).all()


def test_one_strategy_under_two_names_draws_twice(make_sweep, run_here, parts, tmp_path):
    sweep = make_sweep([parts("Random", "one"), parts("Random", "two")], ["Sphere"])
    rows = run_here(sweep, tmp_path).rows()
    assert rows["value"].nunique() == len(rows) == 32


def test_another_master_seed_gives_other_numbers(make_sweep, run_here, values, tmp_path):
    one, other = (
        values(run_here(make_sweep(["Random"], ["Sphere"], seed=seed), tmp_path / str(seed)))
        for seed in (1, 2)
    )
    assert not set(one["value"]) & set(other["value"])


@pytest.mark.slow
def test_processes_and_their_number_change_no_numbers(make_sweep, run_here, values, tmp_path):
    sweep = make_sweep(STRATEGIES, [*PROBLEMS, "Accuracy", "Tree"])
    expected = values(run_here(sweep, tmp_path / "here"))
    for jobs in (1, 2):
        store = Store(tmp_path / str(jobs))
        run_locally(make_plan(sweep, store), store, jobs=jobs)
        pd.testing.assert_frame_equal(values(store), expected)


@pytest.mark.slow
def test_progress_counts_what_happens(make_sweep, tmp_path):
    sweep = make_sweep(["Random", "Raises", "Declines"], ["Sphere", "Table"], repetitions=2)
    store, seen = Store(tmp_path), []

    def show(progress):
        seen.append((progress.done, progress.trials))

    progress = run_locally(make_plan(sweep, store), store, jobs=2, show=show)
    assert progress.runs == progress.done == 12
    assert progress.by_status == {RunStatus.COMPLETED: 4, RunStatus.FAILED: 4, RunStatus.SKIPPED: 4}
    # Four runs of 8 trials, and four that end after the third.
    assert progress.trials == len(store.rows()) == 4 * 8 + 4 * 3
    assert seen == sorted(seen)
    assert seen[-1] == (12, 44)
    assert progress.busy_seconds > 0
    ((reason, failed),) = progress.reasons.items()
    assert reason.startswith(": failed: ask raised RuntimeError")
    assert len(set(failed)) == 4
    assert list(progress.lines()) == [f"{failed[0]}, and 3 more runs{reason}"]


@pytest.mark.slow
def test_workers_have_one_thread_and_the_record_says_so(make_sweep, tmp_path):
    store = Store(tmp_path)
    run_locally(make_plan(make_sweep(["Random"], ["Sphere"]), store), store, jobs=1)
    (environment,) = store.environments(set(store.frames()[1]["run"]))
    assert environment["threads"] == dict.fromkeys(THREAD_VARIABLES, "1")
    assert {"python", "platform", "cpu", "cores", "packages", "git"} <= environment.keys()


def test_nothing_to_do_is_done_at_once(make_sweep, run_here, tmp_path):
    sweep = make_sweep(STRATEGIES, PROBLEMS)
    store = run_here(sweep, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").iterdir()}
    plan = make_plan(sweep, store)
    assert (plan.todo, plan.done) == ([], 8)
    progress = run_locally(plan, store, jobs=1)
    assert (progress.done, progress.trials) == (0, 0)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").iterdir()} == before


def test_an_unfinished_run_is_resumed(make_sweep, run_here, values, tmp_path):
    sweep = make_sweep(["Climber"], ["Flaky"], repetitions=1, trials=20)
    expected = values(run_here(sweep, tmp_path / "whole"))
    whole = next((tmp_path / "whole" / "runs").iterdir()).read_bytes().splitlines(keepends=True)
    for kept in (1, 2, 11, 21, 22):
        store = Store(tmp_path / str(kept))
        store.create({})
        name = next((tmp_path / "whole" / "runs").iterdir()).with_suffix(".part").name
        (tmp_path / str(kept) / "runs" / name).write_bytes(b"".join(whole[:kept]))
        plan = make_plan(sweep, store)
        assert (len(plan.todo), plan.resumed) == (1, 1)
        run_here(sweep, tmp_path / str(kept))
        pd.testing.assert_frame_equal(values(store), expected)
        # What was measured once was not measured again: its clocks are the recorded ones.
        resumed = next((tmp_path / str(kept) / "runs").iterdir()).read_bytes()
        assert resumed.splitlines(keepends=True)[1 : min(kept, 21)] == whole[1 : min(kept, 21)]


@pytest.mark.slow
@pytest.mark.parametrize("step", ["start", "ask", "tell"])
def test_a_failing_strategy_fails_alike_however_often(
    make_sweep, run_here, parts, values, tmp_path, step
):
    sweep = make_sweep([parts("Raises", step=step)], ["Sphere"])
    store = run_here(sweep, tmp_path)
    first = values(store)
    for _ in range(3):
        run_here(sweep, tmp_path, retry=FAULTS)
        pd.testing.assert_frame_equal(values(store), first)
        assert set(store.frames()[1]["status"]) == {"failed"}


def test_a_pair_that_cannot_run_is_skipped_with_its_reason(make_sweep, tmp_path):
    sweep = make_sweep(["NeedsNothing", "Declines"], ["Sphere"])
    store = Store(tmp_path)
    plan = make_plan(sweep, store)
    assert Counter(plan.skips.values()) == {
        "needs no_such_package_anywhere; pip install no_such_package_anywhere": 2,
        "it does not like this space": 2,
    }
    run_locally(plan, store, jobs=1)
    runs = store.frames()[1]
    assert set(runs["status"]) == {"skipped"}
    assert set(runs["reason"]) == set(plan.skips.values())
    assert make_plan(sweep, store).todo == []


def test_a_skipped_run_is_done_once_it_can(make_sweep, run_here, tmp_path, monkeypatch):
    sweep, store = make_sweep(["NeedsNothing"], ["Sphere"]), Store(tmp_path)
    run_locally(make_plan(sweep, store), store, jobs=1)
    monkeypatch.setattr(registry, "unavailable", lambda cls: None)
    run_here(sweep, tmp_path)
    assert set(store.frames()[1]["status"]) == {"completed"}


@pytest.mark.slow
def test_a_packed_run_is_done_again_from_the_trials_it_has(make_sweep, run_here, parts, tmp_path):
    sweep = make_sweep([parts("Raises", after=3)], ["Sphere"])
    store = run_here(sweep, tmp_path / "results")
    before = store.rows()
    assert store.pack() == 2
    run_locally(make_plan(sweep, store, retry=FAULTS), store, jobs=1)
    # It fails again, and what was measured once is not measured again: the clocks are the same.
    pd.testing.assert_frame_equal(store.rows(), before)
    assert len(list((tmp_path / "results" / "runs").glob("*.jsonl"))) == 2
    assert store.pack() == 2
    for header in store.headers():
        (attempt,) = header["attempts"]
        assert (attempt["status"], attempt["n_trials"]) == ("failed", 3)


def test_earlier_attempts_stay_in_the_record(make_sweep, run_here, parts, values, tmp_path):
    sweep = make_sweep(["Random"], ["Sphere"], repetitions=1)
    whole = run_here(sweep, tmp_path / "whole")
    (record,) = whole.records()
    assert "attempts" not in record.header
    store = Store(tmp_path / "tried")
    store.create(whole.sweep())
    ends = [End(RunStatus.CRASHED, "its process died", 0, run_seconds=2.0),
            End(RunStatus.TIMEOUT, "took longer", 3, run_seconds=9.0)]  # fmt: skip
    store.take(replace(record, trials=[], end=ends[0]))
    (job,) = make_plan(sweep, store, retry=FAULTS).todo
    writer = store.open(job, {"python": "3"})
    assert writer.recorded == []
    for place, line in enumerate(record.trials[:3]):
        writer.append(trial_from_dict(line, 1.0), place)
    writer.leave()  # the second attempt is ended from outside, after three trials
    store.end(job, {}, ends[1].status, ends[1].reason, 9.0)
    run_here(sweep, tmp_path / "tried", retry=FAULTS)
    (tried,) = store.records()
    assert [end_from_dict(line) for line in tried.header["attempts"]] == ends
    assert tried.end is not None
    assert tried.end.status == "completed"
    pd.testing.assert_frame_equal(values(store), values(whole))
    store.pack()
    (packed,) = store.records()
    assert packed.header == tried.header


def test_packing_in_the_middle_of_a_retry_loses_nothing(make_sweep, run_here, parts, tmp_path):
    sweep = make_sweep([parts("Raises", after=3), "Random"], ["Sphere"])
    store = run_here(sweep, tmp_path)
    store.pack()
    plan = make_plan(sweep, store, retry=FAULTS)
    before = store.frames()[1].sort_values("run", ignore_index=True)
    store.reopen({job.id for job in plan.todo})
    after = store.frames()[1].sort_values("run", ignore_index=True)
    pd.testing.assert_frame_equal(after, before)
    assert store.pack() == 4
    assert sorted(store.frames()[1]["status"]) == ["completed"] * 2 + ["failed"] * 2


def test_packing_what_was_begun_again_keeps_what_counted(make_sweep, run_here, parts, tmp_path):
    sweep = make_sweep([parts("Raises", after=3)], ["Sphere"], repetitions=1)
    store = run_here(sweep, tmp_path)
    (finished,) = (tmp_path / "runs").glob("*.jsonl")
    # As a driver leaves it that was killed while it did the run again.
    begun = finished.read_bytes().splitlines(keepends=True)[:2]
    finished.with_suffix(".part").write_bytes(b"".join(begun))
    assert len(list((tmp_path / "runs").iterdir())) == 2
    assert store.pack() == 1
    assert list(store.frames()[1]["status"]) == ["failed"]
    assert make_plan(sweep, store).todo == []


@pytest.mark.slow
def test_words_no_record_can_hold_do_not_stop_a_sweep(make_sweep, tmp_path):
    store = Store(tmp_path)
    progress = run_locally(make_plan(make_sweep(["Random"], ["Speechless"]), store), store, jobs=1)
    assert progress.by_status == {RunStatus.COMPLETED: 2}
    assert set(store.rows()["reason"]) == {r"OSError: no file caf\udce9"}


def test_values_from_numpy_are_recorded(make_sweep, run_here, tmp_path):
    rows = run_here(make_sweep(["Random"], ["Numpy"]), tmp_path).rows()
    assert set(rows["status"]) == {"completed"}
    assert set(rows["test_value"]) == {0.5}
    assert (rows["fold_values"].map(len) == 2).all()
    assert set(rows["evaluation_s"]) == {3.0}


def test_a_damaged_sweep_is_written_again(make_sweep, tmp_path):
    sweep, store = make_sweep(["Declines"], ["Sphere"]), Store(tmp_path)
    store.sweep_path.write_bytes(b"{")
    run_locally(make_plan(sweep, store), store, jobs=1)
    assert store.sweep()["name"] == "tiny"


def test_what_killed_processes_left_beside_finished_runs_is_removed(
    make_sweep, run_here, parts, tmp_path
):
    sweep = make_sweep(["Random", parts("Raises", after=3)], ["Sphere"], repetitions=1)
    store = run_here(sweep, tmp_path)
    finished = sorted((tmp_path / "runs").glob("*.jsonl"))
    for path in finished:
        path.with_suffix(".part").write_bytes(path.read_bytes().rpartition(b"\n")[0])
        path.with_suffix(".new").write_bytes(b"{")
    (tmp_path / "sweep.new").write_bytes(b"{")
    run_locally(make_plan(sweep, store), store, jobs=1)
    assert not list(tmp_path.rglob("*.new"))
    # What was begun of a failed run stays: `--retry` goes on from it.
    ended = store.frames()[1].set_index("run")["status"]
    assert [ended[path.stem] for path in (tmp_path / "runs").glob("*.part")] == ["failed"]
    assert sorted(ended) == ["completed", "failed"]


def test_a_folder_that_cannot_be_entered_is_reported_in_one_line(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    for folder in ("loop/x", "file/x", "n" * 300 + "/x"):
        out = tmp_path / folder
        run = ["run", "--strategies", "random", "--problems", "branin", "--out", str(out)]
        table = ["tabulate", "branin", "--grid-points", "2", "--out", str(out / "t.parquet")]
        for arguments in (run, table):
            found = CliRunner().invoke(main, arguments)
            assert found.exit_code == 2, found.exception
            assert [line[:6] for line in found.stderr.splitlines()] == ["error:"]
