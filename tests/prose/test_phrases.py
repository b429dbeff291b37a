import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.prose.phrases import interval, listed, number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.02, "0.020"),
        (-0.0434, "−0.043"),
        (0.0999, "0.10"),
        (0.994, "0.99"),
        (0.999, "1.0"),
        (12, "12"),
        (99.6, "100"),
        (1234, "1,200"),
        (-3e-4, "−0.00030"),
        (9.44e-5, "0.000094"),
        (1e-6, "1.0 × 10⁻⁶"),
        (2.34e7, "2.3 × 10⁷"),
        (math.nan, "unknown"),
        (-math.inf, "−∞"),
        (-1.2e150, "−1.2 × 10¹⁵⁰"),
    ],
)
def test_two_significant_digits(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-0.436, -0.1012, "−0.44 to −0.10"),
        (-0.0637, 0.0249, "−0.064 to 0.025"),
        (-0.0793, -0.000005, "−0.079 to 0"),
        (-0.0793, -0.000061, "−0.079 to −0.0001"),
        (0.00012, 31, "0 to 31"),
        (1.84, 3.06, "1.8 to 3.1"),
        (0.1, 0.1, "0.10 to 0.10"),
        (0, 0, "0 to 0"),
        (1e-9, 2e-8, "1.0 × 10⁻⁹ to 2.0 × 10⁻⁸"),
        (math.nan, 1, ""),
        (1, math.inf, ""),
    ],
)
def test_intervals(low, high, text):
    assert interval(low, high) == text


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ("a", "a"),
        ("ab", "a and b"),
        ("abcd", "a, b, c and d"),
        ("abcde", "a, b, c, d and e"),
        ("abcdef", "a, b, c, d and 2 more"),
    ],
)
def test_names(names, text):
    assert listed(list(names)) == text


@given(st.one_of(st.just(0.0), st.floats(1e-300, 1e300), st.floats(-1e300, -1e-300)))
def test_a_number_is_what_it_says_to_5_percent(value):
    text = number(value).replace("−", "-").replace(",", "")
    mantissa, _, raised = text.partition(" × 10")
    power = raised.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    assert float(f"{mantissa}e{power or 0}") == pytest.approx(value, rel=0.051)
