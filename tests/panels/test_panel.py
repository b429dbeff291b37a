import dataclasses
import itertools
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.panels.clock import finish_times
from bench.panels.panel import COUNTED_OUT, Panel, order_weights, to_panels
from bench.panels.regret import Scale

NAN = math.nan


def panels(frames, **options):
    trials, runs = frames
    options.setdefault("strategies", sorted(runs["strategy"].unique()))
    options.setdefault("problems", sorted(runs["problem"].unique()))
    return to_panels(trials, runs, **options)


def panel(frames, **options):
    (found,) = panels(frames, **options)
    return found


@pytest.mark.parametrize(
    ("direction", "best", "test"),
    [
        ("minimize", [NAN, 5, 5, 3, 3, 3], [NAN, 50, 50, 31, 31, 31]),
        ("maximize", [NAN, 5, 7, 7, 7, 7], [NAN, 50, 70, 70, 70, 70]),
    ],
)
def test_the_incumbent_is_the_best_validation_value_the_earliest_on_ties(
    make_run, join, direction, best, test
):
    found = panel(
        join(make_run([None, 5, 7, 3, 3, 4], tests=[None, 50, 70, 31, 30, 1], direction=direction))
    )
    assert_array_equal(found.values(found.best)[0, 0], best)
    assert_array_equal(found.values(found.best_test)[0, 0], test)
    assert_array_equal(finish_times(found)[0, 0], [1.5, 3, 4.5, 6, 7.5, 9])
    assert found.used.tolist() == [[6]]
    assert found.failed.tolist() == [[1]]
    assert found.budget == 6


@pytest.mark.parametrize(("direction", "best"), [("minimize", 1), ("maximize", 5)])
def test_an_incumbent_is_never_picked_by_its_test_value(make_run, direction, best):
    found = panel(make_run([3, 1, 4, 1, 5], tests=[0, 9, 0, 1, 9], direction=direction))
    assert found.values(found.best)[0, 0, -1] == best
    assert found.values(found.best_test)[0, 0, -1] == 9


def test_an_incumbent_without_a_test_value_does_not_borrow_an_older_one(make_run):
    found = panel(make_run([5, 3, 4], tests=[50, None, 40]))
    assert_array_equal(found.best_test[0, 0], [50, NAN, NAN])


def test_each_run_has_its_own_place(make_run, join):
    found = panel(
        join(make_run([1, 2]), make_run([9, 8], repetition=3), make_run([4, 3], strategy="tpe")),
        strategies=["tpe", "random", "gp"],
    )
    assert found.repetitions.tolist() == [0, 3]
    assert_array_equal(found.ran, [[True, False], [True, True], [False, False]])
    assert_array_equal(found.best[0], [[4, 3], [NAN, NAN]])
    assert_array_equal(found.best[1], [[1, 1], [9, 8]])
    assert np.isnan(found.best[2]).all()
    assert np.isinf(finish_times(found)[0, 1]).all()


def test_a_run_that_ends_early_keeps_its_last_value(make_run, join):
    found = panel(join(make_run([5, 3], budget=4), make_run([9, 8, 7, 6], repetition=1)))
    assert_array_equal(found.best[0], [[5, 3, 3, 3], [9, 8, 7, 6]])
    assert_array_equal(finish_times(found)[0, 0], [1.5, 3, np.inf, np.inf])
    assert found.used.tolist() == [[2, 4]]


def test_an_exhausted_run_is_held_and_one_that_came_to_nothing_is_the_worst(make_run, join):
    found = panel(
        join(
            make_run([None, 4, 6], tests=[None, 7, 8], budget=5, ended="exhausted"),
            make_run([None, None], repetition=1, budget=5, ended="failed"),
            make_run([], repetition=2, budget=5, ended="crashed"),
            make_run([], repetition=3, budget=5, ended="skipped"),
            make_run([1], tests=[9], repetition=4, budget=5, ended="unfinished"),
        )
    )
    assert found.repetitions.tolist() == [0, 1, 2]
    assert_array_equal(found.best[0], [[NAN, 4, 4, 4, 4], [6] * 5, [6] * 5])
    assert_array_equal(found.best_test[0], [[NAN, 7, 7, 7, 7], [8] * 5, [8] * 5])
    assert found.used.tolist() == [[3, 2, 0]]
    assert found.failed.tolist() == [[1, 2, 0]]


