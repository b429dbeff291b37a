from __future__ import annotations

from typing import Any

import pytest

from bench import Budget, Capability, Categorical, Float, Int, SearchSpace, Status, Trial
from bench.checks import STRATEGY_CHECKS, run_checks
from bench.checks.strategy import check_is_deterministic_across_processes
from bench.core import Config, Suggestion
from bench.registry import STRATEGIES
from bench.run import RunStatus, skip_reason
from bench.spec import Entry
from bench.testing.script import Function, Script, new_run
from bench.testing.toys import Climber, Raises
from strategies.default_config import DefaultConfig
from strategies.from_default import FromDefault
from strategies.grid_search import GridSearch
from strategies.random_search import RandomSearch
from strategies.stepwise import Stepwise
from strategies.tpe import TPE

GRID = GridSearch(order="lexicographic")
CUBE = SearchSpace({n: Float(0, 1) for n in "xyz"}, default={"x": 0, "y": 0, "z": 0})
SQUARE = SearchSpace({n: Float(0, 1) for n in "xy"}, default={"x": 0, "y": 0})
TREE = SearchSpace(
    {
        "model": Categorical(("linear", "net")),
        "layers": Int(1, 3),
        "width": Int(4, 6),
        "penalty": Float(0, 1),
    },
    conditions={
        "layers": {"model": ("net",)},
        "width": {"layers": (2, 3)},
        "penalty": {"model": ("linear",)},
    },
    default={"model": "linear", "penalty": 0.5},
)


def separable(config: Config) -> float:
    return float((config["x"] - 0.3) ** 2 + (config["y"] - 0.6) ** 2 + abs(config["z"] - 0.9))


def rotated(config: Config) -> float:
    x, y = config["x"], config["y"]
    return float(10 * (x - y) ** 2 + (x + y - 2) ** 2)


def best(configs: list[Config], loss: Any) -> Config:
    return min(configs, key=loss)


def test_on_a_separable_function_it_finds_the_best_grid_point_of_each_axis(play):
    configs = play(Stepwise(inner=GRID), CUBE, separable, seed=1, trials=16)
    # The default, then five grid points an axis, the others held at the best so far.
    axis = [0, 0.25, 0.5, 0.75, 1]
    assert configs == [
        {"x": 0, "y": 0, "z": 0},
        *({"x": x, "y": 0, "z": 0} for x in axis),
        *({"x": 0.25, "y": y, "z": 0} for y in axis),
        *({"x": 0.25, "y": 0.5, "z": z} for z in axis),
    ]
    # 16 trials instead of the 125 of the full grid, and the best of it.
    grid = play(GRID, CUBE, separable, seed=1, trials=125)
    assert len(grid) == 125
    assert best(configs, separable) == best(grid, separable) == {"x": 0.25, "y": 0.5, "z": 1}


def test_on_a_rotated_function_it_stays_where_no_single_step_gains(play):
    # By hand: 4 at (0, 0), 4.75 and 11 at x = 0.5 and 1, the same along y; 0 at (1, 1).
    configs = play(Stepwise(inner=GRID), SQUARE, rotated, seed=1, trials=7)
    assert [rotated(config) for config in configs] == [4, 4, 4.75, 11, 4, 4.75, 11]
    grid = play(GRID, SQUARE, rotated, seed=1, trials=9)
    assert rotated(best(grid, rotated)) == 0


@pytest.mark.parametrize(
    ("trials", "shares"), [(1, []), (2, [1]), (4, [1, 1, 1]), (11, [4, 3, 3]), (12, [4, 4, 3])]
)
def test_the_turns_share_the_budget_evenly_the_first_ones_the_rest(trials, shares):
    class Counts(RandomSearch):
        def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
            super().start(space, seed=seed, budget=budget)
            found.append((*space, budget.trials))

    found: list[Any] = []
    run = new_run(Stepwise(inner=Counts()), Function(separable, space=CUBE), trials=trials)
    assert len(list(run)) == trials
    assert found == list(zip("xyz", shares, strict=False))
    assert run.end.status is RunStatus.COMPLETED


def test_what_a_turn_leaves_unused_goes_to_those_after_it(play):
    space = SearchSpace({"k": Int(1, 2), "x": Float(0, 1)}, default={"k": 1, "x": 0})
    configs = play(Stepwise(inner=GRID), space, lambda c: c["k"] + c["x"], seed=1, trials=11)
    assert [config["k"] for config in configs] == [1, 1, 2] + [1] * 8
    assert [config["x"] for config in configs[3:]] == [k / 7 for k in range(8)]


