from __future__ import annotations

import hashlib
from typing import get_args

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_wine
from sklearn.model_selection import TimeSeriesSplit

from problems._splits import Kind, Splitter

CLASSES = np.repeat([0, 1, 2], [60, 90, 50])
GROUPS = np.random.default_rng(0).permutation(np.repeat([f"g{i:02}" for i in range(40)], 5))
KINDS = get_args(Kind)


def split(kind="stratified", seed=0, y=CLASSES, groups=None, **settings):
    if kind == "time-series":
        settings = {"repeats": 1} | settings
    if kind == "group" and groups is None:
        groups = GROUPS
    return Splitter(kind, **settings).split(y, groups=groups, seed=seed)


def digest(nested):
    sha = hashlib.sha256()
    for rows in (nested.train, nested.test, *(rows for pair in nested.folds for rows in pair)):
        sha.update(rows.astype("<i8").tobytes() + b"|")
    return sha.hexdigest()[:16]


# Written down before there were other kinds: what was measured on these rows stays comparable.
FROZEN = [
    ("wine", 5, 2, 0, [130, 83, 147, 119], [1, 150, 29, 153], "f6cae2bc32f64267"),
    ("wine", 5, 2, 2**32 - 1, [176, 147, 68, 6], [42, 26, 135, 155], "969392537cfb7371"),
    ("wine", 3, 1, 7, [92, 7, 87, 119], [45, 16, 25, 128], "47e7963311b479e4"),
    ("diabetes", 5, 2, 0, [185, 365, 434, 125], [233, 275, 322, 358], "2dff20b55406828b"),
    ("diabetes", 5, 2, 2**32 - 1, [119, 399, 166, 27], [387, 377, 409, 347], "1a1ff497882c02cd"),
    ("diabetes", 3, 1, 7, [130, 334, 187, 225], [261, 302, 267, 54], "5263d8a35fba79f9"),
]


@pytest.mark.parametrize(("data", "folds", "repeats", "seed", "test", "last", "whole"), FROZEN)
def test_k_fold_rows_are_the_frozen_ones(data, folds, repeats, seed, test, last, whole):
    load, kind = {"wine": (load_wine, "stratified"), "diabetes": (load_diabetes, "k-fold")}[data]
    y = load(return_X_y=True)[1]
    nested = Splitter(kind, folds, repeats).split(y, seed=seed)  # type: ignore[arg-type]
    assert nested.test[:4].tolist() == test
    assert nested.folds[-1][1][:4].tolist() == last
    assert digest(nested) == whole


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("folds", "repeats"), [(5, 2), (2, 1), (3, 4)])
def test_no_row_is_on_two_sides(kind, folds, repeats):
    repeats = 1 if kind == "time-series" else repeats
    nested = split(kind, folds=folds, repeats=repeats)
    assert np.array_equal(np.sort(np.concatenate([nested.train, nested.test])), np.arange(200))
    assert len(nested.test) == 50
    assert len(nested.folds) == (repeats if kind == "hold-out" else folds * repeats)
    for fit, validation in nested.folds:
        rows = np.concatenate([fit, validation])
        assert len(fit)
        assert len(validation)
        assert len(set(rows)) == len(rows)
        assert set(rows) <= set(nested.train)


@pytest.mark.parametrize("kind", ["k-fold", "stratified", "group"])
@pytest.mark.parametrize(("folds", "repeats"), [(5, 2), (2, 1), (3, 4)])
def test_each_repeat_validates_every_row_once(kind, folds, repeats):
    nested = split(kind, folds=folds, repeats=repeats)
    for first in range(0, folds * repeats, folds):
        pairs = nested.folds[first : first + folds]
        validated = np.concatenate([validation for _, validation in pairs])
        assert np.array_equal(np.sort(validated), np.sort(nested.train))
        assert all(len(fit) + len(validation) == 150 for fit, validation in pairs)


@pytest.mark.parametrize("settings", [{"kind": "stratified"}, {"kind": "hold-out", "folds": 4}])
def test_every_part_keeps_the_shares_of_the_classes(settings):
    nested = split(**settings, stratify=True)
    shares = np.bincount(CLASSES) / len(CLASSES)
    for rows in (nested.test, *(validation for _, validation in nested.folds)):
        # Whole rows only: a class may be off by less than one row a part.
        assert np.abs(np.bincount(CLASSES[rows]) - shares * len(rows)).max() < 1


