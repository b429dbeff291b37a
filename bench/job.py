"""A run to be done, as a value: its spec, its seeds, and what was known of it when planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.spec import RunSpec


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report has to know of a run's strategy and problem, without either of them.

    Args:
        library: name and version of what does the strategy's work, or "".
        metric: of the problem, by name.
        direction: "maximize" or "minimize".
        metrics: name -> direction of every metric that its scores hold, in their order.
        unordered: whether the order of the strategy's suggestions means nothing, as in a grid.
        dataset: the data set of the problem; "" in records of versions that did not say.
        optimum: the best value there is in this repetition, None where unknown.
        median_draw: the median value of one random configuration, None where unknown.
        scale: what regret is measured by where that is frozen (`bench.description.frozen_scale`).
        positive: the class that the metric looks for, or "".
        tags: words to find the problem by (`bench.description.tags_of`); empty in records of
            versions that did not say.
        strategy_distribution, problem_distribution: name and version of the installed
            distribution that the class is part of, or "".
    """

    library: str
    metric: str
    direction: str
    unordered: bool
    dataset: str = ""
    optimum: float | None = None
    median_draw: float | None = None
    scale: Mapping[str, Any] | None = None
    metrics: Mapping[str, str] = field(default_factory=dict)
    positive: str = ""
    tags: tuple[str, ...] = ()
    strategy_distribution: str = ""
    problem_distribution: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A run to be done.

    Args:
        spec: everything that decides its values.
        strategy_seed, problem_seed: in [0, 2**32).
        facts: what its record says of strategy and problem.
        id: of the run; that of its spec.
    """

    spec: RunSpec
    strategy_seed: int
    problem_seed: int
    facts: Facts
    id: str = field(init=False)

    def __post_init__(self) -> None:
        # A hash, asked for many times.
        object.__setattr__(self, "id", self.spec.id)

    @property
    def pair(self) -> tuple[str, str]:
        """The labels of strategy and problem."""
        return self.spec.strategy.label, self.spec.problem.label

    def __str__(self) -> str:
        strategy, problem = self.pair
        return f"{strategy} on {problem}, repetition {self.spec.repetition}"
