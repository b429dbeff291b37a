import numpy as np
import pytest
from scipy.stats import qmc

from bench import Budget, Categorical, Float, Int, SearchSpace
from strategies.default_config import DefaultConfig
from strategies.extra_trees import ExtraTrees
from strategies.gp import GP
from strategies.halton import Halton
from strategies.hyperopt_tpe import HyperoptTPE
from strategies.latin_hypercube import LatinHypercube
from strategies.nsga2 import NSGA2
from strategies.random_forest import RandomForest
from strategies.random_search import RandomSearch
from strategies.sobol import Sobol
from strategies.tpe import TPE
from strategies.tpe_independent import IndependentTPE

SPACE = SearchSpace({"x": Float(-1, 3), "k": Int(1, 4)}, default={"x": 0, "k": 2})


def test_default_is_suggested_once(play):
    assert play(DefaultConfig(), SPACE, len, seed=1, trials=5) == [{"x": 0.0, "k": 2}]


def test_default_declines_a_space_without_one():
    space = SearchSpace({"x": Float(0, 1)})
    reason = DefaultConfig().skip(space, budget=Budget(5))
    assert reason == "the problem states no default configuration"
    assert DefaultConfig().skip(SPACE, budget=Budget(5)) is None


@pytest.mark.parametrize("trials", [1, 5, 8])
@pytest.mark.parametrize(
    ("strategy", "name"), [(Halton, "Halton"), (LatinHypercube, "LatinHypercube")]
)
def test_designs_are_scipys_as_they_ship(play, strategy, name, trials):
    points = getattr(qmc, name)(2, rng=9).random(trials)
    expected = [SPACE.from_unit(point) for point in points.tolist()]
    strategy = strategy()
    strategy.start(SPACE, seed=9, budget=Budget(trials))
    assert [s.config for s in iter(strategy.ask, None)] == expected


@pytest.mark.parametrize("trials", [1, 4, 7])
def test_a_latin_hypercube_has_one_trial_in_each_share_of_each_axis(play, trials):
    space = SearchSpace({"x": Float(0, 1), "k": Int(1, trials)})
    configs = play(LatinHypercube(), space, len, seed=2, trials=trials)
    assert sorted(int(config["x"] * trials) for config in configs) == list(range(trials))
    assert sorted(config["k"] for config in configs) == list(range(1, trials + 1))


def test_a_latin_hypercube_is_in_no_order_and_sequences_are(play):
    assert LatinHypercube().unordered
    assert not Halton().unordered
    assert not Sobol().unordered
    # What a sequence suggests first does not hang on the budget.
    runs = [play(Halton(), SPACE, len, seed=3, trials=trials) for trials in (4, 9)]
    assert runs[1][:4] == runs[0]


@pytest.mark.parametrize("trials", [1, 5, 8])
def test_sobol_is_scipys_sequence(play, trials):
    points = qmc.Sobol(2, scramble=True, rng=9).random_base2(3)[:trials]
    expected = [SPACE.from_unit(point) for point in points.tolist()]
    assert play(Sobol(), SPACE, len, seed=9, trials=trials) == expected


def test_random_draws_uniformly_from_the_seed(play):
    rng = np.random.default_rng(4)
    expected = [SPACE.from_unit(rng.random(2).tolist()) for _ in range(6)]
    assert play(RandomSearch(), SPACE, len, seed=4, trials=6) == expected


@pytest.mark.parametrize("cls", [GP, ExtraTrees, RandomForest])
def test_scikit_optimize_gets_a_failure_as_the_worst_loss(play, cls):
    strategy = cls()
    losses = iter([3.0, 7.0, 5.0])
    play(strategy, SPACE, lambda c: next(losses), seed=1, trials=4, fails=lambda n: n == 2)
    assert strategy._model.yi == [3.0, 7.0, 7.0, 5.0]


def test_random_draws_what_scikit_learns_randomised_search_draws(play):
    from scipy.stats import ks_2samp, loguniform, randint, uniform
    from sklearn.model_selection import ParameterSampler

    count = 1000
    space = SearchSpace(
        {
            "x": Float(-1, 3),
            "rate": Float(1e-4, 1, log=True),
            "k": Int(1, 4),
            "kind": Categorical(("a", "b")),
        }
    )
    theirs = ParameterSampler(
        {"x": uniform(-1, 4), "rate": loguniform(1e-4, 1), "k": randint(1, 5), "kind": ["a", "b"]},
        count,
        random_state=1,
    )
    draws = play(RandomSearch(), space, len, seed=1, trials=count), list(theirs)
    for name in ("x", "rate"):
        ours, others = ([draw[name] for draw in drawn] for drawn in draws)
        assert ks_2samp(ours, others).pvalue > 0.001
    for name, kinds in (("k", range(1, 5)), ("kind", "ab")):
        for drawn in draws:
            counts = [[draw[name] for draw in drawn].count(kind) for kind in kinds]
            # Four standard deviations of a binomial count.
            share = 1 / len(counts)
            assert (
                max(abs(c - share * count) for c in counts)
                < 4 * (count * share * (1 - share)) ** 0.5
            )


