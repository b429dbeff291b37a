"""What the trajectories of adapters are held against: a loss, failures, and Optuna's own loop."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from bench.core import Categorical, Config, Float, Int, Ordinal, SearchSpace

_NUMBERS = {"a": 0.0, "b": 1.0, "c": 2.0, "linear": 0.3, "net": 0.1}
"""What the choices of the spaces count as."""


def loss(config: Mapping[str, Any]) -> float:
    """Return a loss with several minima, of any space of numbers and of these choices."""
    total = 0.1 * len(config)
    for value in config.values():
        number = _NUMBERS.get(value, value)  # type: ignore[call-overload, unused-ignore]
        total += math.sin(3 * number) + 0.01 * number**2
    return float(total)


def never(number: int) -> bool:
    """Return that no trial fails."""
    return False


def early_and_often(number: int) -> bool:
    """Return that the first three trials fail, and later a quarter."""
    return number < 3 or number % 4 == 0


def optuna_trajectory(
    sampler: Any, space: SearchSpace, trials: int, fails: Callable[[int], bool] = never
) -> list[Config]:
    """Return what a sampler suggests in Optuna's own loop, on `loss`."""
    import optuna

    configs: list[Config] = []

    def objective(trial: Any) -> float:
        config: Config = {}
        for name, d in space.parameters.items():
            if not space.exists(name, config):
                continue
            match d:
                case Categorical(choices):
                    config[name] = trial.suggest_categorical(name, choices)
                case Ordinal(values):
                    config[name] = values[trial.suggest_int(name, 0, len(values) - 1)]
                case Int(low, high, log):
                    config[name] = trial.suggest_int(name, low, high, log=log)
                case Float(low, high, log):
                    config[name] = trial.suggest_float(name, low, high, log=log)
        configs.append(config)
        if fails(trial.number):
            raise RuntimeError("on purpose")
        return loss(config)

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        # An objective that raises is how Optuna's own loop meets a failure.
        optuna.create_study(sampler=sampler).optimize(objective, trials, catch=RuntimeError)
    finally:
        optuna.logging.set_verbosity(before)
    return configs
