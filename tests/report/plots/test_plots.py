import math

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from bench.report import style
from bench.report.plots.bands import legend_below, new_axes, plot_bands
from bench.report.plots.leaderboard import plot_ranks
from bench.report.plots.overhead import plot_strategy_seconds

LOOKS = style.looks(["a", "b"])


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "strategy": ["b", "b", "a", "a"], "x": [2.0, 1, 1, 2], "median": [3.0, 5, 4, 2],
            "low": [2.5, 4, 3, 1.5], "high": [4.0, 6, 5, 3],
        }
    )  # fmt: skip


def test_bands_are_steps_in_their_strategies_looks(frame):
    axes = plot_bands(frame, LOOKS, ylabel="rmse (lower is better)")
    a, b = axes.get_lines()
    assert [a.get_label(), b.get_label()] == ["a", "b"]
    assert a.get_drawstyle() == "steps-post"
    assert [a.get_color(), b.get_color()] == [LOOKS["a"]["color"], LOOKS["b"]["color"]]
    assert_allclose(a.get_xdata()[:2], [1, 2])
    assert_allclose(a.get_ydata()[:2], [4, 2])
    assert_allclose(b.get_ydata()[:2], [5, 3])
    assert len(axes.collections) == 2
    assert axes.get_ylabel() == "rmse (lower is better)"
    assert axes.get_yscale() == axes.get_xscale() == "linear"


def test_with_a_known_optimum_the_distance_to_it_is_drawn_on_a_log_scale(frame):
    axes = plot_bands(frame, LOOKS, ylabel="regret", optimum=1.0, log_x=True)
    assert_allclose(axes.get_lines()[0].get_ydata()[:2], [3, 1])
    assert axes.get_yscale() == axes.get_xscale() == "log"


def test_when_all_are_at_the_optimum_there_is_no_log_scale(frame):
    same = frame.assign(median=1.0, low=1.0, high=1.0)
    axes = plot_bands(same, LOOKS, ylabel="regret", optimum=1.0)
    assert axes.get_yscale() == "linear"


def test_an_axes_that_is_given_is_drawn_on(frame):
    given = new_axes()
    assert plot_bands(frame, LOOKS, ylabel="y", ax=given) is given


def test_the_legend_stands_outside_the_axes(frame):
    axes = plot_bands(frame, LOOKS, ylabel="y")
    legend_below(axes, list(LOOKS))
    assert axes.get_legend() is None
    (legend,) = axes.figure.legends
    axes.figure.canvas.draw()
    assert legend.get_window_extent().y1 <= axes.get_window_extent().y0


def test_ranks_have_the_best_on_top_and_leave_out_who_has_none():
    board = pd.DataFrame(
        {"strategy": ["b", "a", "c"], "rank": [1.25, 1.75, math.nan], "low": [1.0, 1.5, math.nan],
         "high": [1.5, 2.0, math.nan]}
    )  # fmt: skip
    axes = plot_ranks(board, style.looks(["a", "b", "c"]))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "a"]
    bars, dots = axes.get_lines()[::2], axes.get_lines()[1::2]
    assert [list(bar.get_xdata()) for bar in bars] == [[1.0, 1.5], [1.5, 2.0]]
    assert [float(dot.get_xdata()[0]) for dot in dots] == [1.25, 1.75]
    assert axes.yaxis_inverted()
    assert "lower is better" in axes.get_xlabel()


def test_the_strategys_time_is_in_milliseconds(frame):
    axes = plot_strategy_seconds(frame, LOOKS)
    assert_allclose(axes.get_lines()[0].get_ydata()[:2], [4000, 2000])
    assert "milliseconds" in axes.get_ylabel()
    assert axes.get_yscale() == "log"
