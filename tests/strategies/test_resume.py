"""Resume by replay holds for every strategy, in another process with another hash seed."""

from __future__ import annotations

import os
import subprocess
import sys

import pandas as pd
import pytest

from bench.registry import STRATEGIES, unavailable
from bench.spec import Sweep
from bench.store import Store

TRIALS, KEPT = 24, 17
"""Beyond hyperopt's twenty start-up trials, too: what is asked last comes from every model."""


@pytest.mark.slow
@pytest.mark.parametrize("share", [0, 1, 2])
def test_every_strategy_goes_on_as_if_nothing_had_happened(
    share, parts, run_here, values, tmp_path
):
    classes = STRATEGIES.classes().items()
    names = [name for name, cls in classes if name != "default" and not unavailable(cls)][share::3]
    toml = tmp_path / "tiny.toml"
    toml.write_text(
        f"strategies = {names}\ntrials = {TRIALS}\nrepetitions = 1\nseed = 5\n"
        f"problems = [{{ name = '{parts('CheapTree').name}', label = 'Tree' }}]\n"
    )
    whole = run_here(Sweep.from_toml(toml), tmp_path / "whole")
    expected = values(whole)

    begun = tmp_path / "begun"
    (begun / "runs").mkdir(parents=True)
    for path in (tmp_path / "whole" / "runs").glob("*.jsonl"):
        lines = path.read_bytes().splitlines(keepends=True)
        (begun / "runs" / f"{path.stem}.part").write_bytes(b"".join(lines[: KEPT + 1]))
    done = subprocess.run(
        [sys.executable, "-m", "bench", "run", toml, "--out", begun, "--jobs", "2"],
        env=os.environ | {"PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{len(names)} to do, {len(names)} of them begun" in done.stdout
    pd.testing.assert_frame_equal(values(Store(begun)), expected)
    # Not one recorded trial was measured again: their clocks are the old ones.
    clocks = [
        store.rows()
        .query("trial_number < @KEPT")
        .sort_values(["strategy", "trial_number"])["evaluation_wall_s"]
        .tolist()
        for store in (whole, Store(begun))
    ]
    assert clocks[0] == clocks[1]
