from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal
from scipy import stats

from bench.analysis.time.recommendation import COSTS, SHARES, recommendation
from bench.analysis.time.replay import at_deadline
from bench.inference.verdicts import verdicts
from bench.panels.panel import to_panels
from bench.panels.regret import Scale

SCALE = Scale(0.0, 1.0, "frozen")
NAMES = ["random", "slow", "quick"]


@pytest.fixture
def crossing(panel_of):
    """Slow takes 10 s of its own a trial and is the best from its second on; quick takes none.

    Within 10 trials of random search, which takes no time of its own either, slow has two of its
    own if 2 · (10 + c) ≤ 1.01 · 10 · c, which is from c = 20 / 8.1 on.
    """

    def crossing(repetitions=8):
        losses = np.full((3, repetitions, 10), 1.0)
        losses[1] = [0.9] + [0.1] * 9
        losses[2] = 0.5
        own = np.array([0.0, 10.0, 0.0])[:, None, None]
        return panel_of(losses, strategies=NAMES, own=own, scale=SCALE)

    return crossing


def flagged(frame, flag):
    """The strategies with a flag, of one cost and one share."""
    return frame.loc[frame[flag], "strategy"].tolist()


@pytest.mark.parametrize(("share", "cost"), [(1.0, 20 / 8.1), (0.5, 20 / 3.05)])
def test_the_cost_from_which_the_slow_strategy_is_recommended_by_hand(crossing, share, cost):
    for factor, wanted in ((0.999, ["quick"]), (1.001, ["slow"])):
        frame = recommendation([crossing()], [factor * cost], [share])
        assert flagged(frame, "recommended") == wanted


def test_what_each_has_reached_by_hand(crossing):
    frame = recommendation([crossing()], [0.5, 2.0, 4.0], [1.0]).set_index("strategy")
    # Slow is done after 10 s and more at each cost: after no, one and three of its trials.
    slow = frame.loc["slow"]
    assert slow["bounded"].tolist() == [1.0, 0.9, 0.1]
    assert_allclose(slow["budget_share"], [0, 0.1, 0.2])
    assert slow["empty_share"].tolist() == [1, 0, 0]
    assert frame["own_s"].tolist() == [0, 10, 0] * 3
    assert frame["n_trials_min"].eq(10).all()
    assert (frame["n_problems"].eq(1) & frame["n_repetitions"].eq(8)).all()
    assert frame.loc["slow", "difference"].tolist() == [0.5, pytest.approx(0.4), 0]
    # Eight repetitions on one side: 2 · 2⁻⁸, for three pairs; where two are equal for two of them.
    assert frame.loc["quick", "p_holm"].iloc[2] == pytest.approx(3 * 2 / 2**8)
    assert frame.loc["slow", "p_holm"].iloc[0] == pytest.approx(3 * 2 / 2**8)


def test_who_is_as_good_depends_on_the_repetitions(crossing):
    many = recommendation([crossing(8)], [60.0], [1.0])
    assert flagged(many, "as_good") == ["slow"]
    assert many["vs_random"].tolist() == ["", "better", "better"]
    # Six on one side have 2 · 2⁻⁶ = 0.031, for three pairs more than 0.05.
    few = recommendation([crossing(6)], [60.0], [1.0])
    assert flagged(few, "as_good") == NAMES
    assert few["vs_random"].tolist() == ["", "undecided", "undecided"]
    assert flagged(few, "recommended") == ["slow"]


def test_a_single_repetition_is_not_tested_and_has_no_interval(crossing):
    frame = recommendation([crossing(1)], [60.0], [1.0])
    assert flagged(frame, "recommended") == ["slow"]
    assert flagged(frame, "as_good") == NAMES
    assert frame[["low", "high", "p_holm"]].isna().all(axis=None)
    assert frame["vs_random"].tolist() == [""] * 3


