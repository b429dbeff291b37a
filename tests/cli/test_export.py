"""Exports from the command line, and the folders that they replace."""

from __future__ import annotations

import pytest

from bench.exchange.export import MARK
from bench.exchange.outgoing import curves_of
from bench.testing.refusals import assert_refused


@pytest.fixture
def tables(tmp_path):
    """A table of two strategies on a problem with a known optimum."""
    rows = [f"{s},bbob:f1-d2,{r},{t},{3 - t},0" for s in "ab" for r in (1, 2) for t in (0, 1)]
    text = "\n".join(["strategy,problem,repetition,trial_number,value,optimum", *rows])
    (tmp_path / "trials.csv").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("coco", ["bbob"]),
        ("ioh", ["a", "b"]),
        ("bencheval", ["results.csv"]),
        ("optuna", ["journal.log"]),
    ],
)
def test_a_table_is_exported_beside_it(call, tables, name, holds):
    result = call("export", "trials.csv", "--to", name)
    folder = tables / f"trials-{name}"
    assert sorted(path.name for path in folder.iterdir()) == sorted([*holds, MARK])
    assert f"written: trials-{name}; to open it in Python:" in result.output
    # Once more: an export may be replaced by one.
    call("export", "trials.csv", "--to", name)


def test_a_results_folder_is_exported_into_it(call, finished):
    call("export", finished.folder, "--to", "ioh")
    assert (finished.folder / "ioh" / MARK).is_file()
    # What is in there is no part of the results, and not read as another tool's.
    assert "22 trials" in call("export", finished.folder, "--to", "optuna").output


def test_a_damaged_run_is_left_out_and_named(call, finished):
    path = next((finished.folder / "runs").glob("*.jsonl"))
    path.write_bytes(path.read_bytes()[:100])
    said = call("export", finished.folder, "--to", "ioh").output
    assert f"left out: {path} is damaged" in said


def test_the_lines_of_python_open_it(call, tables):
    result = call("export", "trials.csv", "--to", "optuna", "--out", 'a "quoted" folder')
    lines = [line.strip() for line in result.output.partition("in Python:\n")[2].splitlines()]
    names = {}
    exec("\n".join(lines[:2]), names)
    assert len(names["optuna"].get_all_study_names(names["storage"])) == 4


def test_logs_of_coco_become_those_of_ioh(call, tables):
    call("export", "trials.csv", "--to", "coco")
    said = call("export", "trials-coco", "--to", "ioh", "--out", "again").output
    assert "COCO: values are distances to the optimum" in said
    call("export", "again", "--to", "coco", "--out", "back", code=2)  # no optimum in the format
    assert len(list((tables / "again").glob("*/*.json"))) == 2


def test_what_is_no_export_is_not_replaced(call, tables):
    mine = tables / "trials-ioh"
    mine.mkdir()
    (mine / "thesis.tex").write_text("years of work")
    result = call("export", "trials.csv", "--to", "ioh", code=2)
    assert_refused(result, "an export replaces its whole folder, trials-ioh holds something else")
    assert (mine / "thesis.tex").read_text() == "years of work"


def test_an_export_with_something_added_is_not_replaced(call, tables):
    call("export", "trials.csv", "--to", "ioh")
    (tables / "trials-ioh" / "thesis.tex").write_text("years of work")
    assert_refused(call("export", "trials.csv", "--to", "ioh", code=2), "holds something else")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("ioh", "a/thesis.tex"),
        ("ioh", "b/data_f1_bbob-f1-d2/thesis.tex"),
        ("ioh", "mine/thesis.tex"),
        ("coco", "bbob/a/thesis.tex"),
    ],
)
def test_an_export_with_something_added_below_is_not_replaced(call, tables, name, place):
    call("export", "trials.csv", "--to", name)
    mine = tables / f"trials-{name}" / place
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("years of work")
    assert_refused(call("export", "trials.csv", "--to", name, code=2), "holds something else")
    assert mine.read_text() == "years of work"
    mine.unlink()
    mine.symlink_to(tables / "trials.csv")
    assert_refused(call("export", "trials.csv", "--to", name, code=2), "holds something else")


def test_a_file_is_not_replaced(call, tables):
    (tables / "mine").write_text("years of work")
    assert_refused(
        call("export", "trials.csv", "--to", "ioh", "--out", "mine", code=2), "something else"
    )


def test_a_link_in_a_results_folder_is_not_followed(call, finished, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (finished.folder / "ioh").symlink_to(tmp_path / "elsewhere")
    assert_refused(call("export", finished.folder, "--to", "ioh", code=2), "is a link to")


def test_a_failure_leaves_the_old_export(call, tables, monkeypatch):
    call("export", "trials.csv", "--to", "coco")
    before = sorted(path.name for path in (tables / "trials-coco").rglob("*"))

    calls = []

    def full_after_one(source):
        curves = curves_of(source)

        def given(*pair):
            calls.append(pair)
            if len(calls) > 1:
                raise OSError(28, "No space left on device")
            return curves(*pair)

        return given

    monkeypatch.setattr("bench.exchange.coco.curves_of", full_after_one)
    assert_refused(call("export", "trials.csv", "--to", "coco", code=2), "No space left on device")
    assert sorted(path.name for path in (tables / "trials-coco").rglob("*")) == before
    assert not [path for path in tables.iterdir() if path.name.startswith(".")]


def test_what_cannot_be_written_leaves_no_folder(call, tables):
    text = (tables / "trials.csv").read_text().replace(",optimum", ",other")
    (tables / "trials.csv").write_text(text)
    assert_refused(call("export", "trials.csv", "--to", "coco", code=2), "no known optimum")
    assert not (tables / "trials-coco").exists()


def test_an_export_of_several_paths_needs_a_folder(call, finished):
    given = ("export", finished.folder, finished.folder, "--to", "ioh")
    assert_refused(call(*given, code=2), "for example --out results/both-ioh")


def test_a_format_that_is_none_is_refused(call, tables):
    assert "is not one of" in call("export", "trials.csv", "--to", "excel", code=2).output
