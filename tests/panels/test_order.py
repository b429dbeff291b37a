"""The expectation over all orders, for strategies whose order means nothing."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.panels.panel import order_weights
from bench.testing.panels import panel

# --- sets


def test_the_expectation_over_orders_equals_the_published_oracle():
    curve = order_weights(8) @ np.array([1.0, 4, 9, 16, 25, 36, 49, 64])
    assert_allclose(curve[[0, 1, 2, 3, 7]], [25.5, 12, 6.75, 4.2, 1], rtol=1e-14)


def test_the_expectation_over_orders_equals_the_mean_over_all_orders():
    losses = np.array([3.0, -1, 7, 3, 0.5])
    orders = [np.minimum.accumulate(order) for order in itertools.permutations(losses)]
    assert_allclose(order_weights(5) @ np.sort(losses), np.mean(orders, axis=0), rtol=1e-13)


def test_the_expectation_over_orders_of_one_value():
    assert order_weights(1).tolist() == [[1]]
    assert_allclose(order_weights(3) @ np.array([4.0, 4, 4]), [4, 4, 4], rtol=1e-14)


def test_the_best_rank_of_a_large_set():
    # The best rank among n of N without replacement is (N + 1)/(n + 1) on average.
    exact = [float(Fraction(1201, n + 1)) for n in range(1, 1201)]
    assert_allclose(order_weights(1200) @ np.arange(1.0, 1201), exact, rtol=1e-9)


def test_the_weights_are_right_where_binomials_are_large():
    row = order_weights(1000)[499]
    for k in (1, 2, 100):
        exact = Fraction(math.comb(1000 - k, 499), math.comb(1000, 500))
        assert row[k - 1] == pytest.approx(float(exact), rel=1e-10)


def test_a_set_has_the_expectation_in_its_metrics_direction_held_to_the_end(make_run):
    values = [-64, -1, -36, -49, -4, -25, -9, -16]
    found = panel(
        make_run(values, direction="maximize", unordered=True, budget=10, status="stopped early")
    )
    curve = found.values(found.best)[0, 0]
    assert_allclose(curve[[0, 1, 2, 3, 7]], [-25.5, -12, -6.75, -4.2, -1], rtol=1e-14)
    assert_array_equal(curve[7:], [curve[7]] * 3)


def test_a_failed_draw_of_a_set_counts_as_its_own_worst_value(make_run):
    found = panel(make_run([2, None, 8], unordered=True))
    # Draws 2, 8 and 8: (2 + 8 + 8)/3, then two of three pairs hold the 2.
    assert_allclose(found.best[0, 0], [6, 4, 2], rtol=1e-14)


def test_a_set_counts_in_no_order_and_its_failures_as_the_worst_of_the_problem(make_run, join):
    found = panel(
        join(
            make_run([None, 2], tests=[None, 5], strategy="grid", unordered=True, budget=3),
            make_run([8, 1, 1], tests=[6, 4, 4]),
        ),
        strategies=["grid", "random"],
    )
    # Failing first: the worst, 8, and then 2; the other way 2 at once.
    assert_allclose(found.best[0, 0], [5, 2, 2])
    assert_allclose(found.best_test[0, 0], [5.5, 5, 5])
    assert_array_equal(found.best[1, 0], [8, 1, 1])
    assert found.unordered == {"grid"}
