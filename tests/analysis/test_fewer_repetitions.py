"""A strategy with fewer repetitions than the others: what changes, and what must not."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from bench.curves.convergence import convergence
from bench.curves.leaderboard import leaderboard
from bench.curves.profiles import profiles
from bench.curves.ranks import ranks_over_budget
from bench.inference.pairwise import pairwise
from bench.inference.verdicts import verdicts

NAMES = "abcd"
PROBLEMS = "pqr"
ALL, FEW = 12, 4


def losses(seed=3):
    """Problem -> random losses (S, R, T), better from strategy to strategy."""
    rng = np.random.default_rng(seed)
    shift = np.arange(4)[:, None, None]
    return {problem: rng.gamma(2.0, size=(4, ALL, 5)) + 1 - 0.2 * shift for problem in PROBLEMS}


def cut(values, rows=(3,), kept=FEW):
    """The losses without all but the first repetitions of some strategies."""
    found = {problem: array.copy() for problem, array in values.items()}
    for array in found.values():
        array[list(rows), kept:] = np.nan
    return found


@pytest.mark.parametrize("analysis", [convergence, profiles])
def test_the_curves_of_the_others_stay_exactly_as_they_were(panels_of, analysis):
    whole, fewer = (analysis(panels_of(found)) for found in (losses(), cut(losses())))
    for name in "abc":
        before, after = (frame[frame["strategy"] == name] for frame in (whole, fewer))
        pd.testing.assert_frame_equal(before, after, check_exact=True)
    d = fewer[fewer["strategy"] == "d"]
    assert not d.reset_index(drop=True).equals(whole[whole["strategy"] == "d"])


def test_the_scores_of_the_others_stay_exactly_as_they_were(panels_of):
    boards = [
        leaderboard(panels_of(found)).set_index("strategy") for found in (losses(), cut(losses()))
    ]
    scores = [name for name in boards[0] if name.split("_")[0] in {"mean", "bounded", "iqm", "auc"}]
    before, after = (board.loc[list("abc"), scores] for board in boards)
    pd.testing.assert_frame_equal(before, after, check_exact=True)
    assert boards[1]["n_repetitions"].to_dict() == {"a": ALL, "b": ALL, "c": ALL, "d": FEW}


def test_a_strategy_with_fewer_has_the_scores_of_a_sweep_with_so_few(panels_of):
    short = {problem: array[:, :FEW] for problem, array in losses().items()}
    boards = [
        leaderboard(panels_of(found)).set_index("strategy") for found in (cut(losses()), short)
    ]
    scores = [name for name in boards[0] if name.split("_")[0] in {"mean", "bounded", "iqm", "auc"}]
    np.testing.assert_allclose(*(board.loc["d", scores].to_numpy(float) for board in boards))


def test_pairs_of_the_others_stay_exactly_as_they_were(panels_of):
    both = [panels_of(found) for found in (losses(), cut(losses()))]
    names = ["strategy", "other"]
    frames = [pairwise(part) for part in both]
    before, after = (frame[~frame[names].eq("d").any(axis=1)] for frame in frames)
    pd.testing.assert_frame_equal(before, after, check_exact=True)
    mine = pairwise(both[1])
    mine = mine[mine["strategy"] == "d"]
    assert mine["n_repetitions"].tolist() == [FEW * len(PROBLEMS)] * 3
    before, after = (verdicts(part).set_index(["a", "b"]) for part in both)
    exact = ["difference", "low", "high", "p", "p_equal", "n_repetitions", "n_won", "median"]
    others = list(itertools.combinations("abc", 2))
    pd.testing.assert_frame_equal(before.loc[others, exact], after.loc[others, exact])
    assert after.loc[("a", "d"), "n_repetitions"] == FEW


def test_a_rank_adds_up_what_each_pair_says_of_the_repetitions_both_have(panels_of):
    values = {problem: array.min(axis=2) for problem, array in cut(losses(), rows=(1, 3)).items()}
    found = leaderboard(panels_of(cut(losses(), rows=(1, 3)))).set_index("strategy")["rank"]
    for i, name in enumerate(NAMES):
        expected = 1.0
        for j in set(range(4)) - {i}:
            parts = []
            for array in values.values():
                both = array[[i, j]][:, ~np.isnan(array[[i, j]]).any(axis=0)]
                parts.append((both[0] > both[1]).mean())
            expected += float(np.mean(parts))
        assert found[name] == pytest.approx(expected)


def test_ranks_over_the_budget_end_where_the_leaderboard_is(panels_of):
    panels = panels_of(cut(losses(), rows=(1, 3)))
    board = leaderboard(panels).set_index("strategy")
    ends = ranks_over_budget(panels)
    ends = ends[ends["budget"] == 5].set_index("strategy")
    for name in ("rank", "low", "high"):
        column = "rank" if name == "rank" else f"rank_{name}"
        np.testing.assert_allclose(ends[name][board.index], board[column], rtol=1e-9)


def test_without_one_missing_a_rank_is_the_mean_of_the_ranks(panels_of):
    found = leaderboard(panels_of(losses())).set_index("strategy")["rank"]
    ranks = [rankdata(array.min(axis=2), axis=0).mean(axis=1) for array in losses().values()]
    np.testing.assert_allclose(found[list(NAMES)], np.mean(ranks, axis=0))


def test_the_order_of_ranks_does_not_hang_on_who_has_few(panels_of):
    # Alone a is behind b in each repetition; with fewer of c nothing of that changes.
    values = {"p": np.array([[3.0] * 9, [2.0] * 9, [2.5] * 9])[..., None]}
    values["p"][2, 2:] = np.nan
    found = leaderboard(panels_of(values)).set_index("strategy")
    assert found["rank"].to_dict() == {"b": 1, "c": 2, "a": 3}
    assert found["n_best"].to_dict() == {"b": 1, "c": 0, "a": 0}


def test_a_strategy_with_one_repetition_takes_the_intervals_of_ranks_but_not_of_scores(panels_of):
    board = leaderboard(panels_of(cut(losses(), kept=1))).set_index("strategy")
    assert board["rank_low"].isna().all()
    assert board["mean_low"].notna().to_dict() == {"a": True, "b": True, "c": True, "d": False}


@pytest.mark.slow
def test_the_interval_of_a_rank_holds_the_truth_as_often_as_it_says(panels_of):
    # All are alike, so that the true rank of each is 2.5; d has a third of the repetitions.
    rng = np.random.default_rng(11)
    held = np.zeros(4)
    sweeps = 150
    for _ in range(sweeps):
        values = {problem: rng.gamma(2.0, size=(4, ALL, 1)) for problem in PROBLEMS}
        board = leaderboard(panels_of(cut(values))).set_index("strategy").loc[list(NAMES)]
        held += ((board["rank_low"] <= 2.5) & (board["rank_high"] >= 2.5)).to_numpy()
    # 95 % with four standard errors of a share to spare below.
    assert (held / sweeps > 0.95 - 4 * np.sqrt(0.95 * 0.05 / sweeps)).all(), held / sweeps
