import math

import numpy as np
import pytest
from scipy import stats

from bench.curves.finals import COLUMNS, finals, has_best_median, median_interval, median_rank
from bench.inference.mean_intervals import iqm_interval
from bench.panels.panel import to_panels
from bench.panels.regret import Scale

NAN, INF = math.nan, math.inf


def rows(panels):
    return finals(panels).set_index("strategy")


# --- the interval of a median


@pytest.mark.parametrize(
    ("count", "rank", "coverage"),
    # By hand: P(B < 2) = (1 + 10) / 2¹⁰ of ten values, and so on.
    [
        (6, 1, 1 - 2 / 2**6),
        (8, 1, 1 - 2 / 2**8),
        (9, 2, 1 - 2 * 10 / 2**9),
        (10, 2, 1 - 2 * 11 / 2**10),
        (15, 4, 1 - 2 * (1 + 15 + 105 + 455) / 2**15),
        (20, 6, 0.9586),
        (25, 8, 0.9567),
        (30, 10, 0.9572),
    ],
)
def test_the_ranks_and_coverages_that_tables_print(count, rank, coverage):
    assert median_rank(count) == (rank, pytest.approx(coverage, abs=5e-5))


@pytest.mark.parametrize("count", [*range(1, 60), 300, 1000, 5000])
def test_the_rank_is_the_greatest_with_enough_coverage_by_the_binomial(count):
    rank, coverage = median_rank(count)

    def covered(k):
        return 1 - 2 * stats.binom.cdf(k - 1, count, 0.5)

    if count < 6:
        assert rank == 0
        assert math.isnan(coverage)
    else:
        assert coverage == pytest.approx(covered(rank), rel=1e-9)
        assert coverage >= 0.95
    assert covered(rank + 1) < 0.95


@pytest.mark.parametrize("count", [6, 7, 10, 25])
def test_the_interval_holds_the_medians_that_the_sign_test_does_not_reject(count):
    values = np.random.default_rng(count).permutation(np.arange(1.0, count + 1))
    low, high, _ = median_interval(values)
    for median in np.arange(0.5, count + 1):
        p = stats.binomtest(int((values < median).sum()), count).pvalue
        assert (low <= median <= high) == (p > 0.05)


@pytest.mark.parametrize("count", [6, 10, 25])
def test_coverage_by_simulation_of_a_skewed_distribution(count):
    times = 4000
    draws = np.random.default_rng(count).standard_exponential((times, count))
    found = np.array([median_interval(row) for row in draws])
    held = ((found[:, 0] <= math.log(2)) & (math.log(2) <= found[:, 1])).mean()
    coverage = found[0, 2]
    # Four standard errors.
    assert abs(held - coverage) < 4 * math.sqrt(coverage * (1 - coverage) / times)


def test_the_interval_of_ties_is_a_point():
    assert median_interval(np.full(10, 3.0)) == (3, 3, 1 - 22 / 1024)
    assert all(math.isnan(v) for v in median_interval(np.arange(5.0)))
    assert all(math.isnan(v) for v in median_interval(np.empty(0)))


# --- by problem


def test_ten_runs_by_hand(panel_of):
    losses = [[9.0 + i, 1.0 + i] for i in (3, 1, 4, 0, 5, 9, 2, 6, 8, 7)]
    tests = [[[0.0, 1.5 + i] for i in (3, 1, 4, 0, 5, 9, 2, 6, 8, 7)]]
    panel = panel_of(
        [losses], strategies=["random"], tests=tests, cost=[2.0, 4.0], scale=Scale(0, 2, "given")
    )
    frame = finals([panel])
    assert list(frame.columns) == COLUMNS
    (row,) = frame.to_dict("records")
    # Quartiles are taken √(3/16 / 10) further out, at .113 of the ranks: 1 counts as 2, 10 as 9.
    # Twice their scatter, .6 of 9 degrees of freedom.
    half = stats.t.ppf(0.975, 5.4) * 2 * np.std([2, 2, 3, 4, 5, 6, 7, 8, 9, 9], ddof=1) / 10**0.5
    assert row == {
        "problem": "p", "strategy": "random", "n_repetitions": 10,
        "median": 5.5, "low": 2, "high": 9, "coverage": pytest.approx(0.978515625),
        "iqm": 5.5, "iqm_low": pytest.approx(5.5 - half), "iqm_high": pytest.approx(5.5 + half),
        "regret": 2.75, "test": 6, "gap": 0.5, "budget_share": 1, "failed_share": 0,
        "strategy_s": 0.5, "evaluation_s": 3, "is_best": True,
    }  # fmt: skip


