"""The tables of real data that are to be measured: one for each data set, by a written rule."""

from __future__ import annotations

import subprocess
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

import pytest

from bench import discretise, registry
from bench.spec import Entry
from problems import _record_tables
from problems._catalogue import choices
from problems._real_tables import SPLITS, measured, missing, real_tables
from problems._record_tables import command
from problems.datasets import rows

TABLES = {table.name: table for table in real_tables()}
FACTS = {row["name"]: row for row in rows()}
FITS_PROBABILITIES = {"boosting", "forest", "logistic", "mlp"}


def by_rule(data: str, model: str) -> str:
    """Return the metric that the rule in the file gives."""
    facts = FACTS[data]
    if facts["task"] == "binary":
        return "average_precision" if facts["largest_share"] >= 0.85 else "roc_auc"
    if facts["task"] == "multiclass":
        return "log_loss" if model in FITS_PROBABILITIES else "accuracy"
    return "mae" if "House prices" in choices()[data].title else "rmse"


def test_every_chosen_data_set_has_one_in_its_suite():
    assert {table.data: table.use for table in TABLES.values()} == {
        name: choice.use for name, choice in choices().items()
    }
    assert len(TABLES) == len(real_tables())


def test_every_model_has_five_with_those_of_other_data():
    models = Counter(table.model for table in TABLES.values())
    # Of the bundled and generated data.
    models.update({"elastic-net": 2, "kernel-ridge": 1, "pipeline": 1, "svm": 1})
    assert len(models) >= 8
    assert min(models.values()) >= 5


def test_the_metric_of_each_is_that_of_the_rule():
    found = {table.name: table.scoring for table in TABLES.values()}
    assert found == {name: by_rule(table.data, table.model) for name, table in TABLES.items()}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_each_has_250_to_650_configurations(table):
    # A grid is of the model and the kind of task: any small data set of that kind tells it.
    data = {"regression": "diabetes"}.get(FACTS[table.data]["task"], "wine")
    live = registry.PROBLEMS.create(Entry(table.model, settings={"data": data, "repeats": 1}))
    assert 250 <= sum(1 for _ in discretise(live.space, table.grid_points).configs()) <= 650


def test_each_has_its_file_and_is_a_problem():
    assert not missing()
    known = registry.PROBLEMS.classes()
    assert all(f"table-{name}" in known for name in TABLES)


def test_the_command_measures_with_one_worker_what_the_file_says(tmp_path: Path):
    line = command(TABLES["svm-ionosphere"], tmp_path / "svm-ionosphere.parquet")
    assert line[2:] == [
        "bench", "tabulate", "svm",
        "--set=data=keel:ionosphere", "--set=scoring=roc_auc", "--set=repeats=1",
        "--grid-points=C=24,gamma=24", f"--splits={SPLITS}", "--jobs=1",
        f"--out={tmp_path}/svm-ionosphere.parquet",
    ]  # fmt: skip


def test_what_has_a_file_is_not_missing(tmp_path: Path):
    (tmp_path / "svm-ionosphere.parquet").touch()
    assert [table.name for table in measured(tmp_path)] == ["svm-ionosphere"]
    left = [table.name for table in missing(tmp_path)]
    assert set(left) == set(TABLES) - {"svm-ionosphere"}
    coarse = [TABLES[name].grid == "coarse" for name in left]
    assert coarse == sorted(coarse)


@pytest.mark.parametrize(("fails", "left"), [(True, "svm-auto"), (False, "")])
def test_one_after_another_is_measured_until_one_stops(monkeypatch, capsys, fails, left):
    todo = [TABLES["tree-magic"], TABLES["svm-auto"]]

    def run(line: list[str], *, check: bool) -> subprocess.CompletedProcess[bytes]:
        stops = fails and "svm" in line
        if not stops:
            todo.pop(0)
        return subprocess.CompletedProcess(line, int(stops))

    monkeypatch.setattr(_record_tables, "missing", lambda: list(todo))
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(SystemExit, match=left) if fails else nullcontext():
        _record_tables.main()
    there = len(TABLES) - bool(left)
    assert capsys.readouterr().out == f"{there} of {len(TABLES)} tables are there\n"
