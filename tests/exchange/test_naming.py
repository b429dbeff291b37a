"""Names of studies as strategy, problem and repetition."""

from __future__ import annotations

import pytest

from bench.exchange.naming import Place, numbered, place_of


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("tpe/svm/3", Place("tpe", "svm", 3)),
        ("tpe--svm--3", Place("tpe", "svm", 3)),
        ("tpe/svm", Place("tpe", "svm", None)),
        ("tpe", Place("tpe", "problem", None)),
        ("tpe/7", Place("tpe", "problem", 7)),
        ("7", Place("7", "problem", None)),
        ("tpe/a--b/svm/0", Place("tpe", "a--b/svm", 0)),
        (" tpe / svm / 1 ", Place("tpe", "svm", 1)),
        ("/", Place("/", "problem", None)),
        ("", Place("strategy", "problem", None)),
    ],
)
def test_a_name_says_strategy_problem_and_repetition(name, place):
    assert place_of(name) == place


def test_places_without_a_repetition_get_the_first_free_numbers():
    given = [
        Place("a", "p", None),
        Place("a", "p", 1),
        Place("a", "p", None),
        Place("b", "p", None),
    ]
    assert [place.repetition for place in numbered(given)] == [0, 1, 2, 0]
