import itertools

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from bench.plots import style
from bench.plots.time_quality import label_pareto, plot_time_quality
from bench.report import figures

NAMES = ["random", "gp", "tpe", "late"]
STYLES = style.line_styles(NAMES)


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "evaluation_s": 1.0, "strategy": NAMES, "run_s": [20.0, 24.0, 22.0, np.nan],
            "bounded": [0.3, 0.1, 0.4, np.nan], "low": [0.2, 0.05, np.nan, np.nan],
            "high": [0.4, 0.2, np.nan, np.nan], "pareto": [True, True, False, False],
        }
    )  # fmt: skip


def test_marks_are_where_time_and_regret_are_and_the_pareto_set_is_filled(frame):
    ax = plot_time_quality(frame, STYLES)
    marks = [
        line for line in ax.get_lines() if line.get_marker() == "o" and len(line.get_xdata()) == 1
    ]
    places = [(float(m.get_xdata()[0]), float(m.get_ydata()[0])) for m in marks]
    assert places == [(20.0, 0.3), (24.0, 0.1), (22.0, 0.4)]
    colours = [to_rgba(STYLES[name]["color"]) for name in NAMES[:3]]
    assert [to_rgba(m.get_color()) for m in marks] == colours
    inside = [to_rgba(m.get_markerfacecolor()) for m in marks]
    assert inside == [*colours[:2], to_rgba(style.PAPER)]


def test_regret_is_on_a_log_scale_where_all_of_it_is_above_0(frame):
    ax = plot_time_quality(frame, STYLES)
    assert ax.get_yscale() == "log"
    assert ax.get_ylim()[0] < 0.05
    # An interval that reaches 0 leaves the marks their room.
    wide = plot_time_quality(frame.assign(low=0.0), STYLES)
    assert wide.get_yscale() == "log"
    assert 0.04 < wide.get_ylim()[0] < 0.1
    assert plot_time_quality(
        frame.assign(bounded=[0.3, 0.0, 0.4, np.nan]), STYLES
    ).get_yscale() == ("linear")


def test_seconds_are_on_a_log_scale_where_they_differ_much(frame):
    assert plot_time_quality(frame, STYLES).get_xscale() == "linear"
    slow = frame.assign(run_s=[20.0, 240.0, 22.0, np.nan])
    assert plot_time_quality(slow, STYLES).get_xscale() == "log"


def test_a_run_that_is_much_shorter_is_named_and_does_not_set_the_scale(frame):
    others = plot_time_quality(frame, STYLES)
    early = frame.assign(run_s=[20.0, 24.0, 22.0, 1.0], bounded=[0.3, 0.1, 0.4, 0.68])
    ax = plot_time_quality(early, STYLES)
    assert [text.get_text() for text in ax.texts] == ["late: 0.68 after 1 s"]
    assert ax.get_xlim() == others.get_xlim()
    assert ax.get_ylim()[0] == others.get_ylim()[0]
    # The words have their room above all marks and intervals.
    assert 0.4 < ax.get_ylim()[1] < 1
    assert "late" not in ax.get_legend_handles_labels()[1]


def test_the_room_of_the_words_is_the_same_where_panels_share_it(frame):
    early = frame.assign(run_s=[20.0, 24.0, 22.0, 1.0], bounded=[0.3, 0.1, 0.4, 0.68])
    alone = plot_time_quality(early, STYLES).get_ylim()
    whole = pd.concat([early.assign(evaluation_s=cost) for cost in (0.01, 0.1, 1.0, 60.0)])
    panels = figures.time_quality(whole, STYLES, score="regret").figure.axes
    assert panels[0].get_ylim() == pytest.approx(alone)


def test_the_pareto_set_is_joined_by_steps_in_order_of_time(frame):
    ax = plot_time_quality(frame.iloc[::-1], STYLES)
    (front,) = [line for line in ax.get_lines() if line.get_drawstyle() == "steps-post"]
    assert list(front.get_xdata()) == [20, 24]
    assert list(front.get_ydata()) == [0.3, 0.1]


def test_intervals_are_upright_bars(frame):
    ax = plot_time_quality(frame, STYLES)
    bars = [
        line for line in ax.get_lines() if len(set(line.get_xdata())) == 1 < len(line.get_xdata())
    ]
    assert [list(bar.get_ydata()) for bar in bars[:2]] == [[0.2, 0.4], [0.05, 0.2]]
    assert np.isnan(bars[2].get_ydata()).all()


def test_a_panel_for_each_cost_and_one_legend(frame):
    costs = (0.01, 1.0, 60.0)
    whole = pd.concat([frame.assign(evaluation_s=cost) for cost in costs])
    figure = figures.time_quality(whole, STYLES, score="regret").figure
    shown = [ax for ax in figure.axes if ax.get_visible()]
    assert [ax.get_title("left") for ax in shown] == [
        "10 ms an evaluation", "1 s an evaluation", "1 min an evaluation",
    ]  # fmt: skip
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == NAMES[:3]
    assert figure.get_supylabel() == "mean regret (lower is better)"
    with mpl.rc_context(style.RC):
        style.settle(figure)
    # The lower left panel has a label, as the one above it has where it is alone.
    assert shown[2].get_xlabel() == "seconds of a run"


def test_the_pareto_set_is_named_where_a_name_covers_nothing(frame):
    ax = plot_time_quality(frame, STYLES)
    label_pareto(frame, ax)
    names = {text.get_text(): text.xy for text in ax.texts}
    assert names == {"gp": (24.0, 0.1), "random": (20.0, 0.3)}
    # Three marks at one place leave room for one name on each side, of the best first.
    near = frame.assign(run_s=[20.0, 20.1, 30.0, 40.0], bounded=[0.301, 0.3, 0.9, 0.9], pareto=True)
    ax = plot_time_quality(near, STYLES)
    label_pareto(near.assign(pareto=[True, True, False, False]), ax)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert ax.texts[0].get_text() == "gp"
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))


def test_a_figure_has_ticks_enough_in_less_than_a_decade(frame):
    ax = plot_time_quality(
        frame.assign(bounded=[0.04, 0.08, 0.03, np.nan], low=0.03, high=0.09), STYLES
    )
    low, high = ax.get_ylim()
    minor = [tick for tick in ax.yaxis.get_minorticklocs() if low <= tick <= high]
    assert len(minor) >= 3
