"""Mean ranks over data sets, and which of them differ significantly."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bench.plots import style
from bench.plots.axes import new_axes

if TYPE_CHECKING:
    import pandas as pd


def plot_mean_ranks(
    ranks: pd.DataFrame,
    cliques: Sequence[Sequence[str]],
    styles: Mapping[str, Mapping[str, Any]],
    ax: Any = None,
) -> Any:
    """Draw mean ranks on a line, joined where no difference was found, and return the axes.

    A critical-difference diagram (Demšar, JMLR 7, 2006), with bars that come from pairwise tests.
    A bar is dotted past a strategy that is not in its group.

    Args:
        ranks: strategy, rank; the best first.
        cliques: groups of strategies that do not differ significantly.
        styles: strategy -> line properties.
        ax: where to draw; a new figure otherwise.
    """
    ranks = ranks.dropna(subset="rank").reset_index(drop=True)
    bars = [group for group in cliques if len(group) > 1]
    # Half of the names stand on the left, half on the right, so each has a line of its own.
    half = (len(ranks) + 1) // 2
    height = 1.3 + 0.34 * half + 0.16 * len(bars)
    ax = new_axes(height=height) if ax is None else ax
    place = dict(zip(ranks["strategy"], ranks["rank"], strict=True))
    low, high = 1, max(len(ranks), 2)
    room = 0.35 * (high - low)
    for number, group in enumerate(bars):
        y = 0.25 + 0.22 * number
        members = sorted(list(place).index(name) for name in group if name in place)
        for one, other in itertools.pairwise(members):
            # Whoever stands between two of a group without being in it is not joined to them.
            through = {"lw": 4} if other == one + 1 else {"lw": 1.4, "linestyle": (0, (1, 1.5))}
            ends = [ranks["rank"][one], ranks["rank"][other]]
            ax.plot(ends, [y, y], color=style.INK, solid_capstyle="round", **through)
    base = 0.4 + 0.22 * len(bars)
    for i, (name, rank) in enumerate(place.items()):
        left = i < half
        y = base + 0.4 * (i if left else len(place) - 1 - i)
        edge = low - 0.06 * room if left else high + 0.06 * room
        colour = styles[name]["color"]
        ax.plot([rank, rank, edge], [0, y, y], color=colour, lw=1.4)
        ax.plot(rank, 0, "o", color=colour, markersize=7, clip_on=False)
        ax.text(
            edge,
            y,
            f"{style.shown(name, 28)}  {rank:.2f} "
            if left
            else f" {rank:.2f}  {style.shown(name, 28)}",
            ha="right" if left else "left",
            va="center",
            fontsize=10,
        )
    ax.set(xlim=(low - room, high + room), ylim=(base + 0.4 * half, -0.05), yticks=[])
    ax.xaxis.set_ticks_position("top")
    ax.xaxis.set_label_position("top")
    ax.set_xticks(range(low, high + 1) if high <= 12 else range(low, high + 1, 5))
    ax.spines[["left", "right", "bottom"]].set_visible(False)
    ax.spines["top"].set_visible(True)
    ax.spines["top"].set_bounds(low, high)
    ax.grid(visible=False)
    ax.set_xlabel("mean rank of medians (lower is better)")
    return ax
