"""What a sweep from Python costs beside the same sweep of the command line."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

import tunebench as tb

PROBLEMS = ["branin", "sphere"]
SWEEP: dict[str, Any] = {"trials": 1000, "repetitions": 10}
"""Twenty runs of a thousand trials."""


def test_twenty_thousand_trials_from_python(benchmark):
    found = benchmark.pedantic(
        lambda: tb.run(strategies="random", problems=PROBLEMS, progress=False, **SWEEP),
        rounds=2,
    )
    assert len(found.trials) == 20_000


@pytest.mark.slow
def test_twenty_thousand_trials_of_the_command_line(benchmark, tmp_path):
    folders = iter(tmp_path / str(number) for number in range(9))

    def run():
        command = ["-m", "bench", "run", "--strategies", "random", "--out", str(next(folders))]
        command += ["--problems", ",".join(PROBLEMS), "--jobs", "1"]
        command += [f"--{name}={value}" for name, value in SWEEP.items()]
        subprocess.run([sys.executable, *command], check=True, capture_output=True)

    benchmark.pedantic(run, rounds=2)
