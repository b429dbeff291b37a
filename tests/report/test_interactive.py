import json

import numpy as np
import pandas as pd
import pytest

from bench.plots import style
from bench.report.interactive import Clock, View, to_json

STYLES = style.line_styles(["random", "gp", "hyperopt-tpe"])


def bands(strategy, x, median, low=None, high=None, problem="p"):
    return pd.DataFrame(
        {
            "problem": problem, "strategy": strategy, "x": np.asarray(x, dtype=float),
            "median": median, "low": median if low is None else low,
            "high": median if high is None else high,
        }
    )  # fmt: skip


def made(frame, *, wide=True, views=("p",), styles=STYLES):
    clocks = [Clock("trials", "trials", frame, whole=True)]
    return json.loads(to_json(clocks, [View(name, "loss", wide) for name in views], styles))


def curve(frame, number="0"):
    return made(frame)["views"][0]["curves"][0][number]


def test_only_points_at_which_something_changes_are_there_and_the_last():
    frame = bands("random", range(1, 8), [5, 5, 4, 4, 4, 4, 4], low=[3, 3, 3, 3, 2, 2, 2],
                  high=[6] * 7)  # fmt: skip
    assert curve(frame) == [[1, 3, 5, 7], [5, 4, 4, 4], [3, 3, 2, 2], [6, 6, 6, 6]]


def test_rows_in_any_order_are_the_same_curve():
    frame = bands("random", range(1, 8), [7, 6, 5, 4, 3, 2, 1])
    assert curve(frame.sample(frac=1, random_state=1)) == curve(frame)


def test_a_band_of_no_width_is_left_out():
    assert curve(bands("random", [1, 2], [5.0, 4.0])) == [[1, 2], [5, 4]]
    missing = bands("random", [1, 2], [5.0, 4.0], low=[np.nan] * 2, high=[np.nan] * 2)
    assert curve(missing) == [[1, 2], [5, 4]]


def test_numbers_have_five_digits():
    frame = bands("random", [1, 2, 3, 4], [123456.789, 0.1 + 0.2, 1.00000001e-7, -2 / 3])
    assert curve(frame)[1] == [123460, 0.3, 1e-7, -0.66667]
    assert '"123460.0"' not in json.dumps(curve(frame))


def test_what_is_no_number_is_left_out():
    frame = bands("random", [1, 2, 3], [np.nan, 2.0, np.inf])
    assert curve(frame) == [[2], [2]]
    assert made(bands("random", [1], [np.nan]))["views"] == []


def test_strategies_have_the_looks_of_the_figures():
    found = made(bands("gp", [1], [1.0]))
    assert [entry["name"] for entry in found["strategies"]] == list(STYLES)
    assert found["strategies"][0] == {"name": "random", "color": "var(--ink)", "dash": [10, 3]}
    assert found["strategies"][2]["color"] == "#de640b"
    assert list(found["views"][0]["curves"][0]) == ["1"]


def test_strategies_may_be_there_until_they_are_asked_for():
    frame = bands("gp", [1], [1.0])
    clocks, views = [Clock("trials", "trials", frame, whole=True)], [View("p", "loss", wide=True)]
    found = json.loads(to_json(clocks, views, STYLES, hidden=["gp"]))
    assert [entry.get("hidden", False) for entry in found["strategies"]] == [False, True, False]
    # They keep their own look, with which they appear.
    looks = [{k: v for k, v in entry.items() if k != "hidden"} for entry in found["strategies"]]
    assert looks == made(frame)["strategies"]


def test_problems_without_a_curve_are_left_out():
    found = made(bands("gp", [1], [1.0], problem="b"), views=("a", "b"))
    assert [view["name"] for view in found["views"]] == ["b"]
    assert made(bands("gp", [], [])[:0], views=("a",))["views"] == []


@pytest.mark.parametrize(
    ("median", "wide", "log"),
    [([9, 3], True, True), ([9, 3.1], True, False), ([9, 3], False, False),
     ([9, 3, 0], True, True), ([0, 0], True, False), ([-9, -1], True, False)],
)  # fmt: skip
def test_values_start_on_a_log_scale_where_they_span_a_factor_of_three(median, wide, log):
    frame = bands("gp", range(len(median)), median)
    assert made(frame, wide=wide)["views"][0]["log"] is log


def test_no_label_can_end_the_script():
    name = "</script><b>&'\""
    text = to_json(
        [Clock("trials", "trials", bands(name, [1], [1.0], problem=name))],
        [View(name, name, True)],
        style.line_styles([name]),
    )
    assert "<" not in text
    assert json.loads(text)["views"][0]["name"] == name


@pytest.mark.slow
def test_a_sweep_of_the_real_size_stays_small():
    rng = np.random.default_rng(1)
    strategies = [f"s{i}" for i in range(10)]
    problems = [f"p{i}" for i in range(33)]

    def frame(x):
        # Quartiles of 30 repetitions' running minima of 100 draws.
        parts = []
        for problem in problems:
            for strategy in strategies:
                best = np.minimum.accumulate(rng.lognormal(size=(30, len(x))), axis=1)
                low, median, high = np.quantile(best, [0.25, 0.5, 0.75], axis=0)
                parts.append(bands(strategy, x, median, low, high, problem))
        return pd.concat(parts)

    clocks = [
        Clock("trials", "trials", frame(np.arange(1, 101)), whole=True),
        Clock("seconds", "seconds", frame(np.geomspace(0.1, 100, 80)), log=True),
        Clock("own", "strategy seconds", frame(np.geomspace(0.1, 100, 80)), log=True),
    ]
    text = to_json(clocks, [View(p, "loss", True) for p in problems], style.line_styles(strategies))
    assert len(text) < 3_000_000
