"""What a step costs where a model goes on from a lower one: the difference."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.core import Fidelity, Suggestion, Trial

_Key = frozenset[tuple[str, object]]


@dataclass(slots=True)
class Continuing:
    """The steps that each configuration of a run has completed, and what was paid for them.

    A step goes on from the highest one below it that was reported to the strategy with a value. A
    failed evaluation leaves no model behind. The model of every step is kept, and the same step
    again is paid for again: one that costs nothing could be asked for without end.

    The problem evaluates each step from the beginning, so that a run can be resumed anywhere. The
    clock counts by how much that takes longer than what was paid for the lower steps.

    Args:
        fidelity: of the problem, as the strategy sees it.
    """

    fidelity: Fidelity
    _paid: dict[_Key, dict[int, float]] = field(default_factory=dict)

    def below(self, suggestion: Suggestion) -> tuple[int, float]:
        """Return the step that an evaluation goes on from, and the seconds paid up to it.

        Both are 0 where it begins anew.
        """
        step = self.fidelity.step(suggestion.fidelity)
        paid = self._paid.get(frozenset(suggestion.config.items()), {})
        found = max((lower for lower in paid if lower < step), default=0)
        return found, paid.get(found, 0.0)

    def add(self, trial: Trial) -> None:
        """Take note of a trial that was reported."""
        if trial.evaluation is None:
            return
        paid = self._paid.setdefault(frozenset(trial.suggestion.config.items()), {})
        before = trial.continued_from and paid[self.fidelity.step(trial.continued_from)]
        paid[self.fidelity.step(trial.suggestion.fidelity)] = before + trial.cost
