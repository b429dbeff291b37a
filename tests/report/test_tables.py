import math

import pandas as pd

from bench.report import tables


def problem_frame():
    return pd.DataFrame(
        {
            "strategy": ["a_b", "c&d"], "median": [0.25, 0.5], "low": [0.125, math.nan],
            "high": [0.375, math.nan], "test": [0.5, None], "gap": [0.25, None],
            "used": [1.0, 0.004], "failed": [0.0, 0.25], "strategy_s": [0.002, math.nan],
            "evaluation_s": [0.5, math.nan], "repetitions": [3, 3], "sign": [-1.0, -1.0],
        }
    )  # fmt: skip


def test_a_problems_table_has_the_best_first_in_the_metrics_direction():
    table = tables.problem(problem_frame(), "auc")
    assert table["strategy"].tolist() == ["c&d", "a_b"]
    assert table.loc[1].tolist() == [
        "a_b", "0.25", "0.125 – 0.375", "0.5", "0.25", "100 %", "0 %", "2", "500", "3",
    ]  # fmt: skip


def test_what_is_unknown_is_a_dash():
    table = tables.problem(problem_frame(), "auc")
    assert table.loc[0].tolist() == [
        "c&d", "0.5", "–", "–", "–", "< 1 %", "25 %", "–", "–", "3",
    ]  # fmt: skip


def test_a_problem_without_a_test_part_has_no_columns_of_it():
    with_test, without = problem_frame(), problem_frame().assign(test=None, gap=None)
    missing = set(tables.problem(with_test, "auc")) - set(tables.problem(without, "auc"))
    assert missing == {"test (median)", "test gap"}


def test_the_leaderboard_in_words():
    frame = pd.DataFrame(
        {"strategy": ["a", "b"], "rank": [1.25, math.nan], "low": [1.0, math.nan],
         "high": [1.5, math.nan], "best": [2, 0], "problems": [2, 0], "of": [2, 2]}
    )  # fmt: skip
    assert tables.leaderboard(frame).to_numpy().tolist() == [
        ["a", "1.25", "1.00 – 1.50", "2 of 2", "2"],
        ["b", "–", "–", "0 of 2", "0"],
    ]


def test_markdown_latex_and_csv(tmp_path):
    frame = problem_frame()
    tables.write(tables.problem(frame, "roc_auc"), frame, tmp_path / "p")
    latex = (tmp_path / "p.tex").read_text(encoding="utf-8")
    assert r"\begin{tabular}{lrrrrrrrrr}" in latex
    assert r"roc\_auc (median)" in latex
    assert r"c\&d & 0.5" in latex
    assert r"100 \%" in latex
    header, line = (tmp_path / "p.md").read_text(encoding="utf-8").splitlines()[:2]
    assert header.startswith("| strategy")
    assert line.startswith("|:--")
    assert line.count("-:|") == header.count("|") - 2
    assert pd.read_csv(tmp_path / "p.csv")["median"].tolist() == [0.25, 0.5]


def test_markdown_keeps_digits_and_labels_as_they_are(tmp_path):
    table = pd.DataFrame({"strategy": ["007", "1e5"], "mean rank": ["4.10", "3.00"]})
    tables.write(table, table, tmp_path / "p")
    rows = (tmp_path / "p.md").read_text(encoding="utf-8").splitlines()[2:]
    assert [[cell.strip() for cell in row.split("|")[1:3]] for row in rows] == [
        ["007", "4.10"],
        ["1e5", "3.00"],
    ]
