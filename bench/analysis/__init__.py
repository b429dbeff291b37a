"""Conclusions from trials: frames in, frames out; nothing here draws or opens a file."""

ROPE = 0.01
"""The region of practical equivalence: ± a hundredth of what tuning can gain over one draw."""
