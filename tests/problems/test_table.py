from __future__ import annotations

import itertools
import json
import os
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from bench import (
    Budget,
    Capability,
    EvaluationError,
    Fidelity,
    Metric,
    Strategy,
    Suggestion,
    checks,
    seeds,
)
from bench.cli import main
from bench.execution.plan import make_plan
from bench.execution.work import do
from bench.registry import PROBLEMS, STRATEGIES, RegistryError
from bench.run import Run
from bench.spec import Entry, Sweep
from bench.store import Store
from problems.table import TableFile

CONFIGS = list(itertools.product((0.5, 1, 8), ("a", "b"), (10, 20, 30, 40)))


def value_of(split, number):
    """Something without order that differs everywhere."""
    return float((number * 37 + split * 11) % 97)


@pytest.fixture
def path(tmp_path):
    """Anyone's table: 24 configurations on three splits, a failure in the last."""
    rows = [(s, i) for s in range(3) for i in range(len(CONFIGS))]
    columns = {
        name: [CONFIGS[i][k] for _, i in rows] for k, name in enumerate(("x", "kind", "depth"))
    }
    columns |= {
        "split": [s for s, _ in rows],
        "value": [value_of(s, i) for s, i in rows],
        "test_value": [value_of(s, i) / 2 for s, i in rows],
        "cost": [1.5 + i for _, i in rows],
        "reason": [None] * (len(rows) - 1) + ["MemoryError"],
    }
    meta = {
        "metric": {"name": "accuracy", "direction": "maximize"},
        "default": {"x": 1, "kind": "a", "depth": 10},
        "about": {"source": "made up", "year": 2012},
    }
    table = pa.table(columns).replace_schema_metadata({"tunebench": json.dumps(meta)})
    pq.write_table(table, tmp_path / "mine.parquet")
    return tmp_path / "mine.parquet"


@pytest.fixture
def problem(path):
    return PROBLEMS.create(Entry(f"table:{path}"))


def config(number):
    return dict(zip(("x", "kind", "depth"), CONFIGS[number], strict=True))


def test_a_table_keeps_the_contract(path):
    verdicts = checks.run_checks(PROBLEMS.get(f"table:{path}"), checks.PROBLEM_CHECKS)
    assert [verdict for verdict in verdicts if verdict.reason] == []


def test_it_says_what_its_file_says(problem, path):
    assert problem.name == f"table:{path.name}"
    assert problem.metric == Metric("accuracy", "maximize")
    assert problem.space.default == {"x": 1, "kind": "a", "depth": 10}
    assert problem.about == {"source": "made up", "year": "2012"}


def test_the_seed_selects_the_split(problem):
    for seed in (0, 1, 4, 2**32 - 1):
        split = problem.split_of(seed)
        assert split == seed % 3
        values = [value_of(split, i) for i in range(23)]
        assert [problem.evaluate(config(i), seed=seed).value for i in range(23)] == values
        if split < 2:
            assert problem.evaluate(config(23), seed=seed).value == value_of(split, 23)
            values.append(value_of(split, 23))
        assert problem.optimum_of(seed) == max(values)


OFFERED = Fidelity("rows", 9, 1, (1, 3, 9))


