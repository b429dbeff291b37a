"""Tables with cheaper evaluations: their files, and what they answer."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench import (
    Categorical,
    Evaluation,
    EvaluationError,
    Fidelity,
    Int,
    Metric,
    SearchSpace,
    read_table,
    write_table,
)
from bench.registry import PROBLEMS
from bench.spec import Entry
from bench.testing.tables import META, grid
from problems._table import TableProblem

METRIC = Metric("accuracy", "maximize")
SPACE = SearchSpace({"n": Int(1, 3), "kind": Categorical(("a", "b"))})
ROWS = Fidelity("rows", 9)
STEPS = (1, 3, 9)
OFFERED = {"fidelity": {"unit": "rows", "steps": 9}}


def whole(step, split, i):
    """Another number for each step, split and configuration."""
    value = (i + 1) / (split + 3) + 10 * step
    return Evaluation(value, value + 1, (value - 0.5, value, value + 0.5), value + 2)


def measure(step, found=whole, space=SPACE, splits=2):
    configs = list(enumerate(space.configs()))
    return [[(config, found(step, s, i)) for i, config in configs] for s in range(splits)]


def written(path, found=whole, space=SPACE):
    rows = {step: measure(step, found, space) for step in STEPS}
    cheaper = {step: rows[step] for step in (3, 1)}
    about = {"seeds": [7, 8]}
    write_table(path, space, METRIC, rows[9], about=about, fidelity=ROWS, cheaper=cheaper)
    return rows


def cheap_grid(steps=STEPS):
    """Return anyone's table: its values are those of `grid` and a thousand for each step."""
    plain = grid()
    columns: dict[str, Any] = {name: list(cells) * len(steps) for name, cells in plain.items()}
    columns["fidelity"] = [step for step in steps for _ in plain["value"]]
    values = zip(columns["value"], columns["fidelity"], strict=True)
    return columns | {"value": [value + 1000 * step for value, step in values]}


def check_cheap_grid(table, steps=STEPS):
    assert table.fidelity == Fidelity("rows", steps[-1], steps[0], steps)
    for step, s, n, k in itertools.product(steps, (0, 1), (1, 2, 3), ("a", "b")):
        value = table.evaluation({"n": n, "kind": k}, s, step).value
        assert value == 1000 * step + 100 * s + 10 * n + (k == "b")


