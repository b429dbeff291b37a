"""What the largest reports are timed with is what a results folder holds."""

from __future__ import annotations

import numpy as np

from bench.sources.tidy import from_tidy
from bench.store import Store
from bench.store.pack import KINDS
from bench.testing import synthetic


def test_a_synthetic_sweep_is_read_as_a_folder_and_as_a_table(tmp_path):
    made = synthetic.make(2, problems=3, strategies=2, trials=4)
    assert synthetic.columns(made).keys() == KINDS.keys()
    synthetic.write_folder(made, tmp_path / "sweep")
    trials, runs = Store(tmp_path / "sweep").frames()
    assert (len(trials), len(runs), set(runs["status"])) == (48, 12, {"completed"})
    lasts = trials.groupby("run")[["ask_s", "evaluation_s", "tell_s"]].sum().sum(axis=1)
    ends = trials.groupby("run")["finished_s"].max() + trials.groupby("run")["tell_s"].last()
    np.testing.assert_allclose(ends, lasts)
    synthetic.write_table(made, tmp_path / "trials.parquet")
    table = from_tidy(tmp_path / "trials.parquet", command="").trials
    assert len(table) == 48