def test_the_simplest_takes_least_of_its_own_and_is_no_worse_than_random(panel_of):
    # Six repetitions decide nothing between four strategies; a grid is behind and takes no time.
    losses = np.array([0.5, 0.9, 0.4, 0.3])[:, None, None] * np.ones((4, 6, 2))
    own = np.array([0.01, 0.0, 0.002, 0.1])[:, None, None]
    names = ["random", "grid", "sobol", "gp"]
    frame = recommendation([panel_of(losses, strategies=names, own=own, scale=SCALE)], [60.0])
    whole = frame[frame["share"] == 1]
    assert flagged(whole, "as_good") == names
    assert flagged(whole, "simplest") == ["sobol"]
    # Random is behind sobol in both; the others are each the best in one or between.
    assert flagged(whole, "pareto") == ["grid", "sobol", "gp"]


def test_ties_are_all_recommended(panel_of):
    losses = [[[1, 1]] * 9, [[0.5, 0.2]] * 9, [[0.2, 0.2]] * 9]
    panel = panel_of(losses, strategies=["random", "a", "b"], own=0, scale=SCALE)
    whole = recommendation([panel], [1.0], [1.0])
    assert flagged(whole, "recommended") == ["a", "b"]
    assert whole["difference"].tolist() == [0.8, 0, 0]
    half = recommendation([panel], [1.0], [0.5])
    assert flagged(half, "recommended") == ["b"]


def test_rounding_breaks_no_tie(panel_of):
    losses = [[[1.0]] * 3, [[0.1 + 0.2]] * 3, [[0.3]] * 3]
    panel = panel_of(losses, strategies=["random", "a", "b"], own=0, scale=SCALE)
    assert flagged(recommendation([panel], [1.0]), "recommended") == ["a", "b"]


def random_panels(panel_of, repetitions=10, **given):
    """Two problems with draws below 1, so that bounded regret is regret."""
    rng = np.random.default_rng(21)
    centres = np.array([0.6, 0.31, 0.3])[:, None, None]
    return [
        panel_of(
            centres + 0.3 * rng.random((3, repetitions, 8)),
            strategies=["random", "a", "b"],
            own=np.array([0.0, 0.5, 2.0])[:, None, None],
            problem=problem,
            scale=SCALE,
            **given,
        )
        for problem in ("p", "q")
    ]


def test_the_whole_budget_is_that_of_the_replay(panel_of):
    panels = random_panels(panel_of)
    for cost in COSTS:
        frame = recommendation(panels, [cost], [1.0])
        replayed = at_deadline(panels, cost=cost)
        columns = ["strategy", "low", "high", "budget_share", "n_problems"]
        assert_frame_equal(frame[columns], replayed[columns])
        assert_allclose(frame["regret"], replayed["regret"])
        assert_allclose(frame["bounded"], frame["regret"])


def test_the_test_is_students_with_holm(panel_of):
    panel, _ = random_panels(panel_of)
    frame = recommendation([panel], [1e6], [1.0]).set_index("strategy")
    ends = dict(zip(panel.strategies, panel.regret[..., -1], strict=True))
    pairs = [("random", "a"), ("random", "b"), ("a", "b")]
    p = {pair: stats.ttest_rel(*(ends[name] for name in pair)).pvalue for pair in pairs}
    floors = {pair: max(value, 2 / 2**10) for pair, value in p.items()}
    ordered, held = sorted(pairs, key=floors.__getitem__), 0.0
    adjusted = {}
    for place, pair in enumerate(ordered):
        held = max(held, min(1.0, (3 - place) * floors[pair]))
        adjusted[pair] = held
    (best,) = frame.index[frame["recommended"]]
    for pair, value in adjusted.items():
        if best in pair:
            (other,) = set(pair) - {best}
            assert frame.loc[other, "p_holm"] == pytest.approx(value)


def test_of_expensive_evaluations_it_is_what_the_verdicts_say(panel_of):
    panels = random_panels(panel_of)
    frame = recommendation(panels, [1e6], [1.0]).set_index("strategy")
    (best,) = frame.index[frame["recommended"]]
    table = verdicts(panels, rope=0.0)
    for row in table[(table["a"] == best) | (table["b"] == best)].itertuples():
        other = row.b if row.a == best else row.a
        assert frame.loc[other, "p_holm"] == pytest.approx(row.p_holm)
        assert frame.loc[other, "as_good"] == (row.verdict == "undecided")
    assert set(table["verdict"]) == {"undecided", "worse"}