def test_hold_out_keeps_no_shares_by_default():
    parts = [rows for seed in range(5) for _, rows in split("hold-out", seed).folds]
    assert len({tuple(np.bincount(CLASSES[rows], minlength=3)) for rows in parts}) > 1


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"time-series"}))
def test_repeats_cut_differently(kind):
    folds = split(kind, folds=5).folds
    half = len(folds) // 2
    first, second = ({frozenset(part[1]) for part in some} for some in (folds[:half], folds[half:]))
    assert first.isdisjoint(second)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"time-series"}))
def test_the_seed_decides_the_test_part_and_the_folds(kind):
    first, again, other = split(kind, 1), split(kind, 1), split(kind, 2)
    assert digest(first) == digest(again)
    assert set(first.test) != set(other.test)


@pytest.mark.parametrize("kind", KINDS)
def test_the_test_part_depends_on_neither_folds_nor_repeats(kind):
    assert np.array_equal(split(kind, folds=3, repeats=1).test, split(kind).test)


@pytest.mark.parametrize("kind", KINDS)
def test_a_split_is_its_outer_and_inner_parts_with_seeds_of_their_own(kind):
    splitter = Splitter(kind, repeats=1)
    outer_seed, inner_seed = np.random.SeedSequence(11).generate_state(2).tolist()
    groups = GROUPS if kind == "group" else None
    train, test = splitter.outer(CLASSES, groups, outer_seed)
    whole = splitter.split(CLASSES, groups=groups, seed=11)
    assert np.array_equal(whole.train, train)
    assert np.array_equal(whole.test, test)
    inner = splitter.inner(train, CLASSES, groups, inner_seed)
    assert all(
        np.array_equal(ours, theirs)
        for pair, other in zip(inner, whole.folds, strict=True)
        for ours, theirs in zip(pair, other, strict=True)
    )


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"time-series"}))
def test_another_inner_seed_reshuffles_the_same_training_rows(kind):
    splitter = Splitter(kind, folds=4, repeats=1)
    train, test = splitter.outer(CLASSES, GROUPS, 0)
    one, two = (splitter.inner(train, CLASSES, GROUPS, seed) for seed in (1, 2))
    assert {frozenset(part[1]) for part in one} != {frozenset(part[1]) for part in two}
    for pair in two:
        assert set(np.concatenate(pair)) == set(train)
        assert not set(np.concatenate(pair)) & set(test)


