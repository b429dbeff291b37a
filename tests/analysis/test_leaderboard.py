import math

import numpy as np
import pytest

from bench.analysis.leaderboard import (
    finals,
    interquartile_mean,
    leaderboard,
    missing_cells,
    per_problem,
    unranked,
)


def test_finals_by_hand(make_run, join):
    table = finals(
        *join(
            make_run([5, 3, None], tests=[6, 7, None], budget=4, ended="exhausted"),
            make_run([], repetition=1, budget=4, ended="crashed"),
            make_run([None], repetition=2, budget=4, ended="failed"),
            make_run([], repetition=3, budget=4, ended="skipped"),
            make_run([1], repetition=4, budget=4, ended="unfinished"),
        )
    )
    assert table["repetition"].tolist() == [0, 1, 2]
    assert table["value"].tolist() == [3, 5, 5]
    assert table["test_value"].tolist() == [7, 7, 7]
    assert table["used"].tolist() == [3, 0, 1]
    assert table["failed"].tolist() == [1, 0, 1]
    assert table["strategy_s"].iloc[0] == 0.5
    assert table["evaluation_s"].iloc[0] == 1.0


def test_an_incumbent_without_a_test_value_does_not_borrow_an_older_one(make_run):
    table = finals(*make_run([5, 3], tests=[50, None]))
    assert table["value"].tolist() == [3]
    assert math.isnan(table["test_value"].iloc[0])


def test_per_problem_by_hand(make_run, join):
    parts = [
        make_run([v, None], repetition=i, tests=[v - 0.1 * (i + 1), None], direction="maximize",
                 budget=4, ended="exhausted")
        for i, v in enumerate([0.5, 0.7, 0.9, 0.8])
    ]  # fmt: skip
    (row,) = per_problem(finals(*join(*parts))).to_dict("records")
    assert row["median"] == pytest.approx(0.75)
    assert row["iqm"] == pytest.approx(0.75)
    assert row["low"] == 0.5
    assert row["high"] == 0.9
    assert row["test"] == pytest.approx(np.median([0.4, 0.5, 0.6, 0.4]))
    assert row["gap"] == pytest.approx(0.25)
    assert row["used"] == 0.5
    assert row["failed"] == 0.5
    assert row["repetitions"] == 4


def test_the_interval_of_the_median_of_three_by_hand(make_run, join):
    # Of the 27 resamples of three values 7 have the smallest as their median: 25.9 % > 2.5 %.
    parts = [make_run([v], repetition=i) for i, v in enumerate([1, 2, 4])]
    (row,) = per_problem(finals(*join(*parts))).to_dict("records")
    assert (row["low"], row["median"], row["high"]) == (1, 2, 4)


def test_the_interquartile_mean_trims_a_quarter_from_each_end():
    assert interquartile_mean(np.array([100.0, 1, 2, 3, 4, 5, 6, -100])) == 3.5


@pytest.mark.parametrize("count", range(1, 13))
def test_the_interquartile_mean_is_scipys_trimmed_mean(count):
    from scipy.stats import trim_mean

    values = np.random.default_rng(count).normal(size=count)
    assert interquartile_mean(values) == pytest.approx(trim_mean(values, 0.25), rel=1e-12)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_a_final_value_is_the_best_and_never_picked_by_test_value(make_run, direction):
    values, tests = [3.0, 1, 4, 1, 5], [0.0, 9, 0, 1, 9]
    table = finals(*make_run(values, tests=tests, direction=direction))
    expected = (1, 9) if direction == "minimize" else (5, 9)
    assert (table["value"].iloc[0], table["test_value"].iloc[0]) == expected


def test_intervals_hold_their_means(make_run, join):
    rng = np.random.default_rng(5)
    parts = [
        make_run([rng.normal(i)], strategy=s, problem=p, repetition=r)
        for i, s in enumerate("abc") for p in "pqr" for r in range(6)
    ]  # fmt: skip
    table = leaderboard(finals(*join(*parts)), list("abc"))
    assert (table["low"] <= table["rank"]).all()
    assert (table["rank"] <= table["high"]).all()
    # All ranks of a problem and repetition add up to 1 + 2 + 3.
    assert table["rank"].sum() == pytest.approx(6, rel=1e-12)


