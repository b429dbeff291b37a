"""Trials that report while they train, and the numbers of those that were not recorded."""

from __future__ import annotations

import zipfile
from math import nan

import numpy as np
import pytest

from bench.api.result import load
from bench.exchange.reports import MAX_MISSING, UNUSED, missing_numbers


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [
        ([], []),
        ([0], []),
        ([2, 0], [1]),
        ([5], [0, 1, 2, 3, 4]),
        ([MAX_MISSING], [*range(MAX_MISSING)]),
    ],
)
def test_numbers_before_the_last_one_are_missing(numbers, missing):
    assert missing_numbers(numbers) == (missing, [])


@pytest.mark.parametrize(
    "numbers", [[MAX_MISSING + 1], [0, 10**300], [-1, 0], [0, 0], [0, None], [0, True], [0, 1.0]]
)
def test_odd_numbers_are_not_used_and_a_rule_says_so(numbers):
    assert missing_numbers(numbers) == ([], [UNUSED])


def ray_table(path, names):
    head = "trial_id,training_iteration,time_total_s,loss\n"
    path.write_text(head + "".join(f"{name},1,1.5,{i}\n" for i, name in enumerate(names)))
    return load(f"{path}#loss:min")


def test_most_trials_of_a_table_may_have_raised(tmp_path):
    found = ray_table(tmp_path / "asha--p--0.csv", [f"a_{i:05}" for i in (7, 9)])
    np.testing.assert_array_equal(found.trials["value"], [*[nan] * 7, 0, nan, 1])
    assert "Ray Tune: 8 numbers without a row count as failed trials" in found.notes


def test_trials_without_numbers_keep_their_order_and_a_rule_says_so(tmp_path):
    found = ray_table(tmp_path / "asha--p--0.csv", ["a_00005", "mine", "a_00001"])
    assert found.trials["value"].tolist() == [0, 1, 2]
    assert f"Ray Tune: {UNUSED}" in found.notes


def test_most_trials_of_an_experiment_may_be_without_a_report(tmp_path):
    folder = tmp_path / "asha--p--0"
    folder.mkdir()
    (folder / "metadata.json").write_text('{"metric_names": ["loss"], "metric_mode": "min"}')
    with zipfile.ZipFile(folder / "results.csv.zip", "w") as archive:
        archive.writestr("results.csv", "trial_id,loss\n4,0.5\n")
    found = load(folder)
    assert found.trials["status"].tolist() == ["failed"] * 4 + ["completed"]
    assert "Syne Tune: 4 numbers without a report count as failed trials" in found.notes
