import shutil
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
        "4,865 trials: measuring and drawing",
        f"the report: {tmp_path / 'report' / 'index.html'}",
    ]
    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "--trials 5 --rope 0.02 --cost 2 --workers 3</pre>" in page
    assert "Scores, tests and verdicts after 5 trials." in page
    assert "2 s each, 3 workers" in page


def test_more_trials_than_the_budget_are_refused(tmp_path):
    result = CliRunner().invoke(
        main, ["report", str(QUICK), "--trials", "21", "--out", str(tmp_path / "r")]
    )
    assert result.exit_code == 2
    assert "'--trials' must be within the budget, 20 or less, got 21" in result.output
