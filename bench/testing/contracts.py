"""A strategy, one that learns, and a problem that keep their contracts, to be broken in places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.checks import run_checks
from bench.core import (
    Budget,
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

Checks = Sequence[Callable[[Any], str | None]]


@dataclass
class Good(Strategy):
    """Keeps its contract."""

    name = "good"

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        self.space, self.rng = space, np.random.default_rng(seed)

    def ask(self) -> Suggestion | None:
        return Suggestion(self.space.sample(self.rng))


@dataclass
class Climber(Good):
    """Steps around the best point so far; what is best, and what a failure is, may be wrong."""

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        super().start(space, seed=seed, budget=budget)
        self.best, self.score = [0.9] * len(space), float("inf")

    def ask(self) -> Suggestion | None:
        steps = self.rng.normal(0, 0.1, len(self.best))
        point = np.clip(np.add(self.best, steps), 0, 1).tolist()
        return Suggestion(self.space.from_unit(point), token=point)

    def tell(self, trial: Trial) -> None:
        score = self.score_of(trial)
        if score is not None and score < self.score:
            self.best, self.score = trial.suggestion.token, score

    def score_of(self, trial: Trial) -> float | None:
        """Return what is to be small."""
        return trial.loss


@dataclass
class Sound(Problem):
    """Keeps its contract."""

    name = "sound"
    space = SearchSpace({"x": Float(-1, 1)}, default={"x": 0.5})
    metric = Metric("loss", "minimize")
    optimum = 0.0

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        return Evaluation(config["x"] ** 2, 1.0, (config["x"] ** 2,))


@dataclass
class OffersRows(Sound):
    """Is the same problem whether or not its setting offers cheaper evaluations."""

    fidelity: Any = ""

    @classmethod
    def fidelities(cls) -> tuple[str, ...]:
        """Return what the setting may be."""
        return ("rows",)

    def __post_init__(self) -> None:
        self.fidelity = Fidelity(self.fidelity, 10) if self.fidelity else None

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        return Evaluation(config["x"] ** 2 + 1 - fidelity, cost=fidelity)


def assert_found(name: str, cls: type, reason: str, checks: Checks) -> None:
    """Hold that the check of a name refuses a class with a reason.

    Args:
        name: the check's, without `check_`.
        cls: a strategy or a problem that breaks its contract.
        reason: what the check's message must contain.
        checks: where the check is.
    """
    (wanted,) = [check for check in checks if check.__name__ == f"check_{name}"]
    (verdict,) = run_checks(cls, [wanted])
    assert verdict.check == name
    assert reason in (verdict.reason or "it passed")


def not_applicable(cls: type, checks: Checks) -> dict[str, str]:
    """Return the checks that do not apply to a class, each with what it notes."""
    return {v.check: v.note for v in run_checks(cls, checks) if not v.applies}
