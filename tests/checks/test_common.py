"""What keeps its contract passes every check, or is told why one does not apply."""

from __future__ import annotations

import pytest

from bench import (
    checks,
)
from bench.testing.contracts import Climber, Good, Sound, not_applicable


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cls", "functions"),
    [
        (Good, checks.STRATEGY_CHECKS),
        (Climber, checks.STRATEGY_CHECKS),
        (Sound, checks.PROBLEM_CHECKS),
    ],
)
def test_what_keeps_its_contract_passes_every_check(cls, functions):
    assert [verdict for verdict in checks.run_checks(cls, functions) if verdict.reason] == []


@pytest.mark.slow
def test_a_check_without_anything_to_check_says_why():
    learning = ("learns_from_the_loss", "minimises", "does_not_reward_failures")
    said = not_applicable(Good, checks.STRATEGY_CHECKS)
    all_full = "without Capability.FIDELITY all its evaluations are full ones"
    no_steps = "without Capability.FIDELITY a strategy gets no steps"
    full = {"makes_full_evaluations": all_full, "keeps_to_whole_steps": no_steps}
    assert said == full | dict.fromkeys(learning, "it does not learn: it has no `tell`")
    assert not_applicable(Climber, checks.STRATEGY_CHECKS) == full
    said = not_applicable(Sound, checks.PROBLEM_CHECKS)
    assert said.keys() == {
        "evaluates_at_less",
        "metric_fits_its_values",
        "hangs_on_its_seed",
        "keeps_its_signature",
        "agrees_with_its_live_problem",
    }
    assert "seeds 1, 2 and 3 give the same values" in said["hangs_on_its_seed"]
