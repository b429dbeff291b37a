"""Names of studies as strategy, problem and repetition."""

from __future__ import annotations

import pytest

from bench.exchange.naming import Place, labelled, numbered, place_of, title_of


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


def test_labels_are_short_and_printable_and_stay_apart():
    names = ["x" * 300, "x" * 301, "a\tb", "\ud800", "é"]
    shown = [labelled(Place(name, "p", 0)).strategy for name in names]
    assert len({*shown}) == 5
    assert all(len(label) <= 100 and label.isprintable() for label in shown)
    assert shown[2:] == ["a\\tb", "\\ud800", "é"]


@pytest.mark.parametrize("end", ["20261130120000", "²", "٣", "-1", "1.5"])
def test_what_is_no_small_integer_is_part_of_the_problem(end):
    assert place_of(f"tpe/svm/{end}") == Place("tpe", f"svm/{end}", None)


def test_a_title_holds_no_password():
    assert "secret" not in title_of("postgresql://ann:secret@host")
