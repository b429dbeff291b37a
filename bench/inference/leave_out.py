"""Whether significant differences stay significant where some data sets are left out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench.inference.estimates import ALPHA, BETTER, WORSE, on_problem_set
from bench.inference.holm import holm, observations_needed
from bench.inference.paired import Pairs, blocks_of, counting, grouping
from bench.inference.sequential import p_on_problem_set, valid_p
from bench.inference.signed_ranks import signed_ranks
from bench.inference.subsets import DRAWS, subsets
from bench.panels.arrays import Array, Flags

LEFT_OUT, MIN_FOR_LEFT_OUT = 5, 20
"""Data sets that are left out, and of how many at least; of fewer a tenth is left out."""

SIGNIFICANT = (BETTER, WORSE)
"""The verdicts whose stability is asked."""


def number_left_out(count: int) -> int:
    """Return how many of so many data sets are left out.

    >>> number_left_out(40), number_left_out(19), number_left_out(5)
    (5, 1, 1)
    """
    return LEFT_OUT if count >= MIN_FOR_LEFT_OUT else max(1, count // 10)


def leave_out(pairs: Pairs, verdicts: pd.DataFrame, draws: int = DRAWS) -> pd.DataFrame:
    """Return in how many draws significant differences stay so without some data sets.

    A draw leaves out all problems of `number_left_out` random data sets. On this problem set a
    difference is kept if Student's test of the mean paired difference is significant in the same
    direction; generalising to new data sets, if Wilcoxon's signed-rank test is. Both have Holm's
    correction over all pairs, as in `bench.inference.verdicts.verdicts`. It flips if its sign is
    the other one, significant or not.

    Args:
        pairs: as `bench.inference.paired.all_pairs` gives them, of bounded regret; on two data sets
            at least.
        verdicts: on the same pairs in the same order.
        draws: how many.

    Returns:
        A row a pair whose verdict on this problem set or for new data sets is better or worse: a,
        b, verdict, verdict_new, n_kept, n_flipped (draws; NA where `verdict` is neither better nor
        worse), n_kept_new, n_flipped_new (the same of `verdict_new`), n_draws, n_left_out (data
        sets in a draw).
    """
    groups = grouping(pairs.datasets)
    count = groups.shape[1]
    out = number_left_out(count)
    kept = subsets(count, count - out, draws)
    these = _on_problem_set(pairs, kept @ groups.T > 0)
    new = _generalising(pairs, kept)
    columns: dict[str, object] = {
        name: verdicts[name].to_numpy() for name in ("a", "b", "verdict", "verdict_new")
    }
    for end, (direction, significant) in (("", these), ("_new", new)):
        words = verdicts[f"verdict{end}"]
        sign = np.select([words == BETTER, words == WORSE], [-1, 1], 0)
        for name, found in (
            ("n_kept", significant & (direction == sign)),
            ("n_flipped", direction == -sign),
        ):
            counts = pd.Series(found.sum(axis=0), dtype="Int64")
            columns[f"{name}{end}"] = counts.where(sign != 0).array
    frame = pd.DataFrame(columns).assign(n_draws=draws, n_left_out=out)
    decided = frame["verdict"].isin(SIGNIFICANT) | frame["verdict_new"].isin(SIGNIFICANT)
    return frame[decided].reset_index(drop=True)


def least_stable_first(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs by the draws in which they have another sign, then by those that keep them.

    Of both kinds of verdicts of a pair the less stable one counts.

    Args:
        frame: as `leave_out` gives it.
    """
    flipped, kept = frame[["n_flipped", "n_flipped_new"]], frame[["n_kept", "n_kept_new"]]
    keys = pd.DataFrame(
        {
            "flipped": -flipped.max(axis=1).fillna(0).astype(int),
            "least": kept.min(axis=1).astype(int),
            "sum": kept.sum(axis=1).astype(int),
        }
    )
    return frame.loc[keys.sort_values(list(keys), kind="stable").index]


def _on_problem_set(pairs: Pairs, chosen: Flags) -> tuple[Array, Flags]:
    """Return the signs of the differences, and which are significant, both (draws, M).

    Args:
        pairs: M of them.
        chosen: shape (draws, K): which problems are in a draw.
    """
    signs, significant = [], []
    for problems in chosen:
        found = counting(pairs, problems)
        signs.append(np.sign(on_problem_set(found).difference))
        significant.append(holm(p_on_problem_set(found)) <= ALPHA)
    return np.array(signs), np.array(significant)


def _generalising(pairs: Pairs, kept: Flags) -> tuple[Array, Flags]:
    """Return the same of Wilcoxon's tests over data sets.

    Args:
        pairs: M of them.
        kept: shape (draws, B): which data sets are in a draw.
    """
    tests = signed_ranks(*blocks_of(pairs), kept)
    p = valid_p(pairs, lambda seen: signed_ranks(*blocks_of(seen), kept).p.T).T
    able = tests.count >= observations_needed(1, ALPHA)
    family = np.where(able, p, np.nan)
    return np.sign(tests.statistic), np.array([holm(row) <= ALPHA for row in family])
