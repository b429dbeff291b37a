"""SMAC3."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

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
from strategies._quiet import errors_only
from strategies._values import plain

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace
    from smac import Scenario
    from smac.acquisition.maximizer import LocalAndSortedRandomSearch


@dataclass
class SMAC(Strategy):
    """SMAC3 (Lindauer et al., JMLR 2022): HyperparameterOptimizationFacade with its defaults.

    A random forest with log expected improvement, fitted again after 8 suggestions. The first
    trials are a Sobol sequence: 10 for each parameter, at most a quarter of the budget. It never
    suggests a configuration twice, and stops early where there is no other. Floats are rounded to
    13 decimals. A failed trial is reported as the worst loss so far, because the library's default
    for it, infinity, ends its model with an error; before any trial completed it is not reported.

    The library starts local searches from a Python set, whose order is another in each process.
    Here they start in alphabetical order, so that a run can be resumed.
    """

    name = "smac"
    requires = ("smac",)
    supports = frozenset({Capability.CONDITIONAL})

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        from smac import HyperparameterOptimizationFacade, Scenario

        self._space = space
        self._worst: float | None = None
        # It writes its scenario there.
        self._folder = TemporaryDirectory(prefix="tunebench-smac-")
        scenario = Scenario(
            _configuration_space(space),
            deterministic=True,
            n_trials=budget.trials,
            seed=seed,
            output_directory=Path(self._folder.name),
        )
        with _quiet():
            self._facade = HyperparameterOptimizationFacade(
                scenario, acquisition_maximizer=maximizer(scenario), logging_level=False
            )

    def ask(self) -> Suggestion | None:
        from smac.main.exceptions import ConfigurationSpaceExhaustedException

        try:
            with _quiet():
                info = self._facade.ask()
        except (ConfigurationSpaceExhaustedException, StopIteration):
            return None
        drawn = dict(info.config)
        config = {
            # A parameter of one value is a constant there.
            name: kind.from_unit(0.5) if kind.size == 1 else plain(drawn[name], kind)
            for name, kind in self._space.parameters.items()
            if name in drawn
        }
        return Suggestion(config, token=info)

    def tell(self, trial: Trial) -> None:
        from smac.runhistory.dataclasses import TrialValue
        from smac.runhistory.enumerations import StatusType

        loss = self._worst if trial.loss is None else trial.loss
        if loss is None:
            return
        self._worst = loss if self._worst is None else max(self._worst, loss)
        status = StatusType.CRASHED if trial.loss is None else StatusType.SUCCESS
        value = TrialValue(cost=loss, status=status)
        with _quiet():
            self._facade.tell(trial.suggestion.token, value, save=False)

    def close(self) -> None:
        self._folder.cleanup()


def maximizer(scenario: "Scenario") -> "LocalAndSortedRandomSearch":
    """Return the facade's own search for the best expected improvement, in an order that stays."""
    from smac import HyperparameterOptimizationFacade

    found = HyperparameterOptimizationFacade.get_acquisition_maximizer(scenario)
    local = found._local_search
    unordered = local._get_init_points_from_previous_configs
    local._get_init_points_from_previous_configs = lambda *given: sorted(
        unordered(*given), key=repr
    )
    return found


def _configuration_space(space: SearchSpace) -> "ConfigurationSpace":
    """Return the space; parameters that are never active are left out."""
    from ConfigSpace import AndConjunction, ConfigurationSpace, InCondition

    found = ConfigurationSpace()
    nodes: dict[str, Any] = {}
    for name, distribution in space.parameters.items():
        parents = space.conditions.get(name, {})
        if not all(parent in nodes and values for parent, values in parents.items()):
            continue
        nodes[name] = _parameter(name, distribution)
        found.add(nodes[name])
        terms = [
            InCondition(nodes[name], nodes[p], [_drawn(v, space.parameters[p]) for v in values])
            for p, values in parents.items()
        ]
        if terms:
            found.add(terms[0] if len(terms) == 1 else AndConjunction(*terms))
    return found


def _parameter(name: str, distribution: Distribution) -> Any:
    import ConfigSpace

    if distribution.size == 1:
        # SMAC's Sobol sequence takes no condition on a Constant.
        return ConfigSpace.CategoricalHyperparameter(name, [0])
    match distribution:
        case Float(low, high, log):
            return ConfigSpace.UniformFloatHyperparameter(name, low, high, log=log)
        case Int(low, high, log):
            return ConfigSpace.UniformIntegerHyperparameter(name, low, high, log=log)
        case Ordinal(values):
            return ConfigSpace.OrdinalHyperparameter(name, list(range(len(values))))
        case Categorical(choices):
            return ConfigSpace.CategoricalHyperparameter(name, list(range(len(choices))))
    raise TypeError(f"a parameter must be Float, Int, Ordinal or Categorical, got {distribution!r}")


def _drawn(value: Scalar, distribution: Distribution) -> Scalar:
    """Return a value of the space as ConfigSpace has it."""
    if distribution.size == 1:
        return 0
    match distribution:
        case Ordinal(values) | Categorical(values):
            return values.index(value)
    return value


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep SMAC from reporting on each suggestion in a small space, and from taking all cores."""
    import joblib

    alone = joblib.parallel_config(backend="sequential")
    with errors_only("smac"), warnings.catch_warnings(), alone:
        # Where no candidates are left it takes the mean of none.
        warnings.simplefilter("ignore", RuntimeWarning)
        yield