# 525 × (1 / 75) is a little more than 7 in floating point.
@pytest.mark.parametrize("folds", [2, 4, 5, 75])
def test_a_hold_out_validates_on_one_kth(folds):
    nested = Splitter("hold-out", folds, repeats=3).split(np.zeros(700), seed=0)
    assert [len(part[1]) for part in nested.folds] == [-(-525 // folds)] * 3


@pytest.mark.parametrize("seed", range(5))
def test_no_group_is_on_two_sides(seed):
    nested = split("group", seed, folds=3)
    for fit, validation in (*nested.folds, (nested.train, nested.test)):
        assert not set(GROUPS[fit]) & set(GROUPS[validation])
    assert len(set(GROUPS[nested.test])) == 10


def test_a_time_series_is_validated_and_tested_on_what_comes_later():
    nested = split("time-series", folds=4)
    assert np.array_equal(nested.test, np.arange(150, 200))
    theirs = list(TimeSeriesSplit(4).split(np.arange(150)))
    assert len(nested.folds) == len(theirs) == 4
    for (fit, validation), (their_fit, their_validation) in zip(nested.folds, theirs, strict=True):
        assert np.array_equal(fit, their_fit)
        assert np.array_equal(validation, their_validation)
        assert fit.max() < validation.min()
    sizes = [len(fit) for fit, _ in nested.folds]
    assert sizes == sorted(set(sizes))


def test_the_seed_does_not_move_a_time_series():
    assert digest(split("time-series", 1)) == digest(split("time-series", 2))


@pytest.mark.parametrize("y", [CLASSES, CLASSES.astype(str), CLASSES.astype(str).astype(object)])
def test_labels_may_be_of_any_type(y):
    assert digest(split(y=y)) == digest(split())


# The least that is enough: one row, group or member less is an error, for any seed.


def one_class_of(members):
    return np.repeat(["x", "y"], [members, 80 - members])


@pytest.mark.parametrize(
    ("kind", "folds", "least"),
    [("k-fold", 5, 7), ("k-fold", 2, 3), ("hold-out", 5, 7), ("time-series", 5, 8)],
)
def test_fewer_rows_than_folds_raise(kind, folds, least):
    repeats = 1 if kind == "time-series" else 2
    splitter = Splitter(kind, folds, repeats)
    for seed in range(20):
        nested = splitter.split(np.arange(least), seed=seed)
        assert all(len(fit) and len(validation) for fit, validation in nested.folds)
    with pytest.raises(ValueError, match=f"needs {least} rows, got {least - 1}; use fewer folds"):
        splitter.split(np.arange(least - 1), seed=0)
    needed = folds + (kind == "time-series")
    with pytest.raises(ValueError, match=f"needs {needed} rows, got {needed - 1}; use fewer"):
        splitter.inner(np.arange(needed - 1), np.arange(100), None, 0)


@pytest.mark.parametrize(("folds", "least"), [(5, 7), (2, 4), (3, 4)])
@pytest.mark.parametrize("kind", ["stratified", "hold-out"])
def test_fewer_members_than_folds_raise(kind, folds, least):
    splitter = Splitter(kind, folds, stratify=True)
    y = one_class_of(least)
    for seed in range(20):
        nested = splitter.split(y, seed=seed)
        for rows in (nested.test, *(rows for pair in nested.folds for rows in pair)):
            assert set(y[rows]) == {"x", "y"}
    with pytest.raises(ValueError, match=rf"class 'x' has {least - 1} members, .* needs {least};"):
        splitter.split(one_class_of(least - 1), seed=0)
    with pytest.raises(ValueError, match="use fewer folds or cv 'k-fold'"):
        splitter.split(one_class_of(1), seed=0)
    with pytest.raises(ValueError, match=rf"class 'x' has 1 member, .* needs {folds};"):
        splitter.inner(np.arange(least - 1, 80), y, None, 0)


def test_the_message_for_a_small_class_is_one_plain_line():
    with pytest.raises(ValueError, match="class") as caught:
        split(y=one_class_of(3), folds=5)
    assert str(caught.value) == (
        "class 'x' has 3 members, stratified 5-fold cross-validation of three quarters of the "
        "rows needs 7; use fewer folds or cv 'k-fold'"
    )


@pytest.mark.parametrize(("folds", "least"), [(5, 7), (2, 3), (3, 4)])
def test_fewer_groups_than_folds_raise(folds, least):
    splitter, groups = Splitter("group", folds), np.arange(60)
    for seed in range(20):
        nested = splitter.split(groups, groups=groups % least, seed=seed)
        assert all(len(fit) and len(validation) for fit, validation in nested.folds)
    with pytest.raises(ValueError, match=rf"needs {least} groups, got {least - 1}; use fewer"):
        splitter.split(groups, groups=groups % (least - 1), seed=0)
    with pytest.raises(ValueError, match=rf"needs {folds} groups, got 1; use fewer"):
        splitter.inner(groups, groups, np.zeros(60), 0)


def test_groups_are_asked_for():
    with pytest.raises(ValueError, match=r"group splits need groups, .*; name .* groups="):
        Splitter("group").split(CLASSES, seed=0)
    with pytest.raises(ValueError, match="group splits need groups"):
        Splitter("group").inner(np.arange(100), CLASSES, None, 0)


@pytest.mark.parametrize("folds", [1, 0, -1, 2.0, True, "5"])
def test_folds_must_be_two_or_more(folds):
    with pytest.raises(ValueError, match=r"folds must be an integer, 2 or more, got .* is 5"):
        Splitter("k-fold", folds)


@pytest.mark.parametrize("repeats", [0, -1, 1.0, True, "2"])
def test_repeats_must_be_one_or_more(repeats):
    with pytest.raises(ValueError, match=r"repeats must be an integer, 1 or more, got .* is 2"):
        Splitter("k-fold", repeats=repeats)


def test_a_time_series_has_no_repeats():
    with pytest.raises(ValueError, match="repeats must be 1 for cv 'time-series'"):
        Splitter("time-series")


def test_an_unknown_kind_raises():
    with pytest.raises(ValueError, match=r"one of k-fold, stratified, .*, got 'bootstrap'"):
        Splitter("bootstrap")  # type: ignore[arg-type]


@pytest.mark.parametrize("settings", [{"folds": 10**9}, {"repeats": 501, "folds": 2}])
def test_parts_are_no_more_than_memory_holds(settings):
    with pytest.raises(ValueError, match="folds × repeats must be 1,000 or less, got"):
        Splitter("k-fold", **settings)
