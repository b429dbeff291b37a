"""Measures what a report on many strategies takes: 200 labels, 6 runs of each.

    python tests/benchmarks/many_labels.py [--labels 200] [--problems 1] [--folder FOLDER]

The sweep is on shipped tables, 50 trials a run; the runs of a label are shared by the problems.
Prints the processor time of `tunebench report` with its drawing processes, the seconds by the
clock, and the most memory that one of the processes had (bounds: 60 s, 1 GB).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KINDS = "random", "sobol", "halton", "latin-hypercube"
PROBLEMS = (
    "table-forest-fgl", "table-boosting-bands", "table-knn-computers", "table-mlp-wine",
    "table-logistic-beps", "table-elastic-net-ames",
)  # fmt: skip
RUNS = 6


def sweep(labels: int, problems: int) -> str:
    """Return the file of the sweep; all are compared with its first strategy, `random`."""
    rows = [
        f'{{ name = "{KINDS[place % len(KINDS)]}", label = "strategy-{place:03}" }}'
        for place in range(1, labels)
    ]
    named = ", ".join(f'"{name}"' for name in PROBLEMS[:problems])
    return (
        f'strategies = ["random", {", ".join(rows)}]\nproblems = [{named}]\n'
        f"trials = 50\nrepetitions = {RUNS // problems}\n"
    )


def main() -> None:
    """Make the runs and measure the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=200)
    parser.add_argument("--problems", type=int, default=1, choices=(1, 2, 3, 6))
    parser.add_argument("--folder", type=Path, help="keeps the results; those there are used")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = given.folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        file = place / "labels.toml"
        file.write_text(sweep(given.labels, given.problems))
        command = [sys.executable, "-m", "bench"]
        run = [*command, "run", str(file), "--out", str(place / "results")]
        subprocess.run(run, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        report = [*command, "report", str(place / "results"), "--out", str(place / "report")]
        began = time.perf_counter()
        process = subprocess.Popen(report, cwd=ROOT, stdout=subprocess.DEVNULL)
        # The usage of a child has that of its own children, of whose peaks it is the largest.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise subprocess.CalledProcessError(process.returncode, report)
        print(
            f"{given.labels} labels x {RUNS} runs: processor time "
            f"{usage.ru_utime + usage.ru_stime:.0f} s, wall {wall:.0f} s, "
            f"peak of a process {usage.ru_maxrss / 1024:.0f} MB"
        )


if __name__ == "__main__":
    main()
