"""How long an evaluation on many rows will take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from problems._bundled import BUNDLED
from problems._effort import FIRST_FIT_ROWS, expected, is_large
from problems.tree import Tree


@pytest.mark.parametrize("power", [1, 2, 2.5])
def test_a_power_law_is_found(power):
    asked = []

    def time_fit(rows):
        asked.append(rows)
        return 1e-9 * rows**power

    assert expected(time_fit, 60_000) == pytest.approx(1e-9 * 60_000**power)
    assert max(asked) <= 60_000


def test_a_fit_that_takes_long_is_the_last():
    asked = []
    assert (
        expected(lambda rows: asked.append(rows) or 4.0 * rows / FIRST_FIT_ROWS, 8 * FIRST_FIT_ROWS)
        == 32.0
    )
    assert asked == [FIRST_FIT_ROWS, FIRST_FIT_ROWS]


def test_a_cost_that_does_not_grow_yet_will():
    assert expected(lambda rows: 0.5, 64 * FIRST_FIT_ROWS) == pytest.approx(0.5 * 2)


def test_many_rows_or_columns_are_asked_about():
    facts = BUNDLED["wine"]
    assert not is_large(facts)
    assert is_large(replace(facts, rows=10_000))
    assert is_large(replace(facts, rows=5_000, categories=2_000))


def test_a_model_tells_what_an_evaluation_takes_by_a_few_rows():
    assert Tree().expected_seconds() is None
    seconds = Tree(data="generated:rows=12000,noise=0").expected_seconds()
    assert seconds > 0
