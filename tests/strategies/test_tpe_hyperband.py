"""TPE with Hyperband's pruning against Optuna's own loop."""

import itertools
import math

import pytest

from bench import Budget, Categorical, Fidelity, Float, Int, SearchSpace, Status, Trial
from strategies.tpe import TPE
from strategies.tpe_hyperband import TPEHyperband

pytestmark = pytest.mark.slow

SPACE = SearchSpace(
    {
        "x": Float(-3, 4),
        "rate": Float(1e-4, 1, log=True),
        "kind": Categorical(("a", "b")),
        "depth": Int(1, 9),
    },
    conditions={"depth": {"kind": ("b",)}},
)


def loss(config, step):
    """Cheap evaluations agree with the full one, though not on all."""
    total = (config["x"] - 1) ** 2 + 0.1 * math.log10(config["rate"]) ** 2
    total += 0.3 if config["kind"] == "a" else 0.1 * abs(config["depth"] - 4)
    return total + 3 / step + math.sin(50 * config["x"]) / math.sqrt(step)


def failing(config, step):
    return None if int(1000 * config["x"] + step) % 7 == 0 else loss(config, step)


def of_optuna(loss, *, seed, steps, trials, factor=3):
    """Return (configuration, step) of each evaluation of Optuna's own loop, and what was pruned."""
    import optuna

    asked, pruned = [], 0

    def objective(trial):
        nonlocal pruned
        config = {
            "x": trial.suggest_float("x", -3, 4),
            "rate": trial.suggest_float("rate", 1e-4, 1, log=True),
            "kind": trial.suggest_categorical("kind", ("a", "b")),
        }
        if config["kind"] == "b":
            config["depth"] = trial.suggest_int("depth", 1, 9)
        for step in steps:
            asked.append((config, step))
            found = loss(config, step)
            if found is None:
                raise RuntimeError("on purpose")
            if step == steps[-1]:
                return found
            trial.report(found, step)
            if trial.should_prune():
                pruned += 1
                raise optuna.TrialPruned

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        study = optuna.create_study(
            study_name=str(seed),
            sampler=optuna.samplers.TPESampler(seed=seed),
            pruner=optuna.pruners.HyperbandPruner(
                min_resource=steps[0], max_resource=steps[-1], reduction_factor=factor
            ),
        )
        study.optimize(objective, n_trials=trials, catch=RuntimeError)
    finally:
        optuna.logging.set_verbosity(before)
    return asked, pruned


@pytest.mark.parametrize("objective", [loss, failing])
@pytest.mark.parametrize("seed", [0, 4_000_000_000])
@pytest.mark.parametrize(
    ("fidelity", "steps", "factor", "budget"),
    [
        (Fidelity("epochs", 81), [1, 3, 9, 27, 81], 3, 30),
        (Fidelity("trees", 100, lowest=7), [11, 33, 100], 3, 40),
        (Fidelity("epochs", 16), [1, 4, 16], 4, 25),
    ],
)
def test_it_is_optunas_own_loop(climb, objective, seed, fidelity, steps, factor, budget):
    found = climb(
        TPEHyperband(factor=factor), objective,
        budget=budget, fidelity=fidelity, space=SPACE, seed=seed,
    ).asked  # fmt: skip
    configs = [config for config, step in found if step == steps[0]]
    expected, pruned = of_optuna(
        objective, seed=seed, steps=steps, trials=len(configs), factor=factor
    )
    # Optuna's loop ends the last trial, whatever it costs.
    assert found == expected[: len(found)]
    assert len(expected) - len(found) < len(steps)
    # Beyond the start-up of every bracket, and with both kinds of decisions.
    assert len(configs) > 30
    assert 5 < pruned < len(configs) - 5


def test_the_bracket_of_a_trial_hangs_on_the_seed(climb):
    def steps(seed):
        losses = itertools.count()
        # Each is the worst so far, so a configuration ends at the first rung of its bracket.
        return climb(
            TPEHyperband(), lambda c, s: float(next(losses)), budget=9, space=SPACE, seed=seed
        ).steps

    assert steps(1) == steps(1)
    assert steps(1) != steps(2)
    assert {1, 3, 9, 27, 81} == set(steps(1))


def test_with_full_evaluations_only_it_is_tpe():
    def play(strategy):
        strategy.start(SPACE, seed=3, budget=Budget(20))
        configs = []
        for number in range(20):
            suggestion = strategy.ask()
            assert suggestion.fidelity == 1.0
            configs.append(suggestion.config)
            strategy.tell(Trial(number, suggestion, Status.COMPLETED, loss(configs[-1], 81), None))
        return configs

    assert play(TPEHyperband()) == play(TPE())


def test_configurations_wait_for_their_next_rung_while_others_are_evaluated():
    strategy = TPEHyperband()
    strategy.start(SPACE, seed=3, budget=Budget(20, Fidelity("epochs", 9)))
    pending = [strategy.ask() for _ in range(3)]
    assert {s.fidelity for s in pending} == {1 / 9}
    for number, suggestion in enumerate(reversed(pending)):
        strategy.tell(Trial(number, suggestion, Status.COMPLETED, 1.0 - number, None))
    # Each was the best so far, so none is pruned.
    going_on = [strategy.ask() for _ in range(4)]
    assert [s.config for s in going_on[:3]] == [s.config for s in reversed(pending)]
    assert [s.fidelity for s in going_on] == [1 / 3, 1 / 3, 1 / 3, 1 / 9]
