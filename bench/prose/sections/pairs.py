"""What stands beside the table of pairs."""

from __future__ import annotations

from bench.words import many


def columns(rope: float, left: int) -> str:
    """Return how the columns of the table are computed.

    Args:
        rope: half the width of the region of practical equivalence.
        left: pairs that only the files have.
    """
    text = (
        "A difference is the mean paired difference in bounded regret on this problem set, below 0 "
        "where the first strategy is better. The 95 % intervals are per pair, and p is corrected "
        f"for all pairs. The ROPE is ±{rope:g}."
    )
    if left:
        text += f" The files have {many(left, 'more pair')}."
    return text