def test_every_run_that_ended_counts(make_run, join):
    kinds = ["completed", "exhausted", "failed", "timeout", "crashed", "skipped", "unfinished"]
    parts = [make_run([4], repetition=place, ended=kind) for place, kind in enumerate(kinds)]
    assert panel(join(*parts)).repetitions.tolist() == [0, 1, 2, 3, 4]
    assert set(kinds[5:]) == set(COUNTED_OUT)


def test_what_a_trial_took(make_run):
    found = panel(make_run([5, None], cost=2, ask=0.5, tell=0.25, budget=3, ended="exhausted"))
    assert_array_equal(found.cost[0, 0], [2, 2, NAN])
    assert_array_equal(found.own[0, 0], [0.75, 0.75, NAN])


@pytest.mark.parametrize("ended", ["skipped", "unfinished"])
def test_runs_that_count_for_nothing(make_run, join, ended):
    found = panel(join(make_run([5, 3]), make_run([1, 1], repetition=1, ended=ended)))
    assert found.repetitions.tolist() == [0]
    assert found.worst == 5


def test_a_run_without_a_completed_trial_has_the_worst_completed_value(make_run, join):
    found = panel(
        join(
            make_run([5, 9], tests=[1, 2]),
            make_run([None, None], strategy="broken"),
            make_run([], strategy="crashed", budget=2, ended="crashed"),
        ),
        strategies=["random", "broken", "crashed"],
    )
    for s in (1, 2):
        assert_array_equal(found.best[s, 0], [9, 9])
        assert_array_equal(found.best_test[s, 0], [2, 2])
    assert found.failed[:, 0].tolist() == [0, 2, 0]


def test_the_worst_value_is_the_problems_own_in_its_direction(make_run, join):
    found = panels(
        join(
            make_run([1, 9, None], tests=[7, 3, None]),
            make_run([None], strategy="tpe"),
            make_run([0.2, 0.9], tests=[0.4, 0.3], problem="q", direction="maximize"),
            make_run([None], problem="q", strategy="tpe", direction="maximize"),
        ),
        strategies=["random", "tpe"],
    )
    assert [p.values(p.worst) for p in found] == [9, 0.2]
    assert [p.values(p.best)[1, 0, 0] for p in found] == [9, 0.2]
    assert [p.values(p.best_test)[1, 0, 0] for p in found] == [7, 0.3]


def test_a_problem_without_a_completed_trial_has_no_panel(make_run):
    assert panels(make_run([None, None])) == []


def test_less_than_full_fidelity_is_no_candidate_but_costs(make_run):
    found = panel(make_run([1, 4, 3], fidelities=[0.5, 1, 1]))
    assert_array_equal(found.best[0, 0], [NAN, 4, 3])
    assert_array_equal(finish_times(found)[0, 0], [1.5, 3, 4.5])
    assert found.failed.tolist() == [[0]]


def test_problems_come_in_the_order_that_is_wanted(make_run, join):
    frames = join(make_run([1], problem="a"), make_run([2], problem="b"))
    found = panels(frames, problems=["b", "x", "a"], datasets={"a": "wine"})
    assert [(p.problem, p.dataset, p.worst) for p in found] == [("b", "b", 2), ("a", "wine", 1)]


# --- sets


def test_the_expectation_over_orders_equals_the_published_oracle():
    curve = order_weights(8) @ np.array([1.0, 4, 9, 16, 25, 36, 49, 64])
    assert_allclose(curve[[0, 1, 2, 3, 7]], [25.5, 12, 6.75, 4.2, 1], rtol=1e-14)


def test_the_expectation_over_orders_equals_the_mean_over_all_orders():
    losses = np.array([3.0, -1, 7, 3, 0.5])
    orders = [np.minimum.accumulate(order) for order in itertools.permutations(losses)]
    assert_allclose(order_weights(5) @ np.sort(losses), np.mean(orders, axis=0), rtol=1e-13)


