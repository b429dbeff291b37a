"""The source code of estimators: it makes an equal one, written as Black would."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC, SVR

from problems._scaled_target import on_scaled_target
from problems._source import call_lines, source_of, text_of


def evaluated(code):
    """Return what the code makes."""
    names: dict[str, object] = {}
    for module, name in code.imports:
        exec(f"from {module} import {name}", names)
    return eval("\n".join(code.lines), names)


@pytest.mark.parametrize(
    "estimator",
    [
        SVC(C=0.1, gamma=1e-05, kernel="rbf"),
        LogisticRegression(class_weight="balanced", random_state=3),
        LogisticRegression(class_weight={0: 1.0, 1: 2.5}),
        make_pipeline(StandardScaler(with_mean=False), Ridge(alpha=0.25)),
        on_scaled_target(SVR(C=2.0)),
        Pipeline([("none", "passthrough"), ("model", Ridge())]),
        make_pipeline(StandardScaler(), StandardScaler(), Ridge()),
    ],
    ids=str,
)
def test_the_code_makes_an_equal_estimator(estimator):
    made = evaluated(source_of(estimator))
    assert type(made) is type(estimator)
    # Estimators have no equality of their own, but say all that differs from the default.
    assert repr(made) == repr(estimator)


def test_only_what_differs_from_the_default_is_named():
    assert source_of(SVC(C=2.0, max_iter=100)).lines == ["SVC(C=2.0, max_iter=100)"]
    assert source_of(SVC()).imports == {("sklearn.svm", "SVC")}


def test_a_pipeline_whose_steps_have_the_usual_names_is_made_without_them():
    usual = make_pipeline(StandardScaler(), Ridge())
    assert source_of(usual).lines == ["make_pipeline(StandardScaler(), Ridge())"]
    assert source_of(Pipeline([("a", Ridge())])).lines == ['Pipeline([("a", Ridge())])']


def test_a_class_made_in_a_function_is_the_one_it_derives_from():
    class Mine(Ridge):
        pass

    assert source_of(Mine(alpha=2.0)).lines == ["Ridge(alpha=2.0)"]


def test_numbers_of_columns_become_names():
    transformer = ColumnTransformer(
        [("a", SimpleImputer(strategy="median"), [0, 2]), ("b", OneHotEncoder(), [1])]
    )
    code = source_of(transformer, columns={(0, 2): "NUMBERS"}, names=("age", "town", "income"))
    assert code.lines == [
        "ColumnTransformer(",
        "    [",
        '        ("a", SimpleImputer(strategy="median"), NUMBERS),',
        '        ("b", OneHotEncoder(), ["town"]),',
        "    ],",
        ")",
    ]


def test_numbers_of_numpy_are_plain_ones():
    assert source_of([np.float64(0.25), np.int64(3), np.True_]).lines == ["[0.25, 3, True]"]


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, np.float32("nan")])
def test_a_number_that_is_not_finite_is_code_that_runs(value):
    made = evaluated(source_of(SimpleImputer(missing_values=-1, fill_value=value)))
    np.testing.assert_equal(made.fill_value, float(value))
    code = source_of({"key": [1.0, value]})
    np.testing.assert_equal(evaluated(code), {"key": [1.0, float(value)]})


def test_what_is_no_plain_value_is_refused():
    with pytest.raises(ValueError, match="plain values or estimators, got array"):
        source_of(Ridge(alpha=np.array([1.0, 2.0])))
    with pytest.raises(ValueError, match=r"that can be imported, .*<lambda> cannot"):
        source_of({"key": lambda x: x})


@pytest.mark.parametrize("text", ["plain", 'say "x"', "it's", "both \" and '", "tab\t", "Grüß"])
def test_a_text_is_a_literal(text):
    assert eval(text_of(text)) == text


def test_a_long_call_has_a_line_for_each_argument():
    assert call_lines("x = ", "function", ["a" * 50, "b" * 50], 2) == [
        "  x = function(", f"      {'a' * 50},", f"      {'b' * 50},", "  )",
    ]  # fmt: skip
