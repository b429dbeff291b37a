import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from bench.curves.leaderboard import areas, leaderboard, missing
from bench.panels.panel import to_panels

NAN = math.nan


def board(panels, trials=None):
    return leaderboard(panels, trials).set_index("strategy")


def test_the_area_by_hand(panels_of):
    panels = panels_of({"p": [[[4, 2, 1]], [[3, 3, 3]]], "q": [[[2]], [[1]]]})
    # 4 from 1 to 2 and 2 from 2 to 3, on the axis of log trials.
    by_hand = (4 * math.log(2) + 2 * math.log(1.5)) / math.log(3)
    assert_allclose(areas(panels[0]), np.array([[by_hand], [3]]), rtol=1e-12)
    assert_array_equal(areas(panels[1]), [[2], [1]])
    assert_allclose(areas(panels[0], 2), [[4], [3]])
    assert_array_equal(areas(panels[0], 4), [[NAN], [NAN]])


def test_the_area_of_the_reciprocal_is_its_integral(panels_of):
    (panel,) = panels_of({"p": [[1 / np.arange(1, 1001)]]})
    # ∫ dt / t² from 1 to T is 1 − 1/T, but for the steps: Σ log(1 + 1/t) / t.
    steps = sum(math.log1p(1 / t) / t for t in range(1, 1000))
    assert_allclose(areas(panel), steps / math.log(1000), rtol=1e-12)
    assert 1 - 1 / 1000 < steps < 1.26


def test_the_leaderboard_by_hand(panels_of):
    # p: a 1 2, b 1 3, c 5 1: ranks a 1.5 2, b 1.5 3, c 3 1. q: a, c, b in both repetitions.
    panels = panels_of({
        "p": [[[1], [2]], [[1], [3]], [[5], [1]]],
        "q": [[[0.1], [0.1]], [[0.5], [0.5]], [[0.3], [0.3]]],
    })  # fmt: skip
    table = leaderboard(panels)
    assert table["strategy"].tolist() == ["a", "c", "b"]
    assert_allclose(table["rank"], [1.375, 2, 2.625])
    assert_allclose(table["mean"], [0.8, 1.65, 1.25])
    assert_allclose(table["auc"], [0.8, 1.65, 1.25])
    # The middle two of four: a .1 1, c .3 1, b .5 1.
    assert_allclose(table["iqm"], [0.55, 0.65, 0.75])
    assert table["n_best"].tolist() == [2, 0, 0]
    assert (
        table["n_problems"].tolist()
        == table["n_common"].tolist()
        == table["n_all_problems"].tolist()
        == [2] * 3
    )
    a, c, b = table.to_dict("records")
    # Student's with the one degree of freedom of p: ± 12.706 · se, se = 1 / 2 of b's mean. No
    # regret is below 0.
    half = stats.t.ppf(0.975, 1)
    assert_allclose([b["mean_low"], b["mean_high"]], [0, 1.25 + half / 2])
    # Ranks lie between 1 and 3.
    assert_allclose([a["rank_low"], a["rank_high"]], [1, 1.375 + half / 8])
    assert_allclose([c["rank_low"], c["rank_high"]], [1, 3])
    # Two data sets with the means 1.5 and .1.
    assert_allclose(a["mean_new_high"], 0.8 + half * 0.7)


def test_ranks_of_metrics_in_both_directions(make_run, join):
    # p, minimised: ranks a 1.5 2, b 1.5 3, c 3 1. q, maximised, once: a 1, b 3, c 2.
    p = {"a": [1, 2], "b": [1, 3], "c": [5, 1]}
    q = {"a": 0.9, "b": 0.5, "c": 0.7}
    frames = join(
        *(make_run([v], strategy=s, repetition=i) for s in p for i, v in enumerate(p[s])),
        *(make_run([v], strategy=s, problem="q", direction="maximize") for s, v in q.items()),
    )
    table = leaderboard(to_panels(*frames, strategies=list("cba"), problems=list("pq")))
    assert table["strategy"].tolist() == ["a", "c", "b"]
    assert_allclose(table["rank"], [1.375, 2, 2.625])
    assert table["n_best"].tolist() == [2, 0, 0]
    assert table["n_problems"].tolist() == [2, 2, 2]