def test_the_expectation_over_orders_of_one_value():
    assert order_weights(1).tolist() == [[1]]
    assert_allclose(order_weights(3) @ np.array([4.0, 4, 4]), [4, 4, 4], rtol=1e-14)


def test_the_best_rank_of_a_large_set():
    # The best rank among n of N without replacement is (N + 1)/(n + 1) on average.
    exact = [float(Fraction(1201, n + 1)) for n in range(1, 1201)]
    assert_allclose(order_weights(1200) @ np.arange(1.0, 1201), exact, rtol=1e-9)


def test_the_weights_are_right_where_binomials_are_large():
    row = order_weights(1000)[499]
    for k in (1, 2, 100):
        exact = Fraction(math.comb(1000 - k, 499), math.comb(1000, 500))
        assert row[k - 1] == pytest.approx(float(exact), rel=1e-10)


def test_a_set_has_the_expectation_in_its_metrics_direction_held_to_the_end(make_run):
    values = [-64, -1, -36, -49, -4, -25, -9, -16]
    found = panel(make_run(values, direction="maximize", is_set=True, budget=10, ended="exhausted"))
    curve = found.values(found.best)[0, 0]
    assert_allclose(curve[[0, 1, 2, 3, 7]], [-25.5, -12, -6.75, -4.2, -1], rtol=1e-14)
    assert_array_equal(curve[7:], [curve[7]] * 3)


def test_a_failed_draw_of_a_set_counts_as_its_own_worst_value(make_run):
    found = panel(make_run([2, None, 8], is_set=True))
    # Draws 2, 8 and 8: (2 + 8 + 8)/3, then two of three pairs hold the 2.
    assert_allclose(found.best[0, 0], [6, 4, 2], rtol=1e-14)


def test_a_set_counts_in_no_order_and_its_failures_as_the_worst_of_the_problem(make_run, join):
    found = panel(
        join(
            make_run([None, 2], tests=[None, 5], strategy="grid", is_set=True, budget=3),
            make_run([8, 1, 1], tests=[6, 4, 4]),
        ),
        strategies=["grid", "random"],
    )
    # Failing first: the worst, 8, and then 2; the other way 2 at once.
    assert_allclose(found.best[0, 0], [5, 2, 2])
    assert_allclose(found.best_test[0, 0], [5.5, 5, 5])
    assert_array_equal(found.best[1, 0], [8, 1, 1])
    assert found.sets == {"grid"}


# --- regret


def with_optimum(frames, optima):
    trials, runs = frames
    return trials, runs.assign(optimum=runs["repetition"].map(optima))


def test_regret_by_a_recorded_optimum_and_a_frozen_median(make_run, join):
    frames = join(
        make_run([None, 8, 5], direction="maximize"),
        make_run([1, 2, 20], direction="maximize", repetition=1),
    )
    found = panel(
        with_optimum(frames, {0: 10, 1: 20}),
        scales={"p": Scale(None, {0: 6, 1: 10}, "exact")},
    )
    # (10 − 8) / (10 − 6); before the first completed trial the worst completed value, 1.
    assert_allclose(found.regret[0], [[9 / 4, 0.5, 0.5], [1.9, 1.8, 0]])
    assert_array_equal(found.values(found.optimum), [10, 20])
    assert found.source == "the known optimum; exact"


@pytest.mark.usefixtures("few_draws_will_do")
def test_an_optimum_that_is_not_known_in_each_repetition_is_not_used(make_run, join):
    frames = join(
        make_run([0.8], direction="maximize"), make_run([0.7], direction="maximize", repetition=1)
    )
    found = panel(with_optimum(frames, {0: 0.85, 1: NAN}))
    assert found.source == "the best value of this sweep; the median trial of random"
    assert_allclose(found.values(found.optimum), [0.8, 0.8])
    assert_allclose(found.regret[0], [[0], [2]])


