import math
import pickle

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from bench.plots import style
from bench.plots.axes import legend_below, legend_of, new_axes
from bench.plots.clocks import focus, plot_bands, steps
from bench.plots.leaderboard import plot_leaderboard
from bench.plots.overhead import plot_strategy_seconds
from bench.report import figures

STYLES = style.line_styles(["a", "b"])


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "strategy": ["b", "b", "a", "a"], "x": [2.0, 1, 1, 2], "median": [3.0, 5, 4, 2],
            "low": [2.5, 4, 3, 1.5], "high": [4.0, 6, 5, 3],
        }
    )  # fmt: skip


def test_bands_are_steps_in_their_strategies_looks(frame):
    axes = plot_bands(frame, STYLES, ylabel="rmse (lower is better)")
    a, b = axes.get_lines()
    assert [a.get_label(), b.get_label()] == ["a", "b"]
    assert a.get_drawstyle() == "steps-post"
    assert [a.get_color(), b.get_color()] == [STYLES["a"]["color"], STYLES["b"]["color"]]
    assert_allclose(a.get_xdata()[:2], [1, 2])
    assert_allclose(a.get_ydata()[:2], [4, 2])
    assert_allclose(b.get_ydata()[:2], [5, 3])
    assert len(axes.collections) == 2
    assert axes.get_ylabel() == "rmse (lower is better)"
    assert axes.get_yscale() == axes.get_xscale() == "linear"


def test_wide_values_are_drawn_on_a_log_scale(frame):
    far = frame.assign(median=[3.0, 5.0, 4.0, 0.5])
    axes = plot_bands(far, STYLES, ylabel="regret", wide=True, log_x=True)
    assert_allclose(axes.get_lines()[0].get_ydata()[:2], [4, 0.5])
    assert axes.get_yscale() == axes.get_xscale() == "log"


def test_when_all_are_at_the_optimum_there_is_no_log_scale(frame):
    same = frame.assign(median=0.0, low=0.0, high=0.0)
    axes = plot_bands(same, STYLES, ylabel="regret", wide=True)
    assert axes.get_yscale() == "linear"


def test_an_axes_that_is_given_is_drawn_on(frame):
    given = new_axes()
    assert plot_bands(frame, STYLES, ylabel="y", ax=given) is given


def test_faint_curves_are_grey_without_a_band_and_counted_in_the_legend(frame):
    names = list(STYLES)
    # Figures are drawn in other processes.
    faint = pickle.loads(pickle.dumps(style.with_faint(STYLES, names[:1])))
    assert [style.is_faint(line) for line in faint.values()] == [False] + [True] * (len(names) - 1)
    axes = plot_bands(frame, faint, ylabel="loss", ax=new_axes())
    assert len(axes.collections) == 1
    assert {line.get_color() for line in axes.get_lines()[1:]} == {style.FAINT["color"]}
    legend_of([axes], faint)
    (legend,) = axes.figure.legends
    shown = [text.get_text() for text in legend.get_texts()]
    assert shown == [names[0], f"{len(names) - 1} others"]


def test_the_legend_stands_outside_the_axes(frame):
    axes = plot_bands(frame, STYLES, ylabel="y")
    legend_below([axes], list(STYLES))
    assert axes.get_legend() is None
    (legend,) = axes.figure.legends
    axes.figure.canvas.draw()
    assert legend.get_window_extent().y1 <= axes.get_window_extent().y0


def board(names, ranks):
    """A board with intervals of a quarter for these problems, of a half for new ones."""
    ranks = pd.Series(ranks, dtype=float)
    return pd.DataFrame(
        {"strategy": names, "rank": ranks, "rank_low": ranks - 0.25, "rank_high": ranks + 0.25,
         "rank_new_low": ranks - 0.5, "rank_new_high": ranks + 0.5}
    )  # fmt: skip


def test_ranks_have_the_best_on_top_and_leave_out_who_has_none():
    axes = plot_leaderboard(
        board(["b", "a", "c"], [1.25, 1.75, math.nan]), style.line_styles(["a", "b", "c"])
    )
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "a"]
    lines = axes.get_lines()
    new, these, dots = lines[::3], lines[1::3], lines[2::3]
    assert [list(bar.get_xdata()) for bar in new] == [[0.75, 1.75], [1.25, 2.25]]
    assert [list(bar.get_xdata()) for bar in these] == [[1.0, 1.5], [1.5, 2.0]]
    assert [float(dot.get_xdata()[0]) for dot in dots] == [1.25, 1.75]
    assert all(a.get_linewidth() < b.get_linewidth() for a, b in zip(new, these, strict=True))
    assert axes.yaxis_inverted()
    assert "lower is better" in axes.get_xlabel()


