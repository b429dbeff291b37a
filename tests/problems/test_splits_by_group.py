"""Every way to cut keeps the rows of a group on one side, in the test part and inside."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import GroupKFold, GroupShuffleSplit, StratifiedGroupKFold

from problems._splits import Kind, Splitter

KINDS = sorted(set(get_args(Kind)) - {"time-series"})


@st.composite
def grouped(draw):
    """Draw a splitter, a truth, and groups of uneven sizes on which classes may hang."""
    classes = draw(st.sampled_from([0, 2, 3]))  # 0: numbers
    kind = draw(st.sampled_from([kind for kind in KINDS if classes or kind != "stratified"]))
    splitter = Splitter(
        kind,
        draw(st.integers(2, 5)),
        draw(st.integers(1, 3)),
        stratify=bool(classes),
    )
    sizes = draw(st.lists(st.integers(1, 12), min_size=8, max_size=40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    groups = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    if not classes:
        y: Any = rng.normal(size=len(groups))
    elif draw(st.booleans()):
        y = (groups % classes).astype(np.int64)  # one class a group
    else:
        y = rng.integers(0, classes, len(groups))
    return splitter, y, groups, draw(st.integers(0, 2**32 - 1))


@pytest.mark.slow
@given(grouped())
def test_no_group_is_on_two_sides(case):
    splitter, y, groups, seed = case
    try:
        nested = splitter.split(y, groups=groups, seed=seed)
    except ValueError as error:
        if "; use fewer folds" not in str(error):
            raise
        return
    assert np.array_equal(np.sort(np.concatenate([nested.train, nested.test])), np.arange(len(y)))
    assert len(nested.folds) == splitter.repeats * (
        1 if splitter.kind == "hold-out" else splitter.folds
    )
    again = splitter.inner(nested.train, y, groups, seed)  # as another configuration's reshuffling
    for left, right in ((nested.train, nested.test), *nested.folds, *again):
        assert len(left)
        assert len(right)
        assert not set(groups[left]) & set(groups[right])
    for left, right in (*nested.folds, *again):
        assert set(left) | set(right) == set(nested.train)
        assert len(left) >= splitter.fewest(len(y), groups)


def counts(seed):
    return np.random.SeedSequence(seed).generate_state(2).tolist()


PATIENTS = np.random.default_rng(3).permutation(np.repeat(np.arange(40), 10))
ILL = np.random.default_rng(4).integers(0, 2, 40)[PATIENTS]


@pytest.mark.parametrize(
    ("kind", "theirs"),
    [
        ("k-fold", lambda seed: GroupKFold(4, shuffle=True, random_state=seed)),
        ("group", lambda seed: GroupKFold(4, shuffle=True, random_state=seed)),
        ("stratified", lambda seed: StratifiedGroupKFold(4, shuffle=True, random_state=seed)),
    ],
)
def test_parts_of_groups_are_scikit_learns(kind, theirs):
    nested = Splitter(kind, 4, 2).split(ILL, groups=PATIENTS, seed=9)
    expected = []
    for seed in counts(counts(9)[1]):
        y, groups = ILL[nested.train], PATIENTS[nested.train]
        expected += list(theirs(seed).split(y, y, groups))
    assert len(nested.folds) == len(expected) == 8
    for (fit, validation), (their_fit, their_validation) in zip(
        nested.folds, expected, strict=True
    ):
        assert np.array_equal(fit, nested.train[their_fit])
        assert np.array_equal(validation, nested.train[their_validation])


@pytest.mark.parametrize("kind", ["k-fold", "group"])
def test_the_test_part_of_groups_is_a_quarter_of_them(kind):
    nested = Splitter(kind).split(ILL, groups=PATIENTS, seed=9)
    shuffle = GroupShuffleSplit(1, test_size=0.25, random_state=counts(9)[0])
    assert np.array_equal(nested.test, next(shuffle.split(ILL, groups=PATIENTS))[1])


@pytest.mark.parametrize("kind", ["stratified", "hold-out"])
def test_parts_keep_the_shares_of_classes_as_far_as_groups_allow(kind):
    nested = Splitter(kind, 5, 2, stratify=True).split(ILL, groups=PATIENTS, seed=1)
    for rows in (nested.test, *(validation for _, validation in nested.folds)):
        # Of 30 groups of 10 rows each a part has 6, of a class one more or less.
        assert abs(ILL[rows].mean() - ILL.mean()) <= 1.5 / 6
    assert abs(len(nested.test) - 100) <= 20


@pytest.mark.slow
def test_the_largest_group_is_tested_on_in_some_repetitions_only():
    groups = np.repeat(np.arange(20), [40, *[5] * 19])
    y = np.arange(len(groups)) % 2
    tested = [
        0 in groups[Splitter("stratified").split(y, groups=groups, seed=seed).test]
        for seed in range(20)
    ]
    assert 0 < sum(tested) < 20


def test_a_time_series_takes_no_groups():
    splitter = Splitter("time-series", repeats=1)
    with pytest.raises(ValueError, match="groups must be empty for cv 'time-series'") as caught:
        splitter.split(ILL, groups=PATIENTS, seed=0)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_too_few_groups_are_reported(kind):
    y = np.arange(60) % 2
    splitter = Splitter(kind, 5, stratify=True)
    with pytest.raises(ValueError, match=r"by groups of three quarters .* needs 7 groups, got 6"):
        splitter.check(y, np.arange(60) // 10)
    splitter.check(y, np.arange(60) // 2 % 12)


def test_a_class_in_too_few_groups_is_reported():
    groups = np.arange(100) // 5
    y = (groups < 3).astype(int)
    with pytest.raises(ValueError, match="class 1 has members in 3 groups, stratified 5-fold"):
        Splitter("stratified").check(y, groups)
    Splitter("k-fold").check(y, groups)
