"""Numbers in sentences."""

from __future__ import annotations


def many(count: int, one: str, more: str = "") -> str:
    """Return a count with its noun: `many(2, "run")` is "2 runs".

    Args:
        count: how many.
        one: the noun for one.
        more: the noun for any other count; `one` with an s unless given.
    """
    return f"{count:,} {one if count == 1 else more or one + 's'}"
