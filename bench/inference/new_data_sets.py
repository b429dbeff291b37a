"""What pairs of strategies would come to on new data sets: the data sets are the sample."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from bench.inference import ROPE
from bench.inference.estimates import ALPHA
from bench.inference.paired import Pairs, blocks_of
from bench.inference.pseudomedian import pseudo_median


def new_data_sets(pairs: Pairs, rope: float = ROPE, alpha: float = ALPHA) -> pd.DataFrame:
    """Return the pseudo-median difference of each pair over data sets.

    The observations are those of `significance.wilcoxon_pairs`: the difference of the two medians,
    averaged over the problems of a data set. Each data set weighs the same.

    Args:
        pairs: as `all_pairs` gives them.
        rope: half the width of the region of practical equivalence.
        alpha: of the interval, two-sided.

    Returns:
        A row a pair: a, b, n_datasets, n_functions (those of the data sets that are functions,
        which count as one each), difference (the pseudo-median; below 0: a is better), low, high
        (Wilcoxon's test inverted; NaN with fewer than six data sets), p_equal (of the interval
        within ±rope; none below `bench.inference.holm.smallest_p`), scatter (standard deviation
        between data sets).
    """
    rows = []
    blocks, _ = blocks_of(pairs)
    function = np.array([name in pairs.functions for name in dict.fromkeys(pairs.datasets)])
    for a, b, row in zip(pairs.a, pairs.b, blocks, strict=True):
        there = ~np.isnan(row)
        values = row[there]
        n = len(values)
        found = pseudo_median(values, rope, alpha)
        scatter = float(values.std(ddof=1)) if n > 1 else math.nan
        counts = n, int(function[there].sum())
        rows.append((a, b, *counts, found.estimate, found.low, found.high, found.p_equal, scatter))
    numbers = ["difference", "low", "high", "p_equal", "scatter"]
    sets = ["n_datasets", "n_functions"]
    table = pd.DataFrame(rows, columns=["a", "b", *sets, *numbers])
    return table.astype(dict.fromkeys(sets, np.int64) | dict.fromkeys(numbers, float))
