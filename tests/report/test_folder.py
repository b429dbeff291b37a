import os
import time

import pytest

from bench.report.folder import swapped_in


def test_a_folder_is_swapped_in_whole(tmp_path):
    folder = tmp_path / "made" / "page"
    for text in ("old", "new"):
        with swapped_in(folder) as fresh:
            (fresh / f"{text}.txt").write_text(text)
            assert not (folder / f"{text}.txt").exists()
    assert [path.name for path in folder.iterdir()] == ["new.txt"]
    assert [path.name for path in folder.parent.iterdir()] == ["page"]


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path):
    folder = tmp_path / "page"
    with swapped_in(folder) as fresh:
        (fresh / "old.txt").write_text("old")
    with pytest.raises(FileNotFoundError), swapped_in(folder) as fresh:
        (fresh / "not there" / "new.txt").write_text("new")
    assert [path.name for path in tmp_path.rglob("*")] == ["page", "old.txt"]


def test_what_a_link_leads_to_is_replaced(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with swapped_in(tmp_path / "link") as fresh:
        (fresh / "new.txt").write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert [path.name for path in (tmp_path / "real").iterdir()] == ["new.txt"]
    assert len(list(tmp_path.iterdir())) == 2


def test_what_a_killed_process_had_begun_is_removed_when_it_is_old(tmp_path):
    long_ago = time.time() - 7200
    names = [".page-ab12_xyz", ".page-ab12_xyw", ".page-notes", ".pages-ab12_xyz", "page-ab12_xyz"]
    for place, name in enumerate(names):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.txt").write_text("text")
        if place != 1:
            os.utime(tmp_path / name, (long_ago, long_ago))
    with swapped_in(tmp_path / "page") as fresh:
        (fresh / "new.txt").write_text("new")
    # The second may be another process's that is still at it; the others are nobody's of ours.
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names[1:], "page"])