def test_ranks_without_an_interval_are_dots():
    # One repetition on one problem.
    frame = board(["b", "a"], [1.0, 2.0]).assign(
        rank_low=math.nan, rank_high=math.nan, rank_new_low=math.nan, rank_new_high=math.nan
    )
    axes = plot_leaderboard(frame, STYLES)
    assert [float(dot.get_xdata()[0]) for dot in axes.get_lines()[2::3]] == [1.0, 2.0]
    assert style.to_bytes(axes.figure, "svg")


def test_the_strategys_time_is_in_milliseconds(frame):
    axes = plot_strategy_seconds(frame, STYLES)
    assert_allclose(axes.get_lines()[0].get_ydata()[:2], [4000, 2000])
    assert "milliseconds" in axes.get_ylabel()
    assert axes.get_yscale() == "log"


def inside(figure, artist):
    """Whether an artist lies within its figure, which is laid out."""
    box = artist.get_window_extent()
    return box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1


def curves(names):
    rows = [(name, x, 1.0 + i, 1.0, 2.0 + i) for i, name in enumerate(names) for x in (1.0, 2.0)]
    return pd.DataFrame(rows, columns=["strategy", "x", "median", "low", "high"])


LONG = [f"some/where/else/strategies/mine_{i}.py:MyOwnStrategy" for i in range(20)]
AWKWARD = ["_mine.py:Mine", r"cost $\foo$", "a_b & <c> %"]


@pytest.mark.slow
@pytest.mark.parametrize("names", [["a"], [f"s{i}" for i in range(12)], LONG[:12], LONG])
def test_the_legend_names_all_strategies_within_the_figure(names):
    axes = plot_bands(curves(names), style.line_styles(names), ylabel="y")
    legend_below([axes], names)
    style.settle(axes.figure)
    (legend,) = axes.figure.legends
    assert len(legend.get_texts()) == len(names)
    assert inside(axes.figure, legend)
    assert axes.get_window_extent().height > 200


def problem(names, title="p", clocks=("trials",), known=False):
    return figures.clocks(
        {clock: curves(names) for clock in clocks},
        style.line_styles(names),
        title=title,
        ylabel="rmse (lower is better)",
        unit="trial",
        known=known,
    )


def test_labels_are_drawn_as_they_are():
    # matplotlib leaves out labels that start with "_" and reads formulas between dollars.
    axes = problem(AWKWARD, r"$\bar$")
    style.to_bytes(axes.figure, "png")
    (legend,) = axes.figure.legends
    shown = [text.get_text().lstrip("\u200b") for text in legend.get_texts()]
    assert shown == AWKWARD
    assert [text.get_text() for text in axes.figure.texts] == [r"$\bar$"]


@pytest.mark.slow
@pytest.mark.parametrize("clocks", [("trials",), ("trials", "seconds")])
@pytest.mark.parametrize(
    "names", [["a"], [f"s{i}" for i in range(40)], LONG, [*LONG[:9], *AWKWARD]]
)
def test_a_problem_has_a_panel_for_each_clock_and_all_names_within_the_figure(names, clocks):
    figure = problem(names, "a_problem_of_a_hundred_Wide_Letters/MMMMMMMM.py:" * 2, clocks).figure
    figure.draw_without_rendering()
    (legend,) = figure.legends
    assert len(legend.get_texts()) == len(names)
    assert inside(figure, legend)
    (title,) = figure.texts
    assert inside(figure, title)
    assert len(figure.axes) == len(clocks)
    for panel in figure.axes:
        assert panel.get_window_extent().width > 200
        assert panel.get_window_extent().height > 200
        assert panel.get_window_extent().y1 < title.get_window_extent().y0
        below = panel.xaxis.label.get_window_extent()
        assert below.y0 >= legend.get_window_extent().y1
        assert panel.get_ylabel() == "rmse (lower is better)"


@pytest.mark.slow
@pytest.mark.parametrize("names", [["a"], [f"s{i}" for i in range(40)], LONG])
def test_the_two_panels_of_a_problem_are_halves_which_can_stand_below_each_other(names):
    figure = problem(names, "a problem of some name " * 3, ("trials", "seconds")).figure
    figure.draw_without_rendering()
    left, right = (panel.get_tightbbox() for panel in figure.axes)
    middle = figure.bbox.width / 2
    assert left.x1 <= middle <= right.x0
    ends = [panel.get_window_extent() for panel in figure.axes]
    assert ends[1].x0 - ends[0].x0 == pytest.approx(middle)
    (title,), (legend,) = figure.texts, figure.legends
    assert title.get_window_extent().x1 <= middle
    box = legend.get_window_extent()
    assert box.width <= middle
    assert (box.x0 + box.x1) / 2 == pytest.approx(middle, abs=1)
    assert [figure.axes[1].get_gid(), legend.get_gid()] == ["second", "legend"]


