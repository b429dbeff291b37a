"""hyperopt's TPE."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench import (
    Budget,
    Capability,
    Categorical,
    Config,
    Float,
    Int,
    SearchSpace,
    Strategy,
    Suggestion,
    Trial,
)


@dataclass
class HyperoptTPE(Strategy):
    """hyperopt's TPE with its defaults (Bergstra, Yamins & Cox, ICML 2013).

    Conditions become nested choices, so a parent is a choice over its values, integers too. A
    parameter with several parents is nested in the one declared last. A parameter with
    one value only, which the library refuses as a number, is a choice of one.
    """

    name = "hyperopt-tpe"
    requires = ("hyperopt",)
    supports = frozenset({Capability.CONDITIONAL})

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        import hyperopt

        self._space = space
        self._rng = np.random.default_rng(seed)
        self._trials = hyperopt.Trials()
        self._domain = hyperopt.Domain(_never_called, search_space(space))

    def ask(self) -> Suggestion:
        from hyperopt import tpe

        # The steps of hyperopt.fmin, in its order.
        trials = self._trials
        ids = trials.new_trial_ids(1)
        trials.refresh()
        seed = self._rng.integers(2**31 - 1)
        documents = tpe.suggest(ids, self._domain, trials, seed, verbose=False)
        trials.insert_trial_docs(documents)
        trials.refresh()
        # The document in the store, not the one inserted: `tell` writes into it.
        document = trials._dynamic_trials[-1]
        return Suggestion(self._decode(document["misc"]["vals"]), token=document)

    def tell(self, trial: Trial) -> None:
        from hyperopt import JOB_STATE_DONE, STATUS_FAIL, STATUS_OK

        document = trial.suggestion.token
        document["state"] = JOB_STATE_DONE
        if trial.loss is None:
            document["result"] = {"status": STATUS_FAIL}
        else:
            document["result"] = {"status": STATUS_OK, "loss": trial.loss}
        self._trials.refresh()

    def _decode(self, values: dict[str, list[Any]]) -> Config:
        config: Config = {}
        for name, distribution in self._space.parameters.items():
            if not values[name]:
                continue
            value: Any = values[name][0]
            if _is_choice(self._space, name):
                config[name] = _choices(distribution)[int(value)]
            elif isinstance(distribution, Float):
                # exp(log(high)) may lie an ulp outside.
                config[name] = min(max(float(value), distribution.low), distribution.high)
            else:
                config[name] = int(value)
        return config


def search_space(space: SearchSpace) -> dict[str, Any]:
    """Return hyperopt's form of a search space."""
    from hyperopt import hp

    nodes: dict[str, Any] = {}
    # Children stand after their parents: from the end, each node's children are there.
    for name, distribution in reversed(list(space.parameters.items())):
        if _is_choice(space, name):
            branches = [
                {
                    "value": index,
                    **{
                        child: nodes[child]
                        for child, parents in space.conditions.items()
                        if _last(space, child) == name and value in parents[name]
                    },
                }
                for index, value in enumerate(_choices(distribution))
            ]
            nodes[name] = hp.choice(name, branches)
        elif isinstance(distribution, Int):
            low, high = distribution.low, distribution.high
            nodes[name] = (
                hp.qloguniform(name, math.log(low), math.log(high), 1)
                if distribution.log
                else hp.uniformint(name, low, high)
            )
        else:
            assert isinstance(distribution, Float)
            lowest, highest = distribution.low, distribution.high
            nodes[name] = (
                hp.loguniform(name, math.log(lowest), math.log(highest))
                if distribution.log
                else hp.uniform(name, lowest, highest)
            )
    return {name: nodes[name] for name in space if name not in space.conditions}


def _is_choice(space: SearchSpace, name: str) -> bool:
    distribution = space.parameters[name]
    return (
        isinstance(distribution, Categorical)
        or distribution.size == 1
        or any(name in parents for parents in space.conditions.values())
    )


def _last(space: SearchSpace, child: str) -> str:
    return [name for name in space if name in space.conditions[child]][-1]


def _choices(distribution: Any) -> list[Any]:
    if distribution.size == 1:
        return [distribution.from_unit(0.5)]
    if isinstance(distribution, Int):
        return list(range(distribution.low, distribution.high + 1))
    return list(distribution.choices)


def _never_called(config: object) -> float:
    raise RuntimeError("the harness evaluates, not hyperopt")
