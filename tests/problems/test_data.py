from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from problems._data import BUNDLED, NAMED, facts, load

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{i / 4},{i // 4},{i % 2}\n" for i in range(40))
    (tmp_path / "t.csv").write_text("x,site,y\n" + rows)
    return "t.csv"


@pytest.mark.parametrize("name", [*BUNDLED, *NAMED, "generated:rows=50,classes=3"])
def test_facts_are_those_of_the_arrays(name):
    known, data = facts(name), load(name)
    assert known.name == name
    assert data.X.shape == (known.rows, known.features)
    assert len(data.y) == known.rows
    assert len(data.labels) == known.classes
    assert (known.task == "regression") == (known.classes == 0)


def test_facts_and_arrays_of_a_file(file):
    known, data = facts(file, target="y", groups="site"), load(file, target="y", groups="site")
    assert (known.rows, known.features) == data.X.shape == (40, 1)
    assert data.groups.tolist() == [i // 4 for i in range(40)]
    assert load(file, target="y", groups="site") is data


def test_a_name_of_the_catalog_is_its_recipe():
    assert np.array_equal(load("friedman").X, load(NAMED["friedman"].text).X)
    assert facts("friedman").title != facts(NAMED["friedman"].text).title


@pytest.mark.parametrize("name", ["iris", "diabetes", "imbalanced", "friedman"])
def test_the_arrays_are_read_only(name):
    data = load(name)
    for array in (data.X, data.y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("function", [facts, load])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("irs", r"no data set is called 'irs' \(did you mean 'iris'\?\); other forms are"),
        ("breast_cancer", "did you mean 'breast-cancer'"),
        ("noisy", "did you mean 'noisy-labels'"),
        ("", r"the names are 'iris', 'wine', .*'sparse-linear'\); .*generated:rows.*openml:31"),
        (
            "t.xlsx",
            r"a data file must end in .csv, .*, t.xlsx is an Excel workbook; save it as CSV",
        ),
        ("openml", "no data set is called 'openml'"),
        ("generated:rows=1.csv", "rows must be an integer"),
    ],
)
def test_an_unknown_name_lists_what_there_is(function, name, message):
    with pytest.raises(ValueError, match=message) as caught:
        function(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["iris", "friedman", "generated:rows=50"])
@pytest.mark.parametrize("role", ["target", "groups"])
def test_only_tables_have_columns_to_name(name, role):
    for function in (facts, load):
        with pytest.raises(ValueError, match=f"{role} names a column of a file, .*got 'x' for"):
            function(name, **{role: "x"})  # type: ignore[arg-type]


def imported_by(code):
    """Return the heavy packages that a fresh interpreter has after some code."""
    heavy = {"sklearn", "scipy", "pandas", "pyarrow"}
    program = (
        f"import sys; from problems._data import *; {code}; print(*{heavy} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.slow
def test_facts_of_bundled_sets_import_nothing_heavy():
    assert imported_by("[facts(name) for name in BUNDLED]") == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_a_file_is_read_without_pandas_and_scikit_learn(name, tmp_path):
    frame = pd.DataFrame({"x": [0.5, 1.5] * 20, "c": ["a", "b"] * 20, "y": [True, False] * 20})
    if name == "t.csv":
        frame.to_csv(tmp_path / name, index=False)
    else:
        frame.to_parquet(tmp_path / name)
    assert imported_by(f"load({str(tmp_path / name)!r}, target='y')") == {"pyarrow"}


def test_an_unknown_name_with_a_target_is_reported_as_unknown():
    with pytest.raises(ValueError, match="no data set is called 'tabel'"):
        facts("tabel", target="y")
    with pytest.raises(ValueError, match=r"target names a column of a file, .* got 'y' for 'iris'"):
        facts("iris", target="y")
