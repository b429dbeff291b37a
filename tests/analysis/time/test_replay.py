import heapq

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from bench.analysis.time.replay import at_deadline, sets_deadline
from bench.panels.clock import finish_times
from bench.panels.panel import to_panels
from bench.panels.regret import Scale

NAN, INF = np.nan, np.inf
SCALE = Scale(0.0, 1.0, "frozen")


def test_one_worker_at_the_recorded_cost_is_the_recorded_clock(panel_of):
    rng = np.random.default_rng(11)
    panel = panel_of(rng.random((2, 3, 5)), cost=rng.random((2, 3, 5)), own=rng.random((2, 3, 5)))
    assert_allclose(finish_times(panel), (panel.own + panel.cost).cumsum(axis=2))
    free = finish_times(panel, cost=0)
    assert_allclose(free, panel.own.cumsum(axis=2))


def test_two_workers_by_hand(panel_of):
    panel = panel_of([[[1, 1, 1, 1, INF]]], cost=[[[10, 2, 3, 1, 0]]], own=1)
    # Asked until 1, 2, 5 and 9: the second worker is free at 4, then at 8, then at 10.
    assert finish_times(panel, workers=2)[0, 0].tolist() == [11, 4, 8, 10, INF]
    assert finish_times(panel, workers=9)[0, 0].tolist() == [11, 4, 6, 5, INF]
    # Constant costs: pairs, apart by what the strategy takes.
    assert finish_times(panel, cost=4, workers=2)[0, 0].tolist() == [5, 6, 10, 11, INF]


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_the_schedule_equals_a_simulation(panel_of, workers):
    rng = np.random.default_rng(12)
    cost, own = rng.random((2, 2, 3, 20))
    panel = panel_of(np.ones((2, 3, 20)), cost=cost, own=own * 0.1)
    found = finish_times(panel, workers=workers)
    for s, r in np.ndindex(2, 3):
        free, ready = [0.0] * workers, 0.0
        for t in range(20):
            ready = max(ready, heapq.heappop(free)) + panel.own[s, r, t]
            heapq.heappush(free, ready + cost[s, r, t])
            assert found[s, r, t] == pytest.approx(ready + cost[s, r, t])


def reached(panels, **given):
    frame = at_deadline(panels, **given).set_index("strategy")
    return frame["regret"].to_dict(), frame["budget_share"].to_dict()


def test_the_deadline_by_hand(panel_of):
    # Random is done after 4 s, wise then with 3 of its 4 trials, whose own second each takes.
    own = np.array([0.0, 1 / 3])[:, None, None]
    losses = [[[4, 3, 2, 1]], [[5, 2, 0.5, 0]]]
    panel = panel_of(losses, strategies=["random", "wise"], own=own, cost=1, scale=SCALE)
    assert reached([panel]) == ({"random": 1, "wise": 0.5}, {"random": 1, "wise": 0.75})
    # Where an evaluation takes long the third of a second does not matter, within a hundredth.
    assert reached([panel], cost=40) == ({"random": 1, "wise": 0}, {"random": 1, "wise": 1})
    # Where it takes nothing random is done at once, and the other one has the worst value.
    assert reached([panel], cost=0) == ({"random": 1, "wise": 5}, {"random": 1, "wise": 0})


def test_it_is_the_best_of_the_trials_finished_not_of_the_first_ones(panel_of):
    # Two workers: random is done after 8 s; the other's trials end after 20, 1 and 2 s.
    panel = panel_of(
        [[[9, 9, 9]], [[1, 5, 3]]], strategies=["random", "other"],
        cost=[[[5, 8, 3]], [[20, 1, 1]]], own=0, scale=SCALE,
    )  # fmt: skip
    assert reached([panel], workers=2) == ({"random": 9, "other": 3}, {"random": 1, "other": 2 / 3})


def test_a_set_has_the_expectation_for_as_many_points_as_are_finished(panel_of):
    panel = panel_of(
        [[[9, 9]], [[1, 5]]], strategies=["random", "grid"], unordered=["grid"], own=0,
        cost=[[[1, 1]], [[2, 2]]], scale=SCALE,
    )  # fmt: skip
    regret, _ = reached([panel])
    assert regret["grid"] == pytest.approx(3)


