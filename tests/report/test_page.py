import pytest

from bench.report.page import Builder, swapped_in
from bench.report.plots.bands import new_axes


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


def test_each_figure_of_a_page_has_ids_of_its_own(tmp_path):
    builder = Builder(tmp_path)
    first, second = (builder.figure(new_axes(2, 1), name, "l", "c") for name in ("a", "b"))
    assert 'id="f1-' in first.svg
    assert 'id="f2-' in second.svg
    files = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert files == ["a.png", "a.svg", "b.png", "b.svg"]