def cheap_value(split, number, step):
    """Other orders at other steps; the full values are those of `value_of`."""
    return value_of(split, number * step // 9) + 100 * (9 - step)


@pytest.fixture
def cheap_path(tmp_path):
    """The same table without its failure, at three steps."""
    rows = list(itertools.product(OFFERED.measured, range(3), range(len(CONFIGS))))
    columns = {
        name: [CONFIGS[i][k] for *_, i in rows] for k, name in enumerate(("x", "kind", "depth"))
    }
    columns |= {
        "split": [s for _, s, _ in rows],
        "fidelity": [step for step, *_ in rows],
        "value": [cheap_value(s, i, step) for step, s, i in rows],
        "cost": [(1.5 + i) * step / 9 for step, _, i in rows],
    }
    meta = {
        "metric": {"name": "error", "direction": "minimize"},
        "default": {"x": 1, "kind": "a", "depth": 10},
        "fidelity": {"unit": "rows", "steps": 9},
    }
    table = pa.table(columns).replace_schema_metadata({"tunebench": json.dumps(meta)})
    pq.write_table(table, tmp_path / "cheap.parquet")
    return tmp_path / "cheap.parquet"


def test_cheaper_evaluations_are_those_that_were_measured(cheap_path):
    problem = PROBLEMS.create(Entry(f"table:{cheap_path}"))
    assert problem.fidelity == OFFERED
    for step, split, i in itertools.product(OFFERED.measured, range(3), range(24)):
        found = problem.evaluate(config(i), seed=split, fidelity=step / 9)
        assert (found.value, found.cost) == (cheap_value(split, i, step), (1.5 + i) * step / 9)
        if step == 9:
            assert problem.evaluate(config(i), seed=split) == found
    assert problem.optimum_of(1) == min(value_of(1, i) for i in range(24))
    with pytest.raises(ValueError, match=r"whole n of \(1, 3, 9\) \(rows\), got 0\.5;"):
        problem.evaluate(config(0), seed=1, fidelity=0.5)


def test_a_table_with_cheaper_evaluations_keeps_the_contract(cheap_path):
    verdicts = list(checks.run_checks(PROBLEMS.get(f"table:{cheap_path}"), checks.PROBLEM_CHECKS))
    assert [verdict for verdict in verdicts if verdict.reason] == []
    (cheaper,) = (v for v in verdicts if v.check == "evaluates_at_less")
    assert cheaper.applies
    assert cheaper.note == "at 1 of 9 rows the default costs 0.11 × a full evaluation"


@dataclass
class Upwards(Strategy):
    """Evaluates each draw at every rung."""

    name = "test-upwards"
    supports = frozenset({Capability.FIDELITY})

    def start(self, space, *, seed, budget):
        self._space, self._rng = space, np.random.default_rng(seed)
        self._fidelity, self._left = budget.fidelity, []

    def ask(self):
        if not self._left:
            drawn = self._space.sample(self._rng)
            self._left = [(drawn, step) for step in self._fidelity.rungs(3)]
        drawn, step = self._left.pop(0)
        return Suggestion(drawn, fidelity=self._fidelity.share(step))


def test_a_run_gets_the_recorded_values_of_its_steps(cheap_path):
    problem = PROBLEMS.create(Entry(f"table:{cheap_path}"))
    trials = list(Run(Upwards(), problem, budget=Budget(6), strategy_seed=1, problem_seed=2))
    # Four draws take 13/9 each, so a fifth can be paid for at 1/9 and not at 3/9.
    assert len(trials) == 13
    for number, trial in enumerate(trials):
        step = OFFERED.measured[number % 3]
        row = CONFIGS.index(tuple(trial.suggestion.config.values()))
        assert trial.suggestion.fidelity == step / 9
        assert (trial.loss, trial.cost) == (cheap_value(2, row, step), (1.5 + row) * step / 9)


def test_a_strategy_of_full_evaluations_sees_nothing_of_the_others(cheap_path):
    problem = PROBLEMS.create(Entry(f"table:{cheap_path}"))
    random = STRATEGIES.get("random")()
    for trial in Run(random, problem, budget=Budget(9), strategy_seed=1, problem_seed=2):
        row = CONFIGS.index(tuple(trial.suggestion.config.values()))
        assert (trial.suggestion.fidelity, trial.loss) == (1, value_of(2, row))


@pytest.mark.parametrize("name", ["shifted", "permuted", "embedded", "monotone", "costly"])
def test_transforms_pass_cheaper_evaluations_on(cheap_path, name):
    inner = PROBLEMS.create(Entry(f"table:{cheap_path}"))
    problem = PROBLEMS.create(Entry(f"{name}:table:{cheap_path}"))
    assert problem.fidelity == OFFERED
    rng = np.random.default_rng(1)
    for step in OFFERED.measured:
        for _ in range(5):
            drawn = problem.space.sample(rng)
            found = problem.evaluate(drawn, seed=2, fidelity=step / 9)
            at = problem.inner(drawn, 2) if hasattr(problem, "inner") else drawn
            wanted = inner.evaluate(at, seed=2, fidelity=step / 9)
            if name == "monotone":
                assert found.cost == wanted.cost
            else:
                assert found.value == wanted.value


def test_its_steps_are_shown(cheap_path):
    output = CliRunner().invoke(main, ["show", f"table:{cheap_path}"]).output
    assert "9 rows, measured at 1, 3, 9" in output


def test_test_value_and_cost_are_the_recorded_ones(problem):
    found = problem.evaluate(config(7), seed=1)
    assert (found.test_value, found.cost) == (value_of(1, 7) / 2, 8.5)


def test_a_recorded_failure_fails_again_at_its_cost(problem):
    with pytest.raises(EvaluationError, match=r"^MemoryError$") as caught:
        problem.evaluate(config(23), seed=2)
    assert caught.value.cost == 24.5


def test_random_search_through_the_harness_follows_the_exact_curve(problem):
    """4 of its own standard errors; with fixed seeds it is met always or never."""
    trials, repetitions = 12, 300
    best: dict[int, list[np.ndarray]] = {0: [], 1: []}
    for repetition in range(repetitions):
        seed = repetition % 2
        run = Run(
            STRATEGIES.get("random")(),
            problem,
            budget=Budget(trials),
            strategy_seed=seeds.strategy_seed(1, "random", problem.name, repetition),
            problem_seed=seed,
        )
        best[seed].append(np.maximum.accumulate([-trial.loss for trial in run]))
    for seed, curves in best.items():
        expected = problem.table.random_search(seed, range(1, trials + 1))
        deviation = np.std(curves, axis=0, ddof=1) / np.sqrt(len(curves))
        assert np.abs((np.mean(curves, axis=0) - expected) / deviation).max() < 4


def sweep_on(path, **values):
    return Sweep(
        "mine", (Entry("random"),), (Entry(f"table:{path}"),), trials=40, repetitions=2, **values
    )


def test_the_record_holds_the_recorded_cost_and_the_optimum_of_each_split(path, run_here, tmp_path):
    store = run_here(sweep_on(path), tmp_path / "results")
    rows = store.rows()
    table = TableFile(str(path)).table
    for row in rows.itertuples():
        split = row.problem_seed % 3
        number = [list(c) for c in CONFIGS].index(list(json.loads(row.config).values()))
        assert row.evaluation_s == 1.5 + number
        assert row.optimum == table.optimum(split)
        if row.status == "failed":
            assert (row.reason, split, number) == ("MemoryError", 2, 23)
        else:
            assert row.value == value_of(split, number)


def test_a_file_that_changes_between_plan_and_run_is_refused(path, tmp_path):
    store = Store(tmp_path / "results")
    plan = make_plan(sweep_on(path), store)
    store.create(plan.sweep.to_dict())
    table = pq.read_table(path)
    changed = table.set_column(4, "value", pa.array(np.arange(72.0)))
    pq.write_table(changed.replace_schema_metadata(table.schema.metadata), path)
    os.utime(path, (1, 1))
    for job in plan.todo:
        with pytest.raises(RegistryError, match="must be the file the sweep was planned with"):
            do(job, store, {})
    # Another content makes other runs.
    again = make_plan(sweep_on(path), store)
    assert {job.id for job in again.todo}.isdisjoint(job.id for job in plan.todo)
    assert do(again.todo[0], store, {})[0].n_trials == 40


def test_a_copy_with_the_same_content_has_the_same_fingerprint(path, tmp_path):
    shutil.copy(path, tmp_path / "copy.parquet")
    copy = TableFile(str(tmp_path / "copy.parquet"))
    assert copy.fingerprint == TableFile(str(path)).fingerprint
    assert len(copy.fingerprint) == 16


def test_the_home_folder_may_be_written_as_a_tilde(path, monkeypatch):
    monkeypatch.setenv("HOME", str(path.parent))
    assert len(TableFile(path="~/mine.parquet").table.row_of) == len(CONFIGS)


def test_a_file_is_read_once(path, monkeypatch):
    first = TableFile(str(path)).table
    monkeypatch.setattr("problems._table.read_table", None)
    assert TableFile(str(path)).table is first


@pytest.mark.parametrize("name", ["table", "table:"])
def test_a_table_without_a_file_says_how_to_get_one(name):
    with pytest.raises(RegistryError, match="a table needs its file; for example table:path"):
        PROBLEMS.create(Entry(name))


def drop_metric(path):
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata(None), path)


