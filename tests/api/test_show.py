"""A result as terminals and notebooks show it, and its plots."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest

import tunebench as tb
from bench.api.plots import PLOTS

mpl.use("Agg")
MAX_BYTES = 200_000


@pytest.fixture(scope="module")
def result():
    return tb.run(
        strategies=["random", "tpe", "sobol"],
        problems=["branin", "sphere", "tree:wine"],
        trials=8,
        repetitions=3,
        progress=False,
    )


@pytest.fixture(scope="module")
def quick():
    return tb.load(Path(__file__).parents[2] / "results" / "quick")


class Tags(HTMLParser):
    """Counts what is open; each tag must be closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.ids = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_a_terminal_gets_verdict_and_leaderboard(result):
    text = repr(result)
    assert all(sentence in text for sentence in result.verdict_sentences)
    assert [line.split()[0] for line in text.splitlines()[-3:]] == result.leaderboard()[
        "strategy"
    ].tolist()
    assert "nan" not in text


def test_a_notebook_gets_verdict_leaderboard_and_curve(result):
    text = result._repr_html_()
    tags = Tags(text)
    assert tags.open == []
    assert tags.seen.count("svg") == 1
    assert tags.seen.count("tr") == 4
    assert len(tags.ids) == len(set(tags.ids))
    assert len(text.encode()) <= MAX_BYTES
    assert "prefers-color-scheme:dark" in text
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", text)


def test_two_results_of_a_notebook_share_no_ids(result):
    other = tb.run(
        strategies=["random", "tpe"], problems="branin", trials=8, repetitions=3, progress=False
    )
    ids = [set(Tags(each._repr_html_()).ids) for each in (result, other)]
    assert ids[0].isdisjoint(ids[1])


@pytest.mark.slow
def test_a_long_result_stays_small():
    result = tb.run(
        strategies={str(i): "random" for i in range(40)},
        problems="sphere",
        trials=1000,
        repetitions=2,
        progress=False,
    )
    assert len(result._repr_html_().encode()) <= MAX_BYTES
    assert "10 more strategies" in repr(result)


def test_labels_are_no_markup():
    rows = {"strategy": ["<b>a", "b"], "problem": "p", "repetition": 0, "trial_number": 0}
    result = tb.load(pd.DataFrame(rows | {"value": [1.0, 2.0]}))
    assert "<b>a" not in result._repr_html_()
    assert "<b>a" in repr(result)


def test_a_result_without_a_value_shows_itself():
    def breaks(x):
        raise OSError

    problem = tb.problem(breaks, space={"x": (0.0, 1.0)})
    result = tb.run(strategies="random", problems=problem, trials=2, repetitions=2, progress=False)
    assert "No verdict is possible" in repr(result)
    assert "No verdict is possible" in result._repr_html_()
    with pytest.raises(tb.UserError, match="completed trial"):
        result.plot()


@pytest.mark.parametrize("name", sorted(PLOTS))
def test_a_plot_is_drawn_on_the_axes_that_are_given(quick, name):
    from matplotlib.figure import Figure

    figure = Figure()
    first, second = figure.subplots(1, 2)
    assert quick.plot(name, ax=second) is second
    figure.canvas.draw()
    assert second.has_data()
    assert not first.has_data()


def test_a_plot_without_axes_is_one_of_pyplot(result):
    from matplotlib import pyplot

    axes = result.plot("convergence")
    assert pyplot.gcf() is axes.figure
    assert {text.get_text() for text in axes.get_legend().get_texts()} == set(result.strategies)
    pyplot.close(axes.figure)


def test_a_plot_is_shown_by_the_backend_that_the_environment_names(tmp_path):
    """A notebook names its own there, and the curve of a result is drawn without it."""
    backend = "import matplotlib\nfrom matplotlib.backends.backend_agg import *\n"
    (tmp_path / "cells.py").write_text(backend + "matplotlib.interactive(True)\n", encoding="utf-8")
    program = (
        "import tunebench as tb\n"
        "result = tb.run(strategies='random', problems='branin', trials=2, progress=False)\n"
        "result._repr_html_(), result.plot()\n"
        "import matplotlib\n"
        "print(matplotlib.get_backend(), matplotlib.is_interactive())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"MPLBACKEND": "module://cells", "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "module://cells True\n"


def test_a_curve_ends_at_the_mean_regret_of_the_leaderboard(result):
    axes = result.plot("convergence")
    ends = {line.get_label(): line.get_ydata()[-1] for line in axes.get_lines()}
    board = result.leaderboard().set_index("strategy")["mean"]
    assert ends == pytest.approx(board.to_dict())
    mpl.pyplot.close(axes.figure)


def test_settings_of_the_user_stay_as_they_were(result):
    from matplotlib import pyplot

    with mpl.rc_context({"lines.linewidth": 7.0}):
        pyplot.close(result.plot("ranks").figure)
        assert mpl.rcParams["lines.linewidth"] == 7.0


def test_a_plot_leaves_it_to_the_user_whether_figures_show_at_once(result, monkeypatch):
    """A notebook shows those of a cell that are drawn while matplotlib is interactive."""
    from matplotlib import pyplot

    seen = []
    figure = pyplot.figure
    monkeypatch.setattr(
        pyplot, "figure", lambda **how: (seen.append(mpl.is_interactive()), figure(**how))[1]
    )
    for interactive in (True, False):
        with pyplot.ion() if interactive else pyplot.ioff():
            pyplot.close(result.plot("ranks").figure)
    assert seen == [True, False]


def test_an_unknown_plot_names_those_there_are(result):
    with pytest.raises(tb.UserError) as refused:
        result.plot("curve")
    assert all(name in str(refused.value) for name in PLOTS)


def test_a_plot_that_has_nothing_to_show_says_what_it_needs():
    one = pd.DataFrame(
        {"strategy": "a", "problem": "p", "repetition": 0, "trial_number": [0, 1], "value": [2, 1]}
    )
    for name, words in (
        ("significance", "two problems"),
        ("overhead", "seconds"),
        ("targets", "random search"),
    ):
        with pytest.raises(tb.UserError, match=words):
            tb.load(one).plot(name)