def test_regret_by_a_frozen_best_value_may_be_negative(make_run):
    found = panel(make_run([4, 1]), scales={"p": Scale(2.0, 6.0, "frozen")})
    assert_allclose(found.regret[0, 0], [0.5, -0.25])
    assert found.source == "frozen"


@pytest.mark.usefixtures("few_draws_will_do")
def test_without_a_record_random_gives_the_median_and_the_sweep_the_best(make_run, join):
    parts = [make_run([8, 4, 6]), make_run([1, 1, 3], strategy="tpe")]
    found = panel(join(*parts), strategies=["random", "tpe"])
    assert_allclose(found.regret[0, 0], [7 / 5, 3 / 5, 3 / 5])
    assert_allclose(found.regret[1, 0], [0, 0, 0])
    assert found.source == "the best value of this sweep; the median trial of random"


@pytest.mark.usefixtures("few_draws_will_do")
def test_without_random_all_first_trials_give_the_median(make_run, join):
    frames = join(
        make_run([8, 2], strategy="a"), make_run([6, 2], strategy="b"),
        make_run([4, 2], strategy="c"),
    )  # fmt: skip
    found = panel(frames)
    assert_allclose(found.regret[:, 0, 0], [1.5, 1, 0.5])
    assert found.source.endswith("the median of the first trials of all strategies")


def test_another_strategy_changes_nobodys_regret_where_the_scale_is_frozen(make_run, join):
    scales = {"p": Scale(0.0, 6.0, "frozen")}
    few, many = [make_run([4, 3])], [make_run([4, 3]), make_run([0, -9], strategy="z")]
    alone, beside = panel(join(*few), scales=scales), panel(join(*many), scales=scales)
    assert_array_equal(alone.regret[0], beside.regret[0])


def test_where_all_values_are_the_same_regret_is_zero(make_run, join):
    found = panel(join(make_run([3, 3]), make_run([3, 3], strategy="tpe")))
    assert (found.regret == 0).all()


def test_the_order_of_rows_and_their_kind_of_column_do_not_matter(make_run, join):
    parts = [make_run([3, 1], problem=p, strategy=s) for p in "ab" for s in "xy"]
    plain = panels(join(*parts))
    trials, runs = join(*parts[::-1])
    kinds = {"strategy": "category", "problem": "category"}
    for one, two in zip(plain, panels((trials.astype(kinds), runs.astype(kinds))), strict=True):
        assert_array_equal(one.best, two.best)
        assert isinstance(two.problem, str)


def test_rows_may_come_in_any_order(make_run, join):
    rng = np.random.default_rng(3)
    parts = [
        make_run(
            [None if v < 0.2 else v for v in rng.random(6).tolist()],
            tests=rng.random(6).tolist(), strategy=s, repetition=r, is_set=s == "grid",
            cost=float(rng.random()),
        )
        for s in ("grid", "random") for r in range(5)
    ]  # fmt: skip
    trials, runs = join(*parts)
    one = panel((trials, runs))
    two = panel((trials.sample(frac=1, random_state=1), runs.sample(frac=1, random_state=2)))
    for field in dataclasses.fields(Panel):
        assert_array_equal(getattr(one, field.name), getattr(two, field.name))


def test_runs_without_any_row_of_trials(make_run):
    trials, runs = make_run([], budget=2, ended="crashed")
    assert panels((trials, runs)) == []
    assert panels((trials, pd.DataFrame(runs.iloc[:0])), problems=["p"]) == []


@pytest.mark.parametrize("kind", ["object", "str", "category"])
def test_trials_of_an_unknown_strategy_or_of_none_are_in_no_place(make_run, join, kind):
    trials, runs = join(make_run([5, 3], strategy="a"), make_run([4, None], strategy="b"))
    other = make_run([1, 1], strategy="zzz")[0]
    nameless = make_run([0, 0])[0].assign(strategy=None)
    frame = pd.concat([nameless, trials, other], ignore_index=True).astype({"strategy": kind})
    found = panel((frame, runs), strategies=["a", "b"])
    assert found.used.tolist() == [[2], [2]]
    assert found.failed.tolist() == [[0], [1]]
    assert_array_equal(found.best[:, 0], [[5, 3], [4, 4]])


