"""How many trials of a strategy evaluate a configuration that their run had evaluated before."""

from __future__ import annotations

import pandas as pd

RUN = ["strategy", "problem", "repetition"]


def repeated_shares(trials: pd.DataFrame) -> pd.Series:
    """Return the share of trials whose configuration their run had evaluated before.

    A configuration at another fidelity is another evaluation. A failed trial counts as well: to
    suggest what has failed is a repetition, too.

    Args:
        trials: the tidy frame.

    Returns:
        strategy -> share; empty where configurations are not recorded.
    """
    if "config" not in trials or trials["config"].isna().all():
        return pd.Series(dtype=float)
    repeated = trials.duplicated([*RUN, "fidelity", "config"])
    return repeated.groupby(trials["strategy"], observed=True).mean()
