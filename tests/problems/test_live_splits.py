"""Live problems under every way to cut the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import (
    GroupKFold,
    RepeatedKFold,
    StratifiedShuffleSplit,
    TimeSeriesSplit,
)

from problems.boosting import Boosting
from problems.linear import ElasticNet, Logistic
from problems.neighbours import KNN
from problems.svm import RBFSVM
from problems.tree import Tree

pytestmark = pytest.mark.slow


@pytest.fixture
def visits(tmp_path):
    """A file of 30 patients with 4 visits each, whose classes hang on the patient."""
    rng = np.random.default_rng(0)
    path = tmp_path / "visits.csv"
    lines = ["patient,x,z,ill"]
    for patient in range(30):
        ill = rng.random() < 0.5
        for _ in range(4):
            x, z = rng.normal(size=2)
            lines.append(f"p{patient},{x + ill:.6f},{z:.6f},{'yes' if ill else 'no'}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return {"data": str(path), "target": "ill", "groups": "patient"}


def seeds_of(seed):
    """Return the seeds of the test part and of the folds."""
    return np.random.SeedSequence(seed).generate_state(2).tolist()


@pytest.mark.parametrize(
    ("settings", "theirs"),
    [
        (
            {"cv": "k-fold", "folds": 3, "repeats": 2},
            lambda y, seed: RepeatedKFold(n_splits=3, n_repeats=2, random_state=seed),
        ),
        (
            {"cv": "hold-out", "folds": 4, "repeats": 3},
            # 133 rows are left of 178, a quarter of which is 33.25.
            lambda y, seed: StratifiedShuffleSplit(3, test_size=34, random_state=seed),
        ),
        ({"cv": "time-series", "folds": 3, "repeats": 1}, lambda y, seed: TimeSeriesSplit(3)),
    ],
    ids=lambda value: value.get("cv") if isinstance(value, dict) else "",
)
def test_folds_are_scikit_learns(settings, theirs):
    # A model of two classes in mixed order: every part of a time series has both.
    problem = Tree(data="noisy-labels" if settings["cv"] == "time-series" else "wine", **settings)
    data = problem.load()
    split = problem.split(data, 3)
    y = data.y[split.train]
    expected = theirs(y, seeds_of(3)[1]).split(y, y)
    values = []
    for fit, score in expected:
        fit, score = split.train[fit], split.train[score]
        tree = problem.make(problem.space.default, 3).fit(data.X[fit], data.y[fit])
        values.append(tree.score(data.X[score], data.y[score]))
    assert problem.evaluate(problem.space.default, seed=3).fold_values == tuple(values)


def test_no_group_is_on_two_sides(visits):
    problem = RBFSVM(**visits, cv="group", folds=3, repeats=2)
    data = problem.load()
    assert data.X.shape == (120, 2)  # the groups are no feature
    split = problem.split(data, 1)
    sides = [split.train, split.test]
    assert len(np.unique(data.groups[split.test])) == 8  # a quarter of 30, rounded up
    for fit, score in [sides, *split.folds]:
        assert not set(data.groups[fit]) & set(data.groups[score])
    assert len(split.folds) == 6
    first = np.random.SeedSequence(seeds_of(1)[1]).generate_state(2).tolist()[0]
    groups = data.groups[split.train]
    cuts = GroupKFold(3, shuffle=True, random_state=first).split(groups, groups=groups)
    for (fit, score), (ours_fit, ours_score) in zip(cuts, split.folds[:3], strict=True):
        assert np.array_equal(split.train[fit], ours_fit)
        assert np.array_equal(split.train[score], ours_score)


@pytest.mark.parametrize("cv", ["group", "hold-out", "k-fold", "stratified", "time-series"])
def test_values_equal_cross_val_score_for_every_kind(visits, theirs, cv):
    if cv == "time-series":
        del visits["groups"]
        visits["data"] = "noisy-labels"
        del visits["target"]
    problem = RBFSVM(**visits, cv=cv, folds=3, repeats=1)
    config = {"C": 2.0, "gamma": 0.5}
    evaluation = problem.evaluate(config, seed=2)
    assert evaluation.fold_values == theirs(problem, problem.pipeline(config, 2), 2)


def test_a_time_series_is_never_fitted_to_its_future():
    problem = ElasticNet(cv="time-series", folds=4, repeats=1)
    split = problem.split(problem.load(), 0)
    assert split.train.max() < split.test.min()
    for fit, score in split.folds:
        assert fit.max() < score.min()
    # The seed moves nothing, and no part is drawn.
    assert problem.evaluate(problem.space.default, seed=0).fold_values == (
        problem.evaluate(problem.space.default, seed=1).fold_values
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cv": "time-series"}, "repeats must be 1 for cv 'time-series'"),
        (
            {"cv": "time-series", "repeats": 1, "reshuffle": True},
            "reshuffle must be false for cv 'time-series'",
        ),
        ({"cv": "group"}, "group splits need groups, the group of each row, got none"),
        ({"cv": "sideways"}, "cv must be one of k-fold, stratified, hold-out, group, time-ser"),
        ({"data": "generated:rows=20", "folds": 16}, "stratified 16-fold cross-validation of thr"),
        ({"data": "generated:rows=20", "folds": 16, "cv": "k-fold"}, "needs 22 rows, got 20"),
    ],
)
def test_an_impossible_split_is_reported_at_once(settings, message):
    with pytest.raises(ValueError, match=message) as caught:
        Tree(**settings)
    assert "\n" not in str(caught.value)


def test_groups_too_few_are_reported_at_once(visits):
    with pytest.raises(ValueError, match=r"25-fold cross-validation by groups .* needs 34 groups"):
        Tree(**visits, cv="group", folds=25)


def reshuffled(**settings):
    return Tree(data="wine", folds=3, repeats=1, **settings)


def test_reshuffled_folds_differ_between_configurations_not_between_calls():
    rng = np.random.default_rng(0)
    configs = [Tree(data="wine").space.sample(rng) for _ in range(4)]
    problem, other = reshuffled(reshuffle=True), reshuffled(reshuffle=True)
    forth = [rows_scored(problem, config) for config in configs]
    back = [rows_scored(other, config) for config in reversed(configs)][::-1]
    assert forth == back
    folds = {folds for folds, _ in forth}
    assert len(folds) == len(configs)
    assert rows_scored(problem, dict(reversed(configs[0].items()))) == forth[0]
    assert rows_scored(problem, configs[0], seed=2)[0] != forth[0][0]


def rows_scored(problem, config, seed=1):
    """Return the rows that are scored in each fold and in the test part, in order."""
    X, found, measure = problem.load().X, [], type(problem)._measure

    def note(estimator, part, labels):
        found.append(tuple(np.flatnonzero((X[:, None] == part.X_score).all(-1).any(1)).tolist()))
        return measure(problem, estimator, part, labels)

    problem._measure = note
    problem.evaluate(config, seed=seed)
    del problem._measure
    return tuple(found[:-1]), found[-1]


def test_reshuffling_leaves_the_test_part_alone():
    rng = np.random.default_rng(1)
    fixed, ours = reshuffled(), reshuffled(reshuffle=True)
    test = set(fixed.split(fixed.load(), 1).test.tolist())
    for _ in range(3):
        config = fixed.space.sample(rng)
        folds, tested = rows_scored(ours, config)
        assert set(tested) == test
        assert len(folds) == 3
        assert sorted(row for fold in folds for row in fold) == sorted(set(range(178)) - test)
        assert ours.evaluate(config, seed=1).test_value == fixed.evaluate(config, seed=1).test_value


@pytest.mark.parametrize("cv", ["k-fold", "stratified", "hold-out", "group"])
def test_every_kind_that_is_drawn_can_be_reshuffled(visits, cv):
    problem = RBFSVM(**visits, cv=cv, folds=3, repeats=1, reshuffle=True)
    fixed = RBFSVM(**visits, cv=cv, folds=3, repeats=1)
    config = {"C": 2.0, "gamma": 0.5}
    evaluation = problem.evaluate(config, seed=2)
    assert evaluation.test_value == fixed.evaluate(config, seed=2).test_value
    assert len(evaluation.fold_values) == (1 if cv == "hold-out" else 3)


@pytest.fixture
def sorted_classes(tmp_path):
    """A file whose classes come one after the other, as a time series that changes does."""
    path = tmp_path / "sorted.csv"
    rng = np.random.default_rng(0)
    rows = [f"{rng.normal() + kind:.5f},{'abc'[kind]}" for kind in (0, 1, 2) for _ in range(20)]
    path.write_text("\n".join(["x,kind", *rows]), encoding="utf-8")
    return {"data": str(path), "target": "kind", "cv": "time-series", "folds": 4, "repeats": 1}


@pytest.mark.parametrize("cls", [Logistic, KNN, Boosting])
def test_a_part_to_fit_that_lacks_a_class_has_no_log_loss(sorted_classes, cls):
    problem = cls(**sorted_classes, scoring="log_loss")
    with pytest.raises(ValueError, match="log loss needs rows of every class in every") as caught:
        problem.evaluate(problem.space.default, seed=0)
    assert "a part with none of class 'b'; use cv 'stratified', fewer folds" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_part_to_fit_that_lacks_a_class_has_an_accuracy(sorted_classes):
    problem = Tree(**sorted_classes)
    evaluation = problem.evaluate(problem.space.default, seed=0)
    # Classes never met are never predicted; the last quarter holds the last class alone.
    assert evaluation.test_value < 1
    assert len(evaluation.fold_values) == 4


@pytest.mark.parametrize("scoring", ["roc_auc", "average_precision"])
@pytest.mark.parametrize("cls", [Tree, RBFSVM])
@pytest.mark.parametrize("reshuffle", [False, True])
def test_a_part_to_fit_that_lacks_a_class_has_no_curve(tmp_path, cls, scoring, reshuffle):
    path = tmp_path / "rare.csv"
    rows = [f"{x / 7},{'rare' if x < 2 else 'usual'}" for x in range(60)]
    path.write_text("\n".join(["x,kind", *rows]), encoding="utf-8")
    problem = cls(
        data=str(path), target="kind", scoring=scoring, cv="k-fold", folds=5, reshuffle=reshuffle
    )
    reasons = set()
    for seed in range(20):
        try:
            problem.evaluate(problem.space.default, seed=seed)
        except ValueError as error:
            reasons.add(str(error).partition(",")[0])
    name = problem.metric.name
    both = {f"{name} needs rows of every class in every part that is fitted"}
    # Either side of a cut may lack the two rare rows; no other error comes out.
    assert (
        both
        <= reasons
        <= both
        | {
            f"{name} needs rows of both classes in every part",
            f"{name} needs rows of class 0 in every part",
        }
    )


def test_naming_groups_keeps_them_together(tmp_path):
    rows = "".join(f"{i % 7},{i * 37 % 11},p{i // 10},{i % 2}\n" for i in range(120))
    path = tmp_path / "visits.csv"
    path.write_text("a,b,patient,ill\n" + rows)
    problem = Tree(data=str(path), target="ill", groups="patient")
    data = problem.load()
    split = problem.split(data, 3)
    for left, right in ((split.train, split.test), *split.folds):
        assert not set(data.groups[left]) & set(data.groups[right])


def test_groups_keep_the_shares_of_classes_by_default(visits):
    assert Tree(**visits).splitter.kind == "stratified"
    assert Tree(**(visits | {"target": "x"}), drop="ill").splitter.kind == "group"


@pytest.mark.parametrize("cv", ["", "k-fold", "stratified", "hold-out", "group"])
@pytest.mark.parametrize("target", ["ill", "x"])
@pytest.mark.parametrize("reshuffle", [False, True])
def test_rows_of_a_group_are_never_fitted_and_scored_together(visits, cv, target, reshuffle):
    if (cv, target) == ("stratified", "x"):
        pytest.skip("numbers have no strata")
    settings = visits | {"target": target, "cv": cv, "folds": 3, "reshuffle": reshuffle}
    problem, met = Tree(**settings), []
    groups = dict(zip(problem.load().X[:, 0], problem.load().groups, strict=True))

    def note(estimator, part, labels):
        fitted, scored = ({groups[x] for x in X[:, 0]} for X in (part.X_fit, part.X_score))
        met.append((fitted, scored))
        return 0.5

    problem._measure = note
    problem.evaluate(problem.space.default, seed=1)
    assert len(met) == (3 if cv == "hold-out" else 7)
    for fitted, scored in met:
        assert fitted
        assert scored
        assert not fitted & scored


def test_what_only_the_group_tells_is_not_learnt(tmp_path):
    """Each patient's rows lie together, and the label is a coin: across patients it is luck."""
    rng = np.random.default_rng(5)
    rows = [
        f"{place + rng.normal(0, 1e-6)},{patient},{'ab'[ill]}"
        for patient, (place, ill) in enumerate(
            zip(rng.random(60), rng.integers(0, 2, 60), strict=True)
        )
        for _ in range(8)
    ]
    path = tmp_path / "patients.csv"
    path.write_text("\n".join(["x,patient,y", *rows]), encoding="utf-8")
    for cv in ("", "k-fold", "stratified", "hold-out"):
        problem = KNN(data=str(path), target="y", groups="patient", cv=cv)
        assert problem.evaluate(problem.space.default, seed=0).value < 0.75
    without = KNN(data=str(path), target="y")
    assert without.evaluate(without.space.default, seed=0).value > 0.95


