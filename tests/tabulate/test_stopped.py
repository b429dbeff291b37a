"""A tabulation that is stopped and goes on."""

from __future__ import annotations

import json
import os
import select
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress

import pyarrow.parquet as pq
import pytest

from bench import read_table
from bench.store import Store

PATIENCE = 60
"""Seconds after which a wait for what must happen is given up; none of the tests waits so long."""


class Tabulating:
    """`tabulate` of a problem that stops at a gate, by the real program."""

    def __init__(self, parts, folder):
        self.folder, self.gate, self.path = folder, folder / "gate", folder / "gated.parquet"
        self.arguments = ["tabulate", parts("Gate").name, "--set", f"pipe={self.gate}"]
        self.arguments += ["--levels", "10", "--splits", "2"]

    def command(self, jobs):
        options = ["--out", str(self.path), "--jobs", str(jobs)]
        return [sys.executable, "-m", "bench", *self.arguments, *options]

    def finish(self, jobs):
        return subprocess.run(
            self.command(jobs), capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    @contextmanager
    def stopped_at_the_gate(self):
        """Start two workers and wait until both are at the gate, after three evaluations each."""
        os.mkfifo(self.gate)
        self.reading = os.open(self.gate, os.O_RDONLY | os.O_NONBLOCK)
        driver = subprocess.Popen(
            self.command(jobs=2),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            arrived = b""
            while len(arrived) < 2:
                arrived += self.read()
            yield driver
        finally:
            with suppress(ProcessLookupError):
                os.killpg(driver.pid, signal.SIGKILL)
            driver.communicate()
            os.close(self.reading)
            self.gate.unlink()

    def read(self):
        ready, _, _ = select.select([self.reading], [], [], PATIENCE)
        assert ready
        return os.read(self.reading, 1)

    def measured(self):
        """What is recorded of unfinished runs: split seed, configuration -> cost."""
        return {
            (record.header["facts"]["problem_seed"], json.dumps(line["config"])): line[
                "evaluation_s"
            ]
            for record in Store(self.path.with_suffix(".runs")).records()
            for line in record.trials
        }


@pytest.mark.slow
@pytest.mark.parametrize(("how", "jobs"), [(signal.SIGKILL, 2), (signal.SIGINT, 1)])
def test_a_stopped_tabulation_goes_on_and_ends_with_the_same_table(
    parts, tabulated, tmp_path, how, jobs
):
    work = Tabulating(parts, tmp_path)
    with work.stopped_at_the_gate() as driver:
        os.killpg(driver.pid, how)
        _, stderr = driver.communicate(timeout=PATIENCE)
        assert work.read() == b""  # the workers are gone
        before = work.measured()
    if how == signal.SIGINT:
        assert driver.returncode == 130
        assert "Traceback" not in stderr
        assert "stopped; what was measured is kept. Go on with the same command:" in stderr
        assert shlex.join(["tunebench", *driver.args[3:]]) in stderr
    assert len(before) == 6
    done = work.finish(jobs)
    assert (done.returncode, done.stderr) == (0, "")
    assert "100 configurations × 2 splits = 200 evaluations, 6 of 6 runs to do" in done.stdout
    assert f"a problem of the name table:{work.path}" in done.stdout
    assert not work.path.with_suffix(".runs").exists()

    # What was recorded was not measured again: it has its cost of then.
    table = read_table(work.path)
    for (seed, config), cost in before.items():
        split = table.meta["seeds"].index(seed)
        assert table.evaluation(json.loads(config), split).cost == cost

    left = {path.name for path in tmp_path.iterdir()} - {"__pycache__"}
    assert left == {"gated.parquet"}

    # One process that was never disturbed measures the same.
    tabulated("Gate", 10, seed=1)
    paths = work.path, tmp_path / "table.parquet"
    tables = [pq.read_table(path).drop_columns(["cost"]) for path in paths]
    assert tables[0].to_pylist() == tables[1].to_pylist()
