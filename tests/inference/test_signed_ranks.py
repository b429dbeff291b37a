import numpy as np
import pytest

from bench.inference.signed_ranks import signed_ranks
from bench.inference.significance import signed_rank
from bench.inference.subsets import subsets


def check(blocks, chosen):
    """Each test of a subset is the one that its differences have alone."""
    found = signed_ranks(blocks, np.zeros(blocks.shape), chosen)
    for d, m in np.ndindex(found.p.shape):
        values = blocks[m][chosen[d]]
        values = values[~np.isnan(values)]
        statistic, p, _ = signed_rank(values)
        assert found.count[d, m] == len(values)
        if len(values):
            assert found.statistic[d, m] == statistic
        assert found.p[d, m] == pytest.approx(p, nan_ok=True)


@pytest.mark.parametrize("count", [12, 60])
def test_they_are_the_tests_of_each_subset_alone(count):
    rng = np.random.default_rng(1)
    blocks = rng.normal(0.3, 1.0, (4, count))
    blocks[1, :4] = np.nan
    blocks[2, 3:7] = 0.0
    blocks[3] = rng.integers(-2, 4, count)
    check(blocks, subsets(count, count - 3, 10))


def test_nothing_in_a_subset_gives_no_p():
    blocks = np.array([[1.0, 2.0, np.nan], [0.0, 0.0, 1.0]])
    check(blocks, np.array([[False, False, True], [True, True, False]]))


def test_what_is_rounding_is_no_difference():
    blocks = np.array([[1e-18, 0.5, 0.5 + 1e-17]])
    found = signed_ranks(blocks, np.full((1, 3), 1e-16), np.ones((1, 3), dtype=bool))
    # Ranks 1 (a zero), 2.5 and 2.5: all four choices of signs have sums of 0, 2.5, 2.5 and 5.
    assert found.statistic.tolist() == [[5.0]]
    assert found.p.tolist() == [[0.5]]
