"""Plots over all problems: what is drawn, and how it looks against a reference picture."""

import re
from importlib import resources
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.testing.compare import compare_images
from numpy.testing import assert_allclose

from bench.plots import style
from bench.plots.clocks import plot_bands
from bench.plots.early_stopping import plot_against_random, plot_rank_correlations
from bench.plots.leaderboard import plot_leaderboard
from bench.plots.overhead import plot_strategy_seconds
from bench.plots.pairwise import MAX_STRATEGIES_WITH_NUMBERS, plot_pairwise
from bench.plots.profiles import plot_shares
from bench.plots.ranks import plot_ranks_over_budget
from bench.plots.selection import plot_selection
from bench.plots.significance import plot_mean_ranks

NAMES = ["random", "grid", "tpe"]
STYLES = style.line_styles(NAMES)
REFERENCE = Path(__file__).parent / "reference"
TOLERANCE = 8
"""Root mean square of a pixel's difference, of 255: other freetypes set letters a little apart."""


def bands():
    x = np.arange(1.0, 11)
    return pd.concat(
        [
            pd.DataFrame({"strategy": name, "x": x, "median": (k + 2) / x,
                          "low": (k + 1.5) / x, "high": (k + 2.5) / x})
            for k, name in enumerate(NAMES)
        ]
    )  # fmt: skip


def ranks():
    return pd.DataFrame(
        {"strategy": ["tpe", "random", "grid"], "rank": [1.25, 2.25, 2.5],
         "rank_low": [1.0, 2.0, 2.25], "rank_high": [1.5, 2.5, 2.75],
         "rank_new_low": [1.0, 1.75, 1.75], "rank_new_high": [2.0, 2.75, 3.0]}
    )  # fmt: skip


def selection():
    """Gap and overtuning, with ends a fourth as far away, and half as far for new problems."""
    marks = {"gap": [0.25, -0.25, 0.5], "overtuning": [0.5, 0.0, 0.25]}
    ends = {"_low": -0.25, "_high": 0.25, "_new_low": -0.5, "_new_high": 0.5}
    return pd.DataFrame(
        {"strategy": ["tpe", "random", "grid"], **marks}
        | {
            name + end: np.array(values) * (1 + far)
            for name, values in marks.items()
            for end, far in ends.items()
        }
    )


def over_budget():
    frame = bands().rename(columns={"x": "budget", "median": "rank"})
    return frame.assign(**{c: 1 + frame[c] / 3 for c in ("rank", "low", "high")})


def shares():
    frame = bands().rename(columns={"x": "tau", "median": "share"})
    return frame.assign(**{c: 1 - frame[c] / 5 for c in ("share", "low", "high")})


def matrix(count=3):
    names = [f"s{i}" for i in range(count)] if count > 3 else NAMES
    rows = np.linspace(0, 1, count * count).reshape(count, count)
    np.fill_diagonal(rows, np.nan)
    return pd.DataFrame(rows, names, names)


def by_step(problems=("p", "q")):
    """Rank correlations of two steps, higher for a later problem."""
    rows = [(name, share, 0.3 * k + share) for k, name in enumerate(problems)
            for share in (1 / 27, 1 / 3)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["problem", "share", "tau"])
    mean = frame.groupby("share")["tau"].mean().reset_index()
    return frame, mean.assign(tau_low=mean["tau"] - 0.1, tau_high=mean["tau"] + 0.1)


def against():
    return pd.DataFrame(
        {"strategy": ["grid", "tpe"] * 2, "tau": [0.1, 0.1, 0.8, 0.8],
         "difference": [0.2, 0.1, -0.2, -0.4]}
    )  # fmt: skip


