from __future__ import annotations

import doctest
import json
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import Budget, Fidelity
from bench.core import fidelity

EPOCHS = Fidelity("epochs", 81)


def test_its_example_runs() -> None:
    found = doctest.testmod(fidelity)
    assert found.attempted > 0
    assert found.failed == 0


def test_it_says_its_unit_and_its_steps() -> None:
    assert (EPOCHS.unit, EPOCHS.steps, EPOCHS.lowest) == ("epochs", 81, 1)


@given(st.data())
def test_a_share_is_that_of_its_step_and_of_no_other(data: st.DataObject) -> None:
    steps = data.draw(st.integers(1, 10_000))
    step = data.draw(st.integers(1, steps))
    one = Fidelity("steps", steps)
    share = one.share(step)
    assert share == step / steps
    assert 0 < share <= 1
    assert one.step(share) == one.step(json.loads(json.dumps(share))) == step
    for near in (math.nextafter(share, 0), min(1.0, math.nextafter(share, 2))):
        assert one.step(near) == step


def test_the_shares_of_successive_halving_are_whole_steps() -> None:
    for power in range(5):
        shares: list[Any] = [1 / 3**power, 3.0**-power, (1 / 3) ** power, Fraction(1, 3**power)]
        for share in shares:
            step = EPOCHS.step(share)
            assert step == 81 // 3**power
            assert EPOCHS.share(step) == 1 / 3**power


def test_steps_from_numpy_become_plain() -> None:
    steps: list[Any] = [np.int64(27), np.int32(3), np.int64(9)]
    one = Fidelity("rows", *steps[:2])
    assert (type(one.steps), type(one.lowest)) == (int, int)
    assert type(one.share(steps[2])) is float
    assert type(one.step(np.float64(1 / 3))) is int


@pytest.mark.parametrize("steps", [0, -1, 1 / 27, 9.0, True, "9", None, math.nan, 10**12])
def test_steps_are_an_integer_from_1(steps: Any) -> None:
    with pytest.raises(
        ValueError, match="a fidelity's steps must be an integer from 1 to"
    ) as error:
        Fidelity("rows", steps)
    assert f"got {steps!r}" in str(error.value)
    assert "for example Fidelity('epochs', 81)" in str(error.value)


@pytest.mark.parametrize("lowest", [0, 82, 0.1, True, None])
def test_the_lowest_is_one_of_the_steps(lowest: Any) -> None:
    with pytest.raises(
        ValueError, match="a fidelity's lowest must be an integer from 1 to 81, got"
    ) as error:
        Fidelity("epochs", 81, lowest)
    assert repr(lowest) in str(error.value)


@pytest.mark.parametrize("unit", ["", None, 81])
def test_the_unit_is_a_text(unit: Any) -> None:
    with pytest.raises(ValueError, match="a fidelity's unit must be a string, got"):
        Fidelity(unit, 81)


@pytest.mark.parametrize("step", [0, 2, 82, 27.0, "27", None])
def test_a_step_that_may_not_be_asked_for_has_no_share(step: Any) -> None:
    with pytest.raises(
        ValueError, match="a fidelity's step must be an integer from 3 to 81, got"
    ) as error:
        Fidelity("epochs", 81, lowest=3).share(step)
    assert repr(step) in str(error.value)


@pytest.mark.parametrize(
    ("share", "way"),
    [
        (0.5, "the nearest is n = 40"),
        (1 / 3 + 1e-9, "the nearest is n = 27"),
        (np.float32(1 / 3), "the nearest is n = 27"),
        (1 / 81, "the nearest is n = 3"),
        (0.0, "the cheapest is n = 3"),
        (-1.0, "the cheapest is n = 3"),
        (10**400, "the cheapest is n = 3"),
        (1.5, "the nearest is n = 81"),
        (math.inf, "the cheapest is n = 3"),
        (math.nan, "the cheapest is n = 3"),
        ("0.5", "the cheapest is n = 3"),
        (None, "the cheapest is n = 3"),
    ],
)
def test_a_fraction_of_a_step_is_refused(share: Any, way: str) -> None:
    with pytest.raises(ValueError, match="must be n / 81 with a whole n from 3 to 81") as error:
        Fidelity("epochs", 81, lowest=3).step(share)
    assert f"got {share!r}" in str(error.value)
    assert way in str(error.value)


def test_a_budget_offers_full_evaluations_unless_it_says_otherwise() -> None:
    assert Budget(5) == Budget(5, Fidelity("evaluations", 1))
    assert Budget(5).fidelity.share(1) == 1.0
    assert Budget(5, EPOCHS).fidelity is EPOCHS
