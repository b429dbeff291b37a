"""What loading costs before a report is made: 100,000 rows, or 10 million on request.

With TUNEBENCH_ROWS=10000000 it is the size of the largest report; that takes a few minutes.
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
from bench.sources.source import from_folder
from bench.sources.tidy import from_tidy

path = Path(sys.argv[1])
source = (from_tidy if path.is_file() else from_folder)(path, command="")
status = Path("/proc/self/status").read_text()
print(len(source.trials), int(status.partition("VmHWM:")[2].split()[0]) / 1024)
"""
"""Prints the rows and the most MB the process has had."""


@pytest.fixture(scope="module")
def made():
    return synthetic.make(max(1, ROWS // (33 * 10 * 100)))


@pytest.fixture(scope="module", params=["table", "folder"])
def path(request, made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("input")
    if request.param == "table":
        synthetic.write_table(made, folder / "trials.parquet")
        return folder / "trials.parquet"
    synthetic.write_folder(made, folder / "sweep")
    return folder / "sweep"


def test_loading(benchmark, made, path):
    """Bound for 10 million rows: 40 s and 4 GB, all of the process."""
    from bench.sources.source import from_folder
    from bench.sources.tidy import from_tidy

    load = from_tidy if path.is_file() else from_folder
    rounds = 1 if ROWS > 1_000_000 else 3
    source = benchmark.pedantic(load, (path,), {"command": ""}, rounds=rounds)
    assert len(source.trials) == made.value.size
    assert len(source.runs) == made.value.size // 100
    done = subprocess.run(
        [sys.executable, "-c", PEAK, path], capture_output=True, text=True, check=True
    )
    rows, peak = done.stdout.split()
    assert int(rows) == made.value.size
    benchmark.extra_info["peak_mb"] = round(float(peak))
    print(f"{rows} rows, peak {float(peak):.0f} MB")
