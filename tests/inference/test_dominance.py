import numpy as np
import pytest

from bench.inference.dominance import dominance, shares
from bench.inference.paired import pairs_of


def of(*sds, repetitions=6):
    """One pair on as many problems, their differences alternating by ± sd."""
    signs = np.resize([1.0, -1.0], repetitions)
    values = [((sd * signs)[None], np.zeros((1, repetitions))) for sd in sds]
    names = tuple(f"p{k}" for k in range(len(sds)))
    return dominance(pairs_of(values, a=("a",), b=("b",), problems=names, datasets=names))


@pytest.mark.parametrize(
    ("sds", "place", "share"),
    [
        ((1, 3, 1), 1, 9 / 11),
        ((1, 1, 1), -1, 1 / 3),
        ((0, 0, 1e100, 0), 2, 1),
        ((1, 9), -1, np.nan),
        ((0, 0, 0), -1, np.nan),
    ],
)
def test_the_problem_with_more_than_half_of_the_variance(sds, place, share):
    found = of(*sds)
    assert found.place.tolist() == [place]
    assert found.share.tolist() == [pytest.approx(share, nan_ok=True)]


def test_shares_add_up_to_all_of_the_variance_or_to_nothing():
    names = ("p", "q", "r")
    signs = np.resize([1.0, -1.0], 6)
    values = [(np.array([sd * signs, 0 * signs]), np.zeros((2, 6))) for sd in (1, 3, 0)]
    found = shares(pairs_of(values, a=("a", "b"), b=("c", "c"), problems=names, datasets=names))
    assert found.tolist() == [pytest.approx([0.1, 0.9, 0]), [0, 0, 0]]