def test_intervals_hold_their_ranks(panels_of):
    noise = np.random.default_rng(5).normal(size=(3, 3, 6, 1))
    shift = 10 + np.arange(3)[:, None, None]
    table = leaderboard(panels_of({p: n + shift for p, n in zip("pqr", noise, strict=True)}))
    for kind in ("", "_new"):
        assert (table[f"rank{kind}_low"] <= table["rank"]).all()
        assert (table["rank"] <= table[f"rank{kind}_high"]).all()
        assert (table[f"rank{kind}_low"] < table[f"rank{kind}_high"]).any()


def test_mean_ranks_are_demsars(demsar):
    table = board(demsar).loc[list("abcd")]
    assert_allclose(table["rank"], [3.143, 2.000, 2.929, 1.929], atol=5e-4)
    # A repetition each: nothing is known of its spread, but the 14 data sets have one.
    assert table[["rank_low", "mean_high", "iqm_low", "auc_low"]].isna().all(axis=None)
    assert (table["rank_new_low"] < table["rank"]).all()
    assert (table["rank_new_high"] > table["rank"]).all()


def test_a_strategy_with_fewer_problems_is_compared_on_what_is_common(panels_of):
    there = {"q": [[[1], [1]], [[2], [2]], [[0], [0]]]}
    panels = panels_of({"p": [[[1], [1]], [[2], [2]], [[NAN], [NAN]]], **there})
    table = board(panels)
    # On q c is first; on p nobody knows, so a and b each lose to c wherever they meet.
    assert table["rank"].to_dict() == {"c": 1, "a": 2, "b": 3}
    assert table["n_problems"].to_dict() == {"c": 1, "a": 2, "b": 2}
    assert table["n_common"].to_dict() == {"c": 1, "a": 1, "b": 1}
    assert table["n_best"].to_dict() == {"c": 1, "a": 1, "b": 0}
    assert missing(panels).to_dict("list") == {
        "strategy": ["c"], "problem": ["p"], "n_there": [0], "n_repetitions": [2],
    }  # fmt: skip


def test_a_repetition_counts_for_a_rank_once_another_strategy_has_it(panels_of):
    # In repetition 1 only b is there; alone it would be the best of one.
    panels = panels_of({"p": [[[1], [NAN], [1]], [[2], [0], [2]]]})
    assert board(panels)["rank"].to_dict() == {"a": 1, "b": 2}
    assert missing(panels).to_numpy().tolist() == [["a", "p", 2, 3]]


def test_the_best_median_is_taken_over_the_repetitions_that_are_compared(panels_of):
    # In the only repetition both have b is better; its others must not count against it.
    panels = panels_of({"p": [[[0.1], [NAN], [NAN], [NAN]], [[0.05], [5], [5], [5]]]})
    table = board(panels)
    assert table["rank"].to_dict() == {"b": 1, "a": 2}
    assert table["n_best"].to_dict() == {"b": 1, "a": 0}
    assert missing(panels).to_numpy().tolist() == [["a", "p", 1, 4]]
    assert missing(panels, {"a": 1}).empty
    assert missing(panels, {"a": 2}).to_numpy().tolist() == [["a", "p", 1, 2]]


def test_a_strategy_without_runs_is_named_and_not_ranked(panels_of):
    panels = panels_of({
        "p": [[[1], [1]], [[2], [2]], [[NAN], [NAN]]],
        "q": [[[NAN], [NAN]], [[2], [2]], [[NAN], [NAN]]],
    })  # fmt: skip
    table = board(panels)
    assert list(table.index) == ["a", "b", "c"]
    assert table["n_problems"].tolist() == [1, 2, 0]
    assert table["n_all_problems"].tolist() == [2, 2, 2]
    assert math.isnan(table.loc["c", "rank"])
    assert missing(panels)[["strategy", "problem", "n_there"]].to_numpy().tolist() == [
        ["c", "p", 0], ["a", "q", 0], ["c", "q", 0],
    ]  # fmt: skip


def test_a_crash_is_ranked_as_the_worst_value(make_run, join):
    frames = join(
        make_run([1, 9], strategy="a"),
        make_run([], strategy="b", budget=2, status="crashed"),
        make_run([8], strategy="c", budget=2, status="stopped early"),
    )
    panels = to_panels(*frames, strategies=list("bca"), problems=["p"])
    assert board(panels)["rank"].to_dict() == {"a": 1, "c": 2, "b": 3}
    assert missing(panels).empty