def test_what_misses_the_optimum_by_rounding_is_at_it_and_a_small_regret_is_none(panel_of):
    third = [[[0.1 + 0.2, 0.3 + 1e-9]], [[0.3, 0.3]]]
    rounded = panel_of(third, optimum=0.3, scale=Scale(None, 1.3, "given")).regret
    assert rounded[0, 0, 0] == rounded[1, 0, 0] == 0
    # An optimum of 0 can be approached as closely as numbers go.
    tiny = panel_of([[[1e-200, 1e-200]]], optimum=0.0, scale=Scale(None, 1.0, "given")).regret
    assert tiny[0, 0, 0] == 1e-200
    near = panel_of([[[0.3 + 1e-9, 1.0]]], optimum=0.3, scale=Scale(None, 1.3, "given")).regret
    assert near[0, 0, 0] == pytest.approx(1e-9, rel=1e-6)


@pytest.mark.usefixtures("few_draws_will_do")
def test_distances_are_pooled_where_optima_differ(panel_of):
    # The median of 1, 2, 3 and 101, 102, 109 is 52, which is no draw's loss in either repetition.
    losses = [[[1, 2, 3], [101, 102, 109]], [[0.5, 9, 9], [100, 109, 109]]]
    panel = panel_of(losses, strategies=["random", "tpe"], optimum=[0, 100])
    # Distances are 1, 2, 3, 1, 2, 9.
    assert panel.typical.tolist() == [2, 102]
    assert panel.regret[..., -1].tolist() == [[0.5, 0.5], [0.25, 0]]
    without = panel_of(losses, strategies=["gp", "tpe"], optimum=[0, 100])
    # First trials: 1, 1, 0.5, 0.
    assert without.typical.tolist() == [0.75, 100.75]
    up = panel_of(losses, strategies=["random", "tpe"], optimum=[0, -100], direction="maximize")
    assert up.typical.tolist() == [2, 102]


@pytest.mark.parametrize(
    ("optimum", "scaled"),
    [([0.0, 0.0], [True, True]), ([2.0, 1.0], [False, True]), (3.0, [False] * 2)],
)
def test_where_there_is_no_scale_is_told(panel_of, optimum, scaled):
    panel = panel_of(np.full((1, 2, 1), 5.0), optimum=optimum, scale=Scale(None, 2.0, "frozen"))
    assert panel.scaled.tolist() == scaled
    plain = panel.best[0, :, 0] - panel.optimum
    assert_array_equal(panel.regret[0, ~panel.scaled, 0], plain[~panel.scaled])


def test_rounding_is_no_scale(panel_of):
    # 0.1 + 0.2 is no worse than 0.3, so there is nothing to divide by.
    panel = panel_of([[[0.1 + 0.2] * 3], [[0.3, 0.3, 0.32]]], strategies=["random", "mine"])
    assert not panel.scaled.any()
    assert panel.regret.max() < 0.03


def test_regret_after_some_trials_by_hand(panels_of):
    p, q = panels_of({"p": [[[5, 3, 4]], [[NAN, 7, 6]]], "q": [[[2]], [[1]]]})
    assert_array_equal(p.regret_after(), [[3], [6]])
    # A failed first trial leaves the worst completed loss; q has a budget of one.
    assert_array_equal(p.regret_after(1), [[5], [7]])
    assert_array_equal(p.regret_after(2), [[3], [7]])
    assert_array_equal(q.regret_after(), [[2], [1]])
    assert_array_equal(q.regret_after(1), [[2], [1]])
    assert_array_equal(q.regret_after(2), [[NAN], [NAN]])
    with pytest.raises(ValueError, match="at least 1, not 0"):
        p.regret_after(0)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_a_panel_knows_the_direction_of_its_metric(panel_of, direction):
    assert panel_of([[[1.0]]], direction=direction).direction == direction


# --- cheaper evaluations: a trial counts by its share of a full one

NINTHS = [1 / 9] * 9 + [1 / 3] * 3 + [1.0]


