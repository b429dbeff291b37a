"""Each adapter suggests exactly what the library's own loop would, for the same seed."""

import math

import numpy as np
import pytest

from bench import Categorical, Float, Int, Ordinal, SearchSpace
from bench.testing.trajectories import early_and_often, loss, never, optuna_trajectory
from strategies.extra_trees import ExtraTrees
from strategies.gp import GP
from strategies.hyperopt_anneal import HyperoptAnneal
from strategies.hyperopt_tpe import HyperoptTPE
from strategies.nsga2 import NSGA2
from strategies.random_forest import RandomForest
from strategies.tpe import TPE
from strategies.tpe_independent import IndependentTPE

pytestmark = pytest.mark.slow

MIXED = SearchSpace(
    {
        "x": Float(-3, 4),
        "rate": Float(1e-4, 1, log=True),
        "depth": Int(1, 9),
        "units": Int(2, 200, log=True),
        "kind": Categorical(("a", "b", "c")),
        "level": Ordinal((0.1, 0.5, 2, 8.0)),
    }
)
FLOATS = SearchSpace({"x": Float(-3, 4), "rate": Float(1e-4, 1, log=True)})
CONDITIONAL = SearchSpace(
    {
        "kind": Categorical(("linear", "net")),
        "penalty": Float(1e-3, 1, log=True),
        "layers": Int(1, 3),
        "width": Int(4, 64),
        "batch": Ordinal((8, 32, 128)),
        "momentum": Float(0, 1),
    },
    conditions={
        "batch": {"kind": ("net",)},
        "momentum": {"batch": (8, 128)},
        "penalty": {"kind": ("linear",)},
        "layers": {"kind": ("net",)},
        "width": {"layers": (2, 3)},
    },
)


@pytest.mark.parametrize("space", [MIXED, FLOATS, CONDITIONAL], ids=["mixed", "floats", "tree"])
@pytest.mark.parametrize("seed", [0, 4_000_000_000])
def test_tpe_is_optuna_with_its_defaults(play, space, seed):
    import optuna

    expected = optuna_trajectory(optuna.samplers.TPESampler(seed=seed), space, trials=30)
    assert play(TPE(), space, loss, seed=seed, trials=30) == expected


@pytest.mark.parametrize("space", [MIXED, CONDITIONAL], ids=["mixed", "tree"])
def test_independent_tpe_is_optuna_with_the_defaults_before_version_5(play, space):
    import optuna

    sampler = optuna.samplers.TPESampler(multivariate=False, constant_liar=False, seed=3)
    expected = optuna_trajectory(sampler, space, trials=30)
    assert play(IndependentTPE(), space, loss, seed=3, trials=30) == expected


@pytest.mark.parametrize("space", [MIXED, CONDITIONAL], ids=["mixed", "tree"])
def test_tpe_takes_failures_as_optunas_own_loop_does(play, space):
    import optuna

    expected = optuna_trajectory(optuna.samplers.TPESampler(seed=3), space, 40, early_and_often)
    assert play(TPE(), space, loss, seed=3, trials=40, fails=early_and_often) == expected


@pytest.mark.parametrize("fails", [never, early_and_often])
@pytest.mark.parametrize("space", [MIXED, CONDITIONAL], ids=["mixed", "tree"])
def test_nsga2_is_optunas_on_one_objective(play, space, fails):
    import optuna

    expected = optuna_trajectory(optuna.samplers.NSGAIISampler(seed=3), space, 120, fails)
    assert play(NSGA2(), space, loss, seed=3, trials=120, fails=fails) == expected


def test_nsga2_learns_after_its_first_population(play):
    runs = [play(NSGA2(), MIXED, lambda c, s=s: s * loss(c), seed=3, trials=60) for s in (1, -1)]
    assert runs[0][:50] == runs[1][:50]
    assert runs[0] != runs[1]


@pytest.mark.parametrize("space", [SearchSpace({"x": Float(0, 1)}), CONDITIONAL])
def test_nsga2_is_random_search_where_one_parameter_is_always_active(play, space):
    runs = [play(NSGA2(), space, lambda c, s=s: s * loss(c), seed=3, trials=120) for s in (1, -1)]
    assert runs[0] == runs[1]


def test_the_two_optuna_entrants_differ(play):
    runs = [play(strategy(), MIXED, loss, seed=3, trials=30) for strategy in (TPE, IndependentTPE)]
    assert runs[0] != runs[1]


@pytest.mark.slow
@pytest.mark.parametrize("strategy", [TPE, IndependentTPE, HyperoptTPE])
@pytest.mark.parametrize("transform", [math.log, lambda v: 8 * v + 4])
def test_tpe_depends_on_the_order_of_losses_only(play, strategy, transform):
    def positive(config):
        return loss(config) + 10

    plain = play(strategy(), MIXED, positive, seed=2, trials=35)
    assert play(strategy(), MIXED, lambda c: transform(positive(c)), seed=2, trials=35) == plain
    # The test can fail: another order of losses gives another trajectory.
    assert play(strategy(), MIXED, lambda c: -positive(c), seed=2, trials=35) != plain


