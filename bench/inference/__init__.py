"""What may be concluded from panels: intervals, tests, verdicts, and what a sweep can detect."""

ROPE = 0.01
"""The region of practical equivalence: ± a hundredth of what tuning can gain over one draw."""