def test_what_was_written_is_read_at_every_step(tmp_path):
    rows = written(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert table.space == SPACE
    assert table.fidelity == Fidelity("rows", 9, 1, (1, 3, 9))
    assert table.meta["fidelity"] == OFFERED["fidelity"]
    assert table.splits == 2
    for step in STEPS:
        for split, part in enumerate(rows[step]):
            for config, evaluation in part:
                assert table.evaluation(config, split, step) == evaluation
                if step == 9:
                    assert table.evaluation(config, split) == evaluation


def test_a_row_for_each_step_split_and_configuration(tmp_path):
    rows = written(tmp_path / "t.parquet")
    table = pq.read_table(tmp_path / "t.parquet").drop_columns(["fold_1", "fold_2", "fold_3"])
    names = ["n", "kind", "split", "fidelity", "value", "test_value", "cost"]
    assert table.column_names == names
    assert pa.types.is_integer(table.schema.field("fidelity").type)
    assert table.to_pylist() == [
        {**config, "split": split, "fidelity": step}
        | {"value": e.value, "test_value": e.test_value, "cost": e.cost}
        for step in STEPS
        for split, part in enumerate(rows[step])
        for config, e in part
    ]


def test_all_that_is_computed_is_of_the_full_evaluations(tmp_path):
    written(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    write_table(tmp_path / "full.parquet", SPACE, METRIC, measure(9), about={})
    full = read_table(tmp_path / "full.parquet")
    assert full.fidelity is None
    for name in ("value", "test_value", "cost", "fold_values"):
        np.testing.assert_array_equal(getattr(table, name), getattr(full, name))
    assert table.median_draws() == full.median_draws()
    for split in (0, 1):
        assert table.optimum(split) == full.optimum(split)
        assert table.losses(split).tolist() == full.losses(split).tolist()
        drawn = [at.random_search(split, [1, 2, 50]).tolist() for at in (table, full)]
        assert drawn[0] == drawn[1]


def test_a_step_that_was_not_measured_is_refused(tmp_path):
    written(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    config = next(SPACE.configs())
    with pytest.raises(ValueError, match=r"step must be one of \(1, 3, 9\), got 2"):
        table.evaluation(config, 0, 2)
    write_table(tmp_path / "full.parquet", SPACE, METRIC, measure(9), about={})
    with pytest.raises(ValueError, match="has full evaluations only, got step 9; leave it out"):
        read_table(tmp_path / "full.parquet").evaluation(config, 0, 9)


def test_failures_keep_their_step_reason_and_cost(tmp_path):
    def flaky(step, split, i):
        if step == 1 or (step, split, i) == (9, 1, 2):
            return EvaluationError(f"no way at {step}", 9.0 + step)
        return whole(step, split, i)

    rows = written(tmp_path / "t.parquet", flaky)
    table = read_table(tmp_path / "t.parquet")
    assert table.reasons == {(1, 2): "no way at 9"}
    for step, split in itertools.product(STEPS, (0, 1)):
        for config, found in rows[step][split]:
            if isinstance(found, Evaluation):
                assert table.evaluation(config, split, step) == found
            else:
                with pytest.raises(EvaluationError, match=f"^no way at {step}$") as caught:
                    table.evaluation(config, split, step)
                assert caught.value.cost == 9 + step
    # A failure counts as the worst full evaluation, whatever is worse on fewer rows.
    assert table.losses(1).max() == -min(e.value for _, e in rows[9][1] if type(e) is Evaluation)


def test_parameters_may_be_called_fidelity(tmp_path):
    space = SearchSpace({"fidelity": Int(1, 2), "split": Int(1, 2)})
    rows = written(tmp_path / "t.parquet", space=space)
    table = read_table(tmp_path / "t.parquet")
    assert table.space == space
    for step, split in itertools.product(STEPS, (0, 1)):
        for config, evaluation in rows[step][split]:
            assert table.evaluation(config, split, step) == evaluation


def test_a_table_without_a_fidelity_is_as_it_was_before(tmp_path):
    """The shipped tables were written before there was one."""
    shipped = PROBLEMS.create(Entry("table-tree-wine"))
    assert isinstance(shipped, TableProblem)
    table = shipped.table
    assert table.fidelity is None
    assert table.cheaper == {}
    about = {k: v for k, v in table.meta.items() if k not in ("metric", "space", "columns")}
    rows = [
        [(config, table.evaluation(config, split)) for config in table.space.configs()]
        for split in range(table.splits)
    ]
    write_table(tmp_path / "t.parquet", table.space, table.metric, rows, about=about)
    before, now = pq.read_table(shipped.file), pq.read_table(tmp_path / "t.parquet")
    assert now.equals(before, check_metadata=True)


def test_without_the_metadata_a_column_of_that_name_is_a_parameter(save):
    table = read_table(save(cheap_grid()))
    assert list(table.space) == ["n", "kind", "fidelity"]
    assert table.fidelity is None
    assert table.evaluation({"n": 1, "kind": "a", "fidelity": 3}, 0).value == 3010


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint64(), pa.dictionary(pa.int8(), pa.int32())])
@pytest.mark.parametrize("steps", [STEPS, (2, 9), (9,)])
def test_anyones_table_in_any_order(save, kind, steps):
    table = pa.table(cheap_grid(steps))
    table = table.take(np.random.default_rng(3).permutation(table.num_rows))
    cells = pa.array(table["fidelity"].to_pylist(), pa.int32())
    cells = cells.dictionary_encode() if pa.types.is_dictionary(kind) else cells.cast(kind)
    table = table.set_column(table.column_names.index("fidelity"), "fidelity", cells)
    check_cheap_grid(read_table(save(table, META | OFFERED)), steps)


def test_the_column_may_have_another_name(save):
    columns = cheap_grid()
    columns["resource"] = columns.pop("fidelity")
    named = {"columns": {"fidelity": "resource"}}
    check_cheap_grid(read_table(save(columns, META | OFFERED | named)))
    with pytest.raises(ValueError, match="must give the fidelity whose steps column 'resource'"):
        read_table(save(columns, META | named))


def without(where, step, split, number):
    """Return the grid without one row, or (number None) without all of a step and split."""
    columns = cheap_grid()
    rows = list(zip(columns["fidelity"], columns["split"], strict=True))
    drop = [i for i, row in enumerate(rows) if row == (step, split)]
    drop = drop if number is None else [drop[number]]
    return {
        name: [cell for i, cell in enumerate(cells) if i not in drop]
        for name, cells in columns.items()
    }


def changed(row, cell):
    columns = cheap_grid()
    columns["fidelity"][row] = cell
    return columns


BAD = {
    "a configuration is missing": (
        without("a row", 3, 1, 4),
        OFFERED,
        "split 1 at 3 of 9 rows has 5 of 6; the first that is missing is {'n': 3, 'kind': 'a'}",
    ),
    "a step is missing on a split": (
        without("all", 1, 0, None),
        OFFERED,
        "split 0 at 1 of 9 rows has 0 of 6; the first that is missing is {'n': 1, 'kind': 'a'}",
    ),
    "a configuration is there twice": (
        {name: [*cells, cells[7]] for name, cells in cheap_grid().items()},
        OFFERED,
        "1 occur again, the first in split 1 at 1 of 9 rows: {'n': 1, 'kind': 'b'}",
    ),
    "no full evaluations": (
        cheap_grid((1, 3)),
        OFFERED,
        "column 'fidelity' must have the full evaluations too, of 9 rows, it has [1, 3]",
    ),
    "more than full": (cheap_grid((1, 27)), OFFERED, "an integer from 1 to 9, got 27"),
    "nothing": (cheap_grid((0, 9)), OFFERED, "an integer from 1 to 9, got 0"),
    "shares": (cheap_grid((0.5, 9)), OFFERED, "an integer from 1 to 9, got 0.5"),
    "words": (changed(0, 1) | {"fidelity": ["all"] * 36}, OFFERED, "from 1 to 9, got 'all'"),
    "an empty cell": (
        changed(5, None),
        OFFERED,
        "column 'fidelity' must hold the steps of each row, row 5 has none",
    ),
    "no column": (
        grid(),
        OFFERED,
        "a table with a fidelity must have a column 'fidelity' that is no parameter, it has",
    ),
    "the column is a parameter": (
        cheap_grid(),
        OFFERED | {"space": SearchSpace({**SPACE.parameters, "fidelity": Int(1, 9)}).to_dict()},
        "a table with a fidelity must have a column 'fidelity' that is no parameter, it has",
    ),
    "a word": (cheap_grid(), {"fidelity": "rows"}, "must be unit and steps, got 'rows'; for exa"),
    "no steps": (cheap_grid(), {"fidelity": {"unit": "rows"}}, "must be unit and steps, got {'u"),
    "no unit": (
        cheap_grid(),
        {"fidelity": {"unit": 3, "steps": 9}},
        "a fidelity's unit must be a string, got 3",
    ),
    "a share of steps": (
        cheap_grid(),
        {"fidelity": {"unit": "rows", "steps": 9.5}},
        "a fidelity's steps must be an integer from 1 to 100000000000, got 9.5",
    ),
}


@pytest.mark.parametrize(("columns", "meta", "message"), BAD.values(), ids=BAD)
def test_what_is_not_complete_is_refused_in_one_line(save, columns, meta, message):
    path = save(columns, META | meta)
    with pytest.raises(ValueError, match=r"^table .*: ") as error:
        read_table(path)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    json.dumps(str(error.value))


def test_a_split_needs_a_full_evaluation_that_completed(tmp_path):
    def failing(step, split, i):
        return EvaluationError("no") if (step, split) == (9, 1) else whole(step, split, i)

    written(tmp_path / "t.parquet", failing)
    with pytest.raises(ValueError, match="each split must have a completed evaluation, 1 has none"):
        read_table(tmp_path / "t.parquet")
