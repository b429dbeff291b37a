"""The copies of the rows beside a report: the same in both formats, and readable by anyone."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from bench.output import copies
from bench.output.copies import write_tidy


@pytest.fixture
def frames(make_sweep, run_here, tmp_path):
    columns = run_here(make_sweep(["Random"], ["Sphere", "Flaky"]), tmp_path / "done").columns(
        wanted=("trial_number", "config", "status", "reason", "value", "fold_values")
    )
    return columns.frame(), columns.runs


def test_both_formats_hold_the_same(frames, tmp_path):
    trials, runs = frames
    write_tidy(trials, runs, tmp_path)
    for name, wanted in (("trials", trials), ("runs", runs)):
        parquet = pd.read_parquet(tmp_path / f"{name}.parquet")
        csv = pd.read_csv(tmp_path / f"{name}.csv", keep_default_na=False)
        assert list(csv) == list(parquet) == list(wanted)
        assert len(csv) == len(parquet) == len(wanted) > 0
    parquet = pd.read_parquet(tmp_path / "trials.parquet")
    csv = pd.read_csv(tmp_path / "trials.csv")
    assert (trials["status"] == "failed").any()
    for one in (parquet, csv):
        # What pandas reads of a CSV may be off by the last digit.
        assert one["value"].to_numpy() == pytest.approx(trials["value"], rel=1e-15, nan_ok=True)
        assert one["config"].tolist() == trials["config"].tolist()
        assert one["strategy"].tolist() == trials["strategy"].tolist()
    assert not isinstance(parquet["strategy"].dtype, pd.CategoricalDtype)


def test_fold_values_of_a_csv_are_json(frames, tmp_path):
    trials, runs = frames
    folds = [[0.1, 0.2], None] * (len(trials) // 2)
    write_tidy(trials.assign(fold_values=folds), runs, tmp_path)
    texts = pd.read_csv(tmp_path / "trials.csv", keep_default_na=False)["fold_values"].tolist()
    assert [json.loads(text) if text else None for text in texts] == folds


def test_of_many_trials_there_is_no_csv(frames, tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "MAX_CSV_ROWS", len(frames[1]))
    trials, runs = frames
    write_tidy(trials, runs, tmp_path)
    found = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert [name for name in found if name.startswith(("runs.", "trials."))] == [
        "runs.csv", "runs.parquet", "trials.parquet",
    ]  # fmt: skip
