from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import Categorical, Float, Int, Ordinal, SearchSpace
from bench.core.distributions import values_of

FINITE = st.floats(-1e6, 1e6)
UNITS = st.floats(0, 1)


@st.composite
def floats(draw: st.DrawFn) -> Float:
    log = draw(st.booleans())
    bound = st.floats(1e-9, 1e9) if log else FINITE
    low, high = sorted((draw(bound), draw(bound)))
    return Float(low, high, log=log)


@st.composite
def ints(draw: st.DrawFn) -> Int:
    log = draw(st.booleans())
    bound = st.integers(1, 10**6) if log else st.integers(-(10**6), 10**6)
    low, high = sorted((draw(bound), draw(bound)))
    return Int(low, high, log=log)


@given(floats(), UNITS)
def test_a_float_stays_inside_and_comes_back(distribution: Float, u: float) -> None:
    value = distribution.from_unit(u)
    assert distribution.check(value) == value
    again = distribution.to_unit(value)
    assert 0 <= again <= 1
    assert distribution.from_unit(again) == pytest.approx(value, rel=1e-9, abs=1e-9)


@given(floats())
def test_the_ends_of_a_float_are_its_bounds(distribution: Float) -> None:
    assert distribution.from_unit(0) == distribution.low
    assert distribution.from_unit(1) == distribution.high


@given(ints(), UNITS)
def test_an_int_stays_inside_and_comes_back_exactly(distribution: Int, u: float) -> None:
    value = distribution.from_unit(u)
    assert distribution.check(value) == value
    assert 0 <= distribution.to_unit(value) <= 1
    assert distribution.from_unit(distribution.to_unit(value)) == value


@given(ints())
def test_the_ends_of_an_int_are_its_bounds(distribution: Int) -> None:
    assert distribution.from_unit(0) == distribution.low
    assert distribution.from_unit(1) == distribution.high


@given(floats(), UNITS, UNITS)
def test_from_unit_is_monotone(distribution: Float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert distribution.from_unit(low) <= distribution.from_unit(high)


@pytest.mark.parametrize("low", [-3, 0, 1])
def test_ints_own_cells_of_equal_width_the_ends_included(low: int) -> None:
    distribution = Int(low, low + 6)
    points = (np.arange(7 * 1000) + 0.5) / 7000
    counts = Counter(distribution.from_unit(u) for u in points.tolist())
    assert counts == dict.fromkeys(range(low, low + 7), 1000)


def test_log_ints_own_cells_as_wide_as_log_of_v_plus_half_over_v_minus_half() -> None:
    distribution = Int(1, 8, log=True)
    points = (np.arange(100_000) + 0.5) / 100_000
    counts = Counter(distribution.from_unit(u) for u in points.tolist())
    whole = math.log(8.5 / 0.5)
    for value in range(1, 9):
        width = math.log((value + 0.5) / (value - 0.5)) / whole
        assert counts[value] == pytest.approx(100_000 * width, abs=1)  # a point on each border


def test_choices_own_cells_of_equal_width() -> None:
    distribution = Categorical(("a", "b", None))
    counts = Counter(distribution.from_unit((k + 0.5) / 3000) for k in range(3000))
    assert counts == {"a": 1000, "b": 1000, None: 1000}
    for choice in distribution.choices:
        assert distribution.from_unit(distribution.to_unit(choice)) == choice
    assert distribution.from_unit(1.0) is None


def test_the_middle_of_a_log_float_is_its_geometric_mean() -> None:
    assert Float(1e-4, 1, log=True).from_unit(0.5) == pytest.approx(1e-2)


def test_one_value_is_enough() -> None:
    assert Float(2, 2).from_unit(0.7) == 2
    assert Float(2, 2).to_unit(2) == 0.5
    assert Int(3, 3).from_unit(0.7) == 3
    assert Int(3, 3, log=True).to_unit(3) == 0.5
    assert (Float(2, 2).size, Int(3, 3).size, Float(0, 1).size) == (1, 1, None)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Float(1, 0), "low must not exceed high, got low=1.0, high=0.0; swap"),
        (lambda: Float(0, math.inf), "must be finite"),
        (lambda: Float(0, 10**400), "must be finite"),
        (lambda: Float(math.nan, 1), "must be finite"),
        (lambda: Float(0, 1, log=True), "a log scale needs low > 0, got low=0.0"),
        (lambda: Int(0, 5, log=True), "a log scale needs low > 0"),
        (lambda: Int(0, 1.5), "must be whole, got 0 and 1.5"),
        (lambda: Int(2, 1), "low must not exceed high"),
        (lambda: Categorical(()), "at least one choice"),
        (lambda: Categorical((1, True)), "choices must differ"),
        (lambda: Categorical(((1, 2),)), "name it with a string"),
    ],
)
def test_a_distribution_that_cannot_be_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        make()