def test_a_problem_with_a_smaller_budget_is_left_out(panels_of):
    panels = panels_of({"p": [[[1, 1]] * 2, [[2, 2]] * 2], "q": [[[2]] * 2, [[1]] * 2]})
    assert board(panels)["rank"].to_dict() == {"a": 1.5, "b": 1.5}
    table = board(panels, 2)
    assert table["rank"].to_dict() == {"a": 1, "b": 2}
    assert table["n_problems"].tolist() == [1, 1]
    assert table["n_all_problems"].tolist() == [2, 2]
    assert board(panels, 3)["rank"].isna().all()


def test_ties_everywhere_share_the_mean_rank_and_all_are_best(panels_of):
    table = board(panels_of({p: np.ones((3, 4, 2)) for p in "pq"}))
    for column in ("rank", "rank_low", "rank_high", "rank_new_low", "rank_new_high"):
        assert_allclose(table[column], 2, rtol=1e-12)
    assert table["n_best"].tolist() == [2, 2, 2]
    assert_allclose(table["iqm"], 1)


def test_a_strategy_that_failed_everywhere_is_the_worst(panels_of):
    losses = {p: [[[1, 0.5]] * 3, [[NAN, NAN]] * 3, [[2, 3]] * 3] for p in "pq"}
    panels = panels_of(losses, failed=["b"])
    table = board(panels)
    assert table["rank"].to_dict() == {"a": 1, "c": 2, "b": 3}
    assert table.loc["b", "mean"] == 3
    assert len(missing(panels)) == 0


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 3, 2), (2, 1, 1), (40, 3, 2)])
@pytest.mark.parametrize("problems", ["p", "pq"])
def test_a_board_comes_out_whatever_there_is(panels_of, shape, problems):
    rng = np.random.default_rng(3)
    names = [f"s{place}" for place in range(shape[0])]
    panels = panels_of({p: rng.random(shape) for p in problems}, strategies=names)
    table = leaderboard(panels)
    assert sorted(table["strategy"]) == sorted(names)
    assert table["rank"].sum() == pytest.approx(shape[0] * (shape[0] + 1) / 2)
    assert table["rank"].is_monotonic_increasing
    assert table["rank_low"].isna().all() == (shape[1] == 1)
    assert table["rank_new_low"].isna().all() == (problems == "p")
    said = table.dropna(subset="mean_low")
    assert (said["mean_low"] <= said["mean"]).all()
    assert (said["mean"] <= said["mean_high"]).all()


def test_runs_with_a_value_and_failed_trials_are_counted(make_run, join):
    frames = join(
        make_run([1, None, 2, 3], strategy="a"),
        make_run([4, 4, 4, 4], strategy="a", repetition=1),
        make_run([None, None], strategy="b"),
        make_run([5, 5, 5, None], strategy="b", repetition=1),
        make_run([1, 1, 1, 1], strategy="b", problem="q"),
    )
    table = board(to_panels(*frames, strategies=["a", "b", "c"], problems=["p", "q"]))
    # Of three runs that each could have: two repetitions of p, one of q.
    assert table["n_all_runs"].tolist() == [3, 3, 3]
    assert table["n_runs"].to_dict() == {"a": 2, "b": 2, "c": 0}
    assert table["failed_share"].to_dict() == pytest.approx(
        {"a": 1 / 8, "b": 3 / 10, "c": NAN}, nan_ok=True
    )


def test_runs_on_a_problem_that_ends_before_do_not_count(panels_of):
    panels = panels_of({"p": [[[1, 1]] * 2, [[2, 2]] * 2], "q": [[[2]] * 2, [[1]] * 2]})
    table = board(panels, 2)
    assert table["n_runs"].tolist() == [2, 2]
    assert table["n_all_runs"].tolist() == [4, 4]


def test_without_a_common_repetition_nobody_is_ranked(panels_of):
    panels = panels_of({"p": [[[1], [NAN]], [[NAN], [2]]]})
    table = board(panels)
    assert table["rank"].isna().all()
    assert table["n_repetitions"].tolist() == [1, 1]
    assert len(missing(panels)) == 2
    assert len(leaderboard([])) == len(missing([])) == 0


def test_the_same_runs_give_the_same_board(panels_of):
    losses = {p: np.random.default_rng(4).random((3, 5, 2)) for p in "pq"}
    pd.testing.assert_frame_equal(leaderboard(panels_of(losses)), leaderboard(panels_of(losses)))
    assert_array_equal(panels_of(losses)[0].regret_after(), losses["p"].min(axis=2))
