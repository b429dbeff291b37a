from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.plots import style
from bench.plots.workers import IDEAL, plot_loss, plot_speedup
from bench.report import figures

STYLES = style.line_styles(["random", "tpe"])


@pytest.fixture
def frame() -> pd.DataFrame:
    columns = ["family", "n_workers", "speedup", "speedup_low", "speedup_high", "loss", "loss_low",
               "loss_high"]  # fmt: skip
    nan = np.nan
    rows = [
        ("tpe", 8, 4.0, 3.0, 5.0, 0.2, 0.1, 0.3),
        ("tpe", 1, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0),
        ("tpe", 4, 3.0, 2.0, 3.5, 0.1, nan, nan),
        ("tpe", 4, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0),
        ("random", 8, nan, nan, nan, nan, nan, nan),
    ]
    return pd.DataFrame(rows, columns=columns)


def lines(ax: Any) -> dict[str, tuple[list[float], list[float]]]:
    found = {line.get_label(): line for line in ax.get_lines()}
    return {label: (list(of.get_xdata()), list(of.get_ydata())) for label, of in found.items()}


def test_speed_up_is_drawn_beside_the_ideal(frame: pd.DataFrame) -> None:
    ax = plot_speedup(frame, STYLES)
    drawn = lines(ax)
    assert set(drawn) == {IDEAL, "tpe"}
    assert drawn[IDEAL] == ([1, 8], [1, 8])
    assert drawn["tpe"] == ([1, 4, 8], [1, 3, 4])
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert ax.get_xticks().tolist() == [1, 4, 8]
    ends = [segment[:, 1].tolist() for segment in ax.collections[0].get_segments()]
    assert ends == [[1, 1], [2, 3.5], [3, 5]]


def test_loss_has_its_interval_and_families_stand_beside_each_other(frame: pd.DataFrame) -> None:
    ax = plot_loss(frame.fillna({"loss": -0.1}), STYLES)
    drawn = lines(ax)
    assert drawn["tpe"][1] == [0, 0.1, 0.2]
    assert drawn["random"][1] == [-0.1]
    assert drawn["random"][0][0] < 8 < drawn["tpe"][0][2]
    assert ax.get_yscale() == "linear"


def test_without_a_speed_up_loss_stands_alone(frame: pd.DataFrame) -> None:
    both = figures.workers(frame, STYLES).figure
    assert [ax.get_title("left") for ax in both.axes] == ["Speed-up", "Loss"]
    (legend,) = both.legends
    assert [text.get_text() for text in legend.get_texts()] == ["tpe", IDEAL]
    alone = figures.workers(frame.assign(speedup=np.nan), STYLES).figure
    assert [ax.get_title("left") for ax in alone.axes] == ["Loss"]
