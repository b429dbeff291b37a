"""Nested subsets of rows: inside each other, in proportion, by whole groups, the latest ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems._subsets import nested_rows, places_in_proportion, share_of

MEMBERS = st.lists(st.integers(0, 40), min_size=1, max_size=7).filter(sum)
SEEDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=2)


def subsets(nested, steps=81):
    """Return the subset of each step, whose rows must ascend, and check that they are nested."""
    found = [nested.subset(step, steps).tolist() for step in range(1, steps + 1)]
    for smaller, larger in zip([[], *found], found, strict=False):
        assert set(smaller) <= set(larger)
        assert larger == sorted(set(larger))
    return found


@given(MEMBERS)
def test_every_beginning_has_each_class_share_rounded_up_or_down(members):
    places, total = places_in_proportion(members), sum(members)
    assert [places.count(code) for code in range(len(members))] == members
    placed = [0] * len(members)
    for k, code in enumerate(places, 1):
        placed[code] += 1
        for count, m in zip(placed, members, strict=True):
            assert k * m // total <= count <= -(-k * m // total)


def test_a_small_case_by_hand():
    # Of a, a, b, b, b, b: after 3 places one a and two b, and 0 or 1, 1 or 2 before.
    places = places_in_proportion([2, 4])
    assert sorted(places[:3]) == sorted(places[3:]) == [0, 1, 1]
    assert places_in_proportion([0, 3]) == [1, 1, 1]
    assert sorted(places_in_proportion([1, 1, 1])) == [0, 1, 2]


@given(MEMBERS, SEEDS)
def test_subsets_of_classes_are_nested_and_within_a_row_of_their_share(members, seed):
    classes = np.repeat(np.arange(len(members)), members)
    classes = classes[np.random.default_rng(0).permutation(len(classes))]
    nested, total = nested_rows(len(classes), classes=classes, seed=seed), len(classes)
    found = subsets(nested)
    assert found[-1] == list(range(total))
    for step, rows in enumerate(found, 1):
        # More only as long as a class is missing.
        assert len(rows) == max(math.ceil(total * step / 81), nested.least)
        for code, count in enumerate(members):
            inside = int((classes[rows] == code).sum())
            assert abs(inside - len(rows) * count / total) < 1
            assert inside >= (count > 0)


@given(MEMBERS)
def test_the_rarest_class_is_there_as_soon_as_its_share_is_a_row(members):
    classes = np.repeat(np.arange(len(members)), members)
    nested = nested_rows(len(classes), classes=classes, seed=[1])
    assert nested.least <= math.ceil(len(classes) / min(m for m in members if m))


@given(st.integers(1, 300), SEEDS)
def test_rows_without_classes_are_a_random_share(rows, seed):
    found = subsets(nested_rows(rows, seed=seed))
    assert [len(each) for each in found] == [
        math.ceil(round(rows * step / 81, 9)) for step in range(1, 82)
    ]
    assert found[-1] == list(range(rows))


def test_every_row_is_as_likely_as_any_other():
    # 4 of 12 rows, drawn 3,000 times: each is there in a third of them.
    counts = np.zeros(12)
    for seed in range(3000):
        counts[nested_rows(12, seed=[seed, 5]).subset(27, 81)] += 1
    assert counts == pytest.approx(np.full(12, 1000), abs=5 * math.sqrt(3000 * 2 / 9))


def test_every_member_of_a_class_is_as_likely_as_any_other():
    classes, counts = np.array([0, 0, 0, 1] * 3), np.zeros(12)
    for seed in range(3000):
        counts[nested_rows(12, classes=classes, seed=[seed]).subset(27, 81)] += 1
    # Of 4 rows one is of the class with 3 members, three are of the class with 9.
    assert counts == pytest.approx(np.full(12, 1000), abs=5 * math.sqrt(3000 * 2 / 9))


def test_the_seed_decides_the_rows():
    classes = np.arange(90) % 2
    first, again, other = (
        nested_rows(90, classes=classes, seed=seed).subset(9, 81).tolist()
        for seed in ([1, 0], [1, 0], [1, 1])
    )
    assert first == again != other


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=12),
    st.lists(st.integers(0, 2), min_size=108, max_size=108),
    SEEDS,
)
def test_groups_are_whole_and_no_more_than_are_needed(sizes, classes, seed):
    groups = np.repeat(np.arange(len(sizes)) * 7, sizes)
    groups = groups[np.random.default_rng(0).permutation(len(groups))]
    classes = np.array(classes[: len(groups)])
    for known in (None, classes):
        nested = nested_rows(len(groups), classes=known, groups=groups, seed=seed)
        before: set[int] = set()
        for step, rows in enumerate(subsets(nested), 1):
            taken = set(groups[rows].tolist())
            assert len(rows) == int(np.isin(groups, list(taken)).sum())
            assert len(rows) >= share_of(len(groups), step, 81)
            if known is not None:
                assert set(known[rows].tolist()) == set(known.tolist())
            if len(taken) > len(before) + 1 and step > 1:
                # More than one group joined: with one fewer there would have been too few rows.
                least = max(sizes[group // 7] for group in taken - before)
                assert len(rows) - least < share_of(len(groups), step, 81)
            before = taken
        assert before == set(groups.tolist())


def test_a_group_with_a_class_that_is_not_there_yet_comes_first():
    groups = np.repeat(np.arange(30), 10)
    classes = (groups == 17).astype(int)
    for seed in range(20):
        rows = nested_rows(300, classes=classes, groups=groups, seed=[seed]).subset(1, 81)
        assert len(rows) == 20
        assert 17 in groups[rows]


def test_of_a_time_series_the_latest_rows_come_first():
    nested = nested_rows(100, in_time=True, seed=[3])
    for step in (1, 27, 80, 81):
        count = share_of(100, step, 81)
        assert nested.subset(step, 81).tolist() == list(range(100 - count, 100))
    # As far back as every class is there.
    classes = np.array([0, 1, 1, 0, 1, 1, 1, 1])
    nested = nested_rows(8, classes=classes, in_time=True, seed=[3])
    assert nested.subset(1, 81).tolist() == [3, 4, 5, 6, 7]
    assert nested.subset(80, 81).tolist() == list(range(8))
