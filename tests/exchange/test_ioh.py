"""What is written for IOHinspector."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bench.exchange import ioh, ioh_logs


@pytest.fixture
def folder(mixed, tmp_path):
    ioh.write(mixed, tmp_path)
    return tmp_path


def keyed(trials):
    return {
        key: rows["value"].where(rows["status"] == "completed").to_numpy()
        for key, rows in trials.sort_values("trial_number").groupby(
            ["strategy", "problem", "repetition"], observed=True
        )
    }


def test_what_is_written_is_read_back(mixed, folder):
    found = ioh_logs.read(str(folder))
    there = {
        (s.place.strategy, s.place.problem, s.place.repetition): s.trials for s in found.studies
    }
    wanted = keyed(mixed.trials)
    assert there.keys() == wanted.keys()
    for key, values in wanted.items():
        np.testing.assert_array_equal(there[key]["value"], values)
    directions = dict(zip(mixed.runs["problem"], mixed.runs["direction"], strict=True))
    assert all(set(rows["direction"]) == {directions[key[1]]} for key, rows in there.items())


def test_labels_lead_out_of_no_folder(folder):
    assert {path.name for path in folder.iterdir()} == {"climber", "it-s-random-100"}


def test_no_attribute_is_written_that_a_reader_would_evaluate(folder):
    for path in folder.glob("*/*.json"):
        assert "experiment_attributes" not in json.loads(path.read_text())


def test_lower_fidelities_count_by_their_share(cheaper, tmp_path):
    exported = ioh.write(cheaper, tmp_path)
    assert any("trials of lower fidelity (hyperband)" in line for line in exported.lines)
    lengths = {s.place.strategy: len(s.trials) for s in ioh_logs.read(str(tmp_path)).studies}
    assert lengths == {"hyperband": 6, "Random": 6}


@pytest.mark.exchange
def test_iohinspector_opens_it_and_has_the_values(mixed, folder):
    import iohinspector
    import polars

    manager = iohinspector.DataManager()
    manager.add_folder(str(folder))
    rows = manager.load(monotonic=False, include_meta_data=True)
    wanted = keyed(mixed.trials)
    assert manager.n_runs == len(wanted)
    maximized = {d.function.name for d in manager.data_sets if d.function.maximization}
    assert maximized == {"Accuracy"}
    for (strategy, problem, repetition), values in wanted.items():
        of_run = rows.filter(
            (polars.col("algorithm_name") == strategy)
            & (polars.col("function_name") == problem)
            & (polars.col("instance") == repetition)
        )
        found = of_run["raw_y"].to_numpy()
        worst = -np.inf if problem in maximized else np.inf
        np.testing.assert_allclose(found, np.where(np.isnan(values), worst, values), rtol=1e-15)