def test_the_order_may_be_given_and_leaves_out_what_it_does_not_name(play):
    strategy = Stepwise(order="z, x,z", inner=GRID)
    configs = play(strategy, CUBE, separable, seed=1, trials=7)
    changed = [{"z": 0}, {"z": 1}, {"x": 0}, {"x": 1}, {"z": 0}, {"z": 1}]
    # z has two turns; at its second x is at the best so far, which is 0.
    held = [{}, {}, {"z": 1}, {"z": 1}, {}, {}]
    at_start = {"x": 0, "y": 0, "z": 0}
    expected = [at_start, *(at_start | a | b for a, b in zip(held, changed, strict=True))]
    assert configs == expected


def test_inactive_parameters_have_no_turn_and_active_ones_follow_the_best(play):
    def linear_is_better(config: Config) -> float:
        return float(config["penalty"] if config["model"] == "linear" else 2)

    def net_is_better(config: Config) -> float:
        return 9.0 if config["model"] == "linear" else -config["layers"] - config.get("width", 0)

    linear = play(Stepwise(inner=GRID), TREE, linear_is_better, seed=1, trials=9)
    middle = {"layers": 2, "width": 5}
    assert linear == [
        {"model": "linear", "penalty": 0.5},
        {"model": "linear", "penalty": 0.5},
        {"model": "net"} | middle,
        *({"model": "linear", "penalty": k / 5} for k in range(6)),
    ]
    net = play(Stepwise(inner=GRID), TREE, net_is_better, seed=1, trials=13)
    assert net == [
        *linear[:3],
        {"model": "net", "layers": 1},
        {"model": "net", "layers": 2, "width": 5},
        {"model": "net", "layers": 3, "width": 5},
        *({"model": "net", "layers": 3, "width": width} for width in (4, 5, 6)),
    ]


def test_a_parameter_of_one_value_has_no_turn(play):
    space = SearchSpace({"one": Int(3, 3), "x": Float(0, 1)}, default={"one": 3, "x": 0.5})
    configs = play(Stepwise(inner=GRID), space, lambda c: c["x"], seed=1, trials=4)
    assert [config["x"] for config in configs] == [0.5, 0, 0.5, 1]


def test_failed_trials_are_never_held(play):
    configs = play(
        Stepwise(inner=GRID), SQUARE, lambda c: -c["x"], seed=1, trials=7, fails=lambda n: n == 3
    )
    # x = 1 would be the best, and fails.
    assert [config["x"] for config in configs] == [0, 0, 0.5, 1, 0.5, 0.5, 0.5]


def test_a_learning_strategy_inside_runs_on_each_axis_as_it_would_alone(play):
    configs = play(Stepwise(inner=Climber()), SQUARE, rotated, seed=5, trials=25)
    (_, first, seed), *_ = seeds_of(SQUARE, 5, 25)
    alone = play(Climber(), first, lambda c: rotated({"y": 0, **c}), seed=seed, trials=12)
    assert [config["x"] for config in configs[1:13]] == [config["x"] for config in alone]


def seeds_of(space: SearchSpace, seed: int, trials: int) -> list[tuple[str, SearchSpace, int]]:
    """Return each axis with the seed that the strategy inside got for it."""
    found = []

    class Notes(RandomSearch):
        def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
            super().start(space, seed=seed, budget=budget)
            found.append((next(iter(space)), space, seed))

    list(new_run_with(Stepwise(inner=Notes()), space, seed, trials))
    return found


def new_run_with(strategy: Stepwise, space: SearchSpace, seed: int, trials: int) -> Any:
    strategy.start(space, seed=seed, budget=Budget(trials))
    while (found := strategy.ask()) is not None:
        yield found


def test_each_axis_has_a_seed_of_its_own():
    seeds = [seed for _, _, seed in seeds_of(CUBE, 5, 10)]
    assert len(set(seeds)) == 3
    assert all(0 <= seed < 2**32 for seed in seeds)
    assert seeds == [seed for _, _, seed in seeds_of(CUBE, 5, 10)]