def test_with_longer_evaluations_every_strategy_gets_further_and_the_best_by_trials_wins(panel_of):
    panels = random_panels(panel_of)
    frame = recommendation(panels, np.geomspace(1e-3, 1e5, 25).tolist(), SHARES)
    for _, part in frame.groupby(["share", "strategy"]):
        assert (np.diff(part["regret"]) <= 0).all()
        assert (np.diff(part["budget_share"]) >= 0).all()
    last = frame[frame["evaluation_s"] == 1e5]
    for share, part in last.groupby("share"):
        ends = np.mean([p.regret[..., int(8 * share) - 1].mean(axis=1) for p in panels], axis=0)
        assert_allclose(part["regret"], ends)
        assert flagged(part, "recommended") == [part["strategy"].iloc[int(ends.argmin())]]


def test_the_order_of_rows_changes_nothing(make_run, join):
    rng = np.random.default_rng(5)
    names = ["random", "tpe", "gp"]
    runs = [
        make_run(rng.random(6).tolist(), strategy=name, problem=problem, repetition=r, ask=0.3)
        for name in names
        for problem in ("p", "q")
        for r in range(3)
    ]

    def found(frames):
        return recommendation(to_panels(*frames, strategies=names, problems=["p", "q"]))

    usual, back = join(*runs), join(*reversed(runs))
    shuffled = tuple(part.sample(frac=1, random_state=3).reset_index(drop=True) for part in usual)
    assert_frame_equal(found(usual), found(back))
    assert_frame_equal(found(usual), found(shuffled))


def test_what_has_nothing_counts_as_the_worst_value_which_is_bounded(panel_of):
    losses = [[[9, 0.5]] * 2, [[0.2, 0.1]] * 2]
    own = np.array([0.0, 100.0])[:, None, None]
    panel = panel_of(losses, strategies=["random", "gp"], own=own, scale=SCALE)
    row = recommendation([panel], [1.0], [1.0]).set_index("strategy").loc["gp"]
    assert (row["regret"], row["empty_share"]) == (9, 1)
    assert row["bounded"] == pytest.approx(2 - 1 / 9)


def test_a_trial_that_failed_is_none_to_show(panel_of):
    losses = [[[1, 1]] * 2, [[np.nan, 0.1], [0.3, 0.1]]]
    panel = panel_of(losses, strategies=["random", "gp"], own=0, scale=SCALE)
    frame = recommendation([panel], [1.0], [0.5, 1.0]).set_index("strategy")
    assert frame.loc["gp", "empty_share"].tolist() == [0.5, 0]


def test_a_strategy_that_lacks_a_problem_is_not_compared(panel_of):
    names = ["random", "a", "b"]
    one = panel_of([[[1]] * 9, [[0.5]] * 9, [[0.1]] * 9], strategies=names, own=0, scale=SCALE)
    gone = [(2, r) for r in range(9)]
    two = panel_of(
        [[[1]] * 9, [[0.5]] * 9, [[0.1]] * 9],
        strategies=names, own=0, scale=SCALE, problem="q", missing=gone,
    )  # fmt: skip
    frame = recommendation([one, two], [1.0])
    assert flagged(frame, "recommended") == ["a"]
    left = frame.set_index("strategy").loc["b"]
    assert not left[["recommended", "as_good", "simplest", "pareto"]].any()
    assert left["n_problems"] == 1
    assert np.isnan(left["p_holm"])