def test_a_full_evaluation_after_many_cheap_ones_has_its_place_on_the_budget(make_run):
    values = [*range(100, 112), 7, *range(200, 212), 5]
    tests = [0.0] * 12 + [70, *[0.0] * 12, 50]
    found = panel(make_run(values, tests=tests, fidelities=NINTHS * 2, budget=6))
    assert found.budget == 6
    assert_array_equal(found.loss[0, 0], [NAN, NAN, 7, NAN, NAN, 5])
    assert_array_equal(found.best[0, 0], [NAN, NAN, 7, 7, 7, 5])
    assert_array_equal(found.best_test[0, 0], [NAN, NAN, 70, 70, 70, 50])
    # 1.5 s a trial: nine trials, three and one.
    assert_allclose(finish_times(found)[0, 0], np.cumsum([13.5, 4.5, 1.5] * 2))
    assert_array_equal(found.cost[0, 0], [9, 3, 1] * 2)
    assert_array_equal(found.own[0, 0], [4.5, 1.5, 0.5] * 2)
    assert_array_equal(found.counts[0, 0], [9, 3, 1] * 2)
    assert_allclose(found.share[0, 0], 1)
    assert (found.used.item(), found.trials.item(), found.failed.item()) == (6, 26, 0)
    assert_allclose(found.spent, 6)
    assert found.cheap.tolist() == [[True]]


def test_a_trial_belongs_where_it_ends(make_run, join):
    # Ends at .5, 1.5, 2, 2.25, 3.25: the places of 1, 2, 2, 3, 4 evaluations.
    half = make_run([9, None, 8, 7, 3], fidelities=[0.5, 1, 0.5, 0.25, 1], budget=5)
    full = make_run([6, 5, 4, 3, 2], strategy="full")
    found = panel(join(half, full), strategies=["random", "full"])
    assert_array_equal(found.loss[0, 0], [NAN, NAN, NAN, 3, NAN])
    assert_array_equal(found.full[0, 0], [False, True, False, True, False])
    assert_array_equal(found.counts[0, 0], [1, 2, 1, 1, 0])
    assert_array_equal(found.share[0, 0], [0.5, 1.5, 0.25, 1, 0])
    assert_array_equal(found.cost[0, 0], [1, 2, 1, 1, NAN])
    assert found.used.tolist() == [[4], [5]]
    assert found.spent.tolist() == [[3.25], [5]]
    assert found.failed.tolist() == [[1], [0]]
    assert_array_equal(found.loss[1, 0], [6, 5, 4, 3, 2])
    assert found.cheap.tolist() == [[True], [False]]


def test_a_cost_that_is_not_known_makes_its_place_unknown(make_run):
    trials, runs = make_run([9, 8, 7], fidelities=[0.5, 0.5, 1], budget=2)
    trials.loc[1, "cost"] = NAN
    assert_array_equal(panel((trials, runs)).cost[0, 0], [NAN, 1])


def test_a_run_that_does_not_count_spends_nothing_of_another(make_run, join):
    found = panel(
        join(
            make_run([9, 8, 7], fidelities=[0.5, 0.5, 1], budget=2),
            make_run([9, 1], fidelities=[0.5, 1], repetition=1, budget=2, ended="unfinished"),
        )
    )
    assert_array_equal(found.loss, [[[NAN, 7]]])


def test_a_set_with_cheaper_evaluations_has_an_order(make_run):
    found = panel(make_run([9, 8, 4, 6], fidelities=[0.5, 0.5, 1, 1], budget=3, is_set=True))
    assert found.sets == frozenset()
    assert_array_equal(found.best[0, 0], [NAN, 4, 4])


def test_what_cheaper_evaluations_picked_is_no_random_draw(make_run, join):
    picked = make_run([9, 9, 1], fidelities=[0.5, 0.5, 1], budget=2, strategy="halving")
    found = panel(join(picked, make_run([4, 6], strategy="tpe")), strategies=["halving", "tpe"])
    assert (found.optimum.tolist(), found.typical.tolist()) == ([1], [5])
    alone = panel(picked)
    assert alone.typical.tolist() == [1]