def test_a_time_series_of_groups_is_refused(visits):
    with pytest.raises(ValueError, match="groups must be empty for cv 'time-series'"):
        Tree(**visits, cv="time-series", repeats=1)


def test_what_was_measured_across_groups_is_another_version(visits):
    assert Tree(**visits, cv="group").version == Tree.version
    for cv in ("", "k-fold", "stratified", "hold-out"):
        assert Tree(**visits, cv=cv).version == Tree.version + 1


def test_boosting_never_validates_on_rows_of_the_groups_it_fits(visits, tmp_path):
    assert Boosting(**visits).make({}, 0).early_stopping is False
    assert Boosting(data="wine").make({}, 0).early_stopping == "auto"
    large = tmp_path / "large.csv"
    rows = "\n".join(f"{i % 7},{i % 2},g{i % 50}" for i in range(10_001))
    large.write_text(f"x,y,g\n{rows}", encoding="utf-8")
    # Where scikit-learn stopped early before, values are others now.
    given: dict[str, Any] = {"target": "y", "groups": "g", "cv": "group"}
    assert Boosting(data=str(large), **given).version == Boosting.version + 1
    assert Boosting(**visits, cv="group").version == Boosting.version


def test_folds_that_bundled_data_cannot_have_are_refused_at_once():
    with pytest.raises(ValueError, match="class 'class_2' has 48 members, stratified 40-fold"):
        Tree(data="wine", folds=40)
    assert (
        Tree(data="wine", folds=20, repeats=1)
        .evaluate(Tree(data="wine").space.default, seed=0)
        .fold_values
    )


