"""Adapters of libraries that are not required follow the library's own loop, where it is there."""

import importlib
import math
import warnings
from collections.abc import Callable

import pytest

from bench import Budget, Categorical, Float, Int, Ordinal, SearchSpace
from bench.registry import STRATEGIES, unavailable
from bench.testing.trajectories import early_and_often, loss, never, optuna_trajectory

LEVELS = (0.1, 0.5, 2, 8.0)
MIXED = SearchSpace(
    {
        "x": Float(-3, 4),
        "rate": Float(1e-4, 1, log=True),
        "depth": Int(1, 9),
        "units": Int(2, 200, log=True),
        "kind": Categorical(("a", "b", "c")),
        "level": Ordinal(LEVELS),
    }
)
FLOATS = SearchSpace({"x": Float(-3, 4), "rate": Float(1e-4, 1, log=True)})
TREE = SearchSpace(
    {
        "kind": Categorical(("linear", "net")),
        "penalty": Float(1e-3, 1, log=True),
        "layers": Int(1, 3),
        "width": Int(4, 64),
        "never": Float(0, 1),
    },
    conditions={
        "penalty": {"kind": ("linear",)},
        "layers": {"kind": ("net",)},
        "width": {"kind": ("net",), "layers": (2, 3)},
        "never": {"kind": ()},
    },
)
OPTIONAL = ("bayesian-optimization", "blendsearch", "botorch", "cfo", "cmaes", "optuna-gp", "smac")


def strategy(name):
    cls = STRATEGIES.get(name)
    if reason := unavailable(cls):
        pytest.skip(reason)
    return cls()


