"""Spaces: what they check, draw, enumerate and refuse."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import Categorical, Float, Int, Ordinal, SearchSpace
from bench.core.distributions import values_of

UNITS = st.floats(0, 1)


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
        ({"model": "net", "layers": 1.0, "rate": 0.1}, "'layers' must be an integer, got 1.0"),
        ({"model": "net", "layers": 3, "rate": 0.1}, r"'layers' must be in \{1, …, 2\}, got 3"),
        ({"model": "net", "layers": True, "rate": 0.1}, "'layers' must be an integer"),
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
    assert type(Float(np.float64(0), np.float32(1)).high) is float  # type: ignore[arg-type]
    assert type(Int(np.int64(0), np.int32(1)).high) is int  # type: ignore[arg-type]
    mixed = Categorical((np.float64(0.1), np.int64(2), np.str_("a"), np.bool_(True)))  # type: ignore[arg-type]
    assert [type(choice) for choice in mixed.choices] == [float, int, str, bool]


@pytest.mark.slow
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
        SPACE.parameters["rate"] = Float(0, 1)  # type: ignore[index]


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
    kinds: list[Any] = [
        Categorical(("a", "b", "c")), Categorical((None,)), Ordinal((1, 2.5)), Int(0, 2),
        Int(1, 3, log=True),
    ]  # fmt: skip
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4))
    parameters: dict[str, Any] = {f"p{i}": distribution for i, distribution in enumerate(chosen)}
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


@pytest.mark.slow
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


@pytest.mark.slow
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
