"""What several sections need."""

from __future__ import annotations

from bench.analysis.regret import RANDOM as BASELINE
from bench.report.findings import Findings

__all__ = ["BASELINE", "in_order", "ran"]


def ran(found: Findings) -> list[str]:
    """Return those of the strategies, in the same order, that have a value anywhere."""
    return [str(name) for name in found.board.dropna(subset="mean")["strategy"]]


def in_order(found: Findings) -> list[str]:
    """Return the strategies as the leaderboard has them, the best first."""
    return [str(name) for name in found.board["strategy"]]
