"""Tracking from Python: what is refused, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

import tunebench as tb
from bench.errors import UserError
from bench.tracking import beside, tracker

SMALL: dict[str, Any] = {
    "strategies": "random",
    "problems": "branin",
    "trials": 2,
    "repetitions": 1,
}


@pytest.fixture
def says(monkeypatch):
    """Let a command stand for the tracker's process: it waits for the sweep, and says a line."""

    def saying(line):
        monkeypatch.setattr(tracker, "installed", lambda _: True)
        monkeypatch.setattr(beside, "python", lambda _: ["sh", "-c", f"cat >&2; echo '{line}'"])

    return saying


def test_results_in_memory_are_refused(says):
    says("")
    with pytest.raises(UserError, match="'track' needs results in a folder"):
        tb.run(**SMALL, track="mlflow", progress=False)


def test_an_unknown_tracker_is_refused(says, tmp_path):
    says("")
    with pytest.raises(UserError, match="one of mlflow, wandb, got 'neptune'"):
        tb.run(**SMALL, out=tmp_path / "results", track="neptune", progress=False)
    assert not (tmp_path / "results").exists()


def test_what_was_sent_is_a_note_of_the_result(says, tmp_path):
    says("tracking: 1 run (strategy × problem) sent to there")
    result = tb.run(**SMALL, out=tmp_path / "results", track="mlflow", progress=False, jobs=1)
    assert "tracking: 1 run (strategy × problem) sent to there" in result.notes
    assert tb.track(tmp_path / "results", "mlflow") == (
        "tracking: 1 run (strategy × problem) sent to there",
    )


def test_a_folder_without_results_is_refused(says, tmp_path):
    says("")
    with pytest.raises(UserError, match="must hold sweep"):
        tb.track(tmp_path, "mlflow")