def test_mean_ranks_by_hand(make_run, join):
    # p, minimised: a 1 2, b 1 3, c 5 1 -> ranks a 1.5 2, b 1.5 3, c 3 1 -> means 1.75 2.25 2.
    # q, maximised: a .9, b .5, c .7 -> 1 3 2. Over problems: 1.375, 2.625, 2.
    values = {"a": [1, 2], "b": [1, 3], "c": [5, 1]}
    q = {"a": 0.9, "b": 0.5, "c": 0.7}
    table = leaderboard(
        finals(
            *join(
                *(make_run([v], strategy=s, repetition=i) for s in values
                  for i, v in enumerate(values[s])),
                *(make_run([v], strategy=s, problem="q", direction="maximize")
                  for s, v in q.items()),
            )
        ),
        ["c", "b", "a"],
    )  # fmt: skip
    assert table["strategy"].tolist() == ["a", "c", "b"]
    assert table["rank"].tolist() == [1.375, 2, 2.625]
    # p's medians are 1.5, 2 and 3.
    assert table["best"].tolist() == [2, 0, 0]
    assert table["problems"].tolist() == [2, 2, 2]
    # Resampling p's two repetitions gives a 1.5, 1.75 or 2 there, each with at least a quarter.
    assert (table["low"].iloc[0], table["high"].iloc[0]) == (1.25, 1.5)


def test_ties_everywhere_share_the_mean_rank_and_all_are_best(make_run, join):
    parts = [make_run([1.0], strategy=s, repetition=i) for s in "abc" for i in range(4)]
    table = leaderboard(finals(*join(*parts)), list("abc"))
    assert table["rank"].tolist() == table["low"].tolist() == table["high"].tolist() == [2, 2, 2]
    assert table["best"].tolist() == [1, 1, 1]


def test_a_strategy_without_runs_is_named_and_not_ranked(make_run, join):
    frame = finals(*join(make_run([1], strategy="a"), make_run([2], strategy="b", problem="q")))
    table = leaderboard(frame, ["a", "b", "c"])
    assert table["problems"].tolist() == [1, 1, 0]
    assert table["of"].tolist() == [2, 2, 2]
    assert table["strategy"].tolist() == ["a", "b", "c"]
    assert math.isnan(table["rank"].iloc[2])
    assert missing_cells(frame, ["a", "b", "c"], ["p", "q"]) == [
        ("b", "p"), ("c", "p"), ("a", "q"), ("c", "q"),
    ]  # fmt: skip


def test_a_repetition_is_ranked_once_all_strategies_have_ended_it(make_run, join):
    # In repetition 1 only b has ended; alone it would be the best of one.
    frame = finals(
        *join(
            make_run([1], strategy="a"),
            make_run([2], strategy="b"),
            make_run([0], strategy="a", repetition=1, budget=9, ended="unfinished"),
            make_run([3], strategy="b", repetition=1),
        )
    )
    table = leaderboard(frame, ["a", "b"])
    assert table["rank"].tolist() == [1, 2]
    assert unranked(frame) == {"p": 1}


def test_a_crash_is_ranked_as_the_worst_value(make_run, join):
    frame = finals(
        *join(
            make_run([1, 9], strategy="a"),
            make_run([], strategy="b", ended="crashed"),
            make_run([8], strategy="c"),
        )
    )
    assert leaderboard(frame, ["a", "b", "c"])["strategy"].tolist() == ["a", "c", "b"]
    assert unranked(frame) == {}


def test_a_problem_on_which_nothing_completed_ranks_nobody(make_run, join):
    frame = finals(*join(make_run([None], strategy="a"), make_run([None], strategy="b")))
    table = leaderboard(frame, ["a", "b"])
    assert table["rank"].isna().all()
    assert table["best"].tolist() == [0, 0]
    assert per_problem(frame)["median"].isna().all()


def test_results_depend_on_neither_the_order_of_rows_nor_the_time_of_day(make_run, join):
    rng = np.random.default_rng(1)
    parts = [make_run(rng.random(3), strategy=s, repetition=i) for s in "ab" for i in range(5)]
    trials, runs = join(*parts)
    once = finals(trials, runs)
    again = finals(trials.sample(frac=1, random_state=3), runs.sample(frac=1, random_state=4))
    assert again.equals(once)
    assert leaderboard(again, ["a", "b"]).equals(leaderboard(once, ["a", "b"]))
    assert per_problem(again).equals(per_problem(once))


def test_the_best_median_is_taken_over_the_repetitions_that_are_ranked(make_run, join):
    # In the only repetition both have ended b is better; its others must not count against it.
    runs = [make_run([0.1], strategy="a")]
    runs += [make_run([v], strategy="b", repetition=r) for r, v in enumerate([0.05, 5, 5, 5])]
    board = leaderboard(finals(*join(*runs)), ["a", "b"]).set_index("strategy")
    assert board["rank"].to_dict() == {"a": 2.0, "b": 1.0}
    assert board["best"].to_dict() == {"a": 0, "b": 1}
    assert unranked(finals(*join(*runs))) == {"p": 3}
