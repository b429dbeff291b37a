"""The scale of regret: by a record, by random search, by what there is."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.panels.regret import Scale
from bench.testing.panels import panel

NAN = math.nan


# --- regret


def with_optimum(frames, optima):
    trials, runs = frames
    return trials, runs.assign(optimum=runs["repetition"].map(optima))


def test_regret_by_a_recorded_optimum_and_a_frozen_median(make_run, join):
    frames = join(
        make_run([None, 8, 5], direction="maximize"),
        make_run([1, 2, 20], direction="maximize", repetition=1),
    )
    found = panel(
        with_optimum(frames, {0: 10, 1: 20}),
        scales={"p": Scale(None, {0: 6, 1: 10}, "exact")},
    )
    # (10 − 8) / (10 − 6); before the first completed trial the worst completed value, 1.
    assert_allclose(found.regret[0], [[9 / 4, 0.5, 0.5], [1.9, 1.8, 0]])
    assert_array_equal(found.values(found.optimum), [10, 20])
    assert found.source == "the known optimum; exact"


@pytest.mark.usefixtures("few_draws_will_do")
def test_an_optimum_that_is_not_known_in_each_repetition_is_not_used(make_run, join):
    frames = join(
        make_run([0.8], direction="maximize"), make_run([0.7], direction="maximize", repetition=1)
    )
    found = panel(with_optimum(frames, {0: 0.85, 1: NAN}))
    assert found.source == "the best value of this sweep; the median trial of random"
    assert_allclose(found.values(found.optimum), [0.8, 0.8])
    assert_allclose(found.regret[0], [[0], [2]])


def test_regret_by_a_frozen_best_value_may_be_negative(make_run):
    found = panel(make_run([4, 1]), scales={"p": Scale(2.0, 6.0, "frozen")})
    assert_allclose(found.regret[0, 0], [0.5, -0.25])
    assert found.source == "frozen"


@pytest.mark.usefixtures("few_draws_will_do")
def test_without_a_record_random_gives_the_median_and_the_sweep_the_best(make_run, join):
    parts = [make_run([8, 4, 6]), make_run([1, 1, 3], strategy="tpe")]
    found = panel(join(*parts), strategies=["random", "tpe"])
    assert_allclose(found.regret[0, 0], [7 / 5, 3 / 5, 3 / 5])
    assert_allclose(found.regret[1, 0], [0, 0, 0])
    assert found.source == "the best value of this sweep; the median trial of random"


@pytest.mark.usefixtures("few_draws_will_do")
def test_without_random_all_first_trials_give_the_median(make_run, join):
    frames = join(
        make_run([8, 2], strategy="a"), make_run([6, 2], strategy="b"),
        make_run([4, 2], strategy="c"),
    )  # fmt: skip
    found = panel(frames)
    assert_allclose(found.regret[:, 0, 0], [1.5, 1, 0.5])
    assert found.source.endswith("the median of the first trials of all strategies")


def test_another_strategy_changes_nobodys_regret_where_the_scale_is_frozen(make_run, join):
    scales = {"p": Scale(0.0, 6.0, "frozen")}
    few, many = [make_run([4, 3])], [make_run([4, 3]), make_run([0, -9], strategy="z")]
    alone, beside = panel(join(*few), scales=scales), panel(join(*many), scales=scales)
    assert_array_equal(alone.regret[0], beside.regret[0])


def test_where_all_values_are_the_same_regret_is_zero(make_run, join):
    found = panel(join(make_run([3, 3]), make_run([3, 3], strategy="tpe")))
    assert (found.regret == 0).all()


def test_what_misses_the_optimum_by_rounding_is_at_it_and_a_small_regret_is_none(panel_of):
    third = [[[0.1 + 0.2, 0.3 + 1e-9]], [[0.3, 0.3]]]
    rounded = panel_of(third, optimum=0.3, scale=Scale(None, 1.3, "given")).regret
    assert rounded[0, 0, 0] == rounded[1, 0, 0] == 0
    # An optimum of 0 can be approached as closely as numbers go.
    tiny = panel_of([[[1e-200, 1e-200]]], optimum=0.0, scale=Scale(None, 1.0, "given")).regret
    assert tiny[0, 0, 0] == 1e-200
    near = panel_of([[[0.3 + 1e-9, 1.0]]], optimum=0.3, scale=Scale(None, 1.3, "given")).regret
    assert near[0, 0, 0] == pytest.approx(1e-9, rel=1e-6)


@pytest.mark.usefixtures("few_draws_will_do")
def test_distances_are_pooled_where_optima_differ(panel_of):
    # The median of 1, 2, 3 and 101, 102, 109 is 52, which is no draw's loss in either repetition.
    losses = [[[1, 2, 3], [101, 102, 109]], [[0.5, 9, 9], [100, 109, 109]]]
    panel = panel_of(losses, strategies=["random", "tpe"], optimum=[0, 100])
    # Distances are 1, 2, 3, 1, 2, 9.
    assert panel.typical.tolist() == [2, 102]
    assert panel.regret[..., -1].tolist() == [[0.5, 0.5], [0.25, 0]]
    without = panel_of(losses, strategies=["gp", "tpe"], optimum=[0, 100])
    # First trials: 1, 1, 0.5, 0.
    assert without.typical.tolist() == [0.75, 100.75]
    up = panel_of(losses, strategies=["random", "tpe"], optimum=[0, -100], direction="maximize")
    assert up.typical.tolist() == [2, 102]


@pytest.mark.parametrize(
    ("optimum", "scaled"),
    [([0.0, 0.0], [True, True]), ([2.0, 1.0], [False, True]), (3.0, [False] * 2)],
)
def test_a_missing_scale_is_reported(panel_of, optimum, scaled):
    panel = panel_of(np.full((1, 2, 1), 5.0), optimum=optimum, scale=Scale(None, 2.0, "frozen"))
    assert panel.scaled.tolist() == scaled
    plain = panel.best[0, :, 0] - panel.optimum
    assert_array_equal(panel.regret[0, ~panel.scaled, 0], plain[~panel.scaled])


def test_rounding_is_no_scale(panel_of):
    # 0.1 + 0.2 is no worse than 0.3, so there is nothing to divide by.
    panel = panel_of([[[0.1 + 0.2] * 3], [[0.3, 0.3, 0.32]]], strategies=["random", "mine"])
    assert not panel.scaled.any()
    assert panel.regret.max() < 0.03


def test_regret_after_some_trials_by_hand(panels_of):
    p, q = panels_of({"p": [[[5, 3, 4]], [[NAN, 7, 6]]], "q": [[[2]], [[1]]]})
    assert_array_equal(p.regret_after(), [[3], [6]])
    # A failed first trial leaves the worst completed loss; q has a budget of one.
    assert_array_equal(p.regret_after(1), [[5], [7]])
    assert_array_equal(p.regret_after(2), [[3], [7]])
    assert_array_equal(q.regret_after(), [[2], [1]])
    assert_array_equal(q.regret_after(1), [[2], [1]])
    assert_array_equal(q.regret_after(2), [[NAN], [NAN]])
    with pytest.raises(ValueError, match="at least 1, not 0"):
        p.regret_after(0)
