from __future__ import annotations

import pytest

from problems._dialect import Dialect


@pytest.mark.parametrize(
    ("dialect", "text", "number"),
    [
        (Dialect(), "1.5", 1.5),
        (Dialect(), " -1.5e3 ", -1500.0),
        (Dialect(), "+.5", 0.5),
        (Dialect(), "5.", 5.0),
        (Dialect(), "1,5", None),
        (Dialect(), "1_000", None),
        (Dialect(), "nan", None),
        (Dialect(), "１", None),
        (Dialect(), "", None),
        (Dialect(decimal=","), "1,5", 1.5),
        (Dialect(decimal=","), "-,5e-1", -0.05),
        (Dialect(decimal=","), "1.5", None),
        (Dialect(thousands=","), "1,500.25", 1500.25),
        (Dialect(thousands=","), "12,34,567", 1234567.0),  # as India groups
        (Dialect(thousands=","), "1500", 1500.0),
        (Dialect(thousands=","), "1,5", None),  # pandas reads 15
        (Dialect(thousands=","), "1500,000", None),
        (Dialect(decimal=",", thousands="."), "1.500.000,5", 1500000.5),
        (Dialect(decimal=",", thousands="."), "1.5", None),
        (Dialect(thousands=" "), "1\u202f500", 1500.0),
        (Dialect(thousands=" "), "1\u00a0500", 1500.0),
        (Dialect(thousands="'"), "1’500", 1500.0),
        (Dialect(thousands="_"), "1_000", 1000.0),
    ],
)
def test_a_number_is_read_as_it_is_written(dialect, text, number):
    assert dialect.number(text) == number


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sep": ""}, "sep must be one character that separates values, got ''; for example ';'"),
        ({"sep": "||"}, "sep must be one character"),
        ({"sep": "a"}, "sep must be one character"),
        ({"sep": "\n"}, "sep must be one character"),
        ({"sep": '"'}, "sep must be one character"),
        ({"decimal": ";"}, "decimal must be '.' or ',', got ';'"),
        ({"decimal": ""}, "decimal must be '.' or ','"),
        ({"thousands": "x"}, "thousands must be empty, ',', '.', '_'"),
        ({"thousands": "."}, "decimal and thousands must differ, got '.' for both"),
    ],
)
def test_what_no_file_is_written_with_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Dialect(**settings)


def test_a_tab_may_be_typed_as_in_a_shell():
    assert Dialect(sep="\\t") == Dialect(sep="\t")
