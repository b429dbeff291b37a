import numpy as np
import pytest
from scipy import stats

from bench.analysis.selection import COLUMNS, by_problem, by_strategy, of_runs
from bench.panels.regret import Scale

NAN, INF = np.nan, np.inf
SCALE = Scale(0.0, 2.0, "frozen")


def runs(panels):
    return [of_runs(panel) for panel in panels]


def rows(panel):
    return by_problem(runs([panel])).set_index("strategy")


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_by_hand(panel_of, direction):
    losses = [
        [[5, 4, 4, 6, 3], [5, NAN, 2, INF, INF]],
        [[5, INF, INF, INF, INF], [5, INF, INF, INF, INF]],
    ]
    # In the first run the incumbents' test losses are 6, 3, 7: the 1 was never one's.
    tests = [[[6, 3, 1, 0, 7], [9, 9, 1, 0, 0]], [[5] * 5, [5] * 5]]
    scale = Scale(0.0, 2.0 if direction == "minimize" else -2.0, "frozen")
    panel = panel_of(
        losses, strategies=["tpe", "default"], tests=tests, direction=direction, scale=scale
    )
    found = rows(panel)
    assert list(found.reset_index().columns) == COLUMNS
    tpe = found.loc["tpe"]
    assert (tpe["n_runs"], tpe["n_compared"]) == (2, 2)
    assert (tpe["gap"], tpe["relative_gap"]) == (1.5, 0.75)  # of 7 − 3 and 1 − 2
    assert (tpe["overtuned_share"], tpe["overtuning"], tpe["normalised_overtuning"]) == (0.5, 2, 1)
    assert tpe["worse_share"] == 0.5
    assert (found["worse_share"]["default"], found["overtuning"]["default"]) == (0, 0)


def test_overtuning_equals_brute_force(panel_of):
    rng = np.random.default_rng(6)
    losses, tests = rng.integers(0, 9, size=(2, 1, 40, 12)).astype(float)
    lost = []
    for run, test in zip(losses[0], tests[0], strict=True):
        places = [min(range(t + 1), key=lambda i: (run[i], i)) for t in range(12)]
        lost.append(test[places[-1]] - min(test[i] for i in places))
    found = rows(panel_of(losses, tests=tests, scale=SCALE)).iloc[0]
    assert found["overtuning"] == pytest.approx(np.mean(lost))
    assert found["overtuned_share"] == np.mean(np.array(lost) > 0)


def test_a_set_is_taken_in_a_random_order(panel_of):
    # Three points: the test gets worse as the validation gets better.
    shape = 1, 3000, 3
    losses, tests = (np.broadcast_to(v, shape) for v in ([1.0, 2, 3], [3.0, 1, 0]))
    found = rows(panel_of(losses, strategies=["grid"], unordered=["grid"], tests=tests)).iloc[0]
    # Best first (1/3): 0. Then 1 2: 2; 2 1 3 and 2 3 1: 2; 3 1 2: 3; 3 2 1: 3.
    assert found["overtuned_share"] == pytest.approx(2 / 3, abs=4 * 0.0086)
    assert found["overtuning"] == pytest.approx((2 + 2 + 3 + 3) / 6, abs=4 * 1.25 / 3000**0.5)


def test_where_test_values_are_missing(panel_of):
    losses = [[[3, 1], [3, 1]], [[NAN, NAN], [NAN, NAN]]]
    found = rows(panel_of(losses))
    assert found["n_runs"].tolist() == [0, 0]
    assert found[["gap", "overtuned_share", "overtuning", "worse_share"]].isna().all(axis=None)
    # The last incumbent of the first run has none, an earlier one of the second.
    some = rows(panel_of(losses[:1], tests=[[[5, NAN], [NAN, 6]]], scale=SCALE)).iloc[0]
    assert (some["n_runs"], some["gap"], some["overtuning"]) == (1, 5, 0)


def test_a_run_that_came_to_nothing_is_worse_than_the_default(panel_of):
    losses = [[[NAN, NAN], [2, 1]], [[5, INF], [NAN, INF]], [[9, 9], [9, 9]]]
    tests = [[[NAN, NAN], [2, 4]], [[5, 0], [0, 0]], [[9, 9], [9, 9]]]
    panel = panel_of(losses, strategies=["tpe", "default", "bad"], tests=tests, scale=SCALE)
    found = rows(panel)
    # The default failed in the second repetition.
    assert found["n_compared"].tolist() == [1, 1, 1]
    assert found["worse_share"].tolist() == [1, 0, 1]
    assert found["n_runs"].tolist() == [1, 1, 2]


