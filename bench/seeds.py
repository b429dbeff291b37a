"""The one place where a seed is made."""

from __future__ import annotations

import hashlib

import numpy as np


def derive(master: int, *keys: str | int) -> int:
    """Return a seed that depends on the master seed and on names, never on order of creation.

    Args:
        master: the sweep's seed, 0 or more.
        keys: names and numbers that say what the seed is for.

    Returns:
        An integer in [0, 2**32), the range every library takes.
    """
    # The length in front of each key keeps ("ab", "c") and ("a", "bc") apart.
    text = "".join(f"{len(str(key))}:{key}" for key in keys)
    words = np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype=np.uint32)
    sequence = np.random.SeedSequence(entropy=master, spawn_key=tuple(map(int, words)))
    return int(sequence.generate_state(1)[0])


def problem_seed(master: int, problem: str, repetition: int) -> int:
    """Return the seed of a repetition: the same splits, shift and noise for every strategy.

    Those of a problem count up from one that depends on its name, so that what is chosen by the
    seed's remainder, as the split of a table, takes turns.
    """
    return (derive(master, "problem", problem) + repetition) % 2**32


def strategy_seed(master: int, strategy: str, problem: str, repetition: int) -> int:
    """Return the seed of a strategy's own randomness in one run."""
    return derive(master, "strategy", strategy, problem, repetition)
