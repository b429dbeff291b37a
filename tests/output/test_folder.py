import os
import signal
import subprocess
import sys

import pytest

from bench.output.folder import swapped_in


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


@pytest.mark.slow
def test_what_a_killed_process_had_begun_is_removed_and_nothing_else(tmp_path):
    script = "import os, sys; from pathlib import Path; from bench.output.folder import swapped_in"
    script += "\nwith swapped_in(Path(sys.argv[1])) as fresh:"
    script += "\n    (fresh / 'begun.txt').touch()\n    os.kill(os.getpid(), 9)"
    killed = subprocess.run([sys.executable, "-c", script, tmp_path / "page"], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob(".page-*/begun.txt"))) == 1
    # Somebody's own, that of another report, and one that is being written just now.
    kept = [".page-20261120", ".pages-ab12_xyz"]
    for name in kept:
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.txt").touch()
    (tmp_path / ".page-ab12_xyz").symlink_to("nowhere")
    with swapped_in(tmp_path / "page") as writing, swapped_in(tmp_path / "page") as fresh:
        assert writing.exists()
        (fresh / "new.txt").touch()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*kept, ".page-ab12_xyz", "page"]
    )


def test_a_folder_whose_name_has_a_dot_touches_no_other(tmp_path):
    (tmp_path / ".page.old").mkdir()
    (tmp_path / ".page.old" / "mine.txt").touch()
    folder = tmp_path / "page.v2"
    for _ in range(2):
        with swapped_in(folder) as fresh:
            (fresh / "new.txt").touch()
    with pytest.raises(ZeroDivisionError), swapped_in(tmp_path / "page.v3"):
        raise ZeroDivisionError
    assert (tmp_path / ".page.old" / "mine.txt").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".page.old", "page.v2"]
    assert [path.name for path in folder.iterdir()] == ["new.txt"]


@pytest.mark.parametrize("mask", [0o002, 0o022, 0o077])
def test_the_folder_has_the_permissions_that_any_program_gives(tmp_path, mask):
    before = os.umask(mask)
    try:
        with swapped_in(tmp_path / "page") as fresh:
            (fresh / "figures").mkdir()
            (fresh / "index.html").write_text("")
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes == {"page": 0o777 & ~mask, "figures": 0o777 & ~mask, "index.html": 0o666 & ~mask}
