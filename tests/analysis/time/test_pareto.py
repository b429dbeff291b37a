import numpy as np
import pytest

from bench.analysis.time.pareto import undominated

NAN = np.nan


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ([1, 2, 3], [3, 2, 1], [True, True, True]),
        ([1, 2, 3], [1, 2, 3], [True, False, False]),
        # Equal in one value: the other value decides. Equal in both: neither dominates.
        ([1, 1, 2], [2, 3, 2], [True, False, False]),
        ([1, 1, 2], [2, 2, 1], [True, True, True]),
        ([NAN, 2, 3], [1, NAN, 5], [False, False, True]),
        ([], [], []),
    ],
)
def test_by_hand(first, second, wanted):
    found = undominated(np.array(first, dtype=float), np.array(second, dtype=float))
    assert found.tolist() == wanted


def test_seconds_within_a_factor_count_as_equal():
    first, second = np.array([0.2, 0.1]), np.array([100.0, 100.5])
    assert undominated(first, second).tolist() == [True, True]
    assert undominated(first, second, 1.01).tolist() == [False, True]
    assert undominated(first, np.array([100.0, 101.5]), 1.01).tolist() == [True, True]


@pytest.mark.parametrize("factor", [1.0, 1.05])
def test_it_is_what_a_comparison_of_all_pairs_gives(factor):
    rng = np.random.default_rng(4)
    first, second = rng.integers(0, 6, (2, 40)) + 1.0
    wanted = [
        not any(
            x <= a and y <= factor * b and (x < a or factor * y < b)
            for x, y in zip(first, second, strict=True)
        )
        for a, b in zip(first, second, strict=True)
    ]
    assert undominated(first, second, factor).tolist() == wanted
    assert 0 < sum(wanted) < 40
