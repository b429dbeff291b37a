"""What strategies suggest while other trials are being evaluated."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from bench import Budget, Capability, Evaluation, Float, SearchSpace, Status, Trial
from bench.registry import STRATEGIES
from strategies.gp import GP
from strategies.tpe import TPE
from strategies.tpe_independent import IndependentTPE

SPACE = SearchSpace({"x": Float(-3, 4), "y": Float(0, 1)})


def loss(config):
    return (config["x"] - 1) ** 2 + (config["y"] - 0.2) ** 2


def report_to(strategy, number, suggestion, *, fails=False):
    found = None if fails else loss(suggestion.config)
    evaluation = None if found is None else Evaluation(found)
    status = Status.FAILED if fails else Status.COMPLETED
    strategy.tell(Trial(number, suggestion, status, found, evaluation))


def begun(strategy, count, space=SPACE, seed=3):
    """Start a strategy and tell it so many trials, one after the other."""
    strategy.start(space, seed=seed, budget=Budget(100))
    for number in range(count):
        report_to(strategy, number, strategy.ask())
    return strategy


def test_who_accounts_for_pending_trials_says_so():
    able = {n for n, cls in STRATEGIES.own().items() if Capability.PENDING in cls.supports}
    assert able >= {"tpe", "gp"}
    assert able.isdisjoint({"random", "grid", "sobol", "hyperopt-tpe", "tpe-independent"})


def test_the_default_of_the_liar_is_optunas_and_changes_no_recorded_settings():
    import optuna

    from bench import settings

    library = inspect.signature(optuna.samplers.TPESampler).parameters["constant_liar"].default
    assert TPE().constant_liar is library
    assert settings.values(TPE()) == {"n_startup_trials": 10}
    assert settings.values(TPE(constant_liar=False)) == {
        "n_startup_trials": 10, "constant_liar": False
    }  # fmt: skip


@pytest.mark.slow
def test_with_one_worker_the_liar_changes_nothing(play):
    runs = [play(TPE(constant_liar=liar), SPACE, loss, seed=3, trials=30) for liar in (True, False)]
    assert runs[0] == runs[1]


@pytest.mark.slow
@pytest.mark.parametrize("liar", [True, False])
def test_tpe_in_batches_is_optuna_in_batches(liar):
    import optuna

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(constant_liar=liar, seed=3))
    strategy = begun(TPE(constant_liar=liar), 0)
    for batch in range(8):
        trials, suggestions = [], []
        for _ in range(4):
            trial = study.ask()
            config = {"x": trial.suggest_float("x", -3, 4), "y": trial.suggest_float("y", 0, 1)}
            trials.append((trial, config))
            suggestions.append(strategy.ask())
        assert [s.config for s in suggestions] == [config for _, config in trials]
        # The last one is over first.
        for (trial, config), suggestion in zip(trials[::-1], suggestions[::-1], strict=True):
            study.tell(trial, loss(config))
            report_to(strategy, batch, suggestion)


@pytest.mark.slow
def test_the_liar_changes_what_several_workers_get():
    found = []
    for strategy in (TPE(), TPE(constant_liar=False), IndependentTPE()):
        begun(strategy, 25)
        found.append([strategy.ask().config for _ in range(4)])
    assert found[0][0] == found[1][0]
    assert found[0][1:] != found[1][1:]


@pytest.mark.slow
def test_gp_lies_as_the_librarys_own_strategy_for_several_points_does():
    from skopt import Optimizer
    from skopt.space import Real

    def model():
        dimensions = [Real(-3, 4, name="x"), Real(0, 1, name="y")]
        return Optimizer(dimensions, "GP", n_initial_points=10, random_state=3)

    def value(point):
        return loss(dict(zip("xy", point, strict=True)))

    library = model()
    for _ in range(12):
        point = library.ask()
        library.tell(point, value(point))
    strategy = begun(GP(), 12)
    first = library.ask()
    liar = library.copy(random_state=library.rng.randint(0, np.iinfo(np.int32).max))
    expected = [first]
    for _ in range(3):
        # As in `Optimizer.ask(n_points=4, strategy="cl_min")`.
        liar.tell(expected[-1], min(liar.yi))
        expected.append(liar.ask())
    suggestions = [strategy.ask() for _ in range(4)]
    assert [list(s.config.values()) for s in suggestions] == expected
    assert len({tuple(point) for point in expected}) == 4
    # What is reported counts, and what is still pending is lied about anew.
    report_to(strategy, 12, suggestions[2])
    library.tell(expected[2], value(expected[2]))
    liar = library.copy(random_state=library.rng.randint(0, np.iinfo(np.int32).max))
    pending = [expected[0], expected[1], expected[3]]
    liar.tell(pending, [min(library.yi)] * 3)
    assert list(strategy.ask().config.values()) == liar.ask()


@pytest.mark.slow
def test_gp_starts_with_random_points_and_survives_failures_of_what_was_pending():
    strategy = begun(GP(n_initial_points=4), 0)
    suggestions = [strategy.ask() for _ in range(6)]
    assert len({tuple(s.config.values()) for s in suggestions}) == 6
    for number, suggestion in enumerate(suggestions):
        report_to(strategy, number, suggestion, fails=number < 3)
    after = [strategy.ask().config for _ in range(2)]
    assert after[0] != after[1]
    fixed = SearchSpace({"x": Float(2, 2)})
    strategy.start(fixed, seed=1, budget=Budget(5))
    assert [strategy.ask().config for _ in range(3)] == [{"x": 2.0}] * 3
