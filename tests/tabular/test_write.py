from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from bench import (
    Categorical,
    Evaluation,
    EvaluationError,
    Int,
    Metric,
    Ordinal,
    SearchSpace,
    read_table,
    write_table,
)

METRIC = Metric("accuracy", "maximize")
TREE = SearchSpace(
    {
        "kind": Categorical((None, "net", 0.5, True)),
        "depth": Int(1, 2),
        "width": Ordinal((0.1, 1 / 3, 2)),
        "norm": Categorical((None, "batch")),
    },
    conditions={"depth": {"kind": ("net",)}, "width": {"depth": (2,)}, "norm": {"depth": (1,)}},
    default={"kind": "net", "depth": 1, "norm": None},
)


def number(i, split):
    return (i + 1) / (split + 3)


def measure(space, splits, measured):
    configs = list(enumerate(space.configs()))
    return [[(config, measured(i, split)) for i, config in configs] for split in range(splits)]


def whole(i, split):
    n = number(i, split)
    return Evaluation(n, n + 1, (n - 0.5, n, n + 0.5), n + 2)


def written(path, space, measured=whole, splits=2):
    rows = measure(space, splits, measured)
    write_table(path, space, METRIC, rows, about={"seeds": [7, 8]})
    return rows


def test_what_was_written_is_read_to_the_last_bit(tmp_path):
    rows = written(tmp_path / "t.parquet", TREE)
    table = read_table(tmp_path / "t.parquet")
    assert table.space == TREE
    assert table.metric == METRIC
    assert table.meta["seeds"] == [7, 8]
    assert table.splits == 2
    for split, part in enumerate(rows):
        for config, evaluation in part:
            assert table.evaluation(config, split) == evaluation
    assert [path.name for path in tmp_path.iterdir()] == ["t.parquet"]


def test_a_row_for_each_configuration_and_split_under_the_documented_names(tmp_path):
    space = SearchSpace({"n": Int(1, 3), "kind": Categorical(("a", "b"))})
    rows = written(tmp_path / "t.parquet", space)
    table = pq.read_table(tmp_path / "t.parquet")
    folds = ["fold_1", "fold_2", "fold_3"]
    assert table.column_names == ["n", "kind", "split", "value", "test_value", "cost", *folds]
    assert table.num_rows == 12
    expected = [
        {**config, "split": split, "value": e.value, "test_value": e.test_value, "cost": e.cost}
        | dict(zip(folds, e.fold_values, strict=True))
        for split, part in enumerate(rows)
        for config, e in part
    ]
    assert table.to_pylist() == expected
    meta = json.loads(table.schema.metadata[b"tunebench"])
    assert meta["metric"] == {"name": "accuracy", "direction": "maximize"}
    assert SearchSpace.from_dict(meta["space"]) == space


def test_failures_keep_their_reason_and_cost(tmp_path):
    def flaky(i, split):
        return EvaluationError("ValueError: no\nway", 9.0) if i == split else whole(i, split)

    rows = written(tmp_path / "t.parquet", TREE, flaky)
    table = read_table(tmp_path / "t.parquet")
    assert table.reasons == {(0, 0): "ValueError: no\nway", (1, 1): "ValueError: no\nway"}
    for split in (0, 1):
        config = rows[split][split][0]
        with pytest.raises(EvaluationError, match=r"^ValueError: no\nway$") as caught:
            table.evaluation(config, split)
        assert caught.value.cost == 9
        assert table.evaluation(*(rows[split][2][0], split)) == rows[split][2][1]


def test_what_not_all_have_gets_no_column(tmp_path):
    def uneven(i, split):
        full = whole(i, split)
        return full if i else Evaluation(full.value, None, full.fold_values[:2], None)

    written(tmp_path / "t.parquet", TREE, uneven)
    table = read_table(tmp_path / "t.parquet")
    assert (table.test_value, table.cost, table.fold_values) == (None, None, None)
    assert "test_value" not in pq.read_schema(tmp_path / "t.parquet").names


def test_parameters_may_be_called_as_measurements(tmp_path):
    names = ("value", "value_", "test_value", "cost", "split", "reason", "fold_1", "fold_2")
    space = SearchSpace({name: Int(1, 2) for name in names})

    def poor(i, split):
        return Evaluation(float(i)) if i else EvaluationError("no")

    rows = written(tmp_path / "t.parquet", space, poor)
    table = read_table(tmp_path / "t.parquet")
    assert table.space == space
    assert table.cost is table.test_value is table.fold_values is None
    assert table.reasons == {(0, 0): "no", (1, 0): "no"}
    for config, evaluation in rows[1][1:]:
        assert table.evaluation(config, 1) == evaluation

    rows = written(tmp_path / "whole.parquet", space)
    table = read_table(tmp_path / "whole.parquet")
    for config, evaluation in rows[1]:
        assert table.evaluation(config, 1) == evaluation


def test_many_parameters(tmp_path):
    names = [f"p{i}" for i in range(100)]
    space = SearchSpace({name: Int(0, 1 if name in names[:4] else 0) for name in names})
    rows = written(tmp_path / "t.parquet", space)
    table = read_table(tmp_path / "t.parquet")
    assert all(table.evaluation(config, 1) == found for config, found in rows[1])


def test_a_file_that_is_there_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "t.parquet"
    written(path, TREE)
    before = path.read_bytes()
    rows = measure(TREE, 1, whole)
    with pytest.raises(TypeError):
        write_table(path, TREE, METRIC, rows, about={"seeds": {1, 2}})
    assert path.read_bytes() == before
