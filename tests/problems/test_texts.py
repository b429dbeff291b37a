from __future__ import annotations

import pyarrow as pa
import pytest

from problems import _texts
from problems._arrow import occurrences
from problems._dialect import USUAL, Dialect
from problems._texts import check_texts

MANY = [str(20 + i % 41) for i in range(392)]
FEW = [str(i % 5) for i in range(192)]


def check(values, dialect=USUAL, **options):
    column = pa.chunked_array([pa.array(values)])
    check_texts(*occurrences(column), "'v' of t.csv", dialect=dialect, **options)


def refuses(message, values, dialect=USUAL, **options):
    with pytest.raises(ValueError, match=message) as caught:
        check(values, dialect, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("numbers", [MANY, FEW])
@pytest.mark.parametrize(
    "stray", ["?", "-", "unknown", "missing", "#DIV/0!", "None", "n.d.", "oops", "12O", " "]
)
def test_stray_words_are_named_with_their_rows(numbers, stray):
    # However few the different numbers are.
    refuses(
        f"must hold nothing else, 'v' of t.csv also holds '[{stray}]+' \\(8 of {len(numbers) + 8} "
        f"rows below the header, row 1, the first is row {len(numbers) + 2}\\); leave a "
        "missing value empty",
        numbers + [stray] * 8,
    )


def test_the_most_frequent_strays_are_reported():
    strays = ["?"] * 3 + ["-"] * 2 + ["na", "tbd", "err", "none", "nil"]
    refuses(
        r"also holds '\?' \(3 of 402 rows .*, the first is row 394\), '-' \(2 of .* and 2 more;",
        MANY + strays,
    )


def test_what_stands_for_a_missing_value_is_stray_in_any_share():
    refuses("also holds 'unknown' .100 of 102", ["1", "2"] + ["unknown"] * 100)


def test_many_comments_in_few_rows_are_stray():
    refuses("also holds", MANY + [f"see note {letter}" for letter in "abcdefghijkl"])
    refuses("also holds", FEW + [f"see note {letter}" for letter in "abcdefghijkl"])


@pytest.mark.parametrize(
    "labels",
    [
        ["1", "2", "3+"],
        ["0", "1", "2", "3", "4", "5 or more"],
        ["<1", "1-4", "5-9", "10+"],
        ["4.5", "pass"],
        ["4.5", "5.0", "5.5", "pass"],
        ["yes", "no", "1"],
        ["S", "M", "L", "42"],
        ["a", "b", "0", "1", "2", "3", "4"],
        ["none", "1", "2", "many", "few"],  # none is one of the names here
        ["?", "a", "b"],
        ["+", "-"],
        ["1st", "2nd", "3rd"],
        ["2D", "3D"],
        ["1a", "1b", "2a"],
        ["1", "1-", "2", "2-", "3"],  # marks
        ["(1)", "(2)", "(3)"],
        ["1/2", "1/4"],
        ["3G", "4G", "5G"],
        ["2 doors", "4 doors"],
        ["A1", "B2"],
        ["22423", "85123A", "85123B", "POST"],
    ],
)
@pytest.mark.parametrize("dialect", [USUAL, None])
def test_names_of_classes_may_look_like_numbers(labels, dialect):
    check(labels * 20, dialect)


def test_a_rare_range_is_the_name_of_a_class_and_among_many_numbers_it_is_none():
    check(FEW + ["5+"] * 3)
    refuses(r"also holds '99\+'", MANY + ["99+"] * 3)


def test_codes_with_many_letters_are_categories():
    check([*MANY, *(f"{letter}7" for letter in "ABCDEFGHIJKLMNOP")] + ["X1"] * 60)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            ["1,5", "2,25"],
            r"'1,5', '2,25' with a decimal comma .*; write them plainly, or set decimal = ','$",
        ),
        (["1,500", "2,500"], r"or set decimal = ',' or thousands = ','$"),
        (["1,500", "2,5"], r"or set decimal = ','$"),
        (["1,500", "2,500,000"], r"or set thousands = ','$"),
        (["1.500,5", "2.500,5"], r"or set thousands = '.' and decimal = ','$"),
        (["1 500", "2 500"], r"or set thousands = ' '$"),
        (["15%", "20%"], r"a percent sign \(write 0.15 for 15%\); write them plainly$"),
        (["$1.50", "$2"], r"a currency \(write 1.5 for \$1.50\); write them plainly$"),
        (["3 kg", "4", "5"], r"'3 kg' with a unit"),
        (["1.5 foo", "2 foo"], "with a unit"),  # a fraction: a quantity
        (["(1.5)", "2"], r"parentheses for a minus \(write -1.5"),
        (["(1)", "2", "3"], "parentheses for a minus"),
        (["−5", "3"], r"a minus that is no hyphen \(write -5"),
        (["5-", "2.5"], r"a minus at the end"),
        (["1_000", "2_000"], r"or set thousands = '_'$"),
        (
            ["1,5", "?", "2"],
            r"a decimal comma .*, and also '\?' \(20 of 60 rows below .*, the first is row 3\)",
        ),
    ],
)
def test_numbers_as_people_write_them_are_reported_with_how_to_write_them(texts, message):
    refuses(
        "numbers must be written as programs read them, 'v' of t.csv holds .*" + message, texts * 20
    )


def test_settings_are_no_way_out_where_there_is_no_text_file():
    refuses(r"write them plainly$", ["1,5", "2,5"] * 20, None)


def test_what_another_dialect_would_read_is_reported():
    refuses(
        "'1.5', '2.5' with a point where decimal is ','", ["1.5", "2.5"] * 20, Dialect(decimal=",")
    )


@pytest.mark.parametrize("other", [[], ["never"], ["?", "n/a"]])
@pytest.mark.parametrize(
    "texts", [["31.12.2024", "01.01.2025"], ["12/31/2024", "2024-01-01 10:00"]]
)
def test_dates_as_text_are_dates(texts, other):
    refuses(
        "must hold numbers, booleans or strings, 'v' of t.csv holds dates or times as text",
        (texts + other) * 20,
    )


def test_numbers_as_text_where_numbers_have_a_type():
    refuses("numbers must have a type of numbers, 'v' .*pd.to_numeric", ["0.5", "1.5"] * 20, None)
    # Whole ones may be names: 01234 is a postal code.
    check(["01234", "1010"] * 20, None)
    check(["0.5", "1.5"] * 20, None, categories=True)


def test_a_type_for_categories_is_believed_but_for_many_numbers():
    check(["1,5", "2,5", "?", "3"] * 20, None, categories=True)
    refuses(r"also holds '\?'", [*MANY, "?"], None, categories=True)


def test_of_very_many_texts_the_first_are_judged(monkeypatch):
    monkeypatch.setattr(_texts, "_JUDGED", 50)
    refuses("numbers must be written as programs read them", [f"{i},5" for i in range(400)])
    refuses(
        "holds dates or times as text", [f"{i // 28 + 1}.{i % 28 + 1}.2024" for i in range(300)]
    )
    # A few words among very many numbers are found wherever they are.
    refuses("also holds '[?]' .2 of 402 rows", [*map(str, range(400)), "?", "?"])
    check([f"user {i}" for i in range(400)])
