"""An estimator and data in hand, measured as scikit-learn would by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes, load_iris, load_wine
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, make_scorer, mean_absolute_error
from sklearn.model_selection import (
    RepeatedKFold,
    RepeatedStratifiedKFold,
    cross_val_score,
    train_test_split,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

import tunebench as tb
from bench.registry import PROBLEMS
from bench.spec import Entry

SEED = 12


def seeds(seed):
    return np.random.SeedSequence(seed).generate_state(2).tolist()


def test_a_classifier_is_measured_as_by_hand():
    X, y = load_iris(return_X_y=True)
    problem = tb.problem(
        model=KNeighborsClassifier(), data=(X, y), space={"n_neighbors": (1, 9)}, folds=4
    )
    found = problem.evaluate({"n_neighbors": 3}, seed=SEED)
    outer, inner = seeds(SEED)
    X_in, X_out, y_in, y_out = train_test_split(
        X, y, test_size=0.25, stratify=y, random_state=outer
    )
    model = KNeighborsClassifier(n_neighbors=3)
    cv = RepeatedStratifiedKFold(n_splits=4, n_repeats=2, random_state=inner)
    assert found.fold_values == pytest.approx(cross_val_score(model, X_in, y_in, cv=cv), abs=0)
    assert found.test_value == model.fit(X_in, y_in).score(X_out, y_out)


def test_a_cheaper_evaluation_of_a_time_series_is_measured_as_by_hand():
    X, y = load_iris(return_X_y=True)
    shuffled = np.random.default_rng(0).permutation(len(y))
    X, y = X[shuffled], y[shuffled]
    problem = tb.problem(
        model=KNeighborsClassifier(), data=(X, y), space={"n_neighbors": (1, 9)}, cv="time-series",
        folds=4, fidelity="rows",
    )  # fmt: skip
    assert problem.fidelity is not None
    found = problem.evaluate({"n_neighbors": 3}, seed=SEED, fidelity=problem.fidelity.share(54))
    # 112 rows to tune on: 22 validate each time, and 24, 46, 68 and 90 rows are before them.
    values = []
    for cut in (24, 46, 68, 90):
        fit = range(cut - -(-cut * 2 // 3), cut)
        model = KNeighborsClassifier(n_neighbors=3).fit(X[fit], y[fit])
        values.append(model.score(X[cut : cut + 22], y[cut : cut + 22]))
    assert found.fold_values == tuple(values)
    fit = range(112 - 75, 112)
    model = KNeighborsClassifier(n_neighbors=3).fit(X[fit], y[fit])
    assert found.test_value == model.score(X[112:], y[112:])


def test_a_model_in_hand_is_cheaper_by_rows_only():
    data = load_iris(return_X_y=True)
    with pytest.raises(tb.UserError, match="must be '' or 'rows', got 'trees'; leave it out"):
        tb.problem(
            model=KNeighborsClassifier(), data=data, space={"n_neighbors": (1, 9)},
            fidelity="trees",  # type: ignore[call-overload]
        )  # fmt: skip


def test_a_regressor_is_measured_as_by_hand():
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    problem = tb.problem(
        model=Ridge(), data=(X, y), space={"alpha": tb.Float(1e-3, 1e3, log=True)}, scoring="mae"
    )
    found = problem.evaluate({"alpha": 0.1}, seed=SEED)
    outer, inner = seeds(SEED)
    X_in, X_out, y_in, y_out = train_test_split(
        X.to_numpy(), y.to_numpy(), test_size=0.25, random_state=outer
    )
    model = Ridge(alpha=0.1)
    cv = RepeatedKFold(n_splits=5, n_repeats=2, random_state=inner)
    by_hand = -cross_val_score(model, X_in, y_in, cv=cv, scoring="neg_mean_absolute_error")
    assert found.value == pytest.approx(by_hand.mean(), rel=1e-12)
    assert found.test_value == pytest.approx(
        mean_absolute_error(y_out, model.fit(X_in, y_in).predict(X_out)), rel=1e-12
    )


def test_it_is_the_problem_of_the_catalog_where_the_model_is():
    scaled = make_pipeline(StandardScaler(), SVC(random_state=0))
    ours = tb.problem(
        model=scaled,
        data=load_wine(return_X_y=True),
        space={"svc__C": (0.1, 10.0), "svc__gamma": (0.01, 1.0)},
        scoring="balanced_accuracy",
    )
    theirs = PROBLEMS.create(Entry("rbf-svm:wine", settings={"scoring": "balanced_accuracy"}))
    found = ours.evaluate({"svc__C": 2.0, "svc__gamma": 0.1}, seed=SEED)
    known = theirs.evaluate({"C": 2.0, "gamma": 0.1}, seed=SEED)
    assert (found.value, found.test_value) == (known.value, known.test_value)


def test_the_present_parameters_are_the_default():
    data = load_iris(return_X_y=True)
    problem = tb.problem(
        model=LogisticRegression(C=3.0), data=data, space={"C": tb.Float(0.1, 10, log=True)}
    )
    assert problem.space.default == {"C": 3.0}
    outside = tb.problem(model=LogisticRegression(C=30.0), data=data, space={"C": (0.1, 10.0)})
    assert outside.space.default is None


def test_the_seed_decides_what_a_model_draws():
    data = load_wine(return_X_y=True)
    space = {"max_features": (0.1, 1.0)}
    model = make_pipeline(DecisionTreeClassifier())
    made = tb.problem(model=model, data=data, space={f"decisiontreeclassifier__{k}": v
                                                     for k, v in space.items()})  # fmt: skip
    config = {"decisiontreeclassifier__max_features": 0.3}
    assert made.evaluate(config, seed=1).value == made.evaluate(config, seed=1).value
    assert model.get_params()["decisiontreeclassifier__random_state"] is None


def test_gaps_and_categories_are_filled_in_as_by_hand():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=80), "b": rng.choice(["u", "v"], 80)})
    y = np.where((frame["a"] > 0) & (frame["b"] == "u"), "yes", "no")
    frame.loc[::9, "a"] = np.nan
    problem = tb.problem(
        model=DecisionTreeClassifier(random_state=0),
        data=(frame, y),
        space={"max_depth": (1, 5)},
        scoring="f1",
        positive="yes",
    )
    assert problem.positive_class == "yes"
    outer, inner = seeds(SEED)
    X_in, _, y_in, _ = train_test_split(frame, y, test_size=0.25, stratify=y, random_state=outer)
    filled = make_column_transformer(
        (SimpleImputer(strategy="median"), ["a"]), (OneHotEncoder(), ["b"])
    )
    by_hand = cross_val_score(
        make_pipeline(filled, DecisionTreeClassifier(max_depth=3, random_state=0)),
        X_in,
        y_in,
        cv=RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=inner),
        scoring=make_scorer(f1_score, pos_label="yes"),
    )
    found = problem.evaluate({"max_depth": 3}, seed=SEED)
    assert found.fold_values == pytest.approx(by_hand, rel=1e-12)


def test_rows_of_a_group_stay_together():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(20), 5)
    # A group's rows are all but the same, and its target says nothing of others.
    X = np.repeat(rng.normal(size=(20, 2)), 5, axis=0)
    y = np.repeat(rng.normal(size=20), 5)
    model, space = DecisionTreeClassifier(), {"max_depth": (1, 9)}
    truth = np.where(y > np.median(y), "up", "down")
    apart = tb.problem(model=model, data=(X, truth), space=space)
    kept = tb.problem(model=model, data=(X, truth), space=space, groups=groups)
    config = {"max_depth": 9}
    assert apart.evaluate(config, seed=0).value > 0.95
    assert kept.evaluate(config, seed=0).value < 0.8


def test_integers_are_classes_or_numbers_as_the_model_has_it():
    X = np.random.default_rng(0).normal(size=(100, 2))
    y = np.arange(100) % 4
    regression = tb.problem(model=Ridge(), data=(X, y), space={"alpha": (0.1, 1.0)})
    assert regression.metric.name == "RMSE"
    many = np.arange(100) % 25
    classes = tb.problem(
        model=KNeighborsClassifier(), data=(X, many), space={"n_neighbors": (1, 3)}, folds=2
    )
    assert classes.metric.name == "accuracy"


def test_a_model_without_probabilities_has_no_log_loss():
    data = load_wine(return_X_y=True)
    with pytest.raises(tb.UserError, match="probabilities"):
        tb.problem(model=SVC(), data=data, space={"C": (0.1, 1.0)}, scoring="log_loss")


@pytest.mark.parametrize(
    ("model", "data", "space", "words"),
    [
        (KNeighborsClassifier, "wine", {"n_neighbors": (1, 9)}, ["unfitted", "classifier"]),
        (StandardScaler(), "wine", {"with_mean": [True, False]}, ["classifier or regressor"]),
        (KNeighborsClassifier(), "wine", {"neighbours": (1, 9)}, ["neighbours", "n_neighbors"]),
        (KNeighborsClassifier(), "short", {"n_neighbors": (1, 9)}, ["178 rows"]),
        (KNeighborsClassifier(), "one", {"n_neighbors": (1, 9)}, ["data=(X, y)"]),
    ],
)
def test_what_does_not_fit_is_refused(model, data, space, words):
    X, y = load_wine(return_X_y=True)
    given = {"wine": (X, y), "short": (X, y[:-1]), "one": X}[data]
    with pytest.raises(tb.UserError) as refused:
        tb.problem(model=model, data=given, space=space)
    assert all(word in str(refused.value) for word in words)


def test_data_are_distinguished():
    X, y = load_wine(return_X_y=True)
    space = {"n_neighbors": (1, 9)}
    one, same, other = (
        tb.problem(model=KNeighborsClassifier(), data=(features, y), space=space)
        for features in (X, X.copy(), X + 1)
    )
    assert one.data == same.data  # type: ignore[attr-defined]
    assert one.data != other.data  # type: ignore[attr-defined]


def test_a_value_that_the_model_refuses_fails_as_in_scikit_learn():
    X, y = load_iris(return_X_y=True)
    problem = tb.problem(model=DecisionTreeClassifier(), data=(X, y), space={"max_depth": (-3, 3)})
    with pytest.raises(ValueError, match="max_depth"):
        DecisionTreeClassifier(max_depth=-3).fit(X, y)
    with pytest.raises(ValueError, match="max_depth"):
        problem.evaluate({"max_depth": -3}, seed=SEED)
    assert problem.evaluate({"max_depth": 3}, seed=SEED).value > 0.9


def test_a_step_that_makes_no_number_fails_as_in_scikit_learn():
    X, y = load_iris(return_X_y=True)
    model = make_pipeline(FunctionTransformer(lambda X: np.where(X > 5, np.nan, X)), Ridge())
    problem = tb.problem(model=model, data=(X, y), space={"ridge__alpha": (0.1, 1.0)})
    with pytest.raises(ValueError, match="NaN"):
        problem.evaluate({"ridge__alpha": 0.5}, seed=SEED)


@pytest.mark.parametrize(
    "missing",
    [
        pd.Series(["a", "b", None] * 20),
        pd.Series([0.0, 1.0, np.nan] * 20),
        pd.Series([True, False, None] * 20, dtype="boolean"),
        pd.Categorical(["a", "b", None] * 20),
    ],
)
def test_a_class_that_is_missing_is_no_class(missing):
    X = np.arange(120.0).reshape(60, 2)
    with pytest.raises(tb.UserError, match="every row must have a target, 20 of 60 have none"):
        tb.problem(model=KNeighborsClassifier(), data=(X, missing), space={"n_neighbors": (1, 5)})


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (["same"] * 60, "is 'same' in every row"),
        ([True] * 60, "is 'True' in every row"),
        (["often"] * 59 + ["once"], "2 rows or more, 'once' in"),
    ],
)
def test_errors_name_a_class_as_it_is_written(y, words):
    X = np.arange(120.0).reshape(60, 2)
    with pytest.raises(tb.UserError, match=words):
        tb.problem(model=KNeighborsClassifier(), data=(X, y), space={"n_neighbors": (1, 5)})


NUMBERS = pd.DataFrame({"a": np.arange(60.0), "b": np.arange(60) % 7})


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (NUMBERS.to_numpy() * 1j, "numbers, booleans or strings.*column 0 with type complex128"),
        (NUMBERS.assign(z=pd.arrays.SparseArray([0] * 59 + [1])), "strings.*column z"),
        (NUMBERS.assign(z=pd.interval_range(0, 60)), "'z'.*holds values of type"),
        (pd.concat([NUMBERS, NUMBERS], axis=1), "must differ.*'a', 'b' more than once"),
        (NUMBERS.rename(columns={"a": 1, "b": "1"}), "must differ.*'1' more than once"),
        (NUMBERS.rename(columns={"a": "the target"}), "must differ.*'the target' more than"),
        (np.zeros((60, 2, 2)), r"two dimensions, rows × features, got shape \(60, 2, 2\)"),
    ],
)
def test_features_that_cannot_be_read_are_refused(X, words):
    model, space = Ridge(), {"alpha": (0.1, 1.0)}
    with pytest.raises(tb.UserError, match=words):
        tb.problem(model=model, data=(X, NUMBERS["a"]), space=space)


def test_bins_of_a_number_are_categories():
    model, space = DecisionTreeClassifier(random_state=0), {"max_depth": (1, 5)}
    y = np.arange(60) // 20
    binned = NUMBERS.assign(bin=pd.cut(NUMBERS["a"], 3))
    written = binned.assign(bin=binned["bin"].astype(str))
    one, other = (
        tb.problem(model=model, data=(X[["b", "bin"]], y), space=space).evaluate(
            {"max_depth": 5}, seed=SEED
        )
        for X in (binned, written)
    )
    assert one.value == other.value == 1.0


def test_a_column_may_have_a_name_of_several_parts():
    frame = pd.concat({"all": NUMBERS}, axis=1)
    found = [
        tb.problem(model=Ridge(), data=(X, NUMBERS["a"]), space={"alpha": (0.1, 1.0)})
        .evaluate({"alpha": 0.5}, seed=SEED)
        .value
        for X in (frame, NUMBERS)
    ]
    assert found[0] == found[1]


def test_a_regressor_needs_numbers():
    with pytest.raises(tb.UserError, match="regressor must hold numbers, got 'no' in the first"):
        tb.problem(model=Ridge(), data=(NUMBERS, ["no", "yes"] * 30), space={"alpha": (0.1, 1.0)})


@pytest.mark.parametrize("scoring", [make_scorer(f1_score), 3, "neg_log_loss"])
def test_a_metric_is_named(scoring):
    X, y = load_iris(return_X_y=True)
    with pytest.raises(tb.UserError, match=r"metric\) must be one of accuracy"):
        tb.problem(
            model=KNeighborsClassifier(),
            data=(X, y),
            space={"n_neighbors": (1, 5)},
            scoring=scoring,
        )
