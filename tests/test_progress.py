"""The progress bar of a sweep: its numbers are those of the sweep."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.execution.execute import Progress
from bench.progress import ProgressBar
from bench.run import RunStatus


@pytest.mark.parametrize(
    ("trials", "seconds", "rate"), [(240, 647.2, "0.37"), (10, 10.0, "1.0"), (17_070, 10, "1,700")]
)
def test_a_slow_sweep_shows_a_rate_as_a_fast_one(capsys, monkeypatch, trials, seconds, rate):
    monkeypatch.setenv("COLUMNS", "200")
    ended = Counter({RunStatus.COMPLETED: 12})
    with ProgressBar() as bar:
        bar.show(Progress(12, ended, trials=trials, seconds=seconds))
    assert f" · {rate} trials/s · " in capsys.readouterr().out
