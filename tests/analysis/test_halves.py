import numpy as np
import pytest

from bench.analysis.halves import among_first, halves
from bench.inference.subsets import subsets


def shares(frame):
    """Strategy -> halves in which it is first, and among the first three."""
    return {row.strategy: (row.n_first, row.n_first_three) for row in frame.itertuples()}


def test_the_best_of_every_data_set_is_first_in_every_half(make_panels):
    cells = {f"d{k}": {"a": [0.3, 0.4], "b": [0.1, 0.2], "c": [0.5, 0.6]} for k in range(10)}
    found = halves(make_panels(cells))
    assert found["strategy"].tolist() == ["b", "a", "c"]
    assert found["rank"].tolist() == [1, 2, 3]
    assert shares(found) == {"b": (100, 100), "a": (0, 100), "c": (0, 100)}
    assert (set(found["n_draws"]), set(found["n_datasets"])) == ({100}, {5})


def test_two_that_are_alike_share_the_first_place(make_panels):
    cells = {f"d{k}": {"a": [0.1], "b": [0.1], "c": [0.5], "e": [0.6]} for k in range(10)}
    found = halves(make_panels(cells))
    assert shares(found) == {"a": (50, 100), "b": (50, 100), "c": (0, 100), "e": (0, 0)}


def test_where_one_wins_a_half_by_the_data_sets_in_it(make_panels):
    # a wins 6 of 11 data sets, b 5: in a half of 5 that with three of its own is first.
    wins = [True] * 6 + [False] * 5
    cells = {f"d{k:02}": {"a": [0.1 if ahead else 0.3], "b": [0.2]} for k, ahead in enumerate(wins)}
    found = shares(halves(make_panels(cells)))
    expected = int((subsets(11, 5)[:, :6].sum(axis=1) >= 3).sum())
    assert found == {"a": (expected, 100), "b": (100 - expected, 100)}


def test_all_problems_of_a_data_set_are_in_a_half(make_panels):
    # On each data set a is better on one problem and b, by rank, on two.
    cells = {
        f"d{k}-{part}": {"a": [0.1 if part == 0 else 0.3], "b": [0.2]}
        for k in range(4)
        for part in range(3)
    }
    panels = make_panels(cells, datasets={name: name.partition("-")[0] for name in cells})
    found = halves(panels)
    assert set(found["n_datasets"]) == {2}
    assert shares(found) == {"b": (100, 100), "a": (0, 100)}


def test_one_that_has_no_run_in_a_half_is_not_first_there(make_panels):
    cells = {f"d{k}": {"a": [0.2], "b": [0.1] if k == 0 else [None]} for k in range(4)}
    found = shares(halves(make_panels(cells)))
    with_it = int(subsets(4, 2)[:, 0].sum())
    assert 0 < with_it < 100
    assert found["b"] == (with_it, with_it)


@pytest.mark.parametrize(
    ("ranks", "places", "expected"),
    [
        ([1, 2, 3], 1, [1, 0, 0]),
        ([2, 2, 2, 4], 1, [1 / 3, 1 / 3, 1 / 3, 0]),
        ([1, 2.5, 2.5, 4], 3, [1, 1, 1, 0]),
        ([1, 3, 3, 3], 3, [1, 2 / 3, 2 / 3, 2 / 3]),
        ([1, np.nan, 2], 2, [1, 0, 1]),
        ([0.1 + 0.2, 0.3], 1, [0.5, 0.5]),
    ],
)
def test_equal_ranks_share_their_places(ranks, places, expected):
    assert among_first(np.array([ranks]), places)[0].tolist() == pytest.approx(expected)
