import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from bench import description
from bench.analysis.rungs import steps
from bench.core import Evaluation, EvaluationError, Fidelity, Metric, Ordinal, SearchSpace
from bench.measured.rank_correlations import of_table, rank_correlations
from bench.registry import PROBLEMS
from bench.spec import Entry
from bench.tabular import Table, read_table, write_table
from bench.tabular.table import Measurements

NAN = math.nan

SPACE = SearchSpace({"x": Ordinal((1, 2, 3, 4))})
FULL = [[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]]
# Split 0 in the same order, split 1 with one of six pairs the other way round.
LOW = [[0.5, 0.6, 0.7, 0.8], [0.4, 0.3, 0.1, 0.2]]
# A failure, the worst of a metric that is maximised: three of six pairs, then all six.
MIDDLE = [[0.2, 0.3, 0.4, NAN], [0.9, 0.8, 0.7, 0.6]]


@pytest.fixture
def path(tmp_path):
    """A file with four configurations on two splits, at 1, 3 and all 9 steps."""

    def rows(values):
        return [
            [
                (config, EvaluationError("it broke") if math.isnan(value) else Evaluation(value))
                for config, value in zip(SPACE.configs(), part, strict=True)
            ]
            for part in values
        ]

    found = tmp_path / "mine.parquet"
    write_table(
        found, SPACE, Metric("accuracy", "maximize"), rows(FULL), about={},
        fidelity=Fidelity("epochs", 9), cheaper={1: rows(LOW), 3: rows(MIDDLE)},
    )  # fmt: skip
    return found


def test_of_each_step_the_mean_over_splits(path):
    found = of_table(read_table(path))
    assert list(found) == [1, 3]
    assert_allclose(list(found.values()), [(1 + 4 / 6) / 2, (0 + 1) / 2])


def test_a_split_with_one_value_has_no_rank_correlation(path):
    table = read_table(path)
    equal, flat = (np.array([[0.5] * 4, last]) for last in (LOW[1], [0.5] * 4))
    found = of_table(
        Table(
            table.space, table.metric, table.value, fidelity=table.fidelity,
            cheaper={1: Measurements(equal), 3: Measurements(flat)},
        )
    )  # fmt: skip
    assert_allclose(list(found.values()), [4 / 6, NAN])


def runs(name, version):
    return pd.DataFrame({"problem": ["p"], "problem_name": name, "problem_version": version})


def test_a_table_of_the_package_has_them_by_share_for_its_version(path, monkeypatch):
    problem = PROBLEMS.create(Entry(f"table:{path}"))
    shipped = {"table-mine": problem}
    monkeypatch.setattr(description, "shipped_table", shipped.get)
    found = rank_correlations(runs("table-mine", problem.version))
    assert list(found["p"]) == steps([1 / 9, 3 / 9]).tolist()
    assert_allclose(list(found["p"].values()), [5 / 6, 1 / 2])
    assert rank_correlations(runs("table-mine", problem.version + 1)) == {}
    # A file of one's own may have changed since.
    assert rank_correlations(runs(f"table:{path}", problem.version)) == {}


def test_a_table_with_full_evaluations_only_and_a_function_have_none():
    version = PROBLEMS.resolve(Entry("table-svm-wine")).version
    assert rank_correlations(runs("table-svm-wine", version)) == {}
    assert rank_correlations(runs("branin", 1)) == {}
