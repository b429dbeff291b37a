import pandas as pd
import pytest

from bench.plots import style
from bench.report import figures

STYLES = style.line_styles(["5 data sets", "12 data sets"])


@pytest.fixture
def frame():
    rows = [(5, 1, 0.4), (5, 10, 0.2), (12, 1, 0.3), (12, 10, 0.0)]
    return pd.DataFrame(rows, columns=["n_datasets", "n_repetitions", "wrong_share"])


def test_a_line_a_number_of_data_sets_in_percent(frame):
    axes = figures.wrong_winner({"tpe and gp": frame}, STYLES)
    drawn = {line.get_label(): list(line.get_ydata()) for line in axes.get_lines()}
    assert drawn == {"5 data sets": [40, 20], "12 data sets": [30, 0]}
    assert axes.get_title("left") == "tpe and gp"
    assert axes.get_xscale() == "log"
    assert axes.get_ylim()[0] == 0
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1", "10"]


def test_a_panel_a_title_and_one_legend(frame):
    axes = figures.wrong_winner({"one": frame, "other": frame}, STYLES)
    assert len(axes.figure.axes) == 2
    (legend,) = axes.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(STYLES)