def test_each_repetition_has_its_own_deadline_and_problems_weigh_the_same(panel_of):
    own = [[[0.0] * 2] * 2, [[1.0] * 2] * 2]
    losses = [[[9, 9], [9, 9]], [[4, 2], [4, 2]]]
    cost = [[[1, 1], [9, 9]], [[1, 1], [1, 1]]]
    one = panel_of(losses, strategies=["random", "b"], own=own, cost=cost, scale=SCALE)
    # One of two trials, 4, within 2 s; both, 2, within 18 s.
    assert reached([one])[0]["b"] == 3
    other = panel_of([[[0, 0]], [[1, 1]]], strategies=["random", "b"], problem="q", scale=SCALE)
    assert reached([one, other])[0]["b"] == 2


def test_without_random_whoever_uses_the_budget_first_sets_it(panel_of):
    losses = [[[4, 2, 1]], [[3, INF, INF]], [[5, 4, 3]], [[NAN, INF, INF]]]
    own = np.array([1.0, 0.0, 0.0, 0.0])[:, None, None]
    panel = panel_of(
        losses, strategies=["slow", "once", "quick", "bad"], own=own, cost=1, scale=SCALE
    )
    # Quick is done after 3 s; the one trial of once, and what failed, are no budget.
    regret, share = reached([panel])
    assert regret == {"slow": 4, "once": 3, "quick": 3, "bad": 5}
    assert share["slow"] == pytest.approx(1 / 3)


def test_random_sets_it_where_it_has_fewer_trials_than_others(panel_of):
    # Random has two trials and is done after 2 s; the other one, quicker, after 1.5 s.
    losses = [[[4, 3, INF]], [[5, 2, 1]]]
    cost = [[[1, 1, 0]], [[0.5, 0.5, 0.5]]]
    panel = panel_of(losses, strategies=["random", "b"], own=0, cost=cost, scale=SCALE)
    assert reached([panel])[0] == {"random": 3, "b": 1}


def test_without_random_each_repetition_has_its_own(panel_of):
    # Quick is done after 2 s, and 200 s where an evaluation takes so long.
    losses = [[[5, 4], [5, 4]], [[3, 1], [3, 1]]]
    cost = [[[1, 1], [100, 100]], [[1.5, 1.5], [100, 100]]]
    panel = panel_of(losses, strategies=["quick", "slow"], own=0, cost=cost, scale=SCALE)
    assert reached([panel])[0] == {"quick": 4, "slow": 2}


def test_a_run_that_broke_at_once_ends_nobody_elses_time(panel_of):
    losses = [[[1, 1], [INF, INF]], [[3, 2], [3, 2]]]
    panel = panel_of(losses, strategies=["random", "b"], own=0, cost=1, scale=SCALE)
    assert reached([panel])[0]["b"] == 2


def test_its_interval_is_that_of_a_mean_of_repetitions(panel_of):
    panel = panel_of([[[1, 1], [3, 3]]], strategies=["random"], own=0, cost=1, scale=SCALE)
    row = at_deadline([panel]).iloc[0]
    # The mean of 1 and 3 has a standard error of 1 with one degree of freedom. Regret is 0 or more.
    half = stats.t.ppf(0.975, 1)
    assert_allclose([row["regret"], row["low"], row["high"]], [2, 0, 2 + half])


def test_those_repetitions_count_that_a_strategy_has(panel_of):
    losses = [[[1, 1], [3, 3]], [[2, 2], [2, 2]]]
    panel = panel_of(losses, strategies=["random", "b"], missing=[(1, 1)], own=0, scale=SCALE)
    assert reached([panel])[0] == {"random": 2, "b": 2}


def test_missing_cells_and_nothing_at_all(panel_of):
    losses = [[[4, 2]], [[1, 1]]]
    panel = panel_of(losses, strategies=["random", "b"], missing=[(1, 0)], scale=SCALE)
    frame = at_deadline([panel]).set_index("strategy")
    assert np.isnan(frame.loc["b", "regret"])
    assert frame["n_problems"].to_dict() == {"random": 1, "b": 0}
    assert at_deadline([]).empty


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"cost": -1}])
def test_what_makes_no_sense_is_refused(panel_of, wrong):
    with pytest.raises(ValueError, match="not negative"):
        finish_times(panel_of([[[1]]]), **wrong)


