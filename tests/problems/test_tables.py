"""The tables of the package are what the catalog promises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import problems
from bench import registry
from bench.checks.table import check_agrees_with_its_live_problem
from bench.spec import Entry
from problems._real_tables import SPLITS, real_tables

pytestmark = pytest.mark.slow

FOLDER = Path(problems.__path__[0]) / "_tables"
TABLES: dict[str, Any] = {
    name: cls for name, cls in registry.PROBLEMS.classes().items() if name.startswith("table-")
}
# Their models take seconds; `tunebench check problem` measures them again as well.
CHEAP = [name for name in TABLES if not any(m in name for m in ("mlp", "forest", "boosting"))]


REAL = {f"table-{table.name}" for table in real_tables()}


@pytest.fixture(params=TABLES)
def problem(request):
    return TABLES[request.param]()


@pytest.fixture
def live_data(request, problem):
    """Skip where the data that a table was measured on are not here."""
    if problem.name in REAL:
        request.getfixturevalue("real_data")


def test_there_are_twelve_over_six_models_and_six_data_sets_in_forty_megabytes():
    by_default = [cls for cls in TABLES.values() if not cls.settings]
    live: list[Any] = [registry.PROBLEMS.get(cls.live) for cls in by_default]
    assert len(by_default) >= 12
    models = {cls.__mro__[1].name for cls in live}
    assert len(models) >= 6
    assert {"boosting", "forest", "mlp"} <= models
    assert len({cls.data for cls in live}) >= 6
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 40e6


def test_every_file_is_a_problem():
    found = {f"table-{path.stem}" for path in FOLDER.glob("*.parquet")}
    assert found == set(TABLES)


def test_each_has_250_to_10000_configurations_on_3_splits_or_more(problem):
    table = problem.table
    real = problem.name in REAL
    assert (250 if real else 500) <= table.value.shape[1] <= 10_000
    if real:
        assert table.splits == SPLITS
    else:
        assert table.splits >= (3 if problem.fidelity else 5)
    assert len(set(table.meta["seeds"])) == table.splits
    assert np.isfinite(table.value).all()
    assert table.test_value is not None
    assert table.fold_values is not None
    np.testing.assert_allclose(table.fold_values.mean(axis=2), table.value, rtol=1e-12)
    assert table.cost is not None
    assert (table.cost > 0).all()


@pytest.mark.parametrize("name", sorted(REAL & set(TABLES)))
def test_those_of_real_data_have_training_values_and_all_metrics_of_the_task(name):
    table = TABLES[name]().table
    assert np.isfinite(table.train_value).all()
    place = table.metrics.index(table.metric)
    assert len(table.metrics) >= 3
    np.testing.assert_allclose(table.scores[..., place, 0], table.value, rtol=1e-6)
    np.testing.assert_allclose(table.scores[..., place, 1], table.test_value, rtol=1e-6)


@pytest.mark.usefixtures("live_data")
def test_each_is_a_live_problem_as_it_is_by_default_or_with_the_settings_it_names(problem):
    entry = registry.PROBLEMS.resolve(Entry(problem.live, settings=problem.settings))
    assert problem.table.meta["problem"] == {
        "name": problem.live,
        "settings": entry.settings,
        "version": entry.version,
    }
    live = registry.PROBLEMS.create(entry)
    assert problem.metric == live.metric
    assert problem.space.default == live.space.default
    assert dict(problem.space.conditions) == dict(live.space.conditions)
    assert problem.about == live.about
    for config in problem.table.space.configs():
        live.space.check(config)


@pytest.mark.parametrize("name", CHEAP)
def test_rows_measured_again_have_the_recorded_values(request, name):
    if name in REAL:
        request.getfixturevalue("real_data")
    assert check_agrees_with_its_live_problem(TABLES[name]).startswith("3 rows agree")


def test_the_optimum_is_the_best_row_and_differs_between_splits(problem):
    sign = problem.metric.sign
    for seed in range(problem.table.splits):
        losses = sign * problem.table.value[problem.split_of(seed)]
        assert sign * problem.optimum_of(seed) == losses.min()
    assert len({problem.optimum_of(seed) for seed in range(problem.table.splits)}) > 1


@pytest.mark.parametrize("name", [name for name, cls in TABLES.items() if "fidelity" in cls.tags])
def test_the_default_completes_at_the_lowest_step(name):
    problem = TABLES[name]()
    lowest = problem.fidelity.share(problem.fidelity.lowest)
    for split in range(problem.table.splits):
        found = problem.evaluate(problem.space.default, seed=split, fidelity=lowest)
        assert np.isfinite(found.value)
