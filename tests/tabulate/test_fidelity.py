"""Tables from problems with cheaper evaluations, in this process."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest

from bench import Evaluation, EvaluationError, Fidelity, discretise, read_table, seeds
from bench.execution.plan import make_plan
from bench.execution.work import do
from bench.spec import Entry
from bench.store import Store
from bench.tabulate import TabulateError, check_folder, make_tabulation, write

STEPS = (1, 3, 10)


def test_rows_are_the_live_evaluations_at_every_step(tabulated):
    problem, work, table = tabulated("Graded", 90, steps=STEPS)
    assert table.space == work.space == discretise(problem.space, 90)
    assert table.fidelity == work.fidelity == Fidelity("rows", 10, 1, STEPS)
    assert (work.configurations, work.evaluations) == (91, 91 * 2 * 3)
    # More than one run a step, each with the seed of its split.
    assert [entry.label for entry in work.sweep.strategies[:4]] == [
        "part 1 of 3 at 1", "part 2 of 3 at 1", "part 3 of 3 at 1", "part 1 of 3 at 3"
    ]  # fmt: skip
    for split, seed in enumerate(table.meta["seeds"]):
        assert seed == seeds.problem_seed(3, problem.name, split)
        for config in table.space.configs():
            for step in STEPS:
                live = problem.evaluate(config, seed=seed, fidelity=step / 10)
                assert table.evaluation(config, split, step) == live


def test_rows_are_in_the_order_of_steps_splits_and_configurations(tabulated, tmp_path):
    _, work, _ = tabulated("Graded", 90, steps=STEPS)
    columns = ["fidelity", "split", *work.space]
    rows = pq.read_table(tmp_path / "table.parquet").select(columns).to_pylist()
    empty = dict.fromkeys(work.space)
    assert rows == [
        {"fidelity": step, "split": split, **empty, **config}
        for step in STEPS
        for split in (0, 1)
        for config in work.space.configs()
    ]


def test_the_full_evaluations_are_those_of_a_table_without_others(parts):
    """They are the same runs with the same values."""
    plain = make_tabulation(parts("Graded"), 90, splits=2, seed=3)
    cheap = make_tabulation(parts("Graded"), 90, splits=2, seed=3, steps=STEPS)
    ids = {spec.id for spec in plain.sweep.expand()}
    assert len(ids) == 6
    assert ids < {spec.id for spec in cheap.sweep.expand()}
    assert plain.evaluations == 182


def test_what_fails_at_few_rows_only_fails_there(tmp_path):
    path = tmp_path / "few.py"
    path.write_text(
        "from dataclasses import dataclass\n"
        "from bench.testing.toys import Cheap\n\n"
        "@dataclass\n"
        "class Few(Cheap):\n"
        "    def evaluate(self, config, *, seed, fidelity=1.0):\n"
        "        if fidelity < 0.3:\n"
        "            raise ValueError('too few rows')\n"
        "        return super().evaluate(config, seed=seed)\n"
    )
    work = make_tabulation(Entry(f"{path}:Few"), 3, splits=2, seed=3, steps=STEPS)
    store = Store(tmp_path / "runs")
    plan = make_plan(work.sweep, store)
    store.create(plan.sweep.to_dict())
    for job in plan.todo:
        do(job, store, {})
    write(work, store, tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    for config in table.space.configs():
        with pytest.raises(EvaluationError, match="too few rows"):
            table.evaluation(config, 1, 1)
        assert isinstance(table.evaluation(config, 1, 3), Evaluation)
    assert table.reasons == {}
    assert np.isfinite(table.value).all()


def test_a_step_that_was_not_run_makes_no_table(parts, tmp_path):
    work = make_tabulation(parts("Graded"), 5, splits=2, seed=3, steps=STEPS)
    store = Store(tmp_path / "runs")
    plan = make_plan(work.sweep, store)
    store.create(plan.sweep.to_dict())
    for job in plan.todo:
        if job.spec.strategy.settings.get("step") != 3:
            do(job, store, {})
    with pytest.raises(TabulateError, match="2 of 6 runs have not completed; the same"):
        write(work, store, tmp_path / "table.parquet")


BAD = {
    (1, 3): "got 1,3;",
    (3, 1, 10): "got 3,1,10;",
    (1, 3, 3, 10): "got 1,3,3,10;",
    (0, 10): "got 0,10;",
    (1, 10, 100): "got 1,10,100;",
}


@pytest.mark.parametrize(("steps", "got"), BAD.items())
def test_steps_that_are_not_offered_are_refused_with_the_usual_ones(parts, steps, got):
    with pytest.raises(
        TabulateError, match=r"must list steps from 1, ascending, the last of them the full "
    ) as error:
        make_tabulation(parts("Graded"), 5, splits=2, seed=3, steps=steps)
    assert f"10 rows of Graded, {got} for example --fidelity 1,3,10" in str(error.value)


def test_a_problem_of_full_evaluations_has_no_steps(parts):
    with pytest.raises(
        TabulateError, match="with cheaper evaluations, Sphere has full ones only; leave it"
    ):
        make_tabulation(parts("Sphere"), 5, splits=2, seed=3, steps=(1, 81))


def test_a_table_of_a_table_has_the_steps_that_it_measured(tabulated, tmp_path):
    tabulated("Graded", 5, steps=STEPS)
    entry = Entry(f"table:{tmp_path / 'table.parquet'}")
    work = make_tabulation(entry, 5, splits=1, seed=3, steps=(3, 10))
    assert work.fidelity == Fidelity("rows", 10, 3, (3, 10))
    with pytest.raises(TabulateError, match=r"must list steps of \(1, 3, 10\), ascending") as error:
        make_tabulation(entry, 5, splits=1, seed=3, steps=(2, 10))
    assert str(error.value).endswith("for example --fidelity 1,3,10")


def test_steps_count_in_the_limit(parts):
    steps = tuple(range(1, 11))
    make_tabulation(parts("Cheap"), 3, splits=11_000, seed=1, steps=steps)
    with pytest.raises(
        TabulateError, match=r"has more than 8 configurations × 12,000 splits × 10 steps; take"
    ):
        make_tabulation(parts("Cheap"), 3, splits=12_000, seed=1, steps=steps)


def test_a_folder_of_other_steps_is_left_alone(parts, tmp_path):
    work = make_tabulation(parts("Graded"), 4, splits=2, seed=3, steps=STEPS)
    store = Store(tmp_path / "runs")
    store.create(work.sweep.to_dict())
    check_folder(make_tabulation(parts("Graded"), 4, splits=5, seed=3, steps=STEPS), store)
    for steps in ((), (3, 10)):
        other = make_tabulation(parts("Graded"), 4, splits=2, seed=3, steps=steps)
        with pytest.raises(TabulateError, match="--grid-points, --fidelity or --seed"):
            check_folder(other, store)
