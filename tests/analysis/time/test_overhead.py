import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from bench.analysis.time.overhead import BANDS, TOTALS, strategy_seconds, totals
from bench.panels.panel import to_panels
from bench.testing.panels import panels

NAN, INF = math.nan, math.inf


def test_median_and_quartiles_of_ask_and_tell_by_trial_number(make_run, join):
    frames = join(
        *(
            make_run([1, 1], repetition=i, problem="pq"[i % 2], ask=ask, tell=1)
            for i, ask in enumerate([1, 2, 3, 4, 9])
        ),
        make_run([1], strategy="default", ask=0, tell=0),
    )
    frame = strategy_seconds(panels(frames))
    assert list(frame.columns) == BANDS
    assert frame["strategy"].tolist() == ["default", "random", "random"]
    assert frame["x"].tolist() == [1, 1, 2]
    assert frame["median"].tolist() == [0, 4, 4]
    assert frame["low"].tolist() == [0, 3, 3]
    assert frame["high"].tolist() == [0, 5, 5]
    assert frame["n_runs"].tolist() == [1, 5, 5]


def test_failed_trials_cost_their_strategy_time_too(make_run):
    found = panels(make_run([None, 1, None], ask=2, tell=1))
    assert strategy_seconds(found)["median"].tolist() == [3, 3, 3]
    assert totals(found)["ms_per_trial"].tolist() == [3000]


def test_problems_with_other_budgets_and_runs_that_ended_early(panel_of):
    short = panel_of([[[1.0, 1], [1, INF]]], own=[[[1.0, 2], [3, 9]]])
    long = panel_of([[[1.0, 1, 1]]], own=[[[8.0, 7, 6]]], problem="q")
    frame = strategy_seconds([short, long])
    assert frame["median"].tolist() == [3, 4.5, 6]
    assert frame["n_runs"].tolist() == [3, 2, 1]
    # 1.5, 3 and 7 s a trial in the mean.
    (row,) = totals([short, long]).to_dict("records")
    assert (row["ms_per_trial"], row["ms_first"], row["ms_last"]) == (3000, 3000, 3000)
    assert row["n_runs"] == 3


def test_quartiles_equal_those_of_numpy(panel_of):
    rng = np.random.default_rng(4)
    own = rng.random((3, 8, 5))
    frame = strategy_seconds([panel_of(rng.random(own.shape), own=own)])
    for s in range(3):
        found = frame.loc[frame["strategy"] == f"s{s}", ["low", "median", "high"]].to_numpy()
        assert_allclose(found, np.quantile(own[s], [0.25, 0.5, 0.75], axis=0).T, rtol=1e-14)


def test_totals_by_hand(panel_of):
    # Twenty trials: a tenth is two of them; one that takes i seconds at trial i.
    own = np.arange(1.0, 21)
    frame = totals([panel_of(np.ones((1, 3, 20)), own=own, cost=10.5)])
    assert list(frame.columns) == TOTALS
    (row,) = frame.to_dict("records")
    assert row == {
        "strategy": "s0", "ms_per_trial": 10_500, "ms_first": 1500, "ms_last": 19_500,
        "share": 0.5, "n_runs": 3,
    }  # fmt: skip


def test_totals_are_medians_over_runs_not_over_trials(panel_of):
    losses = [[[1, INF, INF], [1, 1, 1], [1, 1, 1]]]
    own = np.array([[[9.0, 0, 0], [1, 1, 1], [2, 2, 2]]])
    frame = totals([panel_of(losses, own=own, cost=[[[1.0, 0, 0], [1, 1, 1], [2, 6, 10]]])])
    assert frame["ms_per_trial"].tolist() == [2000]
    assert frame["share"].tolist() == [0.5]  # of 9/10, 1/2 and 1/4


def test_the_share_is_of_the_time_of_a_run_whose_evaluations_were_side_by_side(make_run):
    # Four evaluations of 1 s are done after 3.5 s on two workers, 2 s of which are the strategy's.
    trials, runs = make_run([1.0, 1.0, 1.0, 1.0])
    side = trials.assign(finished_s=[1.5, 2.0, 3.0, 3.5], worker=[0, 1, 0, 1])
    (panel,) = to_panels(side, runs, strategies=["random"], problems=["p"])
    assert totals([panel])["share"].tolist() == [2 / 3.5]
    # What it takes after the last evaluation is part of the run.
    late = side.assign(tell_s=[0.25, 0.25, 0.25, 9.0])
    (panel,) = to_panels(late, runs, strategies=["random"], problems=["p"])
    assert totals([panel])["share"].tolist() == [1]


def test_eleven_trials_have_a_tenth_of_two(panel_of):
    frame = totals([panel_of(np.ones((1, 1, 11)), own=np.arange(11.0))])
    assert (frame["ms_first"][0], frame["ms_last"][0]) == (500, 9500)


def test_what_is_not_known_is_nan_and_no_zero(panel_of, make_run, join):
    panel = panel_of(
        [[[1, 2]], [[1, 2]], [[INF, INF]], [[3, 3]]],
        own=[[[NAN, NAN]], [[NAN, 4.0]], [[NAN, NAN]], [[0.0, 0.0]]],
        cost=[[[1.0, 1]], [[7.0, 4]], [[1, 1]], [[0.0, 0.0]]],
    )
    frame = totals([panel]).set_index("strategy")
    assert (
        frame.loc[["s0", "s2"], ["ms_per_trial", "ms_first", "ms_last", "share"]]
        .isna()
        .all(axis=None)
    )
    assert frame["n_runs"].tolist() == [0, 1, 0, 1]
    assert frame.loc["s1", ["ms_per_trial", "share"]].tolist() == [4000, 0.5]
    assert math.isnan(frame.loc["s1", "ms_first"])
    assert frame.loc["s3", "ms_per_trial"] == 0
    assert math.isnan(frame.loc["s3", "share"])
    bands = strategy_seconds([panel])
    assert bands["strategy"].tolist() == ["s1", "s3", "s3"]
    assert bands["x"].tolist() == [2, 1, 2]


def test_of_nothing(panel_of):
    assert list(strategy_seconds([]).columns) == BANDS
    assert list(totals([]).columns) == TOTALS
    unknown = panel_of([[[1.0]]], own=NAN)
    assert strategy_seconds([unknown]).empty
    assert totals([unknown])["n_runs"].tolist() == [0]


@pytest.mark.parametrize("analysis", [strategy_seconds, totals])
def test_strategies_come_in_the_order_of_the_sweep(panel_of, analysis):
    panel = panel_of(np.ones((3, 2, 2)), strategies=["z", "a", "m"])
    frame = analysis([panel])
    assert isinstance(frame, pd.DataFrame)
    assert list(dict.fromkeys(frame["strategy"])) == ["z", "a", "m"]
