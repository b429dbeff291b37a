"""A bundle that was made once, with Python 3.11: every Python gets the same bytes out of it.

`small.zip` is of `tunebench run --strategies random,tpe --problems branin,table-tree-wine,tree-wine
--trials 5 --repetitions 3`; of its report it has the tables in Markdown alone. It stays as it is:
bundles of its schema are read for good.
"""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

from bench.bundles.bundle import opened_results
from bench.bundles.splits import split_plan
from bench.report.build import build_report
from bench.sources.fingerprint import fingerprint
from bench.sources.source import from_folder, opened
from bench.testing.golden import lines

BUNDLE = Path(__file__).with_name("small.zip")
MARK = "7b4c5e6260784eed"


def hashes(folder, pattern):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob(pattern))
        if path.is_file()
    }


def test_its_files_and_its_trials_are_those_that_were_written(golden):
    with opened_results(BUNDLE) as folder:
        golden("small-files", lines(hashes(folder, "*")))
        trials = from_folder(folder, command="").trials
    assert len(trials) == 90
    assert fingerprint(trials) == MARK


def test_its_splits_are_those_of_this_python():
    with opened_results(BUNDLE) as folder:
        store, sweep = opened(folder)
        now = list(csv.DictReader(split_plan(sweep, store.headers()).splitlines()))
        assert list(csv.DictReader((folder / "splits.csv").read_text().splitlines())) == now


def test_the_tables_of_its_report_are_the_same(golden, monkeypatch, tmp_path):
    monkeypatch.setattr("bench.report.drawing._drawn", lambda *_: "<svg></svg>")
    with opened_results(BUNDLE) as folder:
        source = from_folder(folder, command="tunebench report small.zip")
    build_report(source, folder=tmp_path / "report")
    # As the page shows them: the last digit of a sum may be another one on another processor.
    golden("small-tables", lines(hashes(tmp_path / "report", "*.md")))
