"""Regret: how far a value is from the best there is."""

from __future__ import annotations

import numpy as np
import pandas as pd


def to_regret(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the tidy frame with regret in place of the value, where the optimum is known.

    An optimum may differ between repetitions, as between the splits of a table, so the distance
    to it is taken before anything is averaged.

    Args:
        trials: the tidy frame.

    Returns:
        The same rows. A problem whose optimum is known in each of them has the value |value −
        optimum|, the direction `minimize` and the optimum 0.
    """
    known = trials["optimum"].notna().groupby(trials["problem"]).transform("all")
    distance = (trials["value"] - trials["optimum"]).abs()
    return trials.assign(
        value=trials["value"].where(~known, distance),
        direction=trials["direction"].where(~known, "minimize"),
        optimum=np.where(known, 0.0, np.nan),
    )