def test_a_scale_that_is_rounding_is_none(panel_of):
    scale = Scale(0.1 + 0.2, 0.3, "frozen")
    panel = panel_of([[[1, 0.5]]], tests=[[[2, 2]]], scale=scale)
    found = rows(panel).iloc[0]
    assert (found["gap"], found["overtuning"]) == (1.5, 0)
    assert found[["relative_gap", "normalised_overtuning"]].isna().all()
    assert by_strategy(runs([panel]))["n_problems"].tolist() == [0]


def over_problems(panel_of, tests, losses=((2, 1), (2, 1)), **given):
    """Panels of two runs with these test values, by problem: p, q, …"""
    return [
        panel_of([list(losses), [[2, INF], [2, INF]]], strategies=["tpe", "default"], problem=name,
                 tests=[test, [[3, 3], [3, 3]]], scale=SCALE, dataset=given.get(name))
        for name, test in zip("pqr", tests, strict=False)
    ]  # fmt: skip


def test_means_over_repetitions_then_problems_with_their_intervals(panel_of):
    # tpe in p: gaps of 1 and 3 of a scale of 2, one run overtuned by 2; in q none.
    panels = over_problems(panel_of, [[[4, 2], [2, 4]], [[3, 1], [3, 1]]])
    frame = by_strategy(runs(panels)).set_index("strategy")
    tpe = frame.loc["tpe"]
    assert tpe["gap"] == pytest.approx((1.0 + 0.0) / 2)
    assert tpe["overtuning"] == pytest.approx((0.5 + 0.0) / 2)
    assert tpe["overtuned_share"] == pytest.approx((0.5 + 0.0) / 2)
    assert tpe["worse_share"] == pytest.approx((0.5 + 0.0) / 2)
    assert tpe["n_problems"] == 2
    # In p both differ by 1 between two runs: half of a standard error of ½, one degree of freedom.
    half = stats.t.ppf(0.975, 1)
    for name, centre in (("gap", 0.5), ("overtuning", 0.25)):
        ends = tpe[[f"{name}_low", f"{name}_high"]].tolist()
        assert ends == pytest.approx([centre - half / 4, centre + half / 4])
    # A share is no more than 1.
    assert tpe[["overtuned_share_low", "overtuned_share_high"]].tolist() == [0, 1]
    # Two data sets with the means 1 and 0 of the gap, ½ and 0 of overtuning.
    for name, centre in (("gap", 0.5), ("overtuning", 0.25)):
        ends = tpe[[f"{name}_new_low", f"{name}_new_high"]].tolist()
        assert ends == pytest.approx([centre - half * centre, centre + half * centre])
    default = frame.loc["default"]
    assert default[["gap", "gap_low", "gap_high"]].tolist() == [0.5] * 3
    assert default[["overtuning", "overtuning_low", "overtuning_high"]].tolist() == [0] * 3


def test_problems_on_one_data_set_say_nothing_of_new_ones(panel_of):
    frame = by_strategy(runs(over_problems(panel_of, [[[4, 2], [2, 4]]] * 2, p="d", q="d")))
    assert frame.filter(like="_new_").isna().all(axis=None)
    assert frame["gap_low"].notna().all()


def test_a_repetition_counts_for_the_strategies_that_have_a_test_value_in_it(panel_of):
    # tpe's first run came to nothing, which takes nothing from the default's.
    panel = panel_of(
        [[[NAN, NAN], [2, 1]], [[1, INF], [1, INF]]], strategies=["tpe", "default"],
        tests=[[[NAN, NAN], [2, 2]], [[3, 3], [2, 2]]], scale=SCALE,
    )  # fmt: skip
    frame = by_strategy(runs([panel])).set_index("strategy")
    assert frame["gap"].to_dict() == {"tpe": 0.5, "default": 0.75}
    # One repetition has no interval.
    assert frame["gap_low"].isna().to_dict() == {"tpe": True, "default": False}
    # Who came to nothing has the worst test value.
    assert frame["worse_share"].to_dict() == {"tpe": 0.0, "default": 0.0}


def test_problems_without_test_values_do_not_count(panel_of):
    panels = over_problems(panel_of, [[[4, 2], [2, 4]]])
    none = panel_of(
        [[[2, 1]] * 2, [[2, INF]] * 2], strategies=["tpe", "default"], problem="q", scale=SCALE
    )
    with_it = by_strategy(runs([*panels, none]))
    assert with_it.drop(columns=with_it.filter(like="_new_")).equals(
        by_strategy(runs(panels)).drop(columns=with_it.filter(like="_new_"))
    )
    assert by_strategy(runs([none]))["n_problems"].tolist() == [0, 0]
    assert by_strategy(runs([])).empty
