"""The leaderboard with group and speed, and that of the problems with a tag."""

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from bench.analysis import boards
from bench.analysis.time.overhead import totals
from bench.curves.convergence import convergence
from bench.inference import ROPE
from bench.inference.verdicts import verdicts
from bench.panels.panel import to_panels

TAGS = {"p": ("numeric", "live"), "q": ("numeric", "mixed"), "r": ("mixed",)}


@pytest.fixture
def panels(panels_of):
    rng = np.random.default_rng(3)
    shift = np.array([0, 0.5, 2])[:, None, None]
    return panels_of({name: rng.random((3, 12, 4)) + shift for name in "pqr"})


def whole(panels, trials=None):
    return boards.board(panels, verdicts(panels, trials), totals(panels), trials)


def test_a_row_has_its_group_and_its_speed(make_run, join):
    parts = [
        make_run([value, value], strategy=name, repetition=i, ask=ask, tell=0.25)
        for name, value, ask in (("a", 1, 0.25), ("b", 2, 3.75))
        for i in range(12)
    ]
    panels = to_panels(*join(*parts), strategies=["b", "a"], problems=["p"])
    table = whole(panels).set_index("strategy")
    assert list(table.index) == ["a", "b"]
    assert table["group"].tolist() == [1, 2]
    # ¼ s to ask and ¼ s to tell; 3 ¾ s and ¼ s.
    assert table["suggestions_per_s"].to_dict() == {"a": 2, "b": 0.25}


def test_runs_are_out_of_those_that_were_planned(panels):
    names = panels[0].strategies
    frames = [
        boards.board(panels, verdicts(panels), totals(panels), fewer={names[0]: 5}),
        boards.by_tag(panels, TAGS, None, ROPE, {names[0]: 5})["live"].frame,
    ]
    for frame, problems in zip(frames, (3, 1), strict=True):
        planned = frame.set_index("strategy")["n_all_runs"]
        assert planned.to_dict() == {
            name: problems * (5 if name == names[0] else 12) for name in names
        }


def test_without_known_seconds_there_is_no_speed(make_run, join):
    frames = join(make_run([1.0], strategy="a", ask=math.nan), make_run([2.0], strategy="b", ask=0,
                                                                       tell=0))  # fmt: skip
    panels = to_panels(*frames, strategies=["a", "b"], problems=["p"])
    assert whole(panels)["suggestions_per_s"].isna().all()


def test_a_tag_has_the_leaderboard_of_its_problems_alone(panels):
    found = boards.by_tag(panels, TAGS, 2, ROPE)
    assert {tag: board.problems for tag, board in found.items()} == {
        "numeric": ("p", "q"), "live": ("p",), "mixed": ("q", "r"),
    }  # fmt: skip
    for tag, places in (("numeric", [0, 1]), ("live", [0]), ("mixed", [1, 2])):
        part = [panels[place] for place in places]
        pd.testing.assert_frame_equal(found[tag].frame, whole(part, 2))
        pd.testing.assert_frame_equal(found[tag].convergence, convergence(part))
        assert set(found[tag].frame["n_all_problems"]) == {len(places)}


def test_tags_of_all_problems_and_of_none_are_left_out(panels):
    every = {name: ("all", *tags) for name, tags in TAGS.items()}
    assert "all" not in boards.by_tag(panels, every, None, ROPE)
    assert boards.by_tag(panels, {"elsewhere": ("live",)}, None, ROPE) == {}
    assert boards.by_tag([], TAGS, None, ROPE) == {}


def test_tags_of_the_same_problems_share_one_leaderboard(panels):
    found = boards.by_tag(panels, {"p": ("live", "svm"), "q": ("table",)}, None, ROPE)
    assert list(found) == ["live", "svm", "table"]
    assert found["live"] is found["svm"]


def test_a_problem_without_tags_is_in_no_cut(panels):
    found = boards.by_tag(panels, {"p": ("live",)}, None, ROPE)
    assert found["live"].problems == ("p",)
    assert_allclose(found["live"].frame["n_all_runs"], 12)
