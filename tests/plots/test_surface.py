import numpy as np
import pandas as pd
import pytest

from bench.plots import style
from bench.plots.surface import plot_heat_map, plot_slice


@pytest.fixture
def heat():
    values = [[0.9, 0.5], [0.7, 0.1]]
    return pd.DataFrame(
        values, index=pd.Index(["1", "2"], name="y"), columns=pd.Index(["a", "b"], name="x")
    )


def colours(axes):
    return np.asarray(axes.images[0].get_array()).ravel()


def lines(axes):
    return {line.get_label(): line for line in axes.get_lines()}


def test_the_better_the_brighter_in_both_directions(heat):
    up = plot_heat_map(heat, label="l", maximize=True, limit=0.1, marks={})
    assert colours(up) == pytest.approx(np.array([1, 0.5**3, 0.75**3, 0]))
    down = plot_heat_map(heat, label="l", maximize=False, limit=0.9, marks={})
    assert colours(down) == pytest.approx(np.array([0, 0.5**3, 0.25**3, 1]))


def test_all_beyond_the_limit_has_the_darkest_colour_and_the_bar_says_so(heat):
    axes = plot_heat_map(heat, label="accuracy", maximize=True, limit=0.6, marks={})
    assert colours(axes)[[1, 3]].tolist() == [0, 0]
    bar = axes.images[0].colorbar
    assert bar.extend == "min"
    assert bar.ax.get_ylabel() == "accuracy"
    labels = [float(label.get_text()) for label in bar.ax.get_yticklabels()]
    assert labels[0] == 0.6
    assert labels[-1] == 0.9
    assert labels == sorted(labels)
    whole = plot_heat_map(heat, label="accuracy", maximize=True, limit=0.1, marks={})
    assert whole.images[0].colorbar.extend == "neither"


def test_the_colour_bar_labels_values_where_they_are(heat):
    axes = plot_heat_map(heat, label="l", maximize=False, limit=0.9, marks={})
    bar = axes.images[0].colorbar
    for place, label in zip(bar.get_ticks(), bar.ax.get_yticklabels(), strict=True):
        way = (0.9 - float(label.get_text())) / 0.8
        assert way**3 == pytest.approx(place, abs=0.01)


def test_marks_stand_in_their_cells(heat):
    marks = {"default": ("b", "1"), "best": ("a", "2")}
    shown = lines(plot_heat_map(heat, label="l", maximize=True, limit=0.1, marks=marks))
    assert shown["default"].get_xydata().tolist() == [[1.5, 0.5]]
    assert shown["best"].get_xydata().tolist() == [[0.5, 1.5]]


def test_labels_of_near_values_differ():
    frame = pd.DataFrame([[0.99991, 0.99993]], index=["1"], columns=["a", "b"])
    axes = plot_heat_map(frame, label="l", maximize=True, limit=0.99991, marks={})
    labels = [label.get_text() for label in axes.images[0].colorbar.ax.get_yticklabels()]
    assert len(set(labels)) == 6


def test_many_grid_points_are_thinned_and_numbers_are_short():
    levels = [f"{10.0**k:.6g}" for k in range(-10, 15)]
    frame = pd.DataFrame(np.eye(25), index=levels, columns=levels)
    axes = plot_heat_map(frame, label="l", maximize=True, limit=0.0, marks={})
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels == ["1e-10", "1e-07", "0.0001", "0.1", "100", "1e+05", "1e+08", "1e+11", "1e+14"]
    assert axes.get_xticks().tolist() == [0.5 + k for k in range(0, 25, 3)]


@pytest.fixture
def slice_frame():
    return pd.DataFrame(
        {
            "level": ["1", "1000", "absent"], "low": [0.5, 0.6, 0.1], "median": [0.6, 0.7, 0.2],
            "high": [0.7, 0.8, 0.3], "best": [0.9, 0.95, 0.4],
        }
    )  # fmt: skip


def test_a_slice_connects_neighbours_but_not_what_is_absent(slice_frame):
    axes = plot_slice(slice_frame, ordered=True, marks={}, absent="absent")
    median, best, points, tops = axes.get_lines()
    assert median.get_ydata().tolist() == [0.6, 0.7]
    assert best.get_ydata().tolist() == [0.9, 0.95]
    assert points.get_ydata().tolist() == [0.6, 0.7, 0.2]
    assert tops.get_ydata().tolist() == [0.9, 0.95, 0.4]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "1000", "absent"]


def test_choices_are_not_connected(slice_frame):
    median, best, points, _ = plot_slice(slice_frame, ordered=False, marks={}).get_lines()
    assert len(median.get_ydata()) == len(best.get_ydata()) == 0
    assert len(points.get_ydata()) == 3


@pytest.mark.parametrize(
    ("marks", "apart"), [({"default": "1", "best": "1000"}, 1), ({"default": "1", "best": "1"}, 0)]
)
def test_marks_do_not_hide_each_other(slice_frame, marks, apart):
    axes = plot_slice(slice_frame, ordered=True, marks=marks)
    style.settle(axes.figure)
    default, best = (
        lines(axes)[f"level of the {mark} configuration"].get_xdata()[0]
        for mark in ("default", "best")
    )
    assert best - default == pytest.approx(apart, abs=0.25)
    assert best - default > 0.1


def test_marks_at_near_grid_points_of_many_stand_side_by_side():
    many = pd.DataFrame({"level": [str(i) for i in range(26)]})
    many[["low", "median", "high", "best"]] = 1.0
    axes = plot_slice(many, ordered=True, marks={"default": "9", "best": "8"})
    places = {name: line.get_xdata()[0] for name, line in lines(axes).items()}
    default, best = (places[f"level of the {mark} configuration"] for mark in ("default", "best"))
    assert default - best == pytest.approx(0.07 * 26)
    assert (default + best) / 2 == 8.5


def test_an_axes_that_is_given_is_drawn_on(slice_frame, heat):
    given = plot_slice(slice_frame, ordered=True, marks={})
    assert plot_slice(slice_frame, ordered=True, marks={}, ax=given) is given
    assert plot_heat_map(heat, label="l", maximize=True, limit=0.1, marks={}, ax=given) is given