SPACE = SearchSpace(
    {
        "model": Categorical(("linear", "net")),
        "layers": Int(1, 2),
        "width": Int(4, 64, log=True),
        "rate": Float(1e-4, 1, log=True),
    },
    conditions={"layers": {"model": ("net",)}, "width": {"layers": (2,)}},
)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"model": "linear", "rate": 2.0}, r"parameter 'rate' must be in \[0.0001, 1\], got 2.0"),
        ({"model": "linear", "rate": math.nan}, "parameter 'rate' must be in .* got nan"),
        ({"model": "linear", "rate": math.inf}, "parameter 'rate' must be in .* got inf"),
        ({"model": "linear", "rate": "much"}, "parameter 'rate' must be a real number"),
        ({"model": "linear", "rate": True}, "parameter 'rate' must be a real number"),
        ({"model": "linear", "rate": None}, "parameter 'rate' must be a real number"),
        ({"model": "tree", "rate": 0.1}, r"parameter 'model' must be one of \['linear', 'net'\]"),
        ({"model": "linear"}, r"must set 'rate', got only \['model'\]"),
        ({"model": "net", "rate": 0.1}, "must set 'layers'"),
        ({"model": "net", "layers": 2, "rate": 0.1}, "must set 'width'"),
        ({"model": "net", "layers": 1.0, "rate": 0.1}, "'layers' must be a whole number, got 1.0"),
        ({"model": "net", "layers": 3, "rate": 0.1}, r"'layers' must be in \{1, …, 2\}, got 3"),
        ({"model": "net", "layers": True, "rate": 0.1}, "'layers' must be a whole number"),
        ({"model": "linear", "rate": 0.1, "extra": 1}, r"may set only .* got \['extra'\]"),
    ],
)
def test_check_states_rule_and_value(config: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SPACE.check(config)


def test_check_drops_inactive_values_along_the_chain_and_keeps_declared_order() -> None:
    config = {"rate": 0.1, "width": 9, "layers": 2, "model": "linear"}
    assert list(SPACE.check(config).items()) == [("model", "linear"), ("rate", 0.1)]
    config["model"] = "net"
    assert list(SPACE.check(config)) == ["model", "layers", "width", "rate"]
    config["layers"] = 1
    assert list(SPACE.check(config)) == ["model", "layers", "rate"]


def test_an_inactive_value_may_be_anything() -> None:
    config = {"model": "linear", "layers": "nonsense", "rate": 0.1}
    assert SPACE.check(config) == {"model": "linear", "rate": 0.1}


def test_numpy_scalars_become_plain() -> None:
    space = SearchSpace(
        {"f": Float(0, 1), "i": Int(0, 9), "s": Categorical(("a", "b")), "b": Categorical((True,))}
    )
    given = {"f": np.float32(0.5), "i": np.int64(3), "s": np.str_("b"), "b": np.bool_(True)}
    assert [type(value) for value in space.check(given).values()] == [float, int, str, bool]
    assert type(space.check({**given, "f": np.float64(0.5)})["f"]) is float
    assert type(space.check({**given, "f": 1})["f"]) is float


def test_bounds_and_choices_from_numpy_become_plain() -> None:
    assert type(Float(np.float64(0), np.float32(1)).high) is float
    assert type(Int(np.int64(0), np.int32(1)).high) is int
    mixed = Categorical((np.float64(0.1), np.int64(2), np.str_("a"), np.bool_(True)))
    assert [type(choice) for choice in mixed.choices] == [float, int, str, bool]


def test_sampling_is_uniform_on_each_scale() -> None:
    rng, n = np.random.default_rng(0), 20_000
    configs = [SPACE.sample(rng) for _ in range(n)]
    # Each mean of n uniform (or Bernoulli) draws lies within 4 standard errors of its expectation.
    quantiles = [Float(1e-4, 1, log=True).to_unit(config["rate"]) for config in configs]
    assert abs(np.mean(quantiles) - 1 / 2) < 4 * math.sqrt(1 / 12 / n)
    assert abs(np.mean(np.square(quantiles)) - 1 / 3) < 4 * math.sqrt(4 / 45 / n)
    assert abs(np.mean(["layers" in c for c in configs]) - 1 / 2) < 4 * math.sqrt(1 / 4 / n)
    assert abs(np.mean(["width" in c for c in configs]) - 1 / 4) < 4 * math.sqrt(3 / 16 / n)


def test_a_sample_uses_as_many_random_numbers_whatever_is_active() -> None:
    one, other = np.random.default_rng(1), np.random.default_rng(1)
    for _ in range(20):
        SPACE.sample(one)
        other.random(4)
    assert one.random() == other.random()


@given(st.tuples(UNITS, UNITS, UNITS, UNITS))
def test_a_space_gives_only_what_it_takes(point: tuple[float, ...]) -> None:
    config = SPACE.from_unit(point)
    assert SPACE.check(config) == config
    assert SPACE.active(dict(config)) == config
    again = SPACE.to_unit(config)
    assert len(again) == 4
    back = SPACE.from_unit(again)
    assert back.pop("rate") == pytest.approx(config.pop("rate"), rel=1e-9)
    assert back == config


def test_a_point_must_have_a_coordinate_for_each_parameter() -> None:
    with pytest.raises(ValueError, match="shorter"):
        SPACE.from_unit([0.5])


@pytest.mark.parametrize("arguments", [(-1e308, 1e308), (1e-200, 1e200, True)])
def test_a_range_is_within_what_a_float_can_span(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="within what a float can span, got low="):
        Float(*arguments)


def test_int_bounds_fit_a_record() -> None:
    assert Int(-(2**63) + 1, 0).low == -(2**63) + 1
    with pytest.raises(ValueError, match="must fit 64 bits"):
        Int(0, 2**63)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_to_choose_from_are_finite(number: float) -> None:
    with pytest.raises(ValueError, match="must be finite, got"):
        Categorical((1.0, number))


def test_what_is_active_does_not_depend_on_the_order_of_keys() -> None:
    space = SearchSpace(
        {"model": Categorical(("a", "b")), "layers": Int(1, 2)},
        conditions={"layers": {"model": ["b"]}},
    )
    assert space.active({"layers": 2, "model": "b"}) == {"model": "b", "layers": 2}
    assert space.active({"layers": 2, "model": "a"}) == {"model": "a"}


def test_flat_has_all_parameters_always_and_a_whole_default() -> None:
    space = SearchSpace(
        dict(SPACE.parameters),
        conditions=SPACE.conditions,
        default={"model": "linear", "rate": 0.5},
    )
    flat = space.flat()
    assert not flat.conditions
    assert list(flat) == list(SPACE)
    assert len(flat.sample(np.random.default_rng(0))) == 4
    assert flat.default == {"model": "linear", "layers": 2, "width": 15, "rate": 0.5}
    assert SPACE.flat().default is None


@pytest.mark.parametrize(
    ("parameters", "options", "message"),
    [
        ({}, {}, "at least one parameter"),
        ({"a": Int(0, 1)}, {"conditions": {"b": {"a": (0,)}}}, "must name a parameter, got 'b'"),
        ({"a": Int(0, 1)}, {"conditions": {"a": {"a": (0,)}}}, "parent of 'a' must be declared"),
        (
            {"a": Int(0, 1), "b": Int(0, 1)},
            {"conditions": {"a": {"b": (0,)}}},
            "parent of 'a' must be declared before it, got 'b'",
        ),
        (
            {"a": Int(0, 1), "b": Int(0, 1)},
            {"conditions": {"b": {"a": (2,)}}},
            "condition of 'b' on 'a': must be in",
        ),
        ({"a": Int(0, 1)}, {"default": {"a": 2}}, "parameter 'a' must be in"),
    ],
)
def test_a_space_that_cannot_be_is_refused(
    parameters: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        SearchSpace(parameters, **options)


def test_spaces_compare_by_content() -> None:
    assert SearchSpace({"a": Int(0, 1)}) == SearchSpace({"a": Int(0, 1)})
    assert SearchSpace({"a": Int(0, 1)}) != SearchSpace({"a": Int(0, 2)})
    assert SPACE.flat() != SPACE


def test_a_space_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        SPACE.parameters["rate"] = Float(0, 1)


FINITE_TREE = SearchSpace(
    {
        "model": Categorical(("linear", "net", "tree")),
        "penalty": Ordinal((0.1, 1, 10)),
        "layers": Int(1, 3),
        "width": Ordinal((8, 64)),
        "flag": Categorical((True, None)),
        "fixed": Float(2, 2),
    },
    conditions={
        "penalty": {"model": ("linear",)},
        "layers": {"model": ("net",)},
        "width": {"layers": (2, 3)},
        "flag": {"model": ("net", "tree"), "layers": (1, 3)},
    },
    default={"model": "linear", "penalty": 1, "fixed": 2},
)


@st.composite
def finite_spaces(draw: st.DrawFn) -> SearchSpace:
    kinds = [
        Categorical(("a", "b", "c")), Categorical((None,)), Ordinal((1, 2.5)), Int(0, 2),
        Int(1, 3, log=True),
    ]  # fmt: skip
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4))
    parameters = {f"p{i}": distribution for i, distribution in enumerate(chosen)}
    conditions = {}
    for i in range(1, len(chosen)):
        parents = draw(st.sets(st.integers(0, i - 1), max_size=2))
        conditions[f"p{i}"] = {
            f"p{j}": draw(
                st.lists(st.sampled_from(values_of("", chosen[j])), min_size=1, unique=True)
            )
            for j in parents
        }
    return SearchSpace(parameters, conditions=conditions)


