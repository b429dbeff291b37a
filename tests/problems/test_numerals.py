from __future__ import annotations

import pytest

from problems._numerals import is_bound, is_date, says_missing, spelled


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("1,5", ["a decimal comma"]),
        ("1,500", ["a comma (write 1500 or 1.5"]),
        ("0,500", ["a decimal comma"]),
        ("1,500,000", ["a comma between thousands"]),
        ("1,500.25", ["a comma between thousands"]),
        ("1,00,000", ["a comma between thousands"]),
        ("1.500.000", ["points between thousands"]),
        ("1.500,25", ["points between thousands", "a decimal comma"]),
        ("1 500", ["a blank between thousands"]),
        ("1\u00a0500\u00a0000", ["a blank between thousands"]),
        ("1\u202f500,5", ["a blank between thousands", "a decimal comma"]),
        ("1’500", ["an apostrophe between thousands"]),
        ("1_000", ["an underscore"]),
        ("15%", ["a percent sign"]),
        ("15 %", ["a percent sign"]),
        ("3‰", ["a per mille sign"]),
        ("$1.50", ["a currency"]),
        ("-$5", ["a currency"]),
        ("1,50 €", ["a decimal comma", "a currency"]),
        ("CHF 1'000", ["an apostrophe between", "a currency"]),
        ("USD 5", ["a currency"]),
        ("3 kg", ["a unit"]),
        ("20°C", ["a unit"]),
        ("1.5 km/h", ["a unit"]),
        ("2k", ["a unit"]),
        ("−5", ["a minus that is no hyphen"]),
        ("–5", ["a minus that is no hyphen"]),
        ("- 5", ["a blank inside"]),
        ("１２", ["digits of another script"]),
        ("'5", ["an apostrophe in front"]),
        ("1.5×10^3", ["a power"]),
        (" 5 ", []),
        ("+1.5e-3", []),
    ],
)
def test_what_can_hardly_be_anything_but_a_number(text, marks):
    found = spelled(text)
    assert found is not None
    assert found.certain
    assert len(found.marks) == len(marks)
    for mark, beginning in zip(found.marks, marks, strict=True):
        assert mark.startswith(beginning)


@pytest.mark.parametrize("text", ["(1.5)", "5-", "1st", "2D", "1a", "85123A", "5 A4"])
def test_what_may_be_a_name_as_well(text):
    found = spelled(text)
    assert found is not None
    assert not found.certain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "m2",
        "LH123",
        "1.2.3",
        "12 34",
        "1/2",
        "10-12",
        "3+",
        "<1",
        "31.12.2024",
        "(1",
        "1)",
        "-(5)-",
        "5" * 60,
    ],
)
def test_what_is_no_number(text):
    assert spelled(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "31.12.2024",
        "12/31/2024",
        "2024-12-31",
        "2024/12/31",
        "31.12.24",
        "31-Dec-2024",
        "31 Dec 24",
        "31. Dezember 2024",
        "31Dec2024",
        "Dec 31, 2024",
        "December 31st, 2024",
        "2024-12",
        "12/2024",
        "2024Q1",
        "Jan-24",
        "10:30",
        "10:30:05",
        "2024-12-31 10:00",
        "2024-12-31T10:00:00.123Z",
        "2024-12-31T10:00:00+01:00",
        "12/31/2024 10:05 PM",
        "31.12.2024 10:00:05",
        "Tue, 31 Dec 2024 10:00:00 GMT",
    ],
)
def test_dates_are_known_in_many_ways_to_write_them(text):
    assert is_date(text)


@pytest.mark.parametrize(
    "text", ["1.2.3", "3 kg", "12 Monkeys", "20241231", "A-24", "", "1.5", "10-12"]
)
def test_what_is_no_date(text):
    assert not is_date(text)


def test_ranges_and_missing_values_are_known():
    assert all(map(is_bound, ["3+", "<1", ">= 5", "10-12", "10 to 12", "5 or more", "≤2"]))
    assert not any(map(is_bound, ["3", "-3", "a", "pass", "3a"]))
    words = ["?", "-", "n/a", "N.A.", "Unknown", "missing", "#DIV/0!", "#REF!", "None", " ", "NaN"]
    assert all(map(says_missing, words))
    assert not any(map(says_missing, ["0", "pass", "no", "x"]))
