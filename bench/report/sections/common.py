"""What several sections need."""

from __future__ import annotations

from typing import Any

from bench.analyses import Analyses
from bench.panels.regret import RANDOM as BASELINE
from bench.plots import style

__all__ = ["BASELINE", "in_order", "line_styles", "ran"]


def ran(found: Analyses) -> list[str]:
    """Return those of the strategies, in the same order, that have a value anywhere."""
    return [str(name) for name in found.board.dropna(subset="mean")["strategy"]]


def line_styles(found: Analyses) -> dict[str, dict[str, Any]]:
    """Return strategy -> line properties, in the order of every legend."""
    styles = style.line_styles(found.source.strategies)
    return {name: styles[name] for name in found.order}


def in_order(found: Analyses) -> list[str]:
    """Return the strategies as the leaderboard has them, the best first."""
    return [str(name) for name in found.board["strategy"]]