def test_values_to_be_maximised_keep_their_direction(panel_of):
    # Accuracies .1, .2, … .7; the test value is .05 below, so it is worse.
    values = np.arange(1, 8)[None, :, None] / 10
    panel = panel_of(
        -np.concatenate([values, values - 0.05]), strategies=["a", "b"],
        tests=-(np.concatenate([values, values]) - 0.05), direction="maximize",
    )  # fmt: skip
    frame = rows([panel])
    assert frame.loc["a", ["median", "low", "high", "test", "gap"]].tolist() == pytest.approx(
        [0.4, 0.1, 0.7, 0.35, 0.05]
    )
    assert frame["is_best"].to_dict() == {"a": True, "b": False}


def test_runs_that_come_to_nothing_skipped_runs_and_those_that_stopped_early(make_run, join):
    frames = join(
        make_run([5, 3, None], tests=[6, 7, None], budget=4, status="stopped early", cost=2),
        make_run([], repetition=1, budget=4, status="crashed"),
        make_run([None], repetition=2, budget=4, status="failed", cost=6),
        make_run([], repetition=3, budget=4, status="skipped"),
        make_run([1], repetition=4, budget=4, status="unfinished"),
    )
    (row,) = rows(to_panels(*frames, strategies=["random"], problems=["p"])).to_dict("records")
    # Two of three runs have the worst value, 5, and the worst test value, 7.
    assert (row["n_repetitions"], row["median"], row["test"]) == (3, 5, 7)
    assert row["gap"] == 4
    assert math.isnan(row["low"])
    assert math.isnan(row["coverage"])
    assert row["budget_share"] == pytest.approx(4 / 12)
    assert row["failed_share"] == 0.5
    assert row["evaluation_s"] == 3
    # The best is 3, the median trial 4.
    assert row["regret"] == pytest.approx((5 - 3) / (4 - 3))


def test_the_median_of_an_even_number_and_a_final_value_never_picked_by_test(panel_of):
    losses, tests = [[[3, 1, 4, 1, 5], [4, 3, 4, 4, 4]]], [[[0, 9, 0, 1, 9], [0, 8, 1, 1, 1]]]
    frame = rows([panel_of(losses, tests=tests)])
    assert frame.loc["s0", ["median", "test", "gap"]].tolist() == [2, 8.5, 6.5]


def test_an_incumbent_without_a_test_value_does_not_borrow_an_older_one(panel_of):
    frame = rows([panel_of([[[5, 3], [6, 4]]], tests=[[[50, NAN], [60, 41]]])])
    assert frame.loc["s0", ["median", "test", "gap"]].tolist() == [3.5, 41, 37]


def test_ties_are_the_best_of_each_and_missing_cells_have_no_row(panel_of):
    one = panel_of([[[2], [4]], [[3], [3]], [[4], [4]], [[0], [0]]], missing=[(3, 0), (3, 1)])
    two = panel_of([[[1]], [[1]], [[1]], [[1]]], problem="q")
    frame = finals([one, two])
    assert frame["problem"].tolist() == ["p"] * 3 + ["q"] * 4
    assert frame["is_best"].tolist() == [True, True, False, True, True, True, True]
    assert frame["regret"].tolist()[3:] == [0] * 4