def repeat_a_row(path):
    table = pq.read_table(path)
    pq.write_table(pa.concat_tables([table, table.slice(5, 1)]), path)


BAD = {
    "no file": (Path.unlink, "must be a Parquet file, it does not exist"),
    "an empty file": (
        partial(os.truncate, length=0),
        "must have 1 to 1,073,741,824 bytes, it has 0",
    ),
    "10 GB": (partial(os.truncate, length=10**10), "it has 10,000,000,000; take fewer"),
    "half a file": (partial(os.truncate, length=2000), "it cannot be read as one"),
    "no metric": (drop_metric, "the metadata must give the metric, got None; for example"),
    "a row twice": (
        repeat_a_row,
        "a configuration must occur once in each split, 1 occur again",
    ),
}


@pytest.mark.parametrize(("spoil", "message"), BAD.values(), ids=BAD)
def test_a_bad_table_gets_one_line_on_the_command_line(path, tmp_path, monkeypatch, spoil, message):
    monkeypatch.chdir(tmp_path)
    spoil(path)
    before = sorted(tmp_path.iterdir())
    options = ["--strategies", "random", "--problems", "table:mine.parquet", "--out", "results"]
    result = CliRunner().invoke(main, ["run", *options])
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: problem 'table:mine.parquet', settings: table mine.parquet: ")
    assert message in line
    assert result.stdout == ""
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["my table.parquet", "größe:3.parquet"])
def test_any_name_runs_through_the_command_line(path, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    path.rename(tmp_path / name)
    options = ["--strategies", "random", "--problems", f"table:{name}", "--out", "results"]
    few = ["--trials", "3", "--repetitions", "1", "--jobs", "1"]
    assert CliRunner().invoke(main, ["run", *options, *few]).exit_code == 0
    assert set(Store(Path("results")).rows()["problem"]) == {f"table:{name}"}
