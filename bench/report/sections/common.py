"""What several sections need."""

from __future__ import annotations

from bench.analysis.panels import RANDOM as BASELINE
from bench.report.findings import Findings

__all__ = ["BASELINE", "in_order"]


def in_order(found: Findings) -> list[str]:
    """Return the strategies as the leaderboard has them, the best first."""
    return [str(name) for name in found.board["strategy"]]
