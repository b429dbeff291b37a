"""Times a sweep on a local Dask cluster against the same one in worker processes.

Random search on an SVM, runs of a second or two each, all of it processor time. Each way has a
folder of its own; start-up and the end of the workers are included. The order changes from round
to round.

    python tests/benchmarks/cluster_and_processes.py [--rounds 3] [--runs 24]

Prints the seconds of each way, the median of cluster ÷ processes with two workers (1.1 at most) and
of one worker ÷ two (1.85 at least). Both need a machine that does nothing else; the ratio of
processor times holds on a busy one, too.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

SWEEP = (
    "run", "--strategies", "random", "--problems", "svm-digits", "--trials", "6", "--repetitions",
)  # fmt: skip
WAYS = {
    "1 process": ("--jobs", "1"),
    "2 processes": ("--jobs", "2"),
    "local:1": ("--cluster", "local:1"),
    "local:2": ("--cluster", "local:2"),
}


def seconds_of(runs: int, options: tuple[str, ...]) -> tuple[float, float]:
    """Do so many runs, and return how long the command and all its processes took.

    Returns:
        Seconds by the clock, and seconds of processor time.
    """
    with tempfile.TemporaryDirectory() as place:
        where = ("--out", f"{place}/results")
        command = [sys.executable, "-m", "bench", *SWEEP, str(runs), *options, *where]
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise subprocess.CalledProcessError(process.returncode, command)
        return time.perf_counter() - began, usage.ru_utime + usage.ru_stime


def main() -> None:
    """Time all ways in turn and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=24)
    given = parser.parse_args()
    wall: dict[str, list[float]] = {way: [] for way in WAYS}
    busy: dict[str, list[float]] = {way: [] for way in WAYS}
    for number in range(given.rounds):
        for way in list(WAYS) if number % 2 else reversed(WAYS):
            seconds, processor = seconds_of(given.runs, WAYS[way])
            wall[way].append(seconds)
            busy[way].append(processor)
            print(f"{way:12} {seconds:7.1f} s, {processor:7.1f} s of processor time", flush=True)

    def ratio(found: dict[str, list[float]], one: str, other: str) -> float:
        return statistics.median(a / b for a, b in zip(found[one], found[other], strict=True))

    print(f"local:2 ÷ 2 processes    {ratio(wall, 'local:2', '2 processes'):.2f}")
    print(f"  of processor time      {ratio(busy, 'local:2', '2 processes'):.2f}")
    print(f"1 process ÷ 2 processes  {ratio(wall, '1 process', '2 processes'):.2f}")
    print(f"local:1 ÷ local:2        {ratio(wall, 'local:1', 'local:2'):.2f}")


if __name__ == "__main__":
    main()
