import pytest

from bench import Budget, Categorical, Fidelity, Float, Int, SearchSpace, discretise
from bench.registry import STRATEGIES
from bench.spec import Entry
from strategies.exhaustive import Exhaustive

TREE = SearchSpace(
    {"kind": Categorical(("a", "b")), "depth": Int(1, 3), "width": Float(0, 1)},
    conditions={"depth": {"kind": ("b",)}, "width": {"depth": (2, 3)}},
    default={"kind": "b", "depth": 2, "width": 0.3},
)


def suggested(space, trials=10**6, **settings):
    strategy = Exhaustive(**settings)
    strategy.start(space, seed=1, budget=Budget(trials))
    return [suggestion.config for suggestion in iter(strategy.ask, None)]


def test_every_configuration_once_in_order():
    space = SearchSpace({"x": Float(0, 1), "kind": Categorical(("a", "b"))})
    expected = [{"x": x, "kind": kind} for x in (0, 0.5, 1) for kind in ("a", "b")]
    assert suggested(space, grid_points=3) == expected


def test_conditional_spaces_by_hand():
    assert suggested(TREE, grid_points={"width": 3}) == [
        {"kind": "a"},
        {"kind": "b", "depth": 1},
        *({"kind": "b", "depth": 2, "width": w} for w in (0, 0.3, 1)),
        *({"kind": "b", "depth": 3, "width": w} for w in (0, 0.3, 1)),
    ]


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 100])
def test_parts_share_the_configurations(parts):
    configs = list(discretise(TREE, 5).configs())
    shares = [suggested(TREE, grid_points=5, part=part, parts=parts) for part in range(parts)]
    assert [len(share) for share in shares] == [len(configs[part::parts]) for part in range(parts)]
    assert [
        share[k] for k in range(len(shares[0])) for share in shares if k < len(share)
    ] == configs


def test_a_finite_space_is_left_as_it_is():
    space = discretise(TREE, 5)
    assert suggested(space, grid_points=2) == list(space.configs())


def test_it_does_not_fit_the_budget():
    assert len(suggested(TREE, trials=2, grid_points=4)) == 10


def test_all_at_one_step():
    strategy = Exhaustive(grid_points=4, step=27)
    strategy.start(TREE, seed=1, budget=Budget(5, Fidelity("epochs", 81)))
    found = list(iter(strategy.ask, None))
    assert [suggestion.config for suggestion in found] == suggested(TREE, grid_points=4)
    assert {suggestion.fidelity for suggestion in found} == {27 / 81}


def test_a_step_that_is_not_offered_is_a_reason_to_skip():
    strategy = Exhaustive(step=2)
    assert strategy.skip(TREE, budget=Budget(5, Fidelity("epochs", 81))) is None
    reason = strategy.skip(TREE, budget=Budget(5, Fidelity("epochs", 81, 3)))
    assert reason.startswith("a fidelity's step must be an integer from 3 to 81, got 2")
    assert Exhaustive().skip(TREE, budget=Budget(5)) is None


def test_only_a_step_asks_for_the_capability_and_is_recorded():
    plain = {"grid_points": 10, "part": 0, "parts": 1}
    assert Exhaustive().supports == Exhaustive.supports == {"conditional"}
    assert Exhaustive(step=3).supports == {"conditional", "fidelity"}
    assert STRATEGIES.resolve(Entry("exhaustive")).settings == plain
    cheap = STRATEGIES.resolve(Entry("exhaustive", settings={"step": 3}))
    assert cheap.settings == plain | {"step": 3}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"step": -1}, "step must be 0 or more, got -1; 0 means full evaluations"),
        ({"parts": 0}, "parts must be 1 or more, got 0; there is one at least"),
        ({"part": 2, "parts": 2}, r"part must be in \[0, parts = 2\), got 2"),
        ({"part": -1}, r"part must be in \[0, parts = 1\), got -1"),
    ],
)
def test_settings_are_checked(settings, message):
    with pytest.raises(ValueError, match=message):
        Exhaustive(**settings)


@pytest.mark.parametrize("grid_points", [1, 0, True, 2.5, "ten", {"width": 1}, {"": None}])
def test_grid_points_are_checked(grid_points):
    with pytest.raises(ValueError, match="grid points must be integers from 2 to 10,000, got"):
        suggested(TREE, grid_points=grid_points)
    with pytest.raises(ValueError, match=r"grid points must name parameters of .*, got 'z'"):
        suggested(TREE, grid_points={"z": 3})
    with pytest.raises(ValueError, match="a number needs grid points, 'width' has none; name it"):
        suggested(TREE, grid_points={"depth": 3})


def test_a_parent_of_endless_values_is_not_made_at_once():
    space = SearchSpace(
        {"n": Int(1, 2**62), "x": Float(0, 1)}, conditions={"x": {"n": (3,)}}, default={"n": 1}
    )
    strategy = Exhaustive(grid_points=2)
    strategy.start(space, seed=1, budget=Budget(5))
    found = [strategy.ask().config for _ in range(5)]
    assert found == [{"n": 1}, {"n": 2}, {"n": 3, "x": 0}, {"n": 3, "x": 1}, {"n": 4}]


def test_thousands_of_fixed_axes_do_not_nest():
    fixed = {f"x{i}": Float(0, 0) for i in range(3000)}
    space = SearchSpace({"k": Int(0, 1), **fixed, "last": Int(0, 1)})
    found = suggested(space)
    assert [(config["k"], config["last"]) for config in found] == [(0, 0), (0, 1), (1, 0), (1, 1)]
