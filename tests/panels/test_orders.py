import numpy as np

from bench.panels.orders import one_random_order

NAN, INF = np.nan, np.inf


def test_only_an_unordered_design_is_shuffled(panel_of):
    losses = np.broadcast_to(np.arange(8.0), (2, 200, 8))
    panel = panel_of(losses, strategies=["grid", "tpe"], unordered=["grid"])
    order = one_random_order(panel, 3)
    assert (order[1] == np.arange(8)).all()
    assert (np.sort(order[0], axis=1) == np.arange(8)).all()
    # Each point is first in an eighth of the runs, within 4 standard deviations.
    first = np.bincount(order[0][:, 0], minlength=8) / 200
    assert np.abs(first - 1 / 8).max() < 4 * np.sqrt(1 / 8 * 7 / 8 / 200)
    assert (one_random_order(panel, 3) == order).all()


def test_places_without_a_trial_stay_last(panel_of):
    panel = panel_of([[[3, NAN, 1, INF, INF]] * 20], strategies=["grid"], unordered=["grid"])
    order = one_random_order(panel, 0)
    assert (order[..., 3:] == [3, 4]).all()
    assert (np.sort(order[..., :3], axis=2) == [0, 1, 2]).all()
