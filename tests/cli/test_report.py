import os
import shutil
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.cli import main

QUICK = Path(__file__).resolve().parents[2] / "results" / "quick"


@pytest.mark.parametrize("others", [["notes.md"], ["index.html", "runs.parquet", "notes.md"]])
def test_a_folder_that_holds_anything_else_is_not_replaced(tmp_path, others):
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in others:
        (folder / name).write_text("precious", encoding="utf-8")
    result = CliRunner().invoke(main, ["report", str(QUICK), "--out", str(folder)])
    assert result.exit_code == 2
    assert "holds something else; use another folder" in result.output
    assert sorted(path.name for path in folder.iterdir()) == sorted(others)


@pytest.mark.slow
def test_an_old_report_is_replaced_and_options_are_in_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    monkeypatch.setattr("bench.report.drawing._drawn", lambda *_: "<svg></svg>")
    shutil.copytree(QUICK / "report", tmp_path / "report")
    options = ["--trials", "5", "--cost", "2", "--workers", "3", "--rope", "0.02"]
    result = CliRunner().invoke(
        main, ["report", str(QUICK), "--out", str(tmp_path / "report"), *options]
    )
    assert result.exit_code == 0, result.output
    # No trace of the bar where there is no terminal.
    assert result.output.splitlines() == [
        "17,070 trials: analysing and drawing",
        f"the report: {tmp_path / 'report' / 'index.html'}",
    ]
    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "--trials 5 --rope 0.02 --cost 2 --workers 3</pre>" in page
    assert "Scores, tests and verdicts are taken after 5 trials." in page
    assert "2 s each, 3 workers" in page


@pytest.mark.slow
def test_a_report_by_tag_has_a_folder_and_a_command_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    monkeypatch.setattr("bench.report.drawing._drawn", lambda *_: "<svg></svg>")
    quick = tmp_path / "quick"
    shutil.copytree(QUICK, quick, ignore=shutil.ignore_patterns("report"))
    options = ["--by", "table", "--by", "classification"]
    result = CliRunner().invoke(main, ["report", str(quick), *options])
    assert result.exit_code == 0, result.output
    assert "only 2 problems of 7: table and classification (--by)" in result.output
    assert sorted(path.name for path in quick.glob("report*")) == ["report-by-table-classification"]
    page = (quick / "report-by-table-classification" / "index.html").read_text(encoding="utf-8")
    assert "--by table --by classification</pre>" in page
    assert "table and classification</h1>" in page


def test_a_tag_that_no_problem_has_is_one_clear_line():
    result = CliRunner().invoke(main, ["report", str(QUICK), "--by", "mixd"])
    assert result.exit_code == 2
    assert "'--by' must be a tag that a problem of the results has, got 'mixd'" in result.stderr


def test_a_table_that_is_not_there_is_one_clear_line(tmp_path):
    result = CliRunner().invoke(main, ["report", str(tmp_path / "gone.csv")])
    assert result.exit_code == 2
    assert "gone.csv: must be a file that can be read, it cannot (No such file" in result.stderr


@pytest.mark.parametrize("name", ["x" * 300, "x" * 300 + ".csv"])
def test_a_path_that_is_too_long_is_one_clear_line(tmp_path, name):
    path = str(tmp_path / name)
    for arguments in ([path], [str(QUICK), "--out", path]):
        result = CliRunner().invoke(main, ["report", *arguments])
        assert result.exit_code == 2
        assert result.stderr.startswith("error: ")
        assert "(File name too long)" in result.stderr
        assert len(result.stderr.splitlines()) == 1


@pytest.mark.slow
def test_the_name_of_a_table_need_not_be_utf_8(tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    monkeypatch.setattr("bench.report.drawing._drawn", lambda *_: "<svg></svg>")
    table = tmp_path / os.fsdecode(b"b\xff.csv")
    table.write_text(
        "strategy,problem,repetition,trial_number,value\na,p,0,0,1\n", encoding="utf-8"
    )
    result = CliRunner().invoke(main, ["report", str(table), "--out", str(tmp_path / "r")])
    assert result.exit_code == 0, result.output
    page = (tmp_path / "r" / "index.html").read_text(encoding="utf-8")
    assert "b?.csv" in page


@pytest.mark.parametrize("option", [("--cost", "60"), ("--workers", "4")])
def test_what_has_no_seconds_cannot_be_re_timed(tmp_path, option):
    table = tmp_path / "t.csv"
    table.write_text(
        "strategy,problem,repetition,trial_number,value\na,p,0,0,1\n", encoding="utf-8"
    )
    result = CliRunner().invoke(main, ["report", str(table), *option])
    assert result.exit_code == 2
    assert "'--cost' and '--workers' re-time trials whose seconds are known, " in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_interrupt_is_no_verdict(monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    # A method: a function would stay in modules that are first imported meanwhile.
    monkeypatch.setattr("bench.store.Store.sweep", stopped)
    result = CliRunner().invoke(main, ["compare", str(QUICK), str(QUICK)])
    assert result.exit_code == 130
    assert result.output == "interrupted\n"


@pytest.mark.slow
def test_a_drawing_process_that_is_killed_is_one_line(tmp_path, monkeypatch):
    def dies(*_args, **_options):
        raise BrokenProcessPool

    monkeypatch.setattr("os.cpu_count", lambda: 1)
    monkeypatch.setattr("bench.report.build.build_report", dies)
    result = CliRunner().invoke(main, ["report", str(QUICK), "--out", str(tmp_path / "r")])
    assert result.exit_code == 2
    assert "a report needs its drawing processes until the end, one was killed" in result.output


def test_more_trials_than_the_budget_are_refused(tmp_path):
    result = CliRunner().invoke(
        main, ["report", str(QUICK), "--trials", "21", "--out", str(tmp_path / "r")]
    )
    assert result.exit_code == 2
    assert "'--trials' must be within the budget, 20 or less, got 21" in result.output