@pytest.mark.parametrize("name", OPTIONAL)
def test_what_is_not_there_is_unavailable_with_the_way_to_get_it(name, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "; pip install " in str(unavailable(STRATEGIES.get(name)))


@pytest.mark.slow
@pytest.mark.parametrize("space", [MIXED, FLOATS, TREE], ids=["mixed", "floats", "tree"])
@pytest.mark.parametrize(
    ("name", "module", "sampler", "trials"),
    [
        ("botorch", "optuna_integration", "BoTorchSampler", 12),
        ("cmaes", "optuna.samplers", "CmaEsSampler", 60),
        ("optuna-gp", "optuna.samplers", "GPSampler", 14),
    ],
)
# Of the first sixteen, six fail: the models of ten completed trials begin with the seventeenth.
@pytest.mark.parametrize(("fails", "more"), [(never, 0), (early_and_often, 6)])
def test_optunas_samplers_are_optunas(play, name, module, sampler, trials, space, fails, more):
    trials += more
    adapter = strategy(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some are experimental, and say so
        own = getattr(importlib.import_module(module), sampler)(seed=4_000_000_000)
        expected = optuna_trajectory(own, space, trials, fails)
    assert play(adapter, space, loss, seed=4_000_000_000, trials=trials, fails=fails) == expected


@pytest.mark.slow
def test_cmaes_draws_categories_at_random_whatever_the_losses(play):
    runs = [
        play(strategy("cmaes"), MIXED, lambda c, s=s: s * loss(c), seed=3, trials=40)
        for s in (1, -1)
    ]
    kinds = [[config["kind"] for config in run] for run in runs]
    assert kinds[0] == kinds[1]
    assert runs[0] != runs[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("space", "seed", "models"),
    [(MIXED, 3, 1), (FLOATS, 4_000_000_000, 6)],
    ids=["mixed", "floats"],
)
def test_bayesian_optimization_is_its_own_maximize(play, space, seed, models):
    adapter = strategy("bayesian-optimization")
    import bayes_opt

    bounds = {
        "x": (-3, 4),
        "rate": (math.log(1e-4), math.log(1)),
        "depth": (1, 9, int),
        "units": (math.log(1.5), math.log(200.5)),
        "kind": ["0", "1", "2"],
        "level": (0, 3, int),
    }
    values: dict[str, Callable] = {
        "rate": math.exp,
        "units": lambda drawn: round(math.exp(drawn)),
        "kind": lambda drawn: "abc"[int(drawn)],
        "level": lambda drawn: LEVELS[drawn],
    }
    expected = []

    def target(**point):
        expected.append({name: values.get(name, lambda x: x)(point[name]) for name in space})
        return -loss(expected[-1])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        own = bayes_opt.BayesianOptimization(
            target, {name: bounds[name] for name in space}, random_state=seed, verbose=0
        )
    own.maximize(n_iter=models)
    found = play(adapter, space, loss, seed=seed, trials=5 + models)
    assert found == [config | {"rate": pytest.approx(config["rate"])} for config in expected]
    assert len(expected) == 5 + models


@pytest.mark.slow
def test_bayesian_optimization_gets_a_failure_as_the_worst_loss_and_a_repeat_once(play):
    adapter = strategy("bayesian-optimization")
    losses = iter([3.0, 7.0, 5.0, 1.0, 1.0])
    fails = {0, 3}
    play(adapter, FLOATS, lambda c: next(losses), seed=1, trials=5, fails=lambda n: n in fails)
    assert [-target for target in adapter._model.space.target] == [3.0, 7.0, 7.0, 5.0]
    tiny = SearchSpace({"flag": Categorical((True, None))})
    configs = play(adapter, tiny, lambda c: 1.0 if c["flag"] else 0.0, seed=1, trials=8)
    assert len(configs) == 8
    assert len(adapter._model.space) == 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", [5, 4_000_000_000])
@pytest.mark.parametrize(("name", "searcher"), [("cfo", "CFO"), ("blendsearch", "BlendSearch")])
def test_flaml_is_its_own_tune_run(play, name, searcher, seed):
    import optuna

    adapter = strategy(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        import flaml
    from flaml import tune

    space = {
        "x": tune.uniform(-3, 4),
        "rate": tune.loguniform(1e-4, 1),
        "depth": tune.randint(1, 10),
        "units": tune.lograndint(2, 201),
        "kind": tune.choice([0, 1, 2]),
        "level": tune.randint(0, 4),
    }
    expected = []

    def objective(point):
        expected.append(
            dict(point) | {"kind": "abc"[point["kind"]], "level": LEVELS[point["level"]]}
        )
        return {"loss": loss(expected[-1])}

    options = {"metric": "loss", "mode": "min", "num_samples": 40}
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        own = getattr(flaml, searcher)(space=space, seed=seed, **options)
        tune.run(objective, search_alg=own, verbose=0, **options)
    finally:
        optuna.logging.set_verbosity(before)
    assert play(adapter, MIXED, loss, seed=seed, trials=40) == expected


@pytest.mark.slow
@pytest.mark.parametrize("space", [MIXED, TREE], ids=["mixed", "tree"])
def test_smac_is_its_own_optimize(play, space, tmp_path):
    adapter = strategy("smac")
    import ConfigSpace
    from smac import HyperparameterOptimizationFacade, Scenario

    from strategies.smac import maximizer

    if space is MIXED:
        parameters = [
            ConfigSpace.Float("x", (-3, 4)),
            ConfigSpace.Float("rate", (1e-4, 1), log=True),
            ConfigSpace.Integer("depth", (1, 9)),
            ConfigSpace.Integer("units", (2, 200), log=True),
            ConfigSpace.Categorical("kind", [0, 1, 2]),
            ConfigSpace.OrdinalHyperparameter("level", [0, 1, 2, 3]),
        ]
        conditions = []
    else:
        kind, penalty, layers, width = parameters = [
            ConfigSpace.Categorical("kind", [0, 1]),
            ConfigSpace.Float("penalty", (1e-3, 1), log=True),
            ConfigSpace.Integer("layers", (1, 3)),
            ConfigSpace.Integer("width", (4, 64)),
        ]
        conditions = [
            ConfigSpace.EqualsCondition(penalty, kind, 0),
            ConfigSpace.EqualsCondition(layers, kind, 1),
            ConfigSpace.AndConjunction(
                ConfigSpace.EqualsCondition(width, kind, 1),
                ConfigSpace.InCondition(width, layers, [2, 3]),
            ),
        ]
    config_space = ConfigSpace.ConfigurationSpace()
    config_space.add(*parameters)
    config_space.add(*conditions)
    expected = []

    def objective(drawn, seed):
        values = dict(drawn)
        config = {name: values[name] for name in space if name in values}
        for name in ("kind", "level"):
            if name in config:
                d = space.parameters[name]
                config[name] = (getattr(d, "choices", None) or d.values)[config[name]]
        expected.append(config)
        return loss(config)

    scenario = Scenario(
        config_space, deterministic=True, n_trials=13, seed=7, output_directory=tmp_path
    )
    own = HyperparameterOptimizationFacade(
        scenario, objective, acquisition_maximizer=maximizer(scenario), logging_level=False
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        own.optimize()
    assert play(adapter, space, loss, seed=7, trials=13) == expected
    adapter.close()


@pytest.mark.slow
def test_smac_leaves_no_files_and_ends_where_no_configuration_is_left(play, tmp_path, monkeypatch):
    adapter = strategy("smac")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    space = SearchSpace(
        {"only": Categorical(("x",)), "k": Ordinal((0.5, 2.0)), "one": Int(3, 3), "f": Float(1, 1)},
        conditions={"k": {"only": ("x",)}, "f": {"k": (2.0,)}},
    )
    configs = play(adapter, space, lambda c: c["k"], seed=1, trials=10)
    assert sorted(configs, key=len) == [
        {"only": "x", "k": 0.5, "one": 3},
        {"only": "x", "k": 2.0, "one": 3, "f": 1.0},
    ]
    assert list(tmp_path.iterdir()) != []
    adapter.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", OPTIONAL)
def test_tiny_and_fixed_spaces_failures_and_short_budgets(play, name, capfd):
    adapter = strategy(name)
    fixed = SearchSpace({"x": Float(2, 2), "k": Int(1, 1)})
    assert set(map(str, play(adapter, fixed, len, seed=1, trials=3))) == {"{'x': 2.0, 'k': 1}"}
    adapter.close()
    tiny = SearchSpace({"flag": Categorical((True, None)), "k": Int(0, 2)})
    assert 1 <= len(play(adapter, tiny, lambda c: c["k"], seed=1, trials=9)) <= 9
    adapter.close()
    assert len(play(adapter, MIXED, loss, seed=1, trials=8, fails=lambda n: n < 7)) == 8
    adapter.close()
    adapter.start(MIXED, seed=1, budget=Budget(1))
    assert MIXED.check(adapter.ask().config)
    adapter.close()
    # With conditions, and beyond the random trials.
    play(adapter, TREE, loss, seed=1, trials=11)
    adapter.close()
    said = capfd.readouterr()
    assert said.out + said.err == ""
