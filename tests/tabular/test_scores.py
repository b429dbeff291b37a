"""Training values and scores of all metrics in a table."""

import pyarrow.parquet as pq
import pytest

from bench import Evaluation, EvaluationError, Fidelity, Int, Metric, SearchSpace, read_table
from bench.tabular import write_table

SPACE = SearchSpace({"k": Int(1, 3)}, default={"k": 1})
LOSS, GAIN = METRICS = (Metric("log loss", "minimize"), Metric("accuracy", "maximize"))


def measured(k, split, cheap=False):
    if k == 3:
        return EvaluationError("it broke", 1.0)
    value = k / 3 + split
    if cheap:
        return Evaluation(value, None, None, 0.5)
    gain = None if k == 2 else 0.9
    scores = {"log loss": (value, value + 1), "accuracy": (gain, 0.1 * k)}
    return Evaluation(value, value + 1, None, 1.0, value / 7, scores)


def rows(cheap=False):
    return [[({"k": k}, measured(k, split, cheap)) for k in (1, 2, 3)] for split in range(2)]


@pytest.fixture
def path(tmp_path):
    write_table(tmp_path / "t.parquet", SPACE, LOSS, rows(), about={}, metrics=METRICS)
    return tmp_path / "t.parquet"


def test_they_are_read_as_they_were_measured_with_seven_digits(path):
    table = read_table(path)
    assert table.metrics == METRICS
    for split in range(2):
        for k in (1, 2):
            wanted, found = measured(k, split), table.evaluation({"k": k}, split)
            # Those of the metric that is tuned are its values, of double precision.
            assert found.scores["log loss"] == (wanted.value, wanted.test_value)
            assert found.scores["accuracy"] == wanted.scores["accuracy"]
            assert found.train_value == pytest.approx(wanted.train_value, rel=1e-6)
        with pytest.raises(EvaluationError, match="it broke"):
            table.evaluation({"k": 3}, split)


def test_their_columns_are_of_single_precision(path):
    schema = pq.read_schema(path)
    kinds = {name: str(schema.field(name).type) for name in schema.names}
    assert {name for name, kind in kinds.items() if kind == "float"} == {
        "train_value", "validation log loss", "test log loss", "validation accuracy",
        "test accuracy",
    }  # fmt: skip
    assert kinds["value"] == "double"


def test_cheaper_evaluations_have_none(tmp_path):
    write_table(
        tmp_path / "t.parquet", SPACE, LOSS, rows(), about={}, metrics=METRICS,
        fidelity=Fidelity("epochs", 9, 3, (3, 9)), cheaper={3: rows(cheap=True)},
    )  # fmt: skip
    table = read_table(tmp_path / "t.parquet")
    cheap, full = (table.evaluation({"k": 1}, 0, step) for step in (3, 9))
    assert (cheap.train_value, cheap.scores) == (None, None)
    assert full == table.evaluation({"k": 1}, 0)
    assert full.scores["accuracy"] == (0.9, 0.1)


def test_a_table_without_them_has_none(tmp_path):
    plain = [[(config, Evaluation(1.0)) for config in SPACE.configs()]]
    write_table(tmp_path / "t.parquet", SPACE, LOSS, plain, about={}, metrics=METRICS)
    table = read_table(tmp_path / "t.parquet")
    assert (table.metrics, table.scores, table.train_value) == ((), None, None)
    assert table.evaluation({"k": 1}, 0) == Evaluation(1.0)


def test_metrics_and_their_columns_must_belong_together(path):
    table = pq.read_table(path)
    meta = table.schema.metadata[b"tunebench"].replace(b'"metrics": [', b'"others": [')
    pq.write_table(table.replace_schema_metadata({"tunebench": meta}), path)
    with pytest.raises(
        ValueError, match="must name validation and test of each of the 0 `metrics`"
    ):
        read_table(path)
