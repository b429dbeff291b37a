import math

import pytest

from bench.prose.quantities import (
    duration,
    equation,
    fixed,
    percent,
    probability,
    resolving,
    significant,
)


@pytest.mark.parametrize(
    ("show", "value", "text"),
    [
        (fixed(2), 1.005, "1.00"), (fixed(2), -1.239, "−1.24"),
        (fixed(2), -0.001, "0.00"), (fixed(0), -0.0, "0"),
        (significant, 0.123456, "0.1235"), (significant, -123456, "−1.235e+05"),
        (significant, -0.0, "0"), (significant, -1e-7, "−1e-07"),
        (percent, 0, "0 %"), (percent, 0.004, "< 1 %"), (percent, 0.5, "50 %"),
        (probability, 0.0004, "< 0.001"), (probability, 0.0124, "0.012"),
        (duration, 0, "0 s"), (duration, 1e-9, "< 1 µs"),
        (duration, 0.0025, "2.5 ms"), (duration, 59.4, "59 s"),
        (duration, 90, "1.5 min"), (duration, 5400, "1.5 h"),
    ],
)  # fmt: skip
def test_a_number_in_words(show, value, text):
    assert show(value) == text


def test_a_p_value_is_an_equation_or_less_than_something():
    assert equation("p", 0.0123) == "p = 0.012"
    assert equation("p", 0.0001) == "p < 0.001"


def test_numbers_that_differ_late_have_the_digits_to_tell():
    show = resolving([0.93561, 0.93584])
    assert [show(0.93561), show(0.93584)] == ["0.93561", "0.93584"]
    assert resolving([1.0, 3.0, math.nan])(2.5) == "2.500"
    # A factor of a thousand: each has its own four digits.
    assert resolving([0.001234567, 5.0])(0.001234567) == "0.001235"
    assert resolving([])(0.5) == "0.5"
