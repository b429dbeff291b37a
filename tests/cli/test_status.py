"""The command `status`: how far a sweep is, for people and programs."""

from __future__ import annotations

import json
import os
import time

import pytest

PLACES = [{"strategy": "Raises", "problem": "Sphere", "repetition": r} for r in (0, 1)]


def test_status_counts_by_strategy(call, finished):
    data = json.loads(call("status", finished.folder, "--json").stdout)
    assert data == {
        "sweep": "tiny",
        "shard": None,
        "looks": None,
        "is_running": False,
        "n_runs": 4,
        "n_done": 4,
        "n_trials": 2 * 8 + 2 * 3,
        "strategies": {"Random": {"completed": 2}, "Raises": {"failed": 2}},
        "running": [],
        "failures": [{"reason": "failed: ask raised RuntimeError: out of ideas", "runs": PLACES}],
        "runs_per_s": None,
        "trials_per_s": None,
        "left_s": None,
        "left_s_by_strategy": None,
        "damaged": [],
    }
    assert call("status", finished.folder).stdout.splitlines() == [
        "tiny: 4 of 4 runs done",
        "Random  2 completed",
        "Raises  2 failed",
        "Raises on Sphere, repetition 0, and 1 more run: failed: ask raised RuntimeError: out of "
        "ideas",
    ]


@pytest.fixture
def running(finished):
    """One run of Random is done after 4 s, as long as it took; the other one has 2 trials of 8."""
    now = time.time()
    first, second = (r for r in list(finished.records()) if r.spec.strategy.label == "Random")
    object.__setattr__(first.end, "run_seconds", 4.0)
    finished.take(first)
    path = finished.run_path(second.id)
    lines = path.read_bytes().splitlines(keepends=True)
    path.with_suffix(".part").write_bytes(b"".join(lines[:3]))
    path.unlink()
    for other in finished.runs_path.glob("*.jsonl"):
        if other.stem != first.id:
            os.utime(other, (now - 99, now - 99))
    os.utime(finished.sweep_path, (now - 4, now - 4))
    return second.spec.repetition


def test_status_of_a_running_sweep_says_what_runs_how_fast_and_how_long(
    call, finished, running, monkeypatch
):
    monkeypatch.setattr("time.time", lambda: finished.sweep_path.stat().st_mtime + 4)
    with finished.lock():
        lines = call("status", finished.folder).stdout.splitlines()
        data = json.loads(call("status", finished.folder, "--json").stdout)
    # 4 s and a quarter of 4 s were done in 4 s; 3 s are left.
    assert lines[:4] == [
        "tiny: 3 of 4 runs done, running",
        "Random  1 completed, 1 running, 0:02 left",
        "Raises  2 failed",
        f"running: Random on Sphere, repetition {running}: 2 of 8 trials",
    ]
    assert lines[-1] == "15 runs a minute, 2.0 trials/s, 0:02 left"
    assert data["running"] == [
        {
            "strategy": "Random", "problem": "Sphere", "repetition": running,
            "n_trials": 2, "trials": 8,
        }
    ]  # fmt: skip
    assert data["left_s_by_strategy"] == pytest.approx({"Random": 2.4, "Raises": 0.0})
    assert data["left_s"] == pytest.approx(2.4)
    assert call("status", finished.folder).stdout.startswith("tiny: 3 of 4 runs done, not running")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_watching_ends_when_nobody_does_runs_any_more(
    call, finished, running, monkeypatch, options
):
    lock, looks = finished.lock(), []
    lock.__enter__()

    def end_after_two(seconds):
        looks.append(seconds)
        if len(looks) == 2:
            lock.__exit__(None, None, None)

    monkeypatch.setattr("time.sleep", end_after_two)
    output = call("status", finished.folder, "--watch", *options).stdout
    assert looks == [2.0, 2.0]
    if options:
        assert [json.loads(line)["is_running"] for line in output.splitlines()][-1] is False
    else:
        assert output.count("tiny: ") in (2, 3)  # what is the same is not shown again
        assert "tiny: 3 of 4 runs done, not running" in output


def test_status_tells_what_is_missing_unfinished_and_damaged(call, finished):
    paths = sorted((finished.folder / "runs").glob("*.jsonl"))
    paths[0].unlink()
    paths[1].write_bytes(b"garbage\n")
    lines = paths[2].read_bytes().splitlines(keepends=True)
    paths[2].with_suffix(".part").write_bytes(b"".join(lines[:-1]))
    paths[2].unlink()
    data = json.loads(call("status", finished.folder, "--json").stdout)
    total = {}
    for kinds in data["strategies"].values():
        for kind, count in kinds.items():
            total[kind] = total.get(kind, 0) + count
    assert (total["missing"], total["unfinished"], sum(total.values())) == (2, 1, 4)
    assert data["damaged"] == [str(paths[1])]
    assert f"{paths[1]} is damaged" in call("status", finished.folder).stdout
