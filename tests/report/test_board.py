import json

import pandas as pd

from bench.report.board import BoardTable, Cell, Column, Row, View
from bench.report.sparklines import Sparkline

COLUMNS = (Column("Strategy", text=True, rank=1), Column("Regret", rank=1), Column("Curve"))
CURVE = Sparkline("gp falls", "M0 1H2", "#905900")


def board(*views):
    return BoardTable(
        pd.DataFrame(), "Leaderboard", columns=COLUMNS, views=views, budgets=["2"], when=["after 2"]
    )


def view(name, label="</script><b>", number=0.25):
    row = Row(label, "#905900", [Cell("0.25", number, "0.1 to 0.4")], CURVE)
    return View(name, "a note", [[row]])


def test_choices_are_json_that_ends_no_script():
    found = board(view("all"), view("<svm>"))
    assert "<" not in found.choices
    names = [choice["name"] for choice in json.loads(found.choices)["views"]]
    assert names == ["all", "<svm>"]


def test_a_choice_has_what_differs_from_the_rows_of_the_page():
    fewer = Row("gp", "#905900", [Cell("0.50", 0.5)], CURVE)
    found = board(View("all", "", [view("all", "gp").rows[0], [fewer]]))
    assert json.loads(found.choices) == {
        "budgets": ["2"],
        "when": ["after 2"],
        "views": [
            {
                "name": "all",
                "note": "",
                "curves": {"gp": ["gp falls", "M0 1H2"]},
                "boards": [[["gp", ["0.25", "0.25", "0.1 to 0.4"]]], [["gp", ["0.50", "0.5"]]]],
            }
        ],
    }


def test_a_label_in_a_row_is_text():
    rows = board(view("all")).rows
    assert "&lt;/script&gt;&lt;b&gt;" in rows
    assert "<b>" not in rows
    assert 'aria-label="gp falls"' in rows
    assert '<path d="M0 1H2"/>' in rows


def test_a_cell_has_what_rows_are_sorted_by():
    assert 'data-key="0.25"' in board(view("all")).rows
    assert 'data-key=""' in board(view("all", number=float("nan"))).rows
