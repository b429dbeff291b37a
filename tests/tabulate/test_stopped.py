"""A tabulation that is stopped and goes on."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess

import pyarrow.parquet as pq
import pytest

from bench import Fidelity, read_table
from bench.store import Store
from bench.testing.gates import PATIENCE, GatedCommand


class Tabulating(GatedCommand):
    """`tabulate` of a problem that stops at a gate, after three evaluations of each worker."""

    def __init__(self, parts, folder, name="Gate", options=("--grid-points", "10")):
        self.folder, self.path = folder, folder / "gated.parquet"
        gate = folder / "gate"
        problem = [
            parts(name).name,
            "--set",
            f"pipe={gate}",
            "--splits",
            "2",
            *options,
        ]
        super().__init__(["tabulate", *problem, "--out", str(self.path)], gate)

    def measured(self):
        """What is recorded of unfinished runs: split seed, configuration, share -> cost."""
        return {
            (
                record.header["facts"]["problem_seed"],
                json.dumps(line["config"]),
                line["fidelity"],
            ): line["evaluation_s"]
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
        work.wait_for_the_workers_end(driver)
        before = work.measured()
    if how == signal.SIGINT:
        assert driver.returncode == 130
        assert "Traceback" not in stderr
        assert "stopped; what was measured is kept. Continue with the same command:" in stderr
        assert shlex.join(["tunebench", *work.command(jobs=2)[3:]]) in stderr
    assert len(before) == 6
    done = work.finish(jobs)
    assert (done.returncode, done.stderr) == (0, "")
    assert "100 configurations × 2 splits = 200 evaluations, 6 of 6 runs to do" in done.stdout
    assert f"a problem of the name table:{work.path}" in done.stdout
    assert not work.path.with_suffix(".runs").exists()

    # What was recorded was not measured again: it has its cost of then.
    table = read_table(work.path)
    for (seed, config, _), cost in before.items():
        split = table.meta["seeds"].index(seed)
        assert table.evaluation(json.loads(config), split).cost == cost

    left = {path.name for path in tmp_path.iterdir()} - {"__pycache__"}
    assert left == {"gated.parquet"}

    # One process that was never disturbed measures the same.
    tabulated("Gate", 10, seed=1)
    paths = work.path, tmp_path / "table.parquet"
    tables = [pq.read_table(path).drop_columns(["cost"]) for path in paths]
    assert tables[0].to_pylist() == tables[1].to_pylist()


@pytest.mark.slow
def test_a_tabulation_of_several_steps_goes_on_where_it_was_killed(parts, tabulated, tmp_path):
    options = ("--grid-points", "3", "--fidelity", "1,3,9")
    work = Tabulating(parts, tmp_path, "CheapGate", options)
    with work.stopped_at_the_gate() as driver:
        os.killpg(driver.pid, signal.SIGKILL)
        driver.communicate(timeout=PATIENCE)
        work.wait_for_the_workers_end(driver)
        before = work.measured()
    assert len(before) == 6
    # Another list of steps is another table.
    other = subprocess.run(
        [*work.command(1), "--fidelity", "3,9"], capture_output=True, text=True, check=False
    )
    assert other.returncode == 2
    assert "must hold a part of the same table, it holds something else" in other.stderr
    done = work.finish(2)
    assert (done.returncode, done.stderr) == (0, "")
    assert "9 configurations × 2 splits × 3 steps = 54 evaluations, 6 of 6 runs" in done.stdout

    table = read_table(work.path)
    assert table.fidelity == Fidelity("rows", 9, 1, (1, 3, 9))
    assert {share for _, _, share in before} < {1 / 9, 3 / 9, 1}
    for (seed, config, share), cost in before.items():
        split, step = table.meta["seeds"].index(seed), table.fidelity.step(share)
        assert table.evaluation(json.loads(config), split, step).cost == cost

    # One process that was never disturbed measures the same.
    tabulated("CheapGate", 3, seed=1, steps=(1, 3, 9))
    paths = work.path, tmp_path / "table.parquet"
    tables = [pq.read_table(path).drop_columns(["cost"]) for path in paths]
    assert tables[0].num_rows == 54
    assert tables[0].to_pylist() == tables[1].to_pylist()
