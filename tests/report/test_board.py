import json

import pandas as pd
from markupsafe import Markup

from bench.report.board import BoardTable, Cell, Column, Row, View

COLUMNS = (Column("Strategy", text=True, rank=1), Column("Regret", rank=1), Column("Curve"))
CURVE = Markup("<svg></svg>")


def board(*views):
    return BoardTable(pd.DataFrame(), "Leaderboard", columns=COLUMNS, views=views)


def view(name, label="</script><b>", number=0.25):
    row = Row(label, "#905900", [Cell("0.25", number, "0.1 to 0.4")], CURVE)
    return View(name, "a note", [row])


def test_choices_are_json_that_ends_no_script():
    found = board(view("all"), view("<svm>"))
    assert "<" not in found.choices
    names = [choice["name"] for choice in json.loads(found.choices)]
    assert names == ["all", "<svm>"]
    assert json.loads(found.choices)[0]["rows"] == found.rows


def test_a_label_in_a_row_is_text():
    rows = board(view("all")).rows
    assert "&lt;/script&gt;&lt;b&gt;" in rows
    assert "<b>" not in rows
    assert str(CURVE) in rows


def test_a_cell_has_what_rows_are_sorted_by():
    assert 'data-key="0.25"' in board(view("all")).rows
    assert 'data-key=""' in board(view("all", number=float("nan"))).rows
