"""What the strategies that wrap hyperopt share."""

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import (
    Budget,
    Capability,
    Categorical,
    Distribution,
    Float,
    Int,
    Ordinal,
    Scalar,
    SearchSpace,
    Strategy,
    Suggestion,
    Trial,
)

if TYPE_CHECKING:
    from hyperopt import Trials
    from hyperopt.base import Domain

MAX_BRANCHES = 10_000
"""Values of a parameter that others depend on: each is a branch of hyperopt's expression."""


class HyperoptStrategy(Strategy):
    """Ask and tell through hyperopt.Trials.

    The trajectory is that of `hyperopt.fmin` with `np.random.default_rng(seed)` on this space:
    Float -> uniform or loguniform; Int -> uniformint or qloguniform over [low - ½, high + ½], so
    that the end values are not halved; Ordinal -> uniformint over positions; Categorical, fixed
    parameters and every parameter that others depend on -> choice over its values. Conditions are
    nested choices.
    """

    requires = ("hyperopt",)
    supports = frozenset({Capability.CONDITIONAL})

    @abstractmethod
    def suggest(
        self, ids: list[int], domain: "Domain", trials: "Trials", seed: int
    ) -> list[dict[str, Any]]:
        """Return a record for each new trial, as the `algo` of `hyperopt.fmin` does."""

    def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
        for parent in _parents(space):
            if space.parameters[parent].size is None:
                return (
                    f"hyperopt's conditions need a parent with countable values, {parent!r} is "
                    "a Float; make it an Int or a Categorical"
                )
            size = space.parameters[parent].size or 0
            if size > MAX_BRANCHES:
                return (
                    f"hyperopt makes a branch for each value of a parent, {parent!r} has {size:,}, "
                    f"more than {MAX_BRANCHES:,}; make it a Categorical of fewer"
                )
        return None

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        from hyperopt import Trials
        from hyperopt.base import Domain

        parents = _parents(space)
        self._space = space
        self._choices = {
            name: _values(distribution)
            for name, distribution in space.parameters.items()
            if isinstance(distribution, Categorical) or distribution.size == 1 or name in parents
        }
        self._domain = Domain(None, _expression(space, self._choices))
        self._trials = Trials()
        self._rng = np.random.default_rng(seed)

    def ask(self) -> Suggestion:
        trials = self._trials
        ids = trials.new_trial_ids(1)
        trials.refresh()
        seed = int(self._rng.integers(2**31 - 1))
        trials.insert_trial_docs(self.suggest(ids, self._domain, trials, seed))
        trials.refresh()
        record = trials.trials[-1]
        drawn = record["misc"]["vals"]
        # An inactive parameter has an empty list of values, one that never is active has none.
        config = {
            name: self._plain(name, drawn[name][0]) for name in self._space if drawn.get(name)
        }
        return Suggestion(config, token=record)

    def tell(self, trial: Trial) -> None:
        from hyperopt import JOB_STATE_DONE, STATUS_FAIL, STATUS_OK

        record = trial.suggestion.token
        record["state"] = JOB_STATE_DONE
        if trial.loss is None:
            record["result"] = {"status": STATUS_FAIL}
        else:
            record["result"] = {"status": STATUS_OK, "loss": trial.loss}
        self._trials.refresh()

    def _plain(self, name: str, drawn: Any) -> Scalar:
        """Return what hyperopt drew as a value of the space."""
        if name in self._choices:
            return self._choices[name][int(drawn)]
        distribution = self._space.parameters[name]
        if isinstance(distribution, Ordinal):
            last = len(distribution.values) - 1
            return distribution.values[min(max(int(drawn), 0), last)]
        assert isinstance(distribution, Float | Int)
        value = int(drawn) if isinstance(distribution, Int) else float(drawn)
        # exp(log(x)) and a draw on the very edge of a cell may leave the bounds by rounding.
        return min(max(value, distribution.low), distribution.high)


def _parents(space: SearchSpace) -> set[str]:
    return {parent for parents in space.conditions.values() for parent in parents}


def _values(distribution: Distribution) -> list[Scalar]:
    match distribution:
        case Categorical(values) | Ordinal(values):
            return list(values)
        case Int(low, high):
            return list(range(low, high + 1))
    return [distribution.from_unit(0.5)]


def _guards(space: SearchSpace, name: str) -> dict[str, list[Scalar]]:
    """Return every ancestor of `name` with the values at which `name` can exist."""
    guards: dict[str, list[Scalar]] = {}
    for parent, allowed in space.conditions.get(name, {}).items():
        for ancestor, values in {**_guards(space, parent), parent: list(allowed)}.items():
            guards[ancestor] = [v for v in guards.get(ancestor, values) if v in values]
    return guards


def _expression(space: SearchSpace, choices: dict[str, list[Scalar]]) -> dict[str, Any]:
    """Return hyperopt's description of `space`.

    A choice is written as the switch on a label that `hp.choice` itself makes, because a label may
    appear in several switches as long as it is the same node: that is how a parameter can depend
    on several parents, and gives the trajectory of `hp.choice` where one parent suffices.
    """
    from hyperopt.pyll import scope

    nodes = {
        name: scope.hyperopt_param(name, scope.randint(len(choices[name])))
        if name in choices
        else _numeric(name, distribution)
        for name, distribution in space.parameters.items()
    }
    expression = {}
    for name, node in nodes.items():
        guards = _guards(space, name)
        guarded = node
        for parent in [p for p in reversed(list(space)) if p in guards]:
            branches = [guarded if v in guards[parent] else None for v in choices[parent]]
            guarded = scope.switch(nodes[parent], *branches)
        expression[name] = guarded
    return expression


def _numeric(name: str, distribution: Distribution) -> Any:
    from hyperopt import hp

    match distribution:
        case Float(low, high, log=False):
            return hp.uniform(name, low, high)
        case Float(low, high):
            return hp.loguniform(name, math.log(low), math.log(high))
        case Int(low, high, log=False):
            return hp.uniformint(name, low - 0.5, high + 0.5)
        case Int(low, high):
            return hp.qloguniform(name, math.log(low - 0.5), math.log(high + 0.5), 1)
        case Ordinal(values):
            return hp.uniformint(name, -0.5, len(values) - 0.5)
    raise TypeError(f"a parameter must be Float, Int, Ordinal or Categorical, got {distribution!r}")