def brute_force(space: SearchSpace) -> list[dict[str, Any]]:
    """Return the active configurations of the whole product, each where it is met first."""
    axes = [values_of(name, distribution) for name, distribution in space.parameters.items()]
    found: list[dict[str, Any]] = []
    for values in itertools.product(*axes):
        config = space.active(dict(zip(space, values, strict=True)))
        if config not in found:
            found.append(config)
    return found


@given(finite_spaces())
def test_a_finite_space_gives_each_active_configuration_once_in_order(space: SearchSpace) -> None:
    assert list(space.configs()) == brute_force(space)


def test_a_tree_gives_each_active_configuration_once_in_order() -> None:
    configs = list(FINITE_TREE.configs())
    assert configs == brute_force(FINITE_TREE)
    # linear: 3 penalties; net: 1 layer × 2 flags, 2 layers × 2 widths, 3 layers × 2 × 2; tree.
    assert len(configs) == 3 + (2 + 2 + 4) + 1
    assert all(FINITE_TREE.check(config) == config for config in configs)


def test_a_continuum_cannot_be_enumerated() -> None:
    # At once, not when the first configuration is taken.
    with pytest.raises(ValueError, match="'rate' has a continuum"):
        SPACE.configs()


@pytest.mark.parametrize("space", [SPACE, FINITE_TREE], ids=["space", "tree"])
def test_a_space_comes_back_from_plain_data(space: SearchSpace) -> None:
    data = space.to_dict()
    assert SearchSpace.from_dict(data) == space
    again = SearchSpace.from_dict(orjson.loads(orjson.dumps(data)))
    assert again == space
    # Equal numbers of another type would be another record.
    assert repr(again) == repr(space)


@given(finite_spaces())
def test_any_finite_space_comes_back_from_plain_data(space: SearchSpace) -> None:
    assert SearchSpace.from_dict(orjson.loads(orjson.dumps(space.to_dict()))) == space


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "a space must have a table 'parameters', got None"),
        ({"parameters": ["x"]}, "a space must have a table 'parameters', got"),
        ({"parameters": {}}, "at least one parameter"),
        ({"parameters": {"x": 1}}, "parameter 'x' must have a kind, one of Float, Int, Ordinal"),
        ({"parameters": {"x": {"low": 0}}}, "parameter 'x' must have a kind"),
        ({"parameters": {"x": {"kind": "Normal"}}}, "parameter 'x' must have a kind"),
        (
            {"parameters": {"x": {"kind": "Int", "low": 2, "high": 1}}},
            "parameter 'x': low must not",
        ),
        ({"parameters": {"x": {"kind": "Int", "min": 2}}}, "parameter 'x': .*'min'"),
        (
            {"parameters": {"x": {"kind": "Int", "low": 0, "high": 1}}, "default": {"x": 2}},
            "parameter 'x' must be in",
        ),
    ],
)
def test_what_describes_no_space_is_refused(data: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SearchSpace.from_dict(data)