def test_shares_are_rounded_and_those_that_come_to_the_same_are_one(panel_of):
    (five, _), (one,) = (
        [panel_of(np.ones((2, 2, t)), strategies=["random", "a"], problem=f"p{k}", scale=SCALE)
         for k in range(n)]
        for t, n in ((5, 2), (1, 1))
    )  # fmt: skip
    frame = recommendation([five], [1.0])
    assert frame["n_trials_max"].unique().tolist() == [1, 3, 5]
    assert recommendation([one], [1.0])["share"].unique().tolist() == [1.0]
    both = recommendation([five, replace(one, problem="q")], [1.0])
    assert both[["n_trials_min", "n_trials_max"]].drop_duplicates().to_numpy().tolist() == [
        [1, 1], [1, 3], [1, 5],
    ]  # fmt: skip


def test_without_random_the_fastest_sets_the_deadline(panel_of):
    own = np.array([1.0, 0.0])[:, None, None]
    losses = [[[0.1, 0.1]] * 2, [[0.9, 1]] * 2]
    panel = panel_of(losses, strategies=["gp", "a"], own=own, scale=SCALE)
    frame = recommendation([panel], [1.0, 1000.0], [0.5])
    assert frame["recommended"].tolist() == [False, True, True, False]
    assert set(frame["vs_random"]) == {""}


def test_of_runs_side_by_side_nothing_is_known_for_another_cost(panel_of):
    panel = panel_of([[[1, 1]] * 2, [[0.1, 0.1]] * 2], strategies=["random", "a"], scale=SCALE)
    frame = recommendation([replace(panel, finished=np.ones(panel.loss.shape))], [1.0])
    assert frame["bounded"].isna().all()
    assert not frame[["recommended", "as_good", "simplest", "pareto"]].any(axis=None)


def test_nothing_at_all():
    frame = recommendation([])
    assert frame.empty
    assert "recommended" in frame


def test_with_different_repetitions_each_two_are_compared_on_those_both_have(panel_of):
    # In the first two repetitions, which are easy, tpe is ahead of gp, which has no other.
    losses = np.array([[0.6, 0.6, 0.9, 0.9], [0.2, 0.3, 0.6, 0.7], [0.3, 0.4, 0.5, 0.5]])[..., None]
    panel = panel_of(
        losses, strategies=["random", "tpe", "gp"], own=0, scale=SCALE, missing=[(2, 2), (2, 3)]
    )
    frame = recommendation([panel], [1.0]).set_index("strategy")
    assert_allclose(frame["bounded"], [0.75, 0.45, 0.35])
    assert frame["n_repetitions"].to_dict() == {"random": 4, "tpe": 4, "gp": 2}
    assert flagged(frame.reset_index(), "recommended") == ["tpe"]
    # (0.4 + 0.3) / 2 and (0.3 + 0.3 + 0.3 + 0.2) / 4 behind it.
    assert_allclose(frame["difference"], [0.3, 0, 0.1])
    assert flagged(frame.reset_index(), "pareto") == ["tpe"]


def test_a_strategy_that_has_no_repetition_in_common_with_any_is_not_recommended(panel_of):
    losses = np.array([[0.6, 0.6, 0.9, 0.9], [0.2, 0.3, 0.6, 0.7], [0.3, 0.4, 0.1, 0.1]])[..., None]
    gone = [(0, 2), (0, 3), (1, 2), (1, 3), (2, 0), (2, 1)]
    panel = panel_of(
        losses, strategies=["random", "a", "alone"], own=0, scale=SCALE, missing=gone
    )  # fmt: skip
    frame = recommendation([panel], [1.0])
    assert flagged(frame, "recommended") == ["a"]
    assert not frame.set_index("strategy").loc["alone", ["as_good", "simplest", "pareto"]].any()


def test_random_search_without_a_repetition_in_common_sets_no_limit(panel_of):
    losses = np.array([[0.6] * 4, [0.2] * 4, [0.3] * 4])[..., None]
    gone = [(0, 0), (0, 1), (1, 2), (1, 3), (2, 2), (2, 3)]
    panel = panel_of(
        losses, strategies=["random", "a", "b"], own=0, scale=SCALE, missing=gone
    )  # fmt: skip
    frame = recommendation([panel], [1.0])
    assert flagged(frame, "recommended") == ["a"]
    assert flagged(frame, "simplest") == ["a", "b"]