PICTURES = {
    "bands": lambda: plot_bands(bands(), STYLES, ylabel="regret", wide=True),
    "leaderboard": lambda: plot_leaderboard(ranks(), STYLES),
    "overhead": lambda: plot_strategy_seconds(bands(), STYLES),
    "ranks-over-budget": lambda: plot_ranks_over_budget(over_budget(), STYLES),
    "critical": lambda: plot_mean_ranks(ranks(), [["random", "grid"]], STYLES),
    "shares": lambda: plot_shares(shares(), STYLES, x="tau", xlabel="x", ylabel="y"),
    "selection": lambda: plot_selection(selection(), STYLES),
    "rank-correlations": lambda: plot_rank_correlations(*by_step()),
    "against-random": lambda: plot_against_random(against(), STYLES),
    "matrix": lambda: plot_pairwise(matrix(), label="P(row better than column)"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_one_that_was_looked_at(name, tmp_path):
    with matplotlib.rc_context(style.RC):
        figure = PICTURES[name]().figure
        style.settle(figure)
        figure.savefig(tmp_path / f"{name}.png", dpi=60)
    reference = REFERENCE / f"{name}.png"
    assert reference.exists(), f"look at {tmp_path / name}.png and copy it to {reference}"
    difference = compare_images(str(reference), str(tmp_path / f"{name}.png"), TOLERANCE)
    assert difference is None, difference


def test_ranks_are_drawn_over_the_budget_the_best_on_top():
    axes = plot_ranks_over_budget(over_budget(), STYLES)
    line = axes.get_lines()[0]
    assert line.get_label() == "random"
    assert_allclose(line.get_ydata()[:10], 1 + 2 / np.arange(1, 11) / 3)
    assert axes.yaxis_inverted()


def test_what_does_not_differ_significantly_is_joined():
    axes = plot_mean_ranks(ranks(), [["random", "grid"], ["tpe"]], STYLES)
    (bar,) = [line for line in axes.get_lines() if line.get_linewidth() == 4]
    assert_allclose(bar.get_xdata(), [2.25, 2.5])
    texts = [text.get_text().strip() for text in axes.texts]
    assert texts == ["tpe  1.25", "random  2.25", "2.50  grid"]


def test_gap_and_overtuning_stand_below_each_other_with_both_intervals():
    axes = plot_selection(selection(), STYLES)
    lines = axes.get_lines()
    new, these, marks = lines[0:18:3], lines[1:18:3], lines[2:18:3]
    assert [float(mark.get_xdata()[0]) for mark in marks] == [0.25, 0.5, -0.25, 0.0, 0.5, 0.25]
    assert [mark.get_marker() for mark in marks] == ["o", "D"] * 3
    assert list(these[0].get_xdata()) == [0.1875, 0.3125]
    assert list(new[0].get_xdata()) == [0.125, 0.375]
    rows = [float(mark.get_ydata()[0]) for mark in marks]
    assert rows == sorted(rows)
    assert [round(row) for row in rows] == [0, 0, 1, 1, 2, 2]
    colours = [STYLES[name]["color"] for name in ("tpe", "random", "grid") for _ in range(2)]
    assert [mark.get_color() for mark in marks] == colours


def test_rank_correlations_end_at_1_with_a_full_evaluation():
    axes = plot_rank_correlations(*by_step())
    p, q, mean = axes.get_lines()
    assert_allclose(p.get_xdata(), [1 / 27, 1 / 3, 1])
    assert_allclose(q.get_ydata(), [0.3 + 1 / 27, 0.3 + 1 / 3, 1])
    assert_allclose(mean.get_ydata(), [0.15 + 1 / 27, 0.15 + 1 / 3, 1])
    ends = [segment[:, 1] for segment in axes.collections[0].get_segments()]
    assert_allclose(ends, [[0.05 + 1 / 27, 0.25 + 1 / 27], [0.05 + 1 / 3, 0.25 + 1 / 3]])
    assert axes.get_legend_handles_labels()[1] == ["a problem", "mean over problems"]


def test_each_strategy_has_its_points_against_random():
    grid, tpe, zero = plot_against_random(against(), STYLES).get_lines()
    assert_allclose([grid.get_xdata(), grid.get_ydata()], [[0.1, 0.8], [0.2, -0.2]])
    assert tpe.get_color() == STYLES["tpe"]["color"]
    assert_allclose(zero.get_ydata(), 0)


def test_one_strategy_alone_has_a_place_on_the_line():
    axes = plot_mean_ranks(ranks().iloc[:1], [], STYLES)
    assert [text.get_text().strip() for text in axes.texts] == ["tpe  1.25"]


def test_shares_with_and_without_a_band():
    axes = plot_shares(shares(), STYLES, x="tau", xlabel="x", ylabel="y")
    assert len(axes.collections) == 3
    assert axes.get_xscale() == "log"
    from_zero = shares().assign(tau=lambda frame: frame["tau"] - 1).drop(columns=["low", "high"])
    axes = plot_shares(from_zero, STYLES, x="tau", xlabel="x", ylabel="y")
    assert len(axes.collections) == 0
    assert axes.get_xscale() == "linear"
    drawn = axes.get_lines()[2]
    assert_allclose(drawn.get_ydata()[:-1], 1 - 4 / np.arange(1, 11) / 5)
    # The last share is drawn on for a bit, or nobody saw it.
    assert drawn.get_ydata()[-1] == drawn.get_ydata()[-2]
    assert drawn.get_xdata()[-1] > drawn.get_xdata()[-2]


@pytest.mark.slow
def test_a_matrix_says_its_numbers_where_there_is_room():
    axes = plot_pairwise(matrix(), label="p")
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["12", "25", "38", "62", "75", "88"]
    assert [label.get_text() for label in axes.get_yticklabels()] == NAMES
    assert not plot_pairwise(matrix(MAX_STRATEGIES_WITH_NUMBERS + 1), label="p").texts


def light(colour):
    """Return the relative luminance of a colour from 0 to 1, as WCAG has it."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted([light(one), light(other)])
    return (high + 0.05) / (low + 0.05)


STYLE = resources.files("bench.report").joinpath("templates/style.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_numbers_can_be_read_on_every_cell_and_even_odds_have_the_colour_of_the_paper(scheme):
    ink, paper = (
        np.array(to_rgb(re.findall(rf"--{name}: (#\w+)", STYLE)[scheme]))
        for name in ("ink", "paper")
    )
    axes = plot_pairwise(matrix(), label="p")
    (image,) = axes.images
    assert {text.get_color() for text in axes.texts} == {style.INK}
    cells = [
        opacity * np.array(colour) + (1 - opacity) * paper
        for *colour, opacity in image.cmap(np.linspace(0, 1, 64))
    ]
    assert min(contrast(ink, cell) for cell in cells) >= 4.5
    assert max(contrast(paper, cells[place]) for place in (31, 32)) < 1.05
    # The one end is told from the other, and from the middle.
    assert min(contrast(paper, cells[place]) for place in (0, -1)) > 2.5
    assert cells[0][0] - cells[0][2] > 0.4
    assert cells[-1][2] - cells[-1][0] > 0.4


def test_the_tolerance_does_not_let_another_picture_pass(tmp_path):
    with matplotlib.rc_context(style.RC):
        figure = plot_bands(bands().assign(low=lambda f: f["median"]), STYLES, ylabel="regret",
                            wide=True).figure  # fmt: skip
        style.settle(figure)
        figure.savefig(tmp_path / "bands.png", dpi=60)
    assert compare_images(str(REFERENCE / "bands.png"), str(tmp_path / "bands.png"), TOLERANCE)


def test_a_bar_is_dotted_past_a_strategy_that_is_not_in_the_group():
    order = pd.DataFrame({"strategy": ["tpe", "random", "grid"], "rank": [1.0, 2.0, 3.0]})
    axes = plot_mean_ranks(order, [["tpe", "grid"], ["tpe", "random"]], STYLES)
    bars = [
        line for line in axes.get_lines() if len(set(line.get_ydata())) == 1 < len(line.get_ydata())
    ]
    dotted, solid = bars[:2]
    assert list(dotted.get_xdata()) == [1, 3]
    assert dotted.get_linestyle() != "-"
    assert list(solid.get_xdata()) == [1, 2]
    assert solid.get_linestyle() == "-"
    assert solid.get_linewidth() > dotted.get_linewidth()
