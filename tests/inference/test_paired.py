import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.inference import paired

NAN = math.nan


def test_differences_by_hand(make_panels):
    panels = make_panels(
        {
            "p": {"a": [0.1, 0.5, 0.3], "b": [0.4, 0.5, None], "c": [None] * 3},
            "q": {"a": [0.2], "b": [0.1], "c": [None]},
        }
    )
    found = paired.all_pairs(panels)
    assert list(zip(found.a, found.b, strict=True)) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert found.problems == ("p", "q")
    assert_array_equal(found.count, [[2, 1], [0, 0], [0, 0]])
    assert_array_equal(found.moved, [[1, 1], [0, 0], [0, 0]])
    assert_allclose(found.mean, [[-0.15, 0.1], [NAN, NAN], [NAN, NAN]])
    # (−.3, 0): around −.15, squares .0225 twice, over n − 1 = 1.
    assert_allclose(found.variance, [[0.045, NAN], [NAN, NAN], [NAN, NAN]])
    assert_allclose(found.median[0], [0.3 - 0.45, 0.1])


def test_at_a_chosen_number_of_trials(make_panels):
    panels = make_panels({"p": {"a": [0.1], "b": [0.3]}})
    assert_allclose(paired.all_pairs(panels).mean, [[-0.2]])
    # After the first trial regrets are 1.1 and 1.3, bounded 2 − 1/1.1 and 2 − 1/1.3.
    assert_allclose(paired.all_pairs(panels, 1).mean, [[1 / 1.3 - 1 / 1.1]])
    # Nothing is known beyond the budget.
    assert np.isnan(paired.all_pairs(panels, 3).mean).all()
    with pytest.raises(ValueError, match="at least 1, not 0"):
        paired.all_pairs(panels, 0)


@pytest.mark.parametrize("n", range(1, 6))
def test_medians_are_numpys(n):
    values = np.random.default_rng(n).normal(size=(4, n))
    assert_allclose(paired.medians(values), np.median(values, axis=1), rtol=1e-15)
    values[:, 0] = NAN
    expected = np.median(values[:, 1:], axis=1) if n > 1 else [NAN] * 4
    assert_allclose(paired.medians(values), expected, rtol=1e-15)


def test_medians_of_nothing():
    assert np.isnan(paired.medians(np.empty((3, 0)))).all()


def test_means_by_data_set():
    found = paired.by_dataset(np.array([[1.0, 2, 5], [NAN, 4, NAN]]), ["wine", "iris", "wine"])
    assert_allclose(found, np.array([[3, 2], [NAN, 4]]))
    assert paired.by_dataset(np.empty((2, 0)), []).shape == (2, 0)


def test_on_some_problems_a_pair_is_as_if_the_others_had_not_been_there(make_panels):
    rng = np.random.default_rng(4)
    cells = {
        name: {strategy: list(rng.random(5)) for strategy in "ab"} | {"c": [0.3, None, 0.2]}
        for name in "pqr"
    }
    panels = make_panels(cells)
    found = paired.on_problems(paired.all_pairs(panels), [2, 0])
    alone = paired.all_pairs([panels[2], panels[0]])
    for name in ("a", "b", "problems", "datasets", "functions"):
        assert getattr(found, name) == getattr(alone, name)
    for name in ("count", "moved", "mean", "variance", "median", "mean_grain", "median_grain"):
        assert_array_equal(getattr(found, name), getattr(alone, name))
