from __future__ import annotations

import numpy as np
import pytest

from problems._splits import nested_split

CLASSES = np.repeat([0, 1, 2], [60, 90, 50])


def split(seed=0, **changed):
    settings = {"folds": 5, "repeats": 2, "stratified": True} | changed
    return nested_split(CLASSES, seed=seed, **settings)


@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize(("folds", "repeats"), [(5, 2), (2, 1), (3, 4)])
def test_parts_partition_the_rows(folds, repeats, stratified):
    nested = split(folds=folds, repeats=repeats, stratified=stratified)
    everything = np.arange(len(CLASSES))
    assert np.array_equal(np.sort(np.concatenate([nested.train, nested.test])), everything)
    assert len(nested.test) == 50
    assert len(nested.folds) == folds * repeats
    for fit, score in nested.folds:
        assert set(fit) | set(score) == set(nested.train)
        assert not set(fit) & set(score)
    for first in range(0, folds * repeats, folds):
        scored = np.concatenate([score for _, score in nested.folds[first : first + folds]])
        assert np.array_equal(np.sort(scored), np.sort(nested.train))


def test_every_part_keeps_the_shares_of_the_classes():
    shares = np.bincount(CLASSES) / len(CLASSES)
    for rows in (split().test, *(score for _, score in split().folds)):
        # Whole rows only: a class may be off by less than one row a part.
        assert np.abs(np.bincount(CLASSES[rows]) - shares * len(rows)).max() < 1


def test_repeats_cut_differently():
    folds = split().folds
    assert {tuple(sorted(score)) for _, score in folds[:5]}.isdisjoint(
        {tuple(sorted(score)) for _, score in folds[5:]}
    )


def test_the_seed_decides_the_test_part_and_the_folds():
    first, again, other = split(1), split(1), split(2)
    assert np.array_equal(first.test, again.test)
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(first.folds, again.folds, strict=True))
    assert set(first.test) != set(other.test)


def test_the_test_part_depends_on_neither_folds_nor_repeats():
    assert np.array_equal(split(folds=3, repeats=1).test, split().test)


def test_more_folds_than_members_of_a_class_raise():
    with pytest.raises(ValueError, match="n_splits"):
        split(folds=100)
