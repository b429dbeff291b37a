import math

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from bench.panels.rounding import RELATIVE, alike, at_most, cleared, of_size, tied

NAN, INF = math.nan, math.inf


def groups(values, grain=0.0):
    """Return which values share a number, as the places of the groups in the order they come."""
    found = tied(values, grain).ravel()
    return np.unique(found, return_inverse=True)[1].tolist()


@pytest.mark.parametrize("factor", [1.0, 3.0, 0.25, -1.0, -3.0, 1e-300, 1e140])
def test_equal_up_to_rounding_is_equal_at_any_scale(factor):
    values = factor * np.array([0.1 + 0.2, 0.3, 0.30000000001])
    found = tied(values)
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize("ulps", [-4, -1, 1, 4])
def test_some_units_in_the_last_place_are_rounding(ulps):
    values = np.array([0.7, 1e6 + 0.1, 1e-12, 2.0**-30])
    moved = values + ulps * np.spacing(values)
    assert groups([*values, *moved]) == [2, 3, 0, 1] * 2


def test_what_is_more_than_rounding_is_none():
    assert groups([1e-12, 1.1e-12, 25.0]) == [0, 1, 2]
    assert groups([1e6, 1e6 + 1e-7]) == [0, 1]
    assert groups([0.3978873577, 0.3978873587]) == [0, 1]


def test_what_was_added_may_be_larger_than_what_came_out():
    rest = 0.1 + 0.2 - 0.3
    assert groups([rest, 0.0]) == [1, 0]
    assert groups([rest, 0.0], of_size(0.3)) == [0, 0]
    assert groups([[rest, 0.0], [0.0, rest]], np.array([[0.0], [1e-12]])) == [0, 0, 0, 0]


def test_no_value_is_cut_off_by_a_line_and_no_group_is_wider_than_the_tolerance():
    step = RELATIVE / 2
    ladder = 1 + step * np.arange(7)
    # Each is within the tolerance of the next, the first and the last are not.
    found = tied(ladder)
    assert np.abs(ladder - found).max() <= RELATIVE
    assert_array_equal(found[1:3], [1.0, 1.0])
    assert found[3] == ladder[3]
    # Wherever two near ones stand they are a pair.
    for start in np.linspace(0.1, 0.9, 997):
        one, two = tied([start, np.nextafter(start, 1)])
        assert one == two


def test_it_hangs_on_no_order_and_doing_it_again_changes_nothing():
    rng = np.random.default_rng(0)
    base = rng.choice(rng.random(20), size=200)
    values = base + rng.integers(-4, 5, size=200) * np.spacing(base)
    order = rng.permutation(200)
    found = tied(values)
    assert len(np.unique(found)) == len(np.unique(base))
    assert_array_equal(tied(values[order]), found[order])
    assert_array_equal(tied(found), found)
    dense = 1 + rng.random(2000) * 20 * RELATIVE
    assert_array_equal(tied(tied(dense)), tied(dense))


def test_what_is_no_number_stays():
    found = tied([[NAN, 1.0], [INF, -INF]])
    assert_array_equal(found, [[NAN, 1.0], [INF, -INF]])
    assert_array_equal(tied([]), [])
    assert tied(np.zeros((0, 3))).shape == (0, 3)


def test_the_values_given_are_not_changed():
    values = np.array([0.1 + 0.2, 0.3])
    tied(values)
    assert values[0] != values[1]


def test_differences_that_are_rounding_are_cleared():
    found = cleared([0.1 + 0.2 - 0.3, -1e-9, NAN], of_size(0.3, [0.1, 0.1, 0.1]))
    assert_array_equal(found, [0.0, -1e-9, NAN])


def test_a_limit_is_met_up_to_rounding():
    assert_array_equal(at_most([0.1 + 0.2, 0.3, 0.3 + 1e-12, NAN], 0.3), [True, True, False, False])
    assert_array_equal(at_most([5e-17, 1e-9], 0.0, 1e-15), [True, False])
    assert not at_most(1e-17, 0.0)


def test_two_numbers_are_alike_where_they_would_be_tied():
    rng = np.random.default_rng(2)
    first = np.concatenate(
        [rng.normal(size=500), [0.0, NAN, NAN, INF, INF, -INF, 0.1 + 0.2, 1e-12]]
    )
    near = first + rng.integers(-40, 41, size=len(first)) * np.spacing(first)
    second = np.where(rng.random(len(first)) < 0.8, near, rng.permutation(first))
    for grain in (0.0, 1e-13, 1e-9):
        pairs = [tied(pair, grain) for pair in zip(first, second, strict=True)]
        expected = [one == two for one, two in pairs]
        assert 0 < sum(expected) < len(expected)
        assert alike(first, second, grain).tolist() == expected