def test_a_long_label_of_values_stands_within_its_axis_in_two_lines():
    label = "distance to the optimum (lower is better)"
    figure = figures.clocks(
        {"trials": curves(["a"])}, STYLES, title="p", ylabel=label, unit="trial", known=True
    ).figure
    figure.draw_without_rendering()
    (panel,) = figure.axes
    assert panel.get_ylabel() == "distance to the optimum\n(lower is better)"
    assert panel.yaxis.label.get_window_extent().height < panel.get_window_extent().height
    assert inside(figure, panel.yaxis.label)


@pytest.mark.slow
def test_ranks_keep_their_room_beside_long_labels():
    axes = plot_leaderboard(board(LONG, range(20)), style.line_styles(LONG))
    style.settle(axes.figure)
    for label in axes.get_yticklabels():
        assert inside(axes.figure, label)
    assert axes.get_window_extent().width > 300


@pytest.mark.slow
def test_a_curve_of_one_point_can_be_seen(frame):
    one = frame[(frame["strategy"] == "b") | (frame["x"] == 1)]
    for shown in (one, frame[frame["x"] == 1]):
        axes = plot_bands(shown, STYLES, ylabel="y")
        a = axes.get_lines()[0]
        assert a.get_ydata().tolist() == [4, 4]
        style.settle(axes.figure)
        left, right = axes.transData.transform([(x, 4) for x in a.get_xdata()])[:, 0]
        assert right - left > 5


@pytest.mark.parametrize(("top", "scale"), [(2.9, "linear"), (3.1, "log")])
def test_a_log_scale_where_the_distance_spans_a_factor_of_three(frame, top, scale):
    regret = frame.assign(median=[1.0, top, top, 1.0], low=1.0, high=top)
    axes = plot_bands(regret, STYLES, ylabel="regret", wide=True)
    assert axes.get_yscale() == scale


def test_bands_lie_between_their_quartiles(frame):
    axes = plot_bands(frame, STYLES, ylabel="y")
    a, b = axes.collections
    heights = [set(part.get_paths()[0].vertices[:, 1]) for part in (a, b)]
    assert heights == [{3, 5, 1.5}, {4, 6, 2.5}]


def test_the_value_axis_shows_where_curves_end_and_not_one_bad_start():
    names = ["a", "b"]
    rows = [
        (name, x, 1000.0 if x == 1 else 2.0 + i, 1.9, 1000.0 if x == 1 else 3.5)
        for i, name in enumerate(names)
        for x in range(1, 21)
    ]
    frame = pd.DataFrame(rows, columns=["strategy", "x", "median", "low", "high"])
    axes = plot_bands(frame, STYLES, ylabel="rmse (lower is better)")
    focus(axes, frame)
    low, high = axes.get_ylim()
    assert low < 1.9
    assert 3.5 < high < 10


def test_labels_between_decades_stand_in_line_with_the_others(frame):
    axes = plot_bands(frame.assign(x=[2.0, 40, 40, 2]), STYLES, ylabel="y", log_x=True)
    style.settle(axes.figure)
    labels = [*axes.get_xticklabels(minor=False), *axes.get_xticklabels(minor=True)]
    shown = [label for label in labels if label.get_text() in ("2", "5", "10", "20")]
    assert len(shown) == 4
    assert len({round(label.get_window_extent().y1, 6) for label in shown}) == 1


def test_points_at_which_nothing_changes_are_not_drawn():
    band = pd.DataFrame(
        {
            "strategy": "a", "x": [1.0, 2, 3, 4, 5, 6], "median": [5.0, 5, 4, 4, 4, 4],
            "low": [3.0, 3, 3, 3, 2, 2], "high": [6.0] * 6,
        }
    )  # fmt: skip
    table = band[["x", "median", "low", "high"]].to_numpy()
    assert steps(table[::-1])[:, 0].tolist() == [1, 3, 5, 6]
    assert steps(table[:1])[:, 0].tolist() == [1]
    assert steps(table[:0]).shape == (0, 4)
    (line,) = plot_bands(band, style.line_styles(["a"]), ylabel="y").get_lines()
    assert line.get_xdata()[:-1].tolist() == [1, 3, 5, 6]