SMALL = [
    ("generated:rows=20", {"cv": "k-fold", "folds": 2}),
    ("generated:rows=20", {"cv": "hold-out", "folds": 2}),
    ("generated:rows=20,task=regression", {"cv": "time-series", "folds": 14, "repeats": 1}),
    ("generated:rows=20,task=regression", {"cv": "time-series", "folds": 5, "repeats": 1}),
    ("generated:rows=20,task=friedman", {"cv": "k-fold", "folds": 15, "repeats": 1}),
]


@pytest.mark.parametrize(("data", "settings"), SMALL)
def test_every_model_can_be_tuned_on_few_rows(model, data, settings):
    task = "regression" if "task=" in data else "binary"
    if task not in model.tasks:
        pytest.skip("another task")
    problem = model(data=data, **settings)
    evaluation = problem.evaluate(problem.space.default, seed=0)
    assert np.isfinite(evaluation.value)
    low = {name: axis.from_unit(0) for name, axis in problem.space.parameters.items()}
    high = {name: axis.from_unit(1) for name, axis in problem.space.parameters.items()}
    for config in (low, high):
        assert np.isfinite(problem.evaluate(problem.space.active(config), seed=0).value)


def test_neighbours_are_no_more_than_the_smallest_part_to_fit(tmp_path):
    path = tmp_path / "uneven.csv"
    groups = np.repeat(np.arange(9), [60, 2, 2, 2, 2, 2, 2, 2, 2])
    rows = [f"{x % 7},{group},{x * 37 % 11}" for x, group in enumerate(groups)]
    path.write_text("\n".join(["x,group,y", *rows]), encoding="utf-8")
    problem = KNN(data=str(path), target="y", groups="group", folds=3)
    most = problem.space.parameters["n_neighbors"].high  # type: ignore[attr-defined]
    config = problem.space.default | {"n_neighbors": most}
    for seed in range(20):
        assert np.isfinite(problem.evaluate(config, seed=seed).value)