def test_the_best_is_found_on_the_repetitions_that_two_strategies_share(panel_of):
    # The only repetition of s1 has a hard split: s1 is ahead there, though its median is higher.
    frame = rows([panel_of([[[6], [1], [1]], [[5], [0], [0]]], missing=[(1, 1), (1, 2)])])
    assert frame["median"].tolist() == [1, 5]
    assert frame["is_best"].tolist() == [False, True]


def test_where_each_strategy_is_behind_another_none_is_the_best(panel_of):
    # s1 beats s0 and s0 beats s2 on all three; s2 beats s1 where s2 has run.
    losses = [[[3], [3], [9]], [[9], [2], [2]], [[4], [0], [0]]]
    frame = rows([panel_of(losses, missing=[(2, 1), (2, 2)])])
    assert frame["is_best"].tolist() == [False] * 3


def test_a_strategy_that_failed_everywhere_and_one_that_never_began(panel_of):
    panel = panel_of([[[1, 2]] * 7, [[NAN, NAN]] * 7, [[INF, INF]] * 7])
    frame = rows([panel])
    for name in ("s1", "s2"):
        assert frame.loc[name, ["median", "low", "high"]].tolist() == [2, 2, 2]
        assert frame.loc[name, ["test", "gap"]].isna().all()
    assert frame["failed_share"].tolist()[:2] == [0, 1]
    assert frame.loc["s2", ["failed_share", "strategy_s", "evaluation_s"]].isna().all()
    assert frame["budget_share"].tolist() == [1, 1, 0]
    assert frame["is_best"].tolist() == [True, False, False]


def test_unknown_seconds_are_no_zeros(panel_of):
    cost = [[[1.0, NAN], [4.0, 4.0]]]
    frame = rows([panel_of([[[1, 2], [1, 2]]], cost=cost, own=NAN)])
    assert frame.loc["s0", "evaluation_s"] == 3
    assert math.isnan(frame.loc["s0", "strategy_s"])


def test_nothing_and_forty_strategies(panel_of):
    assert list(finals([]).columns) == COLUMNS
    frame = finals([panel_of(np.arange(40.0)[:, None, None])])
    assert frame["is_best"].tolist() == [True] + [False] * 39
    assert frame["low"].isna().all()


def test_a_set_ends_at_its_best_point(panel_of):
    frame = rows(
        [panel_of([[[7, 2, 5]]], tests=[[[1, 9, 3]]], strategies=["grid"], unordered=["grid"])]
    )
    assert frame.loc["grid", ["median", "test", "gap"]].tolist() == pytest.approx([2, 9, 7])


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_the_interquartile_mean_is_scipys_and_its_interval_in_the_metrics_direction(
    panel_of, direction
):
    values = np.random.default_rng(3).lognormal(size=(2, 30))
    panel = panel_of(values[..., None], direction=direction)
    frame = finals([panel])
    sign = -1 if direction == "maximize" else 1
    np.testing.assert_allclose(frame["iqm"], sign * stats.trim_mean(values, 0.25, axis=1))
    ends = np.sort(np.multiply(sign, iqm_interval([values])), axis=0)
    np.testing.assert_allclose(frame[["iqm_low", "iqm_high"]].T, ends)


def test_one_repetition_has_an_interquartile_mean_without_an_interval(panel_of):
    (row,) = finals([panel_of([[[3.0]]])]).to_dict("records")
    assert row["iqm"] == 3
    assert np.isnan([row["iqm_low"], row["iqm_high"]]).all()


def test_the_best_medians_are_compared_pair_by_pair_on_common_repetitions():
    nan = float("nan")
    values = np.array(
        [
            [0.4, 0.5, 0.9, 0.9],
            # Equal to the first up to rounding, with one repetition less.
            [0.4, 0.5, 0.9 + 1e-16, nan],
            # Better than the first on average, but not in the repetitions of both.
            [0.5, 0.6, nan, nan],
            [nan, nan, nan, nan],
        ]
    )
    assert has_best_median(values, 0.0).tolist() == [True, True, False, False]
    # A difference of 0.1 is rounding here.
    assert has_best_median(values, 0.11).tolist() == [True, True, True, False]
