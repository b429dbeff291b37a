"""Bundles in Python: they are loaded, merged, compared and saved as their folders are."""

from __future__ import annotations

import pandas as pd
import pytest

import tunebench as tb
from bench.bundles.archive import BundleError
from bench.bundles.bundle import write_bundle
from bench.store import Store
from bench.testing.refusals import refusal


@pytest.fixture
def folder(make_sweep, run_here, tmp_path):
    """A sweep in results/mine and, bundled, in results/mine.zip."""
    place = tmp_path / "results" / "mine"
    run_here(make_sweep(["Random", "Climber"], ["Sphere", "Flaky"]), place)
    write_bundle(place, place.with_suffix(".zip"), lambda *_: None)
    return place


def test_a_bundle_is_loaded_as_its_folder_is(folder):
    mine, theirs = tb.load(folder), tb.load(folder.with_suffix(".zip"))
    for name in ("trials", "runs"):
        frames = [getattr(result, name).astype(object) for result in (theirs, mine)]
        pd.testing.assert_frame_equal(*frames)
    assert theirs.verdict == mine.verdict
    assert theirs.notes == mine.notes


def test_a_loaded_bundle_is_saved_as_a_folder(folder, tmp_path):
    tb.load(str(folder.with_suffix(".zip"))).save(tmp_path / "again")
    before, after = ({r.id: r for r in Store(p).records()} for p in (folder, tmp_path / "again"))
    assert {run: record.trials for run, record in after.items()} == {
        run: record.trials for run, record in before.items()
    }


def test_bundles_are_merged_under_their_own_names(folder, make_sweep, run_here, tmp_path):
    other = tmp_path / "other"
    run_here(make_sweep(["Random"], ["Sphere"], trials=5), other)
    write_bundle(other, other.with_suffix(".zip"), lambda *_: None)
    folders = tb.load([folder, other])
    bundles = tb.load([folder.with_suffix(".zip"), other.with_suffix(".zip")])
    assert bundles.problems == folders.problems
    assert any("other" in label for label in bundles.problems)
    assert bundles.notes == folders.notes


def test_bundles_are_compared(folder):
    found = tb.compare(folder, folder.with_suffix(".zip"))
    assert str(found) == str(tb.compare(folder, folder))


def test_a_damaged_bundle_is_one_line(folder):
    path = folder.with_suffix(".zip")
    path.write_bytes(path.read_bytes()[:-1])
    message = refusal(BundleError, tb.load, path)
    assert message.startswith("a bundle must be as `tunebench bundle` wrote it, ")