def test_the_strategy_inside_gets_its_own_suggestions_numbered_from_zero_in_each_turn():
    told: list[Any] = []

    class Notes(RandomSearch):
        def ask(self) -> Suggestion:
            return Suggestion(super().ask().config, token="mine")

        def tell(self, trial: Trial) -> None:
            told.append((trial.number, list(trial.suggestion.config), trial.suggestion.token))

    list(new_run(Stepwise(inner=Notes()), Function(rotated, space=SQUARE), trials=5))
    assert told == [(n, [axis], "mine") for axis in "xy" for n in (0, 1)]


def test_a_trial_that_finishes_after_its_turn_counts_and_is_not_reported_to_the_next_axis():
    told: list[Trial] = []

    class Notes(RandomSearch):
        def tell(self, trial: Trial) -> None:
            told.append(trial)

    strategy = Stepwise(inner=Notes())
    strategy.start(SQUARE, seed=1, budget=Budget(5))
    asked = [strategy.ask() for _ in range(4)]
    _, late, _, third = [suggestion for suggestion in asked if suggestion is not None]
    assert third.config["x"] == 0.0  # nothing has finished, the default is held
    strategy.tell(Trial(1, late, Status.COMPLETED, -1.0, None))
    assert told == []
    fourth = strategy.ask()
    assert fourth is not None
    assert fourth.config["x"] == late.config["x"]


def test_each_start_of_the_strategy_inside_is_closed_once():
    log: list[str] = []

    class Logs(Raises):
        def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
            log.append("start")
            super().start(space, seed=seed, budget=budget)

        def close(self) -> None:
            log.append("close")

    def run(inner: Any, trials: int = 5) -> list[str]:
        log.clear()
        list(new_run(Stepwise(inner=inner), Function(rotated, space=SQUARE), trials=trials))
        return list(log)

    assert run(Logs(after=99)) == ["start", "close"] * 2
    assert run(Logs("start")) == ["start", "close"]
    assert run(Logs(after=99), trials=1) == []


def test_where_it_cannot_run_it_says_why():
    class Small(Script):
        name = "small"

        def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
            return None if budget.trials < 4 or "y" not in space else f"{budget.trials} > 3"

    def reason(strategy: Stepwise, space: SearchSpace = CUBE, trials: int = 10) -> str | None:
        return skip_reason(strategy, Function(separable, space=space), Budget(trials))

    bare = SearchSpace({"x": Float(0, 1)})
    assert reason(Stepwise()) is reason(Stepwise(), trials=1) is None
    assert reason(Stepwise(), bare) == (
        "the problem states no default configuration, with which the first trial is made"
    )
    assert reason(Stepwise(order="x,w")) == (
        "order must name parameters of the space, x, y, z; got 'w'"
    )
    assert reason(Stepwise(inner=Small())) is None
    assert reason(Stepwise(inner=Small()), trials=11) == "small declines the axis y: 4 > 3"
    cheap = Script(supports=[Capability.FIDELITY])
    assert reason(Stepwise(inner=cheap)) == (
        "inner must make full evaluations only, script makes cheaper ones"
    )


def test_it_is_what_the_strategy_inside_is():
    class Remote(Script):
        library = "irace 4.2"

    assert Stepwise(inner=TPE()).requires == TPE.requires
    assert Stepwise(inner=Remote()).library == "irace 4.2"
    assert Stepwise(inner=DefaultConfig()).ignores_seed
    assert not Stepwise().ignores_seed
    assert STRATEGIES.resolve(Entry("stepwise")).settings == {
        "order": "",
        "inner": {
            "name": "grid",
            "settings": {"placement": "endpoints", "order": "shuffled"},
            "version": 1,
        },
    }


def test_it_runs_inside_another_one(play):
    twice = play(FromDefault(Stepwise(inner=GRID)), SQUARE, rotated, seed=1, trials=8)
    assert twice[1:] == play(Stepwise(inner=GRID), SQUARE, rotated, seed=1, trials=7)


@pytest.mark.slow
@pytest.mark.parametrize("inner", [RandomSearch, TPE, FromDefault])
def test_it_keeps_the_contract_with_each_strategy_inside(inner):
    made = type("Made", (Stepwise,), {
        "__doc__": "Stepwise.", "__init__": lambda self: Stepwise.__init__(self, inner=inner()),
    })  # fmt: skip
    # Another process cannot find a class that was made here.
    checks = [c for c in STRATEGY_CHECKS if c is not check_is_deterministic_across_processes]
    assert [verdict for verdict in run_checks(made, checks) if verdict.reason] == []
