"""Files of data: what is read from them and what is refused."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.testing.files import lines
from problems import _files, _text_file
from problems._dialect import MISSING, USUAL, Dialect
from problems._files import check_is_no_file, is_file_name, load_file

pytestmark = pytest.mark.usefixtures("folder")

FRAME = pd.DataFrame(
    {
        "size": [i / 8 for i in range(40)],
        "count": range(40),
        "colour": ["red", "blue"] * 20,
        "fresh": [True, False, False, True] * 10,
        "patient": [i // 4 for i in range(40)],
        "y": ["no", "yes", "yes", "no"] * 10,
    }
)


def written(name):
    if name.lower().endswith(".parquet"):
        FRAME.to_parquet(name)
    else:
        separator = "\t" if ".tsv" in name.lower() else ","
        FRAME.to_csv(name, sep=separator, index=False)
    return name


def refuses(name, message, target="y", groups="", dialect=USUAL):
    with pytest.raises(ValueError, match=message) as caught:
        load_file(name, target, groups, dialect)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("a.csv", True),
        ("b/a.CSV.GZ", True),
        ("a.tsv", True),
        ("a.Parquet", True),
        ("a.xlsx", False),
        ("csv", False),
        ("a.csv.zip", False),
        ("iris", False),
    ],
)
def test_files_are_known_by_their_ending(name, is_one):
    assert is_file_name(name) == is_one


@pytest.mark.parametrize("name", ["t.csv", "T.CSV", "t.csv.gz", "t.tsv", "t.tsv.gz", "t.parquet"])
def test_every_form_gives_the_same_data(name, folder):
    facts, data = load_file(written(name), "y", "patient")
    assert data.X[:3].tolist() == [[0, 0, 1, 1], [0.125, 1, 0, 0], [0.25, 2, 1, 0]]
    assert data.y.tolist() == [0, 1, 1, 0] * 10
    assert data.labels == ("no", "yes")
    assert data.categorical == (2, 3)
    assert data.groups.tolist() == [i // 4 for i in range(40)]
    assert (facts.name, facts.title, facts.task) == (name, name, "binary")
    assert (facts.rows, facts.features, facts.numeric, facts.categorical) == (40, 4, 2, 2)
    assert (facts.missing, facts.classes, facts.largest_share) == (False, 2, 0.5)
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    assert facts.fingerprint == digest[:16]


def test_a_regression_has_no_classes():
    facts, data = load_file(written("t.csv"), "size", "")
    assert (facts.task, facts.classes, facts.largest_share) == ("regression", 0, 0.0)
    assert data.y.tolist() == FRAME["size"].tolist()
    facts, _ = load_file("t.csv", "count", "")
    assert facts.task == "regression"


def test_missing_values_are_found_however_they_are_written():
    rows = [f"{text},{i % 2}" for i, text in enumerate(MISSING)]
    facts, data = load_file(lines("t.csv", *rows, '"",1'), "y", "")
    assert np.isnan(data.X[:, 0]).tolist() == [True] * 11 + [False] * 29
    assert facts.missing
    assert (facts.numeric, facts.categorical) == (1, 0)


def test_types_are_inferred_from_all_blocks(monkeypatch):
    monkeypatch.setattr(_text_file, "_BLOCK", 512)
    rows = [f"{i},2020-01-0{1 + i % 9} at noon,{i % 2}" for i in range(999)]
    name = lines("t.csv", *rows, "0.5,never,1", header="x,when,y", count=0)
    facts, data = load_file(name, "y", "")
    assert (facts.numeric, facts.categorical, facts.rows) == (1, 1, 1000)
    assert data.X[-1].tolist() == [0.5, 9]
    rows = [f"{i},2020-01-0{1 + i % 9},{i % 2}" for i in range(999)]
    lines("t.csv", *rows, "0.5,never,1", header="x,when,y", count=0)
    refuses("t.csv", "'when' of t.csv holds dates or times as text")


def test_a_row_may_be_longer_than_a_megabyte():
    name = lines("t.csv", "long" * 2**19 + ",1", *["short,0"] * 39)
    refuses(name, "every class must have 2 rows or more, '1'")
    lines("t.csv", *["long" * 2**19 + ",1"] * 2, *["short,0"] * 38)
    assert load_file("t.csv", "y", "")[1].X[:3, 0].tolist() == [0, 0, 1]


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(folder):
    text = FRAME.to_csv(index=False, lineterminator="\r\n")
    (folder / "t.csv").write_text(text, encoding="utf-8-sig", newline="")
    assert load_file("t.csv", "y", "")[1].X.shape == (40, 5)
    assert load_file("t.csv", "size", "")[1].X.shape == (40, 5)


def test_what_pandas_wrote_as_index_is_no_feature_but_may_be_groups():
    FRAME.set_index("patient").to_parquet("t.parquet")
    assert load_file("t.parquet", "y", "")[1].X.shape == (40, 4)
    _, data = load_file("t.parquet", "y", "patient")
    assert data.X.shape == (40, 4)
    assert data.groups.tolist() == FRAME["patient"].tolist()
    FRAME[FRAME["count"] > 5].to_parquet("u.parquet")  # an index without a name
    assert load_file("u.parquet", "y", "")[1].X.shape == (34, 5)


@pytest.mark.parametrize("metadata", ["{", "[" * 100_000, "[1]", "{}", '{"index_columns": null}'])
def test_what_pandas_did_not_write_as_it_does_is_not_looked_at(metadata):
    table = pa.Table.from_pandas(FRAME).replace_schema_metadata({"pandas": metadata})
    pq.write_table(table, "t.parquet")
    assert load_file("t.parquet", "y", "")[1].X.shape == (40, 5)


def test_a_folder_that_looks_like_a_partition_adds_no_column(folder):
    (folder / "year=2020").mkdir()
    assert load_file(written("year=2020/t.parquet"), "y", "")[1].X.shape == (40, 5)


def test_the_home_folder_may_be_written_as_a_tilde(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    written("t.csv")
    assert load_file("~/t.csv", "y", "")[0].name == "~/t.csv"


def test_a_file_is_read_again_only_when_it_has_changed():
    _, first = load_file(written("t.csv"), "y", "")
    assert load_file("t.csv", "y", "")[1] is first
    assert load_file("t.csv", "fresh", "")[1] is not first
    FRAME.head(30).to_csv("t.csv", index=False)
    facts, changed = load_file("t.csv", "y", "")
    assert changed.X.shape == (30, 5)
    os.utime("t.csv", ns=(1, 1))  # the same size at another time
    again = load_file("t.csv", "y", "")
    assert again[1] is not changed
    assert again[0] == facts


def test_a_relative_path_is_another_file_in_another_folder(folder, monkeypatch):
    written("t.csv")
    _, first = load_file("t.csv", "y", "")
    (folder / "sub").mkdir()
    monkeypatch.chdir(folder / "sub")
    FRAME.assign(y=FRAME["y"].iloc[::-1].to_numpy()).to_csv("t.csv", index=False)
    status = os.stat(folder / "t.csv")
    os.utime("t.csv", ns=(status.st_mtime_ns, status.st_mtime_ns))
    assert os.stat("t.csv").st_size == status.st_size
    assert load_file("t.csv", "y", "")[1] is not first


def test_a_file_must_exist(folder):
    refuses("gone.csv", r"a data file must exist, gone.csv does not \(No such file")
    written("t.csv")
    refuses("t.csv/u.csv", r"must exist, t.csv/u.csv does not \(Not a directory\)")
    (folder / "d.csv").mkdir()
    refuses("d.csv", "a data file must be a file, d.csv is a folder")
    os.mkfifo("pipe.csv")
    refuses("pipe.csv", "pipe.csv is not a regular file")


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
def test_a_file_beyond_a_gigabyte_is_refused_before_it_is_read(name):
    with open(name, "wb") as file:
        file.truncate(10**9 + 1)  # sparse: takes no room on the disk
    refuses(name, f"a data file must be 1 GB or less, {name} has 1.00 GB; take a sample")


def test_what_a_small_file_unpacks_to_counts(monkeypatch):
    monkeypatch.setattr(_files, "MAX_FILE_BYTES", 20_000)
    for name in ("t.csv", "t.csv.gz", "t.parquet"):
        assert load_file(written(name), "y", "")[0].rows == 40
    with gzip.open("big.csv.gz", "wb") as file:
        file.write(b"x,y\n" + b"1,2\n" * 10_000)
    refuses("big.csv.gz", "big.csv.gz unpacks to more than")
    pd.DataFrame({"x": [1] * 10_000, "y": [2] * 10_000}).to_parquet("big.parquet")
    refuses("big.parquet", "big.parquet unpacks to")
    assert max(os.path.getsize(f"big.{form}") for form in ("csv.gz", "parquet")) < 20_000


def test_a_file_must_have_rows(folder):
    (folder / "t.csv").write_text("")
    refuses("t.csv", "line of column names and a line for each row, t.csv is empty")
    (folder / "t.parquet").write_text("")
    refuses("t.parquet", "t.parquet is empty")
    with gzip.open("t.csv.gz", "wb"):
        pass
    refuses("t.csv.gz", "t.csv.gz is empty")
    (folder / "blank.csv").write_text("\n\n\n")
    refuses("blank.csv", "must be a table separated by commas.* Empty CSV file")
    (folder / "header.csv").write_text("x,y\n")
    refuses("header.csv", "20 rows or more, header.csv has none")
    FRAME.head(0).to_parquet("none.parquet")
    refuses("none.parquet", "20 rows or more, none.parquet has none")


def test_a_row_with_too_many_values_is_named():
    name = lines("t.csv", "1,0", "2,1", "3,0,9")
    refuses(
        name, r"as many values as its header \(row 1\), 2; row 4 has 3; put a value that holds ','"
    )


def test_a_long_broken_row_stays_one_short_line():
    name = lines("t.csv", '"a\nb",' + "0," * 500)
    with pytest.raises(ValueError, match="row 2 has 502") as caught:
        load_file(name, "y", "")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("line", [1, 2, 30])
def test_text_that_is_not_utf8_is_named_by_its_line(line, folder):
    content = [b"x,y", *(b"%d,%d" % (i, i % 2) for i in range(40))]
    content[line - 1] = b"\xe9" + content[line - 1]
    (folder / "t.csv").write_bytes(b"\n".join(content))
    refuses("t.csv", f"must be UTF-8 text, line {line} of t.csv is not")


def test_other_content_under_a_known_ending_is_refused(folder):
    content = written("t.csv") and (folder / "t.csv").read_bytes()
    (folder / "u.csv.gz").write_bytes(content)
    refuses("u.csv.gz", "u.csv.gz must be compressed by gzip, it is not")
    (folder / "half.csv.gz").write_bytes(gzip.compress(content)[:-20])
    refuses("half.csv.gz", "half.csv.gz must be compressed by gzip, it is not: Compressed file")
    (folder / "u.parquet").write_bytes(content)
    refuses("u.parquet", "u.parquet must be a Parquet file, it is not: ")
    FRAME.to_parquet("cut.parquet")
    (folder / "cut.parquet").write_bytes((folder / "cut.parquet").read_bytes()[:-100])
    refuses("cut.parquet", "cut.parquet must be a Parquet file")
    (folder / "u.csv").write_bytes(gzip.compress(content))
    refuses("u.csv", "must be UTF-8 text, u.csv is compressed by gzip; save it as CSV")


def test_columns_that_text_files_get_wrong():
    FRAME.to_csv("index.csv")
    refuses("index.csv", "every column must have a name, column 1 of index.csv has none")
    refuses(lines("twice.csv", header="y,y"), "twice.csv has 'y' more than once")
    name = lines("dates.csv", *("2020-01-01,0", "2020-02-01,1") * 20)
    refuses(name, "'x' of dates.csv holds dates or times")
    refuses(lines("inf.csv", "inf,0", "-inf,1"), "'x' of inf.csv is infinite in 2 of 40 rows")
    refuses(lines("none.csv", *([",0", "NA,1"] * 20)), "'x' of none.csv has none")


def test_a_file_that_must_not_be_read_says_so(monkeypatch):
    written("t.csv")

    def denied(*args, **settings):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    refuses("t.csv", r"must be readable, t.csv is not \(Permission denied\)")


def test_values_and_columns_do_not_depend_on_pandas():
    # The ordinary reading of the same file, as a second opinion.
    frame = pd.read_csv(written("t.csv"))
    _, data = load_file("t.csv", "y", "")
    for number, name in enumerate(["size", "count", "colour", "fresh", "patient"]):
        column = frame[name]
        if number in data.categorical:
            column = column.astype("category").cat.codes
        assert data.X[:, number].tolist() == column.tolist()


def test_whatever_is_there_is_meant_as_a_file(folder):
    check_is_no_file("table")
    (folder / "table").write_text("x,y\n")
    with pytest.raises(ValueError, match=r"must end in .csv, .*got 'table'; save it"):
        check_is_no_file("table")


@pytest.mark.parametrize(
    ("sep", "called", "quoted"),
    [(";", "semicolons", "';'"), ("\t", "tabs", r"$'\t'"), ("|", "bars", "'|'")],
)
def test_another_separator_is_reported_with_its_setting_and_read_with_it(sep, called, quoted):
    FRAME.to_csv("t.csv", sep=sep, index=False)
    way_out = re.escape(f"set sep = {sep!r} (on the command line --sep {quoted})")
    refuses("t.csv", f"must be separated by commas, .* is separated by {called}; {way_out}$")
    found = load_file("t.csv", "y", "", Dialect(sep=sep))[1]
    assert found.X.tolist() == load_file(written("u.csv"), "y", "")[1].X.tolist()
    # The target need not be known for it.
    refuses("t.csv", f"separated by {called}", target="")


def test_a_decimal_comma_beside_semicolons_is_reported_with_them():
    FRAME.to_csv("t.csv", sep=";", decimal=",", index=False)
    way_out = "set sep = ';' and decimal = ',' (on the command line --sep ';' --decimal ,)"
    refuses("t.csv", f"is separated by semicolons; {re.escape(way_out)}$")
    found = load_file("t.csv", "y", "", Dialect(sep=";", decimal=","))[1]
    assert found.X.tolist() == load_file(written("u.csv"), "y", "")[1].X.tolist()


def test_a_tsv_file_with_commas_is_reported():
    FRAME.to_csv("t.tsv", index=False)
    refuses("t.tsv", "must be separated by tabs, .* is separated by commas; name it .csv")
    FRAME.to_csv("t.tsv", index=False, sep=";")
    assert load_file("t.tsv", "y", "", Dialect(sep=";"))[1].X.shape == (40, 5)


def test_a_comma_in_a_quoted_name_separates_nothing():
    FRAME.rename(columns={"size": "size, m; y"}).to_csv("t.csv", index=False)
    assert load_file("t.csv", "y", "")[1].X.shape == (40, 5)


def test_how_a_text_file_is_written_means_nothing_elsewhere():
    refuses(written("t.parquet"), "t.parquet is not one; leave them out", dialect=Dialect(sep=";"))


def test_groups_of_a_text_file_are_its_texts():
    ids = ["12345678901234567890", "12345678901234567891", "007", "7", "7.0", "1e5", "100000"]
    ids += ["true", "True", "2020-01-01", "2020-1-1", "1,5"]
    lines("t.csv", *(f'{i},{i % 2},"{ids[i // 4]}"' for i in range(48)), header="x,y,g", count=0)
    groups = load_file("t.csv", "y", "g")[1].groups
    assert len(set(groups.tolist())) == 12
    assert (groups.reshape(12, 4) == groups[::4, None]).all()
    # A name that is not there is told as ever.
    refuses("t.csv", "groups must be a column of t.csv, got 'h'", groups="h")


def test_all_rows_of_another_length_are_reported_together():
    lines("t.csv", "1,0,5", "2,1", "3", *(["4,1,1"] * 5))
    refuses("t.csv", r"row 2 has 3, row 4 has 1, row 5 has 3, .* and 2 more rows have others;")


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
        (b"PAR1", "a Parquet file"),
        ("x,y\n".encode("utf-16"), "text in UTF-16"),
    ],
)
def test_files_under_a_wrong_ending_are_named(folder, start, what):
    (folder / "t.csv").write_bytes(start + b"more")
    refuses("t.csv", f"must be UTF-8 text, t.csv is {what}; save it as CSV")


def test_a_header_without_end_is_no_traceback(folder):
    (folder / "t.csv").write_text("x" * 200_000 + "\n" + "1\n" * 40)
    refuses("t.csv", "target must be a column of t.csv, got 'y'")