def test_more_workers_than_trials_change_nothing(panel_of):
    panel = panel_of([[[1.0, 2.0, 3.0]]])
    many = finish_times(panel, workers=10**12)
    assert_array_equal(many, finish_times(panel, workers=3))


def test_cheaper_evaluations_take_their_share_of_the_time(make_run, join):
    thirds = make_run([9, 8, 7, 2], strategy="halving", fidelities=[1 / 3] * 3 + [1], budget=2)
    trials, runs = join(thirds, make_run([5, 4]))
    names = ["random", "halving"]
    (panel,) = to_panels(
        trials, runs, strategies=names, problems=["p"], scales={"p": Scale(0.0, 1.0, "frozen")}
    )
    # Half a second of its own a trial: 3 · .5 + 3 · (10 / 3), then .5 + 10.
    assert_allclose(finish_times(panel, cost=10)[:, 0], [[10.5, 21], [11.5, 22]])
    # A second as recorded, however cheap.
    assert_allclose(finish_times(panel)[:, 0], [[1.5, 3], [4.5, 6]])
    assert reached([panel], cost=1000)[0] == {"random": 4, "halving": 2}
    assert reached([panel], cost=10)[1] == {"random": 1, "halving": 0.5}


def test_cheaper_evaluations_on_several_workers_are_not_reported(make_run, join):
    cheap = make_run([9, 8, 2], strategy="halving", fidelities=[0.5, 0.5, 1], budget=2)
    trials, runs = join(cheap, make_run([5, 4], strategy="tpe"))
    (panel,) = to_panels(
        trials, runs, strategies=["halving", "tpe"], problems=["p"],
        scales={"p": Scale(0.0, 1.0, "frozen")},
    )  # fmt: skip
    assert np.isnan(finish_times(panel, workers=2)[0]).all()
    frame = at_deadline([panel], workers=2).set_index("strategy")
    assert np.isnan(frame.loc["halving", "regret"])
    assert (frame.loc["tpe", "regret"], frame.loc["tpe", "budget_share"]) == (4, 1)
    assert frame["n_problems"].to_dict() == {"halving": 0, "tpe": 1}


def test_whose_times_are_not_known_sets_nobodys_deadline(make_run, join):
    # It spends the most, but with two workers nobody knows when; b is the one that got farthest.
    cheap = make_run([9, 8, 2], strategy="halving", fidelities=[0.5, 0.5, 1], budget=6)
    late = make_run([7, 6, 5], strategy="a", budget=6)
    later = make_run([7, 6, 1, 1], strategy="b", budget=6)
    trials, runs = join(cheap, late, later)
    (panel,) = to_panels(trials, runs, strategies=["halving", "a", "b"], problems=["p"])
    frame = at_deadline([panel], cost=1.0, workers=2).set_index("strategy")
    # Four of its six evaluations in two seconds, and the other three.
    assert frame.loc["b", "budget_share"] == pytest.approx(4 / 6)
    assert frame.loc["a", "budget_share"] == pytest.approx(3 / 6)
    assert np.isnan(frame.loc["halving", "regret"])


def test_random_search_with_several_workers_sets_no_deadline(make_run, join):
    values = {"random": [4.0, 1.0], "slow": [5.0, 3.0], "quick": [6.0, 2.0]}
    runs = {name: make_run(found, strategy=name, ask=0, tell=0) for name, found in values.items()}
    trials = runs["random"][0].assign(finished_s=[1.0, 1.0], worker=[0, 1])
    slow = runs["slow"][0].assign(evaluation_s=2.0, finished_s=[2.0, 4.0], worker=0)
    quick = runs["quick"][0].assign(finished_s=[1.0, 2.0], worker=0)
    given = join((trials, runs["random"][1]), (slow, runs["slow"][1]), (quick, runs["quick"][1]))
    (panel,) = to_panels(
        *given, strategies=list(values), problems=["p"], scales={"p": Scale(0.0, 1.0, "frozen")}
    )
    assert not sets_deadline(panel)
    # As recorded it is done first, as any other strategy could be; at another cost quick is.
    assert reached([panel])[0] == {"random": 1, "slow": 6, "quick": 6}
    again = reached([panel], cost=3)[0]
    assert np.isnan(again.pop("random"))
    assert again == {"slow": 3, "quick": 2}
