"""Tables from problems, in this process."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest

from bench import discretise, seeds
from bench.execution.plan import make_plan
from bench.execution.work import do
from bench.spec import Entry
from bench.store import Store
from bench.tabulate import TabulateError, check_folder, make_tabulation, remove, write

CASES = [("Sphere", 10), ("Accuracy", {"x": 3, "y": 20}), ("Tree", 7), ("Numpy", 4)]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "grid_points"), CASES)
def test_rows_are_the_live_evaluations_to_the_last_bit(tabulated, name, grid_points):
    problem, work, table = tabulated(name, grid_points)
    space = discretise(problem.space, grid_points)
    assert table.space == work.space == space
    assert table.metric == problem.metric
    assert table.splits == 2
    assert len(table.row_of) == work.configurations == sum(1 for _ in space.configs())
    for split, seed in enumerate(table.meta["seeds"]):
        for config in space.configs():
            live, found = problem.evaluate(config, seed=seed), table.evaluation(config, split)
            assert found.value == live.value
            assert found.test_value == live.test_value
            folds = live.fold_values
            assert found.fold_values == (None if folds is None else tuple(folds))
            assert found.cost > 0


def test_rows_are_in_the_order_of_splits_and_configurations(tabulated, tmp_path):
    _, work, _ = tabulated("Tree", 40, splits=2)
    assert len(work.sweep.strategies) > 1
    rows = pq.read_table(tmp_path / "table.parquet").select(["split", *work.space]).to_pylist()
    empty = dict.fromkeys(work.space)
    assert rows == [
        {"split": split, **empty, **config} for split in (0, 1) for config in work.space.configs()
    ]


def test_a_split_has_the_seed_of_a_sweeps_repetition(tabulated):
    problem, _, table = tabulated("Sphere", 2, splits=3, seed=8)
    assert table.meta["seeds"] == [seeds.problem_seed(8, problem.name, r) for r in range(3)]


def test_the_metadata_say_what_was_measured_where_and_when(tabulated):
    problem, _, table = tabulated("Sphere", 2, shift=0.25)
    assert table.meta["about"] == problem.about
    assert table.meta["problem"]["settings"] == {"shift": 0.25}
    assert table.meta["problem"]["version"] == 1
    (environment,) = table.meta["made"]["environments"]
    assert environment["packages"]["numpy"] == np.__version__
    assert {"cpu", "python", "platform"} <= environment.keys()
    assert len(table.meta["made"]["date"]) == 10


def test_failures_become_rows_with_a_reason(tabulated):
    problem, _, table = tabulated("Flaky", 9)
    assert 0 < len(table.reasons) < table.value.size
    for split, seed in enumerate(table.meta["seeds"]):
        for row, config in enumerate(table.space.configs()):
            reason = table.reasons.get((split, row))
            if config["x"] < -0.5:
                assert reason == "RuntimeError: x is too small"
            elif config["x"] < 0:
                assert reason.startswith("a value must be finite and within ±1e+150, got ")
            else:
                assert reason is None
                assert table.evaluation(config, split).value == (
                    problem.evaluate(config, seed=seed).value
                )
    assert np.isfinite(table.cost).all()


def test_a_split_in_which_everything_fails_makes_no_table(tmp_path):
    path = tmp_path / "failing.py"
    path.write_text(
        "from dataclasses import dataclass\n"
        "from bench.testing.toys import Sphere\n\n"
        "@dataclass\n"
        "class Second(Sphere):\n"
        "    def evaluate(self, config, *, seed, fidelity=1.0):\n"
        f"        if seed == {seeds.problem_seed(3, 'test-sphere', 1)}:\n"
        "            raise OSError('disk\\nfull')\n"
        "        return super().evaluate(config, seed=seed)\n"
    )
    work = make_tabulation(Entry(f"{path}:Second"), 3, splits=2, seed=3)
    store = Store(tmp_path / "runs")
    plan = make_plan(work.sweep, store)
    store.create(plan.sweep.to_dict())
    for job in plan.todo:
        do(job, store, {})
    with pytest.raises(TabulateError, match="all of split 1 fail, the first with: OSError: disk f"):
        write(work, store, tmp_path / "table.parquet")
    assert not (tmp_path / "table.parquet").exists()


def test_a_table_of_a_part_is_none(parts, tmp_path):
    work = make_tabulation(parts("Sphere"), 10, splits=2, seed=3)
    store = Store(tmp_path / "runs")
    plan = make_plan(work.sweep, store)
    store.create(plan.sweep.to_dict())
    do(plan.todo[0], store, {})
    with pytest.raises(TabulateError, match="5 of 6 runs have not completed; the same"):
        write(work, store, tmp_path / "table.parquet")
    assert not (tmp_path / "table.parquet").exists()


@pytest.mark.parametrize("grid_points", [500, 10**12, {"": 2, "x": 10**12}])
def test_too_many_evaluations_are_refused_without_listing_them(parts, grid_points):
    with pytest.raises(TabulateError, match="1,000,000 evaluations or fewer, test-sphere has more"):
        make_tabulation(Entry(parts("Sphere").name), grid_points, splits=5, seed=1)


def test_a_folder_of_something_else_is_left_alone(parts, tmp_path):
    work = make_tabulation(parts("Sphere"), 4, splits=2, seed=3)
    store = Store(tmp_path / "runs")
    check_folder(work, store)
    store.create(work.sweep.to_dict())
    check_folder(work, store)
    # Its runs serve a table of more splits as well, but not other points, seed or settings.
    check_folder(make_tabulation(parts("Sphere"), 4, splits=5, seed=3), store)
    for other in (
        make_tabulation(parts("Sphere"), 5, splits=2, seed=3),
        make_tabulation(parts("Sphere"), 4, splits=2, seed=4),
        make_tabulation(parts("Sphere", shift=1.0), 4, splits=2, seed=3),
    ):
        with pytest.raises(TabulateError, match="must hold a part of the same table, it holds"):
            check_folder(other, store)
    letters = tmp_path / "letters.runs"
    letters.mkdir()
    (letters / "love.txt").touch()
    with pytest.raises(TabulateError, match="must hold a part of the same table, it holds"):
        check_folder(work, Store(letters))


def test_what_was_put_beside_the_runs_stays(parts, tmp_path):
    work = make_tabulation(parts("Sphere"), 2, splits=1, seed=3)
    store = Store(tmp_path / "t.runs")
    store.create(work.sweep.to_dict())
    (store.folder / "love.txt").touch()
    (store.folder / "runs" / "love.txt").touch()
    remove(store)
    assert {path.name for path in store.folder.rglob("*")} == {"love.txt", "runs"}