HYPEROPT = [(HyperoptTPE, "tpe"), (HyperoptAnneal, "anneal")]


def suggest_of(algorithm):
    import hyperopt

    return getattr(hyperopt, algorithm).suggest


@pytest.mark.slow
@pytest.mark.parametrize("fails", [never, early_and_often])
@pytest.mark.parametrize("seed", [0, 4_000_000_000])
@pytest.mark.parametrize(("strategy", "algorithm"), HYPEROPT)
def test_hyperopt_is_fmin(play, strategy, algorithm, seed, fails):
    from hyperopt import STATUS_FAIL, STATUS_OK, fmin, hp

    space = {
        "x": hp.uniform("x", -3, 4),
        "rate": hp.loguniform("rate", math.log(1e-4), math.log(1)),
        "depth": hp.uniformint("depth", 0.5, 9.5),
        "units": hp.qloguniform("units", math.log(1.5), math.log(200.5), 1),
        "kind": hp.choice("kind", ["a", "b", "c"]),
        "level": hp.uniformint("level", -0.5, 3.5),
    }
    expected = []

    def objective(config):
        config = {name: config[name] for name in MIXED} | {"units": int(config["units"])}
        config["level"] = MIXED.parameters["level"].values[config["level"]]  # type: ignore[attr-defined]
        expected.append(config)
        if fails(len(expected) - 1):
            return {"status": STATUS_FAIL}
        return {"status": STATUS_OK, "loss": loss(config)}

    fmin(
        objective,
        space,
        algo=suggest_of(algorithm),
        max_evals=40,
        rstate=np.random.default_rng(seed),
        show_progressbar=False,
        verbose=False,
    )
    assert play(strategy(), MIXED, loss, seed=seed, trials=40, fails=fails) == expected


@pytest.mark.parametrize(("strategy", "algorithm"), HYPEROPT)
def test_hyperopt_is_fmin_on_a_tree(play, strategy, algorithm):
    from hyperopt import fmin, hp

    width = hp.uniformint("width", 3.5, 64.5)
    layers = hp.choice(
        "layers", [{"layers": 1}, {"layers": 2, "width": width}, {"layers": 3, "width": width}]
    )
    momentum = hp.uniform("momentum", 0, 1)
    batch = hp.choice(
        "batch",
        [{"batch": 8, "momentum": momentum}, {"batch": 32}, {"batch": 128, "momentum": momentum}],
    )
    space = hp.choice(
        "kind",
        [
            {
                "kind": "linear",
                "penalty": hp.loguniform("penalty", math.log(1e-3), math.log(1)),
            },
            {"kind": "net", "layers": layers, "batch": batch},
        ],
    )
    expected = []

    def objective(config):
        config = dict(config)
        for nested in ("layers", "batch"):
            config |= config.pop(nested, {})
        expected.append({name: config[name] for name in CONDITIONAL if name in config})
        return loss(expected[-1])

    fmin(
        objective,
        space,
        algo=suggest_of(algorithm),
        max_evals=40,
        rstate=np.random.default_rng(5),
        show_progressbar=False,
        verbose=False,
    )
    assert play(strategy(), CONDITIONAL, loss, seed=5, trials=40) == expected


def skopt_trajectory(minimize, space, seed, trials, **options):
    from skopt.space import Categorical as SkoptCategorical
    from skopt.space import Integer, Real

    def dimension(d):
        if isinstance(d, Categorical):
            return SkoptCategorical([str(i) for i in range(len(d.choices))])
        if isinstance(d, Ordinal):
            return Integer(0, len(d.values) - 1)
        prior = "log-uniform" if d.log else "uniform"
        return (Real if isinstance(d, Float) else Integer)(d.low, d.high, prior=prior)

    configs = []

    def objective(point):
        config = {}
        for (name, d), value in zip(space.parameters.items(), point, strict=True):
            values = getattr(d, "choices", None) or getattr(d, "values", None)
            config[name] = values[int(value)] if values else value
        configs.append(config)
        return loss(config)

    dimensions = [dimension(d) for d in space.parameters.values()]
    minimize(objective, dimensions, n_calls=trials, random_state=seed, **options)
    return configs


@pytest.mark.slow
@pytest.mark.parametrize("space", [MIXED, FLOATS], ids=["mixed", "floats"])
def test_gp_is_gp_minimize(play, space):
    from skopt import gp_minimize

    expected = skopt_trajectory(gp_minimize, space, seed=11, trials=16)
    assert play(GP(), space, loss, seed=11, trials=16) == expected


@pytest.mark.slow
@pytest.mark.parametrize("space", [MIXED, FLOATS], ids=["mixed", "floats"])
@pytest.mark.parametrize(
    ("strategy", "options"), [(ExtraTrees, {}), (RandomForest, {"base_estimator": "RF"})]
)
def test_forests_are_forest_minimize(play, space, strategy, options):
    from skopt import forest_minimize

    expected = skopt_trajectory(forest_minimize, space, seed=11, trials=14, **options)
    assert play(strategy(), space, loss, seed=11, trials=14) == expected