def test_only_scikit_learn_draws_lists_without_replacement(play):
    from sklearn.model_selection import ParameterSampler

    theirs = list(ParameterSampler({"k": [1, 2, 3, 4]}, 4, random_state=1))
    assert sorted(draw["k"] for draw in theirs) == [1, 2, 3, 4]
    space = SearchSpace({"k": Int(1, 4)})
    runs = [play(RandomSearch(), space, len, seed=seed, trials=4) for seed in range(20)]
    assert any(len({config["k"] for config in run}) < 4 for run in runs)


def test_gp_leaves_out_failures_before_the_first_completed_trial(play):
    strategy = GP()
    play(strategy, SPACE, lambda c: 2.0, seed=1, trials=3, fails=lambda n: n < 2)
    assert strategy._model.yi == [2.0]


@pytest.mark.slow
def test_hyperopt_learns_failures_as_failures(play):
    strategy = HyperoptTPE()
    play(strategy, SPACE, lambda c: 1.0, seed=1, trials=3, fails=lambda n: n == 1)
    assert strategy._trials.statuses() == ["ok", "fail", "ok"]


@pytest.mark.slow
def test_hyperopt_suggests_no_parameter_whose_parents_forbid_it(play):
    space = SearchSpace(
        {"a": Int(0, 1), "b": Int(0, 1), "x": Float(0, 1)},
        conditions={"x": {"a": (1,), "b": (1,)}},
    )
    configs = play(HyperoptTPE(), space, len, seed=1, trials=60)
    assert {("x" in c, c["a"] == c["b"] == 1) for c in configs} == {(True, True), (False, False)}


@pytest.mark.slow
def test_hyperopt_draws_integers_evenly():
    space = SearchSpace({"k": Int(1, 3)})
    strategy = HyperoptTPE(n_startup_trials=600)
    strategy.start(space, seed=1, budget=Budget(600))
    draws = [strategy.ask().config["k"] for _ in range(600)]
    # 200 expected, standard deviation 11.5.
    assert all(abs(draws.count(k) - 200) < 4 * 11.5 for k in (1, 2, 3))


def test_hyperopt_declines_a_condition_on_a_continuum():
    space = SearchSpace({"a": Float(0, 1), "x": Float(0, 1)}, conditions={"x": {"a": (0.5,)}})
    assert "'a' is a Float" in HyperoptTPE().skip(space, budget=Budget(5))


@pytest.mark.parametrize(
    ("cls", "setting", "value"),
    [
        (GP, "n_initial_points", 0),
        (ExtraTrees, "n_initial_points", 0),
        (NSGA2, "population_size", 1),
        (TPE, "n_startup_trials", -1),
        (IndependentTPE, "n_startup_trials", -1),
        (HyperoptTPE, "n_startup_trials", 0),
    ],
)
def test_too_few_random_trials_are_refused(cls, setting, value):
    with pytest.raises(ValueError, match=f"{setting} must be {value + 1} or more, got {value}; "):
        cls(**{setting: value})
    assert getattr(cls(**{setting: value + 1}), setting) == value + 1


def test_hyperopt_declines_a_parent_with_more_values_than_branches_can_be():
    space = SearchSpace(
        {"n": Int(1, 2**40), "x": Float(0, 1)}, conditions={"x": {"n": (5,)}}, default={"n": 1}
    )
    assert "'n' has 1,099,511,627,776" in HyperoptTPE().skip(space, budget=Budget(5))


def test_hyperopt_takes_a_parameter_that_is_never_active(play):
    space = SearchSpace(
        {"m": Categorical(("a", "b")), "x": Float(0, 1)}, conditions={"x": {"m": ()}}
    )
    configs = play(HyperoptTPE(), space, lambda config: config["m"] == "a", seed=1, trials=5)
    assert len(configs) == 5
    assert all(config.keys() == {"m"} for config in configs)
