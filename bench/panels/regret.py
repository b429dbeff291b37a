"""What normalised regret is: the losses at which it is 0 and 1, and what is between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.panels.arrays import Array, Flags, Ints
from bench.panels.rounding import cleared, of_size

RANDOM = "random"
"""The strategy whose trials give the median of one random draw where nobody recorded it."""

KNOWN = "the known optimum"
"""How a panel's source starts where the optimum was recorded, not taken from the sweep."""

SWEEP_BEST = "the best value of this sweep"
FIRST_TRIALS = "the median of the first trials of all strategies"
"""What a panel's source has where nobody recorded the best value, or nobody drew often enough."""

MIN_SCALE_TRIALS = 50
"""The fewest trials whose median is a scale, if there are so many.

Where `random` was lucky in few trials, their median would be near the best, and what the others are
behind by would be divided by little: of two strategies that are alike it would win.
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """What the normalised regret of a problem is measured by, frozen with the problem's version.

    Args:
        best: the best known value, or None where each run's recorded optimum is it.
        typical: the median value of one random draw: one number, or repetition -> number.
        source: where they are from, in words.
    """

    best: float | None
    typical: float | Mapping[int, float]
    source: str


def normalised(losses: Array, optimum: Array, typical: Array) -> Array:
    """Return (loss − optimum) / (typical − optimum), or the plain distance without such a scale.

    That is where typical is not above the optimum; `Panel.scaled` tells.

    Args:
        losses: shape (S, R, T).
        optimum: shape (R,).
        typical: shape (R,).
    """
    scale = widths(optimum, typical)
    distance = cleared(losses - optimum[:, None], of_size(losses, optimum[:, None]))
    found: Array = distance / np.where(scale > 0, scale, 1.0)[:, None]
    return found


def bounded(regret: Array) -> Array:
    """Return regret that no single problem can decide by: as it is up to 1, 2 − 1 / regret beyond.

    It keeps every order, is the regret itself wherever no run is worse than the median of one
    random draw, goes on smoothly from there, and never reaches 2. Below 0, where the given optimum
    was not one, it mirrors that.

    Args:
        regret: normalised; NaN stays.
    """
    size = np.abs(regret)
    found: Array = np.where(size > 1, np.sign(regret) * (2 - 1 / np.maximum(size, 1)), regret)
    return found


def widths(optimum: Array, typical: Array) -> Array:
    """Return typical − optimum, 0 where that is rounding, shape (R,)."""
    return cleared(typical - optimum, of_size(typical, optimum))


def magnitude(optimum: Array, typical: Array, source: str) -> float:
    """Return the size of the numbers a loss of the problem is made of, however small it is itself.

    A score near 0 between others of about .5 is a sum that came out near 0, and its last bits are
    those of .5. So it is where the best loss is one of the sweep. Near a known optimum a loss is as
    exact as the optimum: that of a function whose minimum is 0 falls to 1e-12 and means it.

    Args:
        optimum: shape (R,).
        typical: shape (R,).
        source: where the two are from, as `ends_of` gives it.
    """
    sizes = np.abs(optimum) if source.startswith(KNOWN) else np.abs([optimum, typical])
    return float(np.nanmax(sizes, initial=0.0))


def ends_of(
    runs: pd.DataFrame,
    repetitions: Ints,
    loss: Array,
    strategies: tuple[str, ...],
    scale: Scale | None,
    sign: float,
    cheaper: Flags,
) -> tuple[Array, Array, str]:
    """Return the losses at which regret is 0 and 1 in each repetition, and where they are from.

    What a strategy with cheaper evaluations evaluates in full they have picked: where its first
    ones are all there are, they stand for a random draw; elsewhere they do not.

    Args:
        runs: a row a run.
        repetitions: shape (R,).
        loss: shape (S, R, T, K), of up to K full evaluations in a place.
        strategies: labels.
        scale: what regret is measured by, if that is known.
        sign: loss = sign × value.
        cheaper: shape (S,): which strategies have evaluations that are cheaper than full ones.
    """
    recorded = runs.groupby("repetition", observed=True)["optimum"].first().reindex(repetitions)
    optimum = sign * recorded.to_numpy(dtype=float)
    known = ~np.isnan(optimum).any()
    # A value below the recorded optimum would be a better one: that is left to be seen.
    source = KNOWN
    if not known:
        best = float(np.nanmin(loss)) if scale is None or scale.best is None else sign * scale.best
        source = SWEEP_BEST if scale is None or scale.best is None else ""
        optimum = np.full(len(repetitions), best)
    if scale is not None:
        typical = (
            np.array([scale.typical.get(int(r), np.nan) for r in repetitions])
            if isinstance(scale.typical, Mapping)
            else np.full(len(repetitions), scale.typical)
        )
        return optimum, sign * typical, "; ".join(filter(None, [source, scale.source]))
    # Losses of repetitions whose optima differ are no sample of one distribution: their distances
    # are pooled. Where the optimum is one number that is the same, but for rounding.
    base = optimum if np.ptp(optimum) else np.zeros(len(repetitions))
    distance = loss - base[:, None, None]
    drawn = distance[[name == RANDOM for name in strategies]]
    words = f"the median trial of {RANDOM}"
    if np.count_nonzero(~np.isnan(drawn)) < MIN_SCALE_TRIALS:
        if cheaper.any() and not np.isnan(distance[~cheaper]).all():
            distance = distance[~cheaper]
        # As few of each run as will do: later ones of a strategy that learns are no random draws.
        first = np.count_nonzero(~np.isnan(distance), axis=(0, 1, 3)).cumsum()
        drawn = distance[:, :, : int(np.searchsorted(first, MIN_SCALE_TRIALS)) + 1]
        words = FIRST_TRIALS
    return optimum, base + float(np.nanmedian(drawn)), f"{source}; {words}"
