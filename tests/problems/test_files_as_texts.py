"""Text files of data: numbers, names and forms that look like others."""

from __future__ import annotations

import numpy as np
import pytest

from bench.testing.files import lines
from problems._dialect import Dialect
from problems._files import check_is_no_file, load_file

pytestmark = pytest.mark.usefixtures("folder")


def test_quoted_text_may_hold_separators_and_line_ends():
    name = lines("t.csv", *['"a, b",0', '"c\nd",1'] * 20)
    assert load_file(name, "y", "")[0].categorical == 1


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("t.xlsx", "t.xlsx is an Excel workbook"),
        ("data/T.XLS", "data/T.XLS is an Excel workbook"),
        ("t.ods", "a spreadsheet"),
        ("t.json", "JSON"),
        ("t.arff", "ARFF"),
        ("t.pkl", "a pickle"),
        ("t.csv.zip", "compressed"),
        ("t.csv.bz2", "compressed"),
        ("t.feather", "an Arrow file"),
        ("t.txt", "a text file of some form"),
        ("folder/unknown.foo", "got 'folder/unknown.foo'"),
    ],
)
def test_files_of_other_forms_are_named(name, what):
    with pytest.raises(ValueError, match=f"must end in .csv, .*{what}; save it as CSV or Parquet"):
        check_is_no_file(name)


@pytest.mark.parametrize(
    ("dialect", "number"),
    [
        (Dialect(sep=";", decimal=","), "{}"),
        (Dialect(sep=";", decimal=",", thousands="."), "{:,.3f}"),
        (Dialect(sep=";", decimal=",", thousands=" "), "{:,.3f}"),
        (Dialect(thousands=","), "{:,.3f}"),
        (Dialect(thousands="'"), "{:,.3f}"),
        (Dialect(sep="|", thousands="_"), "{:,.3f}"),
    ],
)
def test_numbers_of_a_dialect_are_those_of_the_plain_file(dialect, number):
    values = [round(-4000 + 311.25 * i**1.5, 3) for i in range(60)]
    marks = str.maketrans({",": dialect.thousands, ".": dialect.decimal})
    rows = [
        f'"{number.format(v).translate(marks)}"{dialect.sep}{i % 2}' for i, v in enumerate(values)
    ]
    lines("t.csv", '""' + dialect.sep + "1", *rows, header=f"x{dialect.sep}y", count=0)
    lines("plain.csv", ",1", *(f"{v},{i % 2}" for i, v in enumerate(values)), count=0)
    found = load_file("t.csv", "y", "", dialect)[1]
    plain = load_file("plain.csv", "y", "")[1]
    assert np.array_equal(found.X, plain.X, equal_nan=True)
    assert found.categorical == ()


def test_blanks_around_numbers_do_not_matter():
    lines("t.csv", " 1.5 ,0", "\u00a02,1", " ,0", " NA ,1")
    data = load_file("t.csv", "y", "")[1]
    assert data.X[:3, 0].tolist()[:2] == [1.5, 2]
    assert np.isnan(data.X[2:4, 0]).all()


@pytest.mark.parametrize("sep", [",", ";"])
def test_numbers_with_zeros_in_front_may_be_identifiers(folder, sep):
    rows = [f"{i // 4:03d},{i % 5 / 8},{i % 2},{'no' if i % 3 else 'yes'}" for i in range(40)]
    text = "\n".join(["patient,share,flag,y", *rows]).replace(",", sep)
    (folder / "t.csv").write_text(text)
    _, data = load_file("t.csv", "y", "", Dialect(sep=sep))
    (warning,) = data.warnings
    assert warning.startswith("'patient' of t.csv has numbers with zeros in front, as identifiers")
    assert "such as 000, and is taken as numbers" in warning
    _, grouped = load_file("t.csv", "y", "patient", Dialect(sep=sep))
    assert grouped.warnings == ()


def test_columns_of_one_name_are_reported_whatever_is_in_them(folder):
    rows = "".join(f"{i % 2},00{i},00{i}\n" for i in range(40))
    (folder / "t.csv").write_text("y,a,a\n" + rows)
    with pytest.raises(ValueError, match="column names"):
        load_file("t.csv", "y", "")
