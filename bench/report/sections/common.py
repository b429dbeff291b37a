"""What several sections need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.analyses import Analyses
from bench.panels.regret import RANDOM as BASELINE
from bench.plots import style

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BASELINE", "curve_styles", "in_order", "is_bounded", "line_styles", "ran"]

FOLLOWED = 10
"""Curves of one figure that an eye can follow."""

BEST = 5
"""Of more strategies, so many of the first on the leaderboard have a curve with a colour."""


def ran(found: Analyses) -> list[str]:
    """Return those of the strategies, in the same order, that have a value anywhere."""
    return [str(name) for name in found.board.dropna(subset="mean")["strategy"]]


def line_styles(found: Analyses) -> dict[str, dict[str, Any]]:
    """Return strategy -> line properties, in the order of every legend."""
    styles = style.line_styles(found.source.strategies)
    return {name: styles[name] for name in found.order}


def curve_styles(found: Analyses) -> dict[str, Mapping[str, Any]]:
    """Return line properties for figures of curves: of many strategies most are faint.

    Those with a colour are the best, random search and, as far as there is room, strategies that
    are no part of the catalog.
    """
    styles = line_styles(found)
    if len(styles) <= FOLLOWED:
        return dict(styles)
    own = [name for name in styles if name not in style.SETTLED]
    first = dict.fromkeys([*list(styles)[:BEST], *({BASELINE} & styles.keys()), *own])
    return style.with_faint(styles, list(first)[:FOLLOWED])


def in_order(found: Analyses) -> list[str]:
    """Return the strategies as the leaderboard has them, the best first."""
    return [str(name) for name in found.board["strategy"]]


def is_bounded(board: pd.DataFrame) -> bool:
    """Return whether bounded regret is another number than regret itself on a leaderboard."""
    return not np.allclose(board["bounded"], board["mean"], rtol=1e-9, atol=0, equal_nan=True)
