"""What a whole report costs: 100,000 rows, or 10 million on request.

With TUNEBENCH_ROWS=10000000 it is the size of the largest report.
"""

import os
import subprocess
import sys

import pytest

from bench.testing import synthetic

ROWS = int(os.environ.get("TUNEBENCH_ROWS", "100000"))
PEAK = """
import sys
from pathlib import Path

def main():
    from bench.cli import main
    try:
        main(["report", sys.argv[1], "--out", sys.argv[2]])
    except SystemExit as end:
        assert not end.code, end.code
    status = Path("/proc/self/status").read_text()
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)

if __name__ == "__main__":
    main()
"""
"""Makes a report as the command line does and prints the most MB the process has had."""


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """10 strategies; of few rows 10 problems × 10 repetitions, else 33 problems."""
    problems = 10 if ROWS <= 1_000_000 else 33
    made = synthetic.make(max(1, ROWS // (problems * 10 * 100)), problems=problems)
    folder = tmp_path_factory.mktemp("report") / "sweep"
    synthetic.write_folder(made, folder)
    return folder


def test_a_report(benchmark, sweep, tmp_path):
    """Bounds on two cores: 100,000 rows in 15 s, 10 million in 2 minutes and 6 GB."""
    script = tmp_path / "main.py"
    script.write_text(PEAK)

    def make():
        command = [sys.executable, script, sweep, tmp_path / "report"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return float(done.stdout.splitlines()[-1])

    peak = benchmark.pedantic(make, rounds=1 if ROWS > 1_000_000 else 3)
    assert (tmp_path / "report" / "index.html").is_file()
    benchmark.extra_info["peak_mb"] = round(peak)
    size = (tmp_path / "report" / "index.html").stat().st_size / 1e6
    print(f"peak of the main process {peak:.0f} MB, page {size:.1f} MB")
