"""Cheaper evaluations of live problems: what is fitted, to which rows, and how it is recorded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from bench import Fidelity, Float, SearchSpace, settings
from bench.execution.objects import entry_of
from bench.registry import PROBLEMS
from bench.spec import Entry
from problems._fidelity import Counted, lowest_step
from problems._given import given_model
from problems._live import LiveProblem
from problems._splits import Splitter
from problems.boosting import AdaBoost, Boosting
from problems.linear import ElasticNet
from problems.mlp import MLP
from problems.neighbours import KNN
from problems.svm import SVM
from problems.tree import Forest, Tree


def values(evaluation):
    return evaluation.value, evaluation.test_value, evaluation.fold_values


@pytest.mark.slow
def test_a_full_evaluation_is_the_same_to_the_last_bit(named, few, configs):
    plain = few(named)
    for config in configs(plain, 1):
        wanted = values(plain.evaluate(config, seed=7))
        for unit in named.fidelities():
            problem = few(named, fidelity=unit)
            cheaper = problem.fidelity.share(max(problem.fidelity.lowest, 1))
            problem.evaluate(config, seed=7, fidelity=cheaper)
            assert values(problem.evaluate(config, seed=7, fidelity=1.0)) == wanted


@pytest.mark.slow
def test_the_lowest_step_of_rows_completes_on_every_problem(named, few, configs):
    problem = few(named, fidelity="rows")
    share = problem.fidelity.share(problem.fidelity.lowest)
    # Warnings are errors here.
    for config in configs(problem, 2):
        found = problem.evaluate(config, seed=11, fidelity=share)
        assert np.isfinite((found.value, found.test_value, *found.fold_values)).all()
        assert found.cost > 0
        assert values(problem.evaluate(config, seed=11, fidelity=share)) == values(found)


@pytest.mark.parametrize("cls", [Forest, Boosting, AdaBoost])
@pytest.mark.parametrize("data", ["wine", "diabetes"])
def test_a_share_of_the_trees_is_a_model_of_so_many(few, cls, data):
    problem, plain = few(cls, data=data, fidelity="trees"), few(cls, data=data)
    assert problem.fidelity == Fidelity("trees", 81)
    name = "max_iter" if cls is Boosting else "n_estimators"
    config = problem.space.default | {name: 20}
    # 20 · 1 / 81, 20 · 27 / 81 and 20 · 77 / 81, rounded up.
    for step, trees in ((1, 1), (27, 7), (77, 20)):
        cheap = problem.evaluate(config, seed=3, fidelity=problem.fidelity.share(step))
        assert values(cheap) == values(plain.evaluate(config | {name: trees}, seed=3))


@pytest.mark.parametrize("data", ["wine", "diabetes"])
def test_a_share_of_the_epochs_is_a_network_of_so_many(data):
    few: dict[str, Any] = {"data": data, "folds": 2, "repeats": 1}
    problem = MLP(**few, epochs=6, fidelity="epochs")
    assert problem.fidelity == Fidelity("epochs", 6)
    for epochs in (1, 4):
        cheap = problem.evaluate(problem.space.default, seed=3, fidelity=epochs / 6)
        plain = MLP(**few, epochs=epochs)
        assert values(cheap) == values(plain.evaluate(problem.space.default, seed=3))


class Spy:
    """An estimator that writes down which rows it meets and predicts a constant."""

    def fit(self, X, y):
        self.fitted, self.classes = X[:, 0].tolist(), set(y.tolist())
        return self

    def predict(self, X):
        self.scored = X[:, 0].tolist()
        return np.zeros(len(X))


@dataclass
class Spied(LiveProblem):
    """Some rows, told apart by their first feature."""

    name = "spied"
    scaled: ClassVar[bool] = False
    data: str = "generated:rows=300,classes=3,imbalance=0.8"
    fidelity: Any = "rows"

    def space_for(self, facts):
        return SearchSpace({"x": Float(0, 1)})

    def make(self, config, random_state):
        self.spies.append(Spy())
        return self.spies[-1]

    def seen(self, step, seed=1, x=0.5):
        """Return the rows fitted and scored in each part, the test part last."""
        rows = {float(x): row for row, x in enumerate(self.load().X[:, 0])}
        assert len(rows) == self.facts.rows
        self.spies: list[Spy] = []
        self.evaluate({"x": x}, seed=seed, fidelity=self.fidelity.share(step))
        return [([rows[x] for x in s.fitted], [rows[x] for x in s.scored]) for s in self.spies]


def test_fewer_rows_are_fitted_and_all_are_scored():
    problem = Spied()
    split, truth = problem.split(problem.load(), 1), problem.load().y
    parts = [*split.folds, (split.train, split.test)]
    lowest = problem.fidelity.lowest
    for step in (lowest, 27, 80, 81):
        seen = problem.seen(step)
        assert len(seen) == len(parts) == 11
        for (fit, score), (fitted, scored) in zip(parts, seen, strict=True):
            assert scored == score.tolist()
            # In the order in which they are all fitted.
            assert fitted == [row for row in fit.tolist() if row in set(fitted)]
            assert len(fitted) == math.ceil(len(fit) * step / 81)
            for code in range(3):
                share = len(fitted) * float((truth[fit] == code).mean())
                assert abs(int((truth[fitted] == code).sum()) - share) < 1
                assert code in truth[fitted]


def test_rows_are_nested_and_the_same_for_all_configurations():
    problem = Spied()
    seen = {step: problem.seen(step) for step in (9, 27, 54, 81)}
    for smaller, larger in ((9, 27), (27, 54), (54, 81)):
        for (few, _), (many, _) in zip(seen[smaller], seen[larger], strict=True):
            assert set(few) < set(many)
    assert problem.seen(27, x=0.1) == seen[27] == Spied().seen(27, x=0.9)
    assert problem.seen(27, seed=2) != seen[27]
    # Parts have rows of their own, so that they do not all err alike.
    first, second = ({row for row in fit if row in seen[81][1][0]} for fit, _ in seen[27][:2])
    assert first != second


@pytest.mark.parametrize("settings", [{}, {"cv": "hold-out"}, {"folds": 2}, {"folds": 8}])
@pytest.mark.parametrize("rows", [90, 300])
def test_the_lowest_step_has_every_class_without_more_rows_than_its_share(settings, rows):
    problem = Spied(data=f"generated:rows={rows},classes=3,imbalance=0.7", **settings)
    lowest, truth = problem.fidelity.lowest, problem.load().y
    assert 1 <= lowest < 81
    for seed in range(3):
        split = problem.split(problem.load(), seed)
        for (fit, _), (fitted, _) in zip(
            [*split.folds, (split.train, split.test)], problem.seen(lowest, seed), strict=True
        ):
            assert len(fitted) == math.ceil(len(fit) * lowest / 81)
            assert set(truth[fitted].tolist()) == {0, 1, 2}


@pytest.mark.parametrize("cv", ["stratified", "hold-out"])
@pytest.mark.parametrize("folds", [2, 3, 7])
def test_the_rarest_class_has_no_fewer_rows_than_is_said(cv, folds):
    rng = np.random.default_rng(folds)
    for seed in range(20):
        members = rng.integers(3 * folds, 60, size=3).tolist()
        y = np.repeat(np.arange(3), members)
        splitter = Splitter(cv, folds, 2, stratify=True)
        split = splitter.split(y, seed=seed)
        said = splitter.fewest_members(members, splitter.fewest(len(y)))
        parts = [*(fit for fit, _ in split.folds), split.train]
        assert 1 <= said <= min(np.bincount(y[rows]).min() for rows in parts)


@pytest.mark.parametrize("rows", [7, 50, 81, 89, 1000])
@pytest.mark.parametrize("needed", [1, 2, 50])
@pytest.mark.parametrize("members", [1, 3, 40, 200])
def test_the_lowest_step_is_the_first_that_is_enough(rows, needed, members):
    enough = (
        step for step in range(1, 82) if -(-rows * step // 81) >= needed and step * members >= 81
    )
    assert lowest_step(rows, needed, members) == next(enough, 81)


def test_neighbours_are_never_more_than_the_rows():
    problem = KNN(data="digits", fidelity="rows")
    # 1,077 rows to fit: three steps of 81 are 40 rows.
    assert (problem.least_rows, problem.fidelity.lowest) == (50, 4)
    config = {"n_neighbors": 50, "weights": "uniform", "metric": "euclidean"}
    found = problem.evaluate(config, seed=0, fidelity=problem.fidelity.share(4))
    assert found.value > 0.1


@pytest.fixture
def visits(tmp_path):
    """A file of 40 patients with 1 to 6 visits each; two of them are ill."""
    rng = np.random.default_rng(0)
    path, lines = tmp_path / "visits.csv", ["patient,x,z,ill"]
    for patient in range(40):
        ill = "yes" if patient % 8 == 0 else "no"
        for _ in range(1 + patient % 6):
            lines.append(f"p{patient},{rng.normal():.9f},{rng.normal():.9f},{ill}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return {"data": str(path), "target": "ill", "groups": "patient"}


@pytest.mark.parametrize("cv", ["group", "stratified", "k-fold", "hold-out"])
def test_groups_stay_whole(visits, cv):
    problem = Spied(**visits, cv=cv, folds=3, repeats=1)
    groups, truth = problem.load().groups, problem.load().y
    split = problem.split(problem.load(), 1)
    parts = [*split.folds, (split.train, split.test)]
    before = [set[int]() for _ in parts]
    for step in (problem.fidelity.lowest, 27, 54):
        seen = [set(fitted) for fitted, _ in problem.seen(step)]
        for (fit, _), rows, fewer in zip(parts, seen, before, strict=True):
            assert len(fit) > len(rows) >= math.ceil(len(fit) * step / 81)
            assert rows >= fewer
            taken = set(groups[list(rows)].tolist())
            assert rows == {row for row in fit.tolist() if groups[row] in taken}
            assert set(truth[list(rows)].tolist()) == set(truth[fit].tolist())
        before = seen


def test_a_time_series_keeps_the_latest_rows_before_each_cut():
    problem = Spied(data="noisy-labels", cv="time-series", repeats=1)
    split = problem.split(problem.load(), 0)
    parts = [*split.folds, (split.train, split.test)]
    for (fit, score), (fitted, _) in zip(parts, problem.seen(27, 0), strict=True):
        assert fitted == fit[-math.ceil(len(fit) / 3) :].tolist()
        assert fitted[-1] == score[0] - 1


def test_reshuffled_parts_have_fewer_rows_too():
    problem, other = Spied(reshuffle=True), Spied(reshuffle=True)
    forth = [problem.seen(step, x=x) for step in (27, 81) for x in (0.1, 0.2)]
    back = [other.seen(step, x=x) for step in (81, 27) for x in (0.2, 0.1)][::-1]
    assert forth == back
    for few, many in zip(forth[:2], forth[2:], strict=True):
        for (fitted, scored), (all_fitted, all_scored) in zip(few, many, strict=True):
            assert scored == all_scored
            assert set(fitted) < set(all_fitted)
            assert len(fitted) == math.ceil(len(all_fitted) / 3)


def test_preprocessing_is_fitted_to_the_rows_that_are_kept():
    from sklearn.preprocessing import StandardScaler

    problem, scalers = ElasticNet(folds=2, repeats=1, fidelity="rows"), list[Any]()
    problem.preprocess = lambda: scalers.append(StandardScaler()) or scalers[-1]
    problem.evaluate(problem.space.default, seed=0, fidelity=1 / 3)
    sizes = [scaler.n_samples_seen_ for scaler in scalers]
    # 331 rows to tune on, in folds of 166 and 165.
    assert sizes == [165, 166, 331, 55, 56, 111]
    problem.evaluate(problem.space.default, seed=0, fidelity=1 / 3)
    assert len(scalers) == 6


@pytest.mark.parametrize(
    ("cls", "given", "message"),
    [
        (SVM, "trees", r"fidelity of svm must be '' or 'rows', got 'trees'; leave it out"),
        (Forest, "epochs", r"fidelity of forest must be '', 'rows' or 'trees', got 'epochs';"),
        (MLP, "trees", r"fidelity of mlp must be '', 'rows' or 'epochs', got 'trees';"),
        (Tree, 3, r"fidelity of tree must be '' or 'rows', got 3;"),
    ],
)
def test_a_word_that_does_not_fit_is_refused(cls, given, message):
    with pytest.raises(ValueError, match=message):
        cls(fidelity=given)
    with pytest.raises(LookupError, match=message):
        PROBLEMS.create(Entry(cls.name, settings={"data": "wine", "fidelity": given}))


def test_a_fidelity_in_the_class_of_a_model_is_an_error_that_says_where_it_belongs():
    @dataclass
    class Stated(Forest):
        """Has what other problems have."""

        fidelity = Fidelity("trees", 9)

    with pytest.raises(ValueError, match=r"must be a setting, .* say {'trees': Counted\(…\)} in"):
        Stated()


def test_a_step_that_is_none_is_refused():
    problem = Tree(fidelity="rows")
    with pytest.raises(ValueError, match=r"a fidelity must be n / 81 with a whole n"):
        problem.evaluate(problem.space.default, seed=0, fidelity=0.5)


def test_no_setting_means_full_evaluations_and_changes_no_record():
    settings_given: tuple[dict[str, Any], ...] = ({}, {"fidelity": ""})
    for given in settings_given:
        problem = Forest(**given)
        assert problem.fidelity is None
        assert "fidelity" not in settings.values(problem)
        entry = PROBLEMS.resolve(Entry("forest-wine", settings=given))
        assert "fidelity" not in entry.settings


def test_the_setting_is_recorded_as_it_was_given():
    problem = Forest(fidelity="trees")
    assert problem.fidelity == Fidelity("trees", 81)
    assert settings.values(problem)["fidelity"] == "trees"
    entry = PROBLEMS.resolve(Entry("forest-wine", settings={"fidelity": "rows"}))
    assert entry.settings["fidelity"] == "rows"
    again = PROBLEMS.create(entry)
    assert again.fidelity == Fidelity("rows", 81, 3)
    assert PROBLEMS.resolve(entry) == entry


def test_an_object_in_memory_records_it_as_given_too():
    from sklearn.tree import DecisionTreeClassifier

    X = np.random.default_rng(0).normal(size=(90, 2))
    space = SearchSpace({"ccp_alpha": Float(0.0, 0.1)})
    plain, cheap = (
        given_model(DecisionTreeClassifier(), X, np.arange(90) % 2, space, **given)
        for given in ({}, {"fidelity": "rows"})
    )
    assert "fidelity" not in entry_of(plain, "mine").settings
    assert entry_of(cheap, "mine").settings["fidelity"] == "rows"
    assert cheap.fidelity == Fidelity("rows", 81, 4)
    third = cheap.evaluate({"ccp_alpha": 0.0}, seed=1, fidelity=1 / 3)
    assert values(third) != values(plain.evaluate({"ccp_alpha": 0.0}, seed=1))


def test_a_problem_of_the_catalog_may_offer_them_by_default():
    from problems._named import on

    cls: Any = on(Forest, "forest-cheap", "wine", "accuracy", fidelity="trees")
    assert cls().fidelity == Fidelity("trees", 81)
    assert "fidelity" not in settings.values(cls())
    assert settings.values(cls(fidelity=""))["fidelity"] == ""


def test_the_outermost_parameter_counts():
    from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier

    inside = AdaBoostClassifier(RandomForestClassifier(n_estimators=10), n_estimators=40)
    found = Counted("n_estimators").fewer(inside, 27, 81)
    assert (found.n_estimators, found.estimator.n_estimators) == (14, 10)
