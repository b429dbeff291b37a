"""What a table costs: a trial of random search recorded on disk, and loading 10,000 rows."""

import itertools
import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench import read_table
from bench.spec import Entry, Sweep

META = {"metric": {"name": "accuracy", "direction": "maximize"}}

LOAD = """
import sys
from pathlib import Path
import numpy, pyarrow.parquet, pyarrow.types
from bench import read_table

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024

before = peak()
read_table(Path(sys.argv[1]))
print(peak() - before)
"""
"""Prints how many MB more than its imports a process has had at most."""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """10,000 configurations of five parameters on five splits, with ten folds."""
    path = tmp_path_factory.mktemp("tables") / "table.parquet"
    axes = [np.logspace(-3, 3, 10).tolist(), [1, 2, 5, 10, 20], [*range(10)], [True, False]]
    configs = list(itertools.product(*axes, [f"kind {i}" for i in range(10)])) * 5
    names = ("rate", "depth", "units", "flag", "kind")
    columns = dict(zip(names, map(list, zip(*configs, strict=True)), strict=True))
    values = np.random.default_rng(0).random((13, len(configs)))
    columns["split"] = [i // 10_000 for i in range(len(configs))]
    measured = ["value", "test_value", "cost", *(f"fold_{i + 1}" for i in range(10))]
    columns |= dict(zip(measured, values, strict=True))
    table = pa.table(columns).replace_schema_metadata({"tunebench": json.dumps(META)})
    pq.write_table(table, path)
    return path


def test_20_runs_of_1000_random_trials_on_a_table(timed, path):
    """Bound: 50 µs a trial on one core, so 1 s for the 20,000 trials, recorded on disk."""
    sweep = Sweep(
        "tables", (Entry("random"),), (Entry(f"table:{path}", "t"),), trials=1000, repetitions=20
    )

    assert timed(sweep) == 20_000


def test_loading_10_000_configurations(benchmark, path):
    """Bound: 0.2 s, and 50 MB besides what the imports take."""
    table = benchmark.pedantic(read_table, (path,), rounds=7, warmup_rounds=1)
    assert table.value.shape == (5, 10_000)
    peak = subprocess.run(
        [sys.executable, "-c", LOAD, path], capture_output=True, text=True, check=True
    )
    benchmark.extra_info["peak_mb"] = round(float(peak.stdout), 1)
    print(f"peak beyond the imports: {float(peak.stdout):.1f} MB")
