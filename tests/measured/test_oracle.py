"""What perfect search reaches: by hand, and as a limit that no recorded run passes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bench.analyses import Analyses
from bench.core import Metric, Ordinal, SearchSpace
from bench.measured.oracle import of_table, oracle
from bench.measured.scales import table_behind
from bench.report.page import Files, every
from bench.report.sections import selection
from bench.sources.source import from_folder
from bench.tabular import Table

ROOT = Path(__file__).resolve().parents[2]
NAN = math.nan


@pytest.fixture(scope="module")
def quick():
    return from_folder(ROOT / "results" / "quick", command="")


def table(value, test, direction="maximize"):
    space = SearchSpace({"x": Ordinal(tuple(range(len(value[0]))))})
    return Table(space, Metric("m", direction), np.array(value), np.array(test))


def test_the_test_value_of_the_best_validation_value_and_the_best_test_value():
    # The median of a draw is the better of the two middles, 0.7 and 0.6: scales of 0.2 and 3.
    found = of_table(
        table([[0.9, 0.7, 0.6, 0.5], [9.0, 6.0, 5.0, 1.0]], [[0.6, 0.8, 0.1, 0.2]] * 2)
    )
    assert [part[:2] for part in found] == [(0.9, 1), (9.0, 1)]
    assert_allclose([part[2:] for part in found], [[0.6, 0.8, 1.0], [0.6, 0.8, 0.2 / 3]])
    # A loss, in which the failed configuration counts not.
    [(value, count, test, best, regret)] = of_table(
        table([[1.0, 2.0, 3.0, NAN]], [[1.5, 1.0, 4.0, NAN]], "minimize")
    )
    assert (value, count, test, best, regret) == (1.0, 1, 1.5, 1.0, 0.5)


def test_several_with_the_best_validation_value_count_by_their_mean():
    [found] = of_table(table([[0.1 + 0.2, 0.3, 0.2, 0.1, 0.0]], [[0.4, 0.6, 0.9, 0.8, 0.7]]))
    assert found[1] == 2
    assert_allclose(found[2:], [0.5, 0.9, 4.0])


def test_without_a_scale_there_is_no_regret():
    [found] = of_table(table([[0.5, 0.5]], [[0.1, 0.3]]))
    assert found[:2] == (0.5, 2)
    assert_allclose(found[2:], [0.2, 0.3, NAN])


def test_only_tables_of_the_package_in_the_version_of_today(quick):
    frame = oracle(quick.runs, quick.problems)
    tables = [name for name in quick.problems if name.startswith("table-")]
    assert list(frame["problem"].unique()) == tables
    assert frame.groupby("problem")["n_repetitions"].sum().tolist() == [30] * len(tables)
    assert oracle(quick.runs.assign(problem_version=1), quick.problems).empty


def test_no_recorded_trial_passes_the_limits(quick):
    frame = oracle(quick.runs, quick.problems)
    trials = quick.trials
    for row in frame.itertuples():
        part = trials[trials["problem"].astype(str) == row.problem]
        _, split_of = table_behind(row.problem, 2)
        part = part[[split_of(int(seed)) == row.split for seed in part["problem_seed"]]]
        sign = -1 if part["direction"].iloc[0] == "maximize" else 1
        assert len(part) > 0
        assert (sign * part["value"]).min() >= sign * row.value
        assert (sign * part["test_value"]).min() >= sign * row.best_test_value
        assert row.test_regret >= 0


def test_the_section_links_its_file(quick, builder, find, made):
    found = Analyses(quick, trials=None, rope=0.01)
    items = [item for item in selection.section(found, builder).items if isinstance(item, Files)]
    assert "oracle" in [written.file for item in items for written in item.tables]
    other = selection.section(find(made(lambda *_: 0.5)), builder)
    assert not [item for item in every(other.items) if isinstance(item, Files)]
