"""Times tracking: how long results take to reach an MLflow server, and what it costs a sweep.

    python tests/benchmarks/tracking.py [--rounds 3] [--repetitions 30] [--jobs 2] [--busy 10]

First 100 runs of 50 trials, random search and Sobol on two functions, go to a server on SQLite on
this machine, by pair and with each repetition. Then the sweep `quick` is run alone, with
`--track mlflow`, and beside a process that does nothing but take a processor for some seconds, one
after the other in turn, each time into a new folder and a new store; with one job fewer than
processors the tracker has one to itself. Prints each time and the medians: of the whole command,
and of the sweep as it times itself.
"""

import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# By its place: a program that is started has its own folder on the path, not the checkout.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.tracking.servers import Server

RUNS = ["--strategies", "random,sobol", "--problems", "branin,hartmann6", "--trials", "50",
        "--repetitions", "25"]  # fmt: skip

WAYS = ("nothing", "a busy process", "a tracker")
"""What the sweep has beside it."""


def tunebench(folder: Path, *arguments: str) -> tuple[float, float, str]:
    """Return the wall and the processor seconds of a command, and what it printed."""
    # As where it was installed: what Python compiled is kept.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    begun, before = time.perf_counter(), processor_s()
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=folder, capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    return time.perf_counter() - begun, processor_s() - before, done.stdout


def processor_s() -> float:
    """Return the seconds that the commands took of processors, with all they started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def to_a_server(folder: Path) -> None:
    """Time how long 100 runs take."""
    tunebench(folder, "run", *RUNS, "--out", "hundred")
    # It compiles what a second call does not compile again.
    tunebench(folder, "track", "hundred", "--to", "mlflow")
    server = Server(folder)
    server.start()
    try:
        for level in ("parents", "runs"):
            wall, processor, said = tunebench(
                folder, "track", "hundred", "--to", "mlflow", "--tracking-uri", server.uri,
                "--track-level", level,
            )  # fmt: skip
            first = said.splitlines()[0]
            print(f"{wall:.1f} s, {processor:.1f} s of a processor: {first}", flush=True)
            shutil.rmtree(folder / "hundred" / "tracking")
    finally:
        server.kill()


def beside_a_sweep(folder: Path, rounds: int, repetitions: int, jobs: int, busy_s: float) -> None:
    """Time the sweep alone, with a tracker, and beside a process that only takes a processor."""
    whole: dict[str, list[float]] = {name: [] for name in WAYS}
    inside: dict[str, list[float]] = {name: [] for name in WAYS}
    for number in range(rounds):
        for way in WAYS if number % 2 else reversed(WAYS):
            name = f"{number}-{way.replace(' ', '-')}"
            tracked = ["--track", "mlflow", "--tracking-uri", f"sqlite:///{name}.db"]
            with busy(busy_s if way == "a busy process" else 0.0):
                wall, _, said = tunebench(
                    folder, "run", "quick", "--repetitions", str(repetitions), "--out", name,
                    "--jobs", str(jobs), *(tracked if way == "a tracker" else ()),
                )  # fmt: skip
            found = re.search(r" in ([0-9.]+) s;", said)
            assert found is not None, said
            whole[way].append(wall)
            inside[way].append(float(found[1]))
            print(f"{way:>14}: command {wall:.1f} s, sweep {found[1]} s", flush=True)
    for what, times in (("command", whole), ("sweep", inside)):
        for way in WAYS[1:]:
            ratios = [a / b for a, b in zip(times[way], times[WAYS[0]], strict=True)]
            print(
                f"{what} with {way}: median {statistics.median(times[way]):.1f} s, "
                f"{statistics.median(times[WAYS[0]]):.1f} s without; median ratio "
                f"{statistics.median(ratios):.3f}, {min(ratios):.3f} to {max(ratios):.3f}"
            )


@contextmanager
def busy(seconds: float) -> Iterator[None]:
    """Let a process take a processor for some seconds of it meanwhile, in a session of its own."""
    code = f"import time\nwhile time.process_time() < {seconds}: pass"
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Do both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repetitions", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="workers of the sweep")
    parser.add_argument("--busy", type=float, default=10.0, help="seconds of the busy process")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tunebench-") as place:
        to_a_server(Path(place))
        if options.rounds:
            beside_a_sweep(
                Path(place), options.rounds, options.repetitions, options.jobs, options.busy
            )


if __name__ == "__main__":
    main()
