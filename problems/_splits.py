"""Ways to split the rows of a data set: a test part, and the rest for inner validation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bench import Config
from problems._splits_by_group import any_of, in_groups, stratified_groups

Rows = NDArray[np.intp]
Kind = Literal["k-fold", "stratified", "hold-out", "group", "time-series"]

NO_GROUPS = (
    "groups must be empty for cv 'time-series', which may cut a group in two; leave them out, or "
    "use cv 'group'"
)
"""Why groups are refused, wherever that is noticed first."""

TEST_SHARE = 0.25
_QUARTERS = 4

_MAX_PARTS = 1000
"""Parts to validate on: all of them are held in memory."""


def own_seed(config: Config, seed: int) -> int:
    """Return the seed of inner parts that a configuration has to itself.

    Args:
        config: the active parameters, in any order.
        seed: of the repetition.

    >>> own_seed({"C": 1.0, "kernel": "rbf"}, 3) == own_seed({"kernel": "rbf", "C": 1.0}, 3)
    True
    """
    text = json.dumps([seed, sorted(config.items())])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")


def kind_for(
    cv: Literal["", Kind], data: str, *, classifies: bool, groups: str, reshuffle: bool
) -> Kind:
    """Return how a problem's rows are cut.

    Args:
        cv: the setting; empty: as usual for the target.
        data: what the data are called.
        classifies: whether the target is a class.
        groups: the column of the groups, or "".
        reshuffle: whether each configuration has its own parts.

    Raises:
        ValueError: a way that does not fit.
    """
    # By groups k-fold is "group", the name that older results have for it.
    usual: Kind = "stratified" if classifies else "group" if groups else "k-fold"
    kind = cv or usual
    if kind == "stratified" and not classifies:
        raise ValueError(
            f"cv 'stratified' needs a target of classes, that of {data} is numbers; use 'k-fold'"
        )
    if kind == "time-series" and groups:
        raise ValueError(NO_GROUPS)
    if kind == "time-series" and reshuffle:
        raise ValueError(
            "reshuffle must be false for cv 'time-series', whose parts stay in time order, "
            "got true; leave it out"
        )
    return kind


@dataclass(frozen=True, slots=True)
class NestedSplit:
    """Row numbers of one repetition.

    Args:
        train: the rows that are tuned on.
        test: the held-out rows.
        folds: (training, validation) rows of each inner fold, all of them from `train`.
    """

    train: Rows
    test: Rows
    folds: tuple[tuple[Rows, Rows], ...]


@dataclass(frozen=True, slots=True)
class Splitter:
    """Holds out a quarter of the rows and cuts the rest into parts to fit and to validate on.

    Where groups are given, the rows of one stay together under every kind, in the test part as in
    the parts to validate on.

    Args:
        kind: how the parts come about.
            "k-fold": k folds at random, cut anew for each repeat; by groups the test part is a
            quarter of the groups.
            "stratified": the same, and every part keeps the classes' shares, with groups as far as
            whole groups allow.
            "hold-out": a random validation part for each repeat; two may share rows.
            "group": "k-fold", and groups have to be given.
            "time-series": the rows are in time order, the test part is their last quarter, and
            each of k validation parts follows the rows that are fitted on, which grow in number
            from part to part (an expanding window). The seed does not move these parts. It takes
            no groups, which may go on from one part into the next.
        folds: k, 2 or more; for "hold-out" a validation part is one k-th of the rest.
        repeats: how many times the rest is cut, 1 or more; 1 for "time-series".
        stratify: whether the parts of "hold-out" keep the classes' shares; the other kinds do
            not look at it.

    Raises:
        ValueError: an unknown kind, or folds or repeats out of range.
    """

    kind: Kind
    folds: int = 5
    repeats: int = 2
    stratify: bool = False

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"cv must be one of {', '.join(get_args(Kind))}, got {self.kind!r}")
        for name, value, least in (("folds", self.folds, 2), ("repeats", self.repeats, 1)):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                default = type(self).__dataclass_fields__[name].default
                raise ValueError(
                    f"{name} must be an integer, {least} or more, got {value!r}; "
                    f"the default is {default}"
                )
        if self.folds * self.repeats > _MAX_PARTS:
            raise ValueError(
                f"folds × repeats must be {_MAX_PARTS:,} or less, got {self.folds} × "
                f"{self.repeats}; the default is 5 × 2"
            )
        if self.kind == "time-series" and self.repeats != 1:
            raise ValueError(
                "repeats must be 1 for cv 'time-series', whose parts do not depend on the "
                f"seed, got {self.repeats}; set repeats=1"
            )

    def split(
        self, y: NDArray[Any], *, groups: NDArray[Any] | None = None, seed: int
    ) -> NestedSplit:
        """Return the test part and the inner parts that `seed` decides.

        Args:
            y: the truth of every row.
            groups: the group of every row, or None; kind "group" needs them.
            seed: 0 or more; the test part and the inner parts get a seed of their own from it.

        Raises:
            ValueError: too few rows, groups, or members of a class; no groups for kind "group".
        """
        outer_seed, inner_seed = np.random.SeedSequence(seed).generate_state(2).tolist()
        train, test = self.outer(y, groups, outer_seed)
        return NestedSplit(train, test, self.inner(train, y, groups, inner_seed))

    def check(self, y: NDArray[Any], groups: NDArray[Any] | None = None) -> None:
        """Refuse rows that cannot be split, as far as their numbers tell.

        Args:
            y: the truth of every row.
            groups: the group of every row, or None; kind "group" needs them.

        Raises:
            ValueError: as `split`.
        """
        self._check(y, groups, whole=True)

    def outer(self, y: NDArray[Any], groups: NDArray[Any] | None, seed: int) -> tuple[Rows, Rows]:
        """Return the rows to tune on and those of the test part, a quarter of all.

        Args:
            y: the truth of every row.
            groups: the group of every row, or None; kind "group" needs them.
            seed: decides the test part; in [0, 2³² - 1].

        Raises:
            ValueError: as `split`.
        """
        from sklearn.model_selection import GroupShuffleSplit, train_test_split

        self.check(y, groups)
        rows = np.arange(len(y))
        if self.kind == "time-series":
            return rows[: _tuned(len(y))], rows[_tuned(len(y)) :]
        if groups is None:
            train, test = train_test_split(
                rows,
                test_size=TEST_SHARE,
                stratify=y if self.stratified else None,
                random_state=seed,
            )
        elif self.stratified:
            train, test = any_of(stratified_groups(_QUARTERS, y, groups, seed), seed)
        else:
            shuffle = GroupShuffleSplit(1, test_size=TEST_SHARE, random_state=seed)
            train, test = next(shuffle.split(rows, groups=groups))
        return train, test

    def inner(
        self, train: Rows, y: NDArray[Any], groups: NDArray[Any] | None, seed: int
    ) -> tuple[tuple[Rows, Rows], ...]:
        """Return the rows to fit and to validate on, part by part.

        Args:
            train: the numbers of the rows to cut, in time order for kind "time-series".
            y: the truth of every row, also of those outside `train`.
            groups: the group of every row, or None; kind "group" needs them.
            seed: decides the parts; in [0, 2³² - 1].

        Raises:
            ValueError: as `split`.
        """
        y = y[train]
        groups = None if groups is None else groups[train]
        self._check(y, groups, whole=False)
        parts = self._cut(y, seed) if groups is None else self._cut_groups(y, groups, seed)
        return tuple((train[fit], train[validation]) for fit, validation in parts)

    def fewest(self, count: int, groups: NDArray[Any] | None = None) -> int:
        """Return a number of rows that every part to fit has, at the least.

        Args:
            count: how many rows there are in all.
            groups: the group of every row, or None.
        """
        tuned = _tuned(count)
        if self.kind == "time-series":
            return tuned // (self.folds + 1)
        if groups is None:
            return tuned * (self.folds - 1) // self.folds
        sizes = np.sort(np.unique(groups, return_counts=True)[1])
        if self.stratified:
            # Parts are of a like size but for a group at most, and none is empty.
            largest = int(sizes[-1])
            like = (tuned - largest) * (self.folds - 1) // self.folds - largest
            return max(like, int(sizes[: self.folds - 1].sum()))
        left = _tuned(len(sizes))
        # The smallest groups may be those that are left; of groups of a like size a third is.
        return min(tuned // 3, int(sizes[: left - -(-left // self.folds)].sum()))

    def fewest_members(self, members: Sequence[int], fewest: int) -> int:
        """Return how many rows of the rarest class every part to fit has, or about as many.

        Where single rows keep the classes' shares, every part has that many or more.

        Args:
            members: of each class, among all rows; none for regression.
            fewest: rows that every part to fit has (`fewest`).
        """
        if not members:
            return fewest
        if not self.stratified:
            return min(members) * fewest // sum(members)
        tuned = _tuned(sum(members))
        rarest = min(members) * tuned // sum(members)
        # A part to validate on has one k-th of each class, rounded up.
        return rarest - -(-rarest * -(-tuned // self.folds) // tuned)

    def _cut(self, y: NDArray[Any], seed: int) -> Iterator[tuple[Rows, Rows]]:
        """Return the parts of rows that belong to no groups."""
        from sklearn import model_selection as ms

        if self.kind == "hold-out":
            shuffle = ms.StratifiedShuffleSplit if self.stratify else ms.ShuffleSplit
            # A number of rows: the rounded share 1 / folds could be one row off.
            cut = shuffle(self.repeats, test_size=-(-len(y) // self.folds), random_state=seed)
        elif self.kind == "time-series":
            cut = ms.TimeSeriesSplit(self.folds)
        else:
            repeated = ms.RepeatedStratifiedKFold if self.stratified else ms.RepeatedKFold
            cut = repeated(n_splits=self.folds, n_repeats=self.repeats, random_state=seed)
        return cut.split(np.zeros(len(y)), y)  # type: ignore[no-any-return]

    def _cut_groups(
        self, y: NDArray[Any], groups: NDArray[Any], seed: int
    ) -> Iterator[tuple[Rows, Rows]]:
        """Yield the parts of rows whose groups stay together."""
        from sklearn import model_selection as ms

        rows = np.zeros(len(y))
        if self.kind == "hold-out" and not self.stratify:
            size = -(-len(np.unique(groups)) // self.folds)
            shuffle = ms.GroupShuffleSplit(self.repeats, test_size=size, random_state=seed)
            yield from shuffle.split(rows, groups=groups)
            return
        for each in np.random.SeedSequence(seed).generate_state(self.repeats).tolist():
            if not self.stratified:
                cut = ms.GroupKFold(self.folds, shuffle=True, random_state=each)
                yield from cut.split(rows, groups=groups)
                continue
            parts = stratified_groups(self.folds, y, groups, each)
            yield from [any_of(parts, each)] if self.kind == "hold-out" else parts

    @property
    def stratified(self) -> bool:
        return self.kind == "stratified" or (self.kind == "hold-out" and self.stratify)

    def _check(self, y: NDArray[Any], groups: NDArray[Any] | None, *, whole: bool) -> None:
        """Raise unless each of the parts can have a row, a group and a member of each class.

        Args:
            y: the truth of the rows to split.
            groups: their groups.
            whole: whether a quarter of them is to be held out first.
        """
        # The first rows of a time series are only ever fitted on.
        least = self.folds + (self.kind == "time-series")
        # The least number of which three quarters, rounded down, are enough.
        needed = -(-4 * least // 3) if whole else least
        if self.kind == "group" and groups is None:
            raise ValueError(
                "group splits need groups, the group of each row, got none; "
                "name the column with groups="
            )
        if self.kind == "time-series" and groups is not None:
            raise ValueError(NO_GROUPS)
        grouped = groups is not None
        if len(y) < needed:
            raise ValueError(
                f"{self._plan(grouped, whole)} needs {needed} rows, got {len(y)}; use fewer folds"
            )
        if groups is not None and (count := len(np.unique(groups))) < needed:
            raise ValueError(
                f"{self._plan(grouped, whole)} needs {needed} groups, got {count}; "
                "use fewer folds or a column with more groups"
            )
        if self.stratified:
            if whole:
                # Strata are rounded down as well, and four members have one in the test part.
                needed = max(_QUARTERS, needed if grouped else -(-least * len(y) // _tuned(len(y))))
            self._check_classes(y, groups, needed, whole)

    def _check_classes(
        self, y: NDArray[Any], groups: NDArray[Any] | None, needed: int, whole: bool
    ) -> None:
        """Raise where a class has too few members, or is in too few groups, for all the parts."""
        labels, counts = np.unique(y, return_counts=True)
        if groups is not None:
            counts = in_groups(y, groups)
            if not whole:
                # Which groups are left is luck: some part may have to do without a rare class.
                labels, counts = labels[[counts.argmax()]], counts[[counts.argmax()]]
        if (count := int(counts.min())) < needed:
            has = f"{count} member{'s' * (count != 1)}"
            if groups is not None:
                has = f"members in {count} group{'s' * (count != 1)}"
            raise ValueError(
                f"class {labels.tolist()[counts.argmin()]!r} has {has}, "
                f"{self._plan(groups is not None, whole)} needs {needed}; "
                "use fewer folds or cv 'k-fold'"
            )

    def _plan(self, grouped: bool, whole: bool) -> str:
        """Return in words what is done to the rows, or to three quarters of them."""
        cut = f"{self.folds}-fold cross-validation"
        stratified = "stratified " * self.stratified
        plan = {
            "hold-out": f"a {stratified}hold-out of one in {self.folds}",
            "time-series": f"{cut} of a time series",
        }.get(self.kind, f"{stratified}{cut}")
        plan += " by groups" * grouped
        return f"{plan} of three quarters of the rows" if whole else plan


def _tuned(count: int) -> int:
    """Return how many of `count` rows are left beside the test part, as scikit-learn rounds."""
    return count - -(-count // 4)
