"""A strategy that follows a script, a problem made of a function, and a run of the two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bench.core import (
    Budget,
    Capability,
    Config,
    Evaluation,
    Fidelity,
    Float,
    Metric,
    Problem,
    SearchSpace,
    Strategy,
    Suggestion,
    Trial,
)
from bench.registry import STRATEGIES
from bench.run import Run
from bench.spec import Entry

LINE = SearchSpace({"x": Float(0, 1)})

ROWS = Fidelity("rows", 30, lowest=3)
CHEAPER = [Capability.FIDELITY]
"""The space of a `Function` that is given none."""


class Script(Strategy):
    """Suggests what it is given, and keeps the trials reported to it.

    Args:
        suggestions: what `ask` returns, in this order; a float is the value of x.
        supports: what the strategy says that it can do.
    """

    name = "script"

    def __init__(self, *suggestions: Any, supports: Sequence[Capability] = ()) -> None:
        self.suggestions = suggestions
        self.supports = frozenset(supports)  # type: ignore[misc]  # a class says it, usually

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        self.space, self.seed, self.budget = space, seed, budget
        self.told: list[Trial] = []
        self.left = iter(self.suggestions)

    def ask(self) -> Suggestion | None:
        found: Any = next(self.left, None)
        return Suggestion({"x": found}) if isinstance(found, float) else found

    def tell(self, trial: Trial) -> None:
        self.told.append(trial)


class Function(Problem):
    """A problem made of a function of its configuration; it keeps its calls."""

    name = "function"

    def __init__(
        self,
        function: Callable[[dict[str, Any]], Any],
        direction: Any = "minimize",
        space: SearchSpace = LINE,
        fidelity: Fidelity | None = None,
    ) -> None:
        self.function, self.space, self.fidelity = function, space, fidelity
        self.metric = Metric("m", direction)
        self.calls: list[tuple[dict[str, Any], int, float]] = []

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        self.calls.append((dict(config), seed, fidelity))
        value = self.function(dict(config))
        return value if isinstance(value, Evaluation) else Evaluation(value)


def x_of(config: Config) -> float:
    """Return the value of x."""
    return float(config["x"])


def fail(_config: Config) -> float:
    """Raise, as an evaluation without its data does."""
    raise RuntimeError("no data")


def new_run(strategy: Strategy, problem: Problem, trials: int = 10, **options: Any) -> Run:
    """Return a run of a strategy on a problem with seeds 11 and 22."""
    return Run(
        strategy, problem, budget=Budget(trials), strategy_seed=11, problem_seed=22, **options
    )


def trials_of(
    strategy: str, problem: Problem, trials: int, recorded: Sequence[Trial] = ()
) -> list[Trial]:
    """Return the trials of a strategy, named as in a sweep, with seeds 3 and 4."""
    return list(
        Run(
            STRATEGIES.create(Entry(strategy)),
            problem,
            budget=Budget(trials),
            strategy_seed=3,
            problem_seed=4,
            recorded=recorded,
        )
    )
