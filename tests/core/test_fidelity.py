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


TABLE = Fidelity("rows", 81, 3, (3, 9, 27, 81))


def test_measured_steps_are_the_only_ones() -> None:
    assert EPOCHS.measured == ()
    for step in TABLE.measured:
        assert TABLE.share(step) == step / 81
        assert TABLE.step(step / 81) == step
    with pytest.raises(
        ValueError, match=r"step must be one of \(3, 9, 27, 81\), got 10; `rungs` has"
    ):
        TABLE.share(10)
    with pytest.raises(ValueError, match=r"from 3 to 81, got 1;"):
        TABLE.share(1)


@pytest.mark.parametrize(("step", "near"), [(1, 3), (10, 9), (17, 9), (19, 27), (80, 81), (90, 81)])
def test_a_share_between_measured_steps_is_refused_with_the_nearest(step: int, near: int) -> None:
    with pytest.raises(ValueError, match=r"a whole n of \(3, 9, 27, 81\) \(rows\)") as error:
        TABLE.step(step / 81)
    assert str(error.value).endswith(f"the nearest is n = {near}")


def test_measured_steps_become_plain() -> None:
    steps: Any = np.array([3, 9, 27])
    found = Fidelity("rows", 27, 3, steps).measured
    assert found == (3, 9, 27)
    assert {type(step) for step in found} == {int}
    assert hash(Fidelity("rows", 27, 3, steps)) == hash(Fidelity("rows", 27, 3, (3, 9, 27)))


@pytest.mark.parametrize("measured", [(9, 81), (3, 9), (3, 27, 9, 81), (3, 3, 81), (3,), (81,)])
def test_measured_steps_ascend_from_the_lowest_to_all(measured: tuple[int, ...]) -> None:
    with pytest.raises(
        ValueError, match="measured steps must ascend from lowest = 3 to steps = 81, got"
    ) as error:
        Fidelity("rows", 81, 3, measured)
    assert str(measured) in str(error.value)


@pytest.mark.parametrize("step", [1, 82, 9.0, "9", True, None])
def test_measured_steps_are_integers_within_bounds(step: Any) -> None:
    with pytest.raises(ValueError, match="measured step must be an integer from 3 to 81") as error:
        Fidelity("rows", 81, 3, (3, step, 81))
    assert f"got {step!r}" in str(error.value)


@pytest.mark.parametrize(
    ("steps", "lowest", "factor", "rungs"),
    [
        # log(243) / log(3) is 4.999999999999999, so a floor of it loses the first rung.
        (243, 1, 3, (1, 3, 9, 27, 81, 243)),
        (81, 1, 3, (1, 3, 9, 27, 81)),
        (81, 2, 3, (3, 9, 27, 81)),
        (81, 3, 3, (3, 9, 27, 81)),
        (100, 1, 3, (1, 3, 11, 33, 100)),
        (100, 7, 3, (11, 33, 100)),
        (1000, 1, 10, (1, 10, 100, 1000)),
        (125, 1, 5, (1, 5, 25, 125)),
        (2, 1, 3, (2,)),
        (81, 81, 3, (81,)),
        (7, 1, 2, (1, 3, 7)),
    ],
)
def test_rungs_are_whole_steps(steps: int, lowest: int, factor: int, rungs: Any) -> None:
    assert Fidelity("epochs", steps, lowest).rungs(factor) == rungs
    # The same where they are what was measured, with others between them.
    measured = sorted({lowest, *rungs, *range(lowest, steps, 5)})
    assert Fidelity("epochs", steps, lowest, tuple(measured)).rungs(factor) == rungs


@given(st.integers(1, 10**11), st.integers(2, 10), st.data())
def test_rungs_are_those_of_exact_division(steps: int, factor: int, data: st.DataObject) -> None:
    lowest = data.draw(st.integers(1, steps))
    wanted = {Fraction(steps, factor**k).__floor__() for k in range(40)}
    found = Fidelity("steps", steps, lowest).rungs(factor)
    assert found == tuple(sorted(step for step in wanted if step >= lowest))


def test_a_rung_that_was_not_measured_is_refused() -> None:
    assert TABLE.rungs(3) == (3, 9, 27, 81)
    assert TABLE.rungs(9) == (9, 81)
    with pytest.raises(ValueError, match="by factor 2 must be a measured step") as error:
        TABLE.rungs(2)
    assert "(3, 9, 27, 81), [5, 10, 20, 40] are not; take another factor" in str(error.value)


@pytest.mark.parametrize("factor", [1, 0, -3, 3.0, True, "3", None])
def test_the_factor_of_rungs_is_an_integer_from_2(factor: Any) -> None:
    with pytest.raises(ValueError, match="a fidelity's factor must be an integer from 2") as error:
        EPOCHS.rungs(factor)
    assert f"got {factor!r}" in str(error.value)


def test_a_budget_offers_full_evaluations_unless_it_says_otherwise() -> None:
    assert Budget(5) == Budget(5, Fidelity("evaluations", 1))
    assert Budget(5).fidelity.share(1) == 1.0
    assert Budget(5, EPOCHS).fidelity is EPOCHS
