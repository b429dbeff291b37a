"""Measures what a sweep of 10,000 runs costs beside its trials: done, resumed, packed, merged.

Random search on shipped tables, 100 trials a run, on two worker processes.

    python tests/benchmarks/long_sweep.py [--runs 10000] [--folder FOLDER]

Each command has a process of its own. Of the sweep it prints the driver's processor time a run, the
time by the clock beyond the processor time of the workers ÷ 2, the most memory the driver had, and
the rate of the last tenth of the runs against that of the first (bounds: 3 ms, 3 ms, 150 MB, and 1
as nearly as the machine is quiet). A resume begins in 4 s: the folder whole, with a few runs taken
away, and packed. `pack` takes 300 MB at most and at least 50,000 trials/s; `merge` of the pack
takes 300 MB at most.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
JOBS, TRIALS = 2, 100
PROBLEMS = (
    "table-boosting-bands", "table-boosting-car-prices", "table-elastic-net-ames",
    "table-elastic-net-wage", "table-forest-fgl", "table-forest-hawks", "table-knn-computers",
    "table-kernel-ridge-college", "table-logistic-beps", "table-mlp-wine",
)  # fmt: skip
REMOVED = 20
"""Runs that are taken away to be done again."""

COMMAND = """
import json, resource, sys, time
from pathlib import Path
from bench.execution.local import Local

began, submitted = time.time(), []

def submit(self, job, submit=Local.submit):
    submitted or submitted.append(time.time())
    return submit(self, job)

def seconds(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime

if __name__ == "__main__":
    Local.submit = submit
    from bench.cli import main
    try:
        main(sys.argv[1:], standalone_mode=False)
    finally:
        status = Path("/proc/self/status").read_text()
        print(json.dumps({
            "own_s": seconds(resource.RUSAGE_SELF),
            "others_s": seconds(resource.RUSAGE_CHILDREN),
            "peak_mb": int(status.partition("VmHWM:")[2].split()[0]) / 1024,
            "submitted": submitted,
        }))
"""
"""A command that says at its end what its process took: on Linux."""


def measured(*arguments: str) -> dict[str, Any]:
    """Run a command, and return what it took.

    Returns:
        Seconds by the clock (`wall_s`), of its own processor time (`own_s`) and of that of what it
        started (`others_s`), its peak in MB (`peak_mb`), and the seconds until the first run was
        given to a worker (`first_s`), None where none was.
    """
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    wall = time.time() - began
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    first = found.pop("submitted")
    return found | {"wall_s": wall, "first_s": first[0] - began if first else None}


def steadiness(folder: Path) -> float:
    """Return the rate of the last tenth of the runs ÷ that of the first, by when files changed."""
    times = np.sort([path.stat().st_mtime for path in (folder / "runs").glob("*.jsonl")])
    tenth = len(times) // 10
    # The first runs wait for the workers to start.
    return float((times[2 * tenth] - times[tenth]) / (times[-1] - times[-1 - tenth]))


def say(what: str, found: dict[str, Any], more: str) -> None:
    """Print a line of the table."""
    print(
        f"{what:24} wall {found['wall_s']:6.1f} s, own processor time {found['own_s']:6.1f} s, "
        f"peak {found['peak_mb']:4.0f} MB; {more}",
        flush=True,
    )


def sweep(folder: Path, runs: int) -> tuple[str, ...]:
    """Return the arguments of the command that does the sweep."""
    repetitions = runs // len(PROBLEMS)
    return (
        "run", "--strategies", "random", "--problems", ",".join(PROBLEMS),
        "--trials", str(TRIALS), "--repetitions", str(repetitions), "--jobs", str(JOBS),
        "--out", str(folder),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all commands in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="keeps the folders; those there are used")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        place = given.folder or Path(temporary)
        whole = place / "whole"
        command = sweep(whole, given.runs)
        if not whole.exists():
            found = measured(*command)
            beyond = found["wall_s"] - found["others_s"] / JOBS
            say(
                "run",
                found,
                f"of the driver {1e3 * found['own_s'] / given.runs:.2f} ms a run, wall beyond the "
                f"workers' time {1e3 * beyond / given.runs:.2f} ms a run, last tenth ÷ first "
                f"{steadiness(whole):.2f}",
            )
        found = measured(*command)
        say("resume, nothing to do", found, "")
        for path in sorted((whole / "runs").glob("*.jsonl"))[:REMOVED]:
            path.unlink()
        found = measured(*command)
        say(f"resume, {REMOVED} runs to do", found, f"first run after {found['first_s']:.1f} s")
        copy = place / "packed"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(whole, copy)
        found = measured("pack", str(copy))
        n_trials = given.runs * TRIALS
        say("pack", found, f"{n_trials / found['wall_s']:,.0f} trials/s")
        print(f"{(copy / 'trials.parquet').stat().st_size / 1e6:.1f} MB")
        found = measured(*command[:-1], str(copy))
        say("resume, packed", found, "")
        merged = place / "merged"
        shutil.rmtree(merged, ignore_errors=True)
        found = measured("merge", str(copy), "--out", str(merged))
        say("merge of the pack", found, f"{n_trials / found['wall_s']:,.0f} trials/s")


if __name__ == "__main__":
    main()
