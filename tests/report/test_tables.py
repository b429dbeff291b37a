import html
import math
import re

import pandas as pd

from bench.prose.quantities import fixed, percent
from bench.report import tables


def test_texts_are_texts_in_the_order_of_the_columns():
    table = tables.texts({"b": pd.Series(["x", "y"], index=[7, 3]), "a": ["1", "2"]})
    assert list(table) == ["b", "a"]
    assert table.to_numpy().tolist() == [["x", "1"], ["y", "2"]]
    assert table.index.tolist() == [0, 1]


def test_what_is_unknown_is_a_dash():
    assert tables.each([1.0, math.nan, None, 0.0], percent) == ["100 %", "–", "–", "0 %"]
    assert tables.spans([1.0, math.nan, 1.0], [2.0, 2.0, math.nan], fixed(1)) == [
        "1.0 to 2.0", "–", "–",
    ]  # fmt: skip


def test_the_digits_of_an_interval_suit_it():
    assert tables.spans([-0.123456, 0.0], [0.0123456, 0.0]) == ["−0.12 to 0.012", "0 to 0"]
    # What cannot be said in digits is not said.
    assert tables.spans([0.0], [math.inf]) == ["–"]


ROWS = pd.DataFrame({"strategy": ["a_b", "c&d"], "roc_auc (median)": ["−0.25", "100 %"]})


def test_markdown_latex_and_csv(tmp_path):
    raw = pd.DataFrame({"strategy": ["a_b", "c&d"], "median": [-0.25, 1.0]})
    tables.write(ROWS, raw, tmp_path / "made" / "p")
    latex = (tmp_path / "made" / "p.tex").read_text(encoding="utf-8")
    assert r"\begin{tabular}{lr}" in latex
    assert r"strategy & roc\_auc (median) \\" in latex
    assert r"a\_b & $-$0.25 \\" in latex
    assert r"c\&d & 100 \% \\" in latex
    header, line = (tmp_path / "made" / "p.md").read_text(encoding="utf-8").splitlines()[:2]
    assert header.startswith("| strategy")
    assert line.startswith("|:--")
    assert line.count("-:|") == header.count("|") - 2
    assert pd.read_csv(tmp_path / "made" / "p.csv")["median"].tolist() == [-0.25, 1.0]


def test_latex_shows_the_signs_that_mean_something_to_it(tmp_path):
    table = pd.DataFrame({"a": ["50 % & $_{#}", "~^"], "b": ["\\", "x"]})
    tables.write(table, table, tmp_path / "p")
    assert (tmp_path / "p.tex").read_text(encoding="utf-8").splitlines() == [
        r"\begin{tabular}{lr}", r"\toprule", r"a & b \\", r"\midrule",
        r"50 \% \& \$\_\{\#\} & \textbackslash{} \\",
        r"\textasciitilde{}\textasciicircum{} & x \\", r"\bottomrule", r"\end{tabular}",
    ]  # fmt: skip


def test_a_line_in_a_label_ends_no_cell_of_markdown(tmp_path):
    table = pd.DataFrame({"strategy": ["a|b"], "x|y": ["1"]})
    tables.write(table, table, tmp_path / "p")
    rows = (tmp_path / "p.md").read_text(encoding="utf-8").splitlines()
    assert [cell.strip() for cell in re.split(r"(?<!\\)\|", rows[2])[1:-1]] == [r"a\|b", "1"]
    assert r"x\|y" in rows[0]


def test_no_text_breaks_its_row(tmp_path):
    reason = "ValueError: a\n\tb\r\nc\x00\x1b[31m\u2028d\x85"
    table = pd.DataFrame({"strategy": ["a"], "metric\nof it": ["1"], "reason": [reason]})
    tables.write(table, table, tmp_path / "p")
    lines = (tmp_path / "p.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    assert [cell.strip() for cell in lines[0].split("|")[1:-1]] == [
        "strategy", "metric of it", "reason",
    ]  # fmt: skip
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == [
        "a", "1", r"ValueError: a b c \[31m d",
    ]  # fmt: skip
    latex = (tmp_path / "p.tex").read_text(encoding="utf-8").splitlines()
    assert r"strategy & metric of it & reason \\" in latex
    assert r"a & 1 & ValueError: a b c [31m d  \\" in latex
    # The raw numbers keep what was said.
    assert pd.read_csv(tmp_path / "p.csv")["reason"].tolist()[0].startswith("ValueError: a\n\tb")


def test_markdown_shows_tags_and_makes_none(tmp_path):
    texts = ["<script>alert(1)</script>", "</td>", "<!-- x", "&lt;b&gt;", "a & b", "< 0.001"]
    table = pd.DataFrame({"strategy": texts, "<b>": texts})
    tables.write(table, table, tmp_path / "p")
    rows = (tmp_path / "p.md").read_text(encoding="utf-8").splitlines()
    assert rows[0].split("|")[2].strip() == "&lt;b>"
    assert [row.split("|")[1].strip() for row in rows[2:]] == [
        "&lt;script>alert(1)&lt;/script>", "&lt;/td>", r"&lt;\!-- x", "&amp;lt;b&amp;gt;", "a & b",
        "< 0.001",
    ]  # fmt: skip
    assert [html.unescape(row.split("|")[1].strip()).replace("\\", "") for row in rows[2:]] == texts


def test_the_csv_of_a_table_is_safe_to_open(tmp_path):
    table = pd.DataFrame({"strategy": ["=1+1", "-x"], "regret": ["0.1", "0.2"]})
    tables.write(table, table.assign(regret=[-0.1, 0.2]), tmp_path / "p")
    lines = (tmp_path / "p.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ["strategy,regret", "'=1+1,-0.1", "'-x,0.2"]


def test_markdown_keeps_digits_and_labels_as_they_are(tmp_path):
    table = pd.DataFrame({"strategy": ["007", "1e5"], "mean rank": ["4.10", "3.00"]})
    tables.write(table, table, tmp_path / "p")
    rows = (tmp_path / "p.md").read_text(encoding="utf-8").splitlines()[2:]
    assert [[cell.strip() for cell in row.split("|")[1:3]] for row in rows] == [
        ["007", "4.10"],
        ["1e5", "3.00"],
    ]


def test_what_stands_behind_a_label():
    runs = pd.DataFrame(
        {
            "strategy": ["a", "a", "b"], "strategy_name": ["one", "one", "two"],
            "strategy_version": [3, 3, 1], "strategy_settings": ['{"x":1,"y":"z"}'] * 2 + ["{}"],
            "library": ["lib 2", "lib 1", ""],
        }
    )  # fmt: skip
    table = tables.entries(runs, "strategy", ["b", "gone", "a"])
    assert table.to_numpy().tolist() == [
        ["b", "two", "1", "–", ""],
        ["a", "one", "3", 'x = 1, y = "z"', "lib 1 · or · lib 2"],
    ]
