"""The leaderboard with group and speed, and that of a kind of problem."""

import math

import numpy as np
import pandas as pd
import pytest

from bench.analysis import boards
from bench.analysis.time.overhead import totals
from bench.curves.convergence import convergence
from bench.curves.kinds import Kind, kinds_of
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
        boards.by_kind(panels, [Kind((), ("p",))], [None], ROPE, {names[0]: 5})[0].frames[None],
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


def test_a_kind_has_the_leaderboard_of_its_problems_alone(panels):
    kinds = kinds_of(list("pqr"), TAGS)
    found = boards.by_kind(panels, kinds, [2, None], ROPE)
    assert [boards.kind.problems for boards in found] == [
        ("p", "q", "r"), ("p", "q"), ("q", "r"), ("p",),
    ]  # fmt: skip
    for of, places in zip(found, ([0, 1, 2], [0, 1], [1, 2], [0]), strict=True):
        part = [panels[place] for place in places]
        for trials, frame in of.frames.items():
            pd.testing.assert_frame_equal(frame, whole(part, trials))
            assert set(frame["n_all_problems"]) == {len(places)}
        assert list(of.frames) == [2, None]
        pd.testing.assert_frame_equal(of.convergence, convergence(part))
