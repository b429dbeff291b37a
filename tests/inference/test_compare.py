import math

import numpy as np
import pytest
from scipy import stats

from bench.inference import power
from bench.inference.compare import compare
from bench.inference.holm import holm
from bench.testing.panels import panels


def noise(seed, mean=0.5, sd=0.05, size=10):
    return list(np.random.default_rng(seed).normal(mean, sd, size))


def cells(shift=0.0, sd=0.01, problems=4, seed=100):
    """Regrets of a strategy, another draw where the seed is another one."""
    rng = np.random.default_rng(seed)
    return {
        f"p{k}": {"tpe": [v + shift + rng.normal(0, sd) for v in noise(k)]} for k in range(problems)
    }


@pytest.mark.parametrize(
    ("shift", "outcome"), [(-0.1, "better"), (0.0, "equivalent"), (0.1, "worse")]
)
def test_outcomes(make_panels, shift, outcome):
    found = compare(make_panels(cells()), make_panels(cells(shift, seed=101)))
    (row,) = found.table.to_dict("records")
    assert found.outcome == row["outcome"] == outcome
    assert (row["strategy"], row["n_problems"], row["n_pairs"]) == ("tpe", 4, 40)
    assert row["low"] < shift < row["high"]
    assert found.unpaired == ()
    assert (found.trials, found.rope) == (2, 0.01)


def test_undecided_says_how_many_are_needed(make_panels):
    found = compare(make_panels(cells(sd=0.1)), make_panels(cells(sd=0.1, seed=101)))
    (row,) = found.table.to_dict("records")
    assert found.outcome == "undecided"
    assert row["low_equal"] < -0.01 or row["high_equal"] > 0.01
    assert row["n_repetitions_needed"] > row["n_repetitions"] == 10


@pytest.mark.slow
def test_the_numbers_are_students(make_panels):
    old, new = noise(1), noise(2)
    found = compare(make_panels({"p": {"a": old}}), make_panels({"p": {"a": new}}))
    (row,) = found.table.to_dict("records")
    expected = stats.ttest_rel(new, old)
    assert row["difference"] == pytest.approx(np.mean(new) - np.mean(old))
    assert row["p"] == row["p_holm"] == pytest.approx(expected.pvalue)
    assert [row["low"], row["high"]] == pytest.approx([*expected.confidence_interval(0.95)])
    assert [row["low_equal"], row["high_equal"]] == pytest.approx(
        [*expected.confidence_interval(0.9)]
    )


@pytest.mark.slow
def test_the_scale_is_that_of_the_first(make_panels):
    # Twice the scale in the second folder would halve its regrets.
    found = compare(make_panels(cells()), make_panels(cells(), scale=2.0))
    assert found.table["difference"].tolist() == [0]
    found = compare(make_panels(cells(), scale=2.0), make_panels(cells(0.1)))
    assert found.table["difference"].tolist() == pytest.approx([0.05])


@pytest.mark.parametrize(("repetitions", "outcome"), [(5, "undecided"), (6, "equivalent")])
def test_what_did_not_change(make_panels, repetitions, outcome):
    panels = make_panels({"p": {"a": [0.5] * repetitions}})
    found = compare(panels, panels)
    assert found.table["n_changed"].tolist() == [0]
    assert found.outcome == outcome


def test_the_least_strategy_decides_and_holm_leaves_out_what_did_not_change(make_panels):
    before = {"p": {"same": [0.5] * 9, "up": noise(1), "down": noise(2)}}
    after = {
        "p": {
            "same": [0.5] * 9,
            "up": [v - 0.3 + 0.01 * i for i, v in enumerate(noise(1))],
            "down": [v + 0.3 - 0.01 * i for i, v in enumerate(noise(2))],
        }
    }
    found = compare(make_panels(before), make_panels(after))
    rows = found.table.set_index("strategy")
    assert rows["outcome"].to_dict() == {"same": "equivalent", "up": "better", "down": "worse"}
    assert found.outcome == "worse"
    assert rows.loc["up", "p_holm"] == pytest.approx(2 * rows.loc["up", "p"])
    assert rows.loc["same", "p_holm"] == 1
    only = compare(make_panels(before), make_panels(after), strategies=["up"])
    assert only.table["strategy"].tolist() == ["up"]
    assert (only.outcome, only.unpaired) == ("better", ())
    assert compare(make_panels(before), make_panels(after), strategies=["same", "up"]).outcome == (
        "better"
    )


def test_equivalence_is_corrected_over_the_strategies_that_changed(make_panels):
    rng = np.random.default_rng(3)
    base = {f"s{i}": noise(i, size=12) for i in range(7)}
    later = {name: list(np.array(v) + rng.normal(0, 0.013, 12)) for name, v in base.items()}
    before, after = (make_panels({"p": {"same": [0.5] * 6, **v}}) for v in (base, later))
    rows = compare(before, after).table.set_index("strategy")
    part = rows.drop("same")
    assert part["p_equal_holm"].tolist() == pytest.approx(list(holm(part["p_equal"].to_numpy())))
    assert (part["outcome"] == "equivalent").sum() < (part["p_equal"] <= 0.05).sum()
    assert rows.loc["same", "outcome"] == "equivalent"
    name = part["p_equal"].idxmin()
    alone = compare(before, after, strategies=[name]).table.iloc[0]
    assert alone["outcome"] == "equivalent"
    assert alone["p_equal_holm"] == alone["p_equal"] == part.loc[name, "p_equal"]


@pytest.mark.slow
def test_what_is_needed_is_of_all_that_are_tested_at_once(make_panels):
    # One problem: its variance and difference are all that the needed number depends on.
    old = {f"s{i}": noise(2 * i, sd=0.1) for i in range(6)} | {"same": [0.5] * 10}
    new = {f"s{i}": noise(2 * i + 1, mean=0.44, sd=0.1) for i in range(6)} | {"same": [0.5] * 10}
    found = compare(make_panels({"p": old}), make_panels({"p": new}), rope=0)
    assert found.tests == 6
    rows = found.table.set_index("strategy")
    for name in old.keys() - {"same"}:
        differences = np.array(new[name]) - np.array(old[name])
        (needed,) = power.repetitions_needed(
            np.array([[differences.var(ddof=1)]]),
            np.array([[True]]),
            np.array([abs(differences.mean())]),
            0.05 / 6,
        )
        assert rows.loc[name, "n_repetitions_needed"] == needed
        assert not rows.loc[name, "needed_equal"]
        one = compare(make_panels({"p": old}), make_panels({"p": new}), rope=0, strategies=[name])
        assert one.tests == 1
        assert one.table["n_repetitions_needed"].item() < needed


@pytest.mark.parametrize(
    ("values", "tests"), [(([0.1], [0.9]), 0), (([0.5] * 9, [0.5] * 9), 0), (([], []), 0)]
)
def test_without_a_difference_or_an_interval_nothing_is_tested(make_panels, values, tests):
    before, after = (make_panels({"p": {"a": found}} if found else {}) for found in values)
    assert compare(before, after).tests == tests


def test_what_could_not_be_paired(make_panels):
    before = {"p": {"a": [0.1, 0.2, 0.3], "gone": [0.1]}, "old": {"a": [0.1]}}
    after = {"p": {"a": [0.1, None, 0.3, 0.4], "new": [0.1]}, "fresh": {"a": [0.1]}}
    found = compare(make_panels(before), make_panels(after))
    assert found.table[["strategy", "n_problems", "n_pairs"]].to_numpy().tolist() == [["a", 1, 2]]
    assert found.unpaired == (
        "strategy gone: only in the sweep before",
        "problem old: completed trials only in the sweep before",
        "strategy new: only in the sweep after",
        "problem fresh: completed trials only in the sweep after",
        "a on p: 1 run only before",
        "a on p: 1 run only after",
    )


def test_another_metric_or_direction_is_another_problem(make_run):
    found = compare(panels(make_run([1, 2])), panels(make_run([1, 2], direction="maximize")))
    assert found.outcome == "undecided"
    assert found.table["n_pairs"].tolist() == [0]
    found = compare(panels(make_run([1, 2])), panels(make_run([1, 2])))
    assert found.table["n_pairs"].tolist() == [1]


def test_a_run_without_a_completed_trial_costs_the_same_in_both(make_run, join):
    before = join(make_run([1, 2]), make_run([None, None], strategy="broken"))
    after = join(make_run([1, 9]), make_run([None, None], strategy="broken"))
    found = compare(panels(before), panels(after)).table.set_index("strategy")
    assert found.loc["broken", "difference"] == 0
    assert found.loc["broken", "n_pairs"] == 1


def test_the_smaller_budget_is_the_end(make_run):
    before, after = panels(make_run([5, 3])), panels(make_run([5, 4, 0]))
    found = compare(before, after)
    assert found.trials == 2
    # Scale of the first: the best is 3, the median draw 4.
    assert found.table["difference"].tolist() == [1]
    assert compare(before, after, trials=1).table["difference"].tolist() == [0]
    assert compare(before, after, trials=3).table["n_pairs"].tolist() == [0]
    with pytest.raises(ValueError, match="'trials' must be 1 or more, got 0"):
        compare(before, after, trials=0)


@pytest.mark.parametrize("nothing", ["before", "after", "both"])
def test_nothing_at_all(make_panels, nothing):
    some = make_panels(cells())
    found = compare([] if nothing != "after" else some, [] if nothing != "before" else some)
    assert found.outcome == "undecided"
    assert len(found.table) == 0


def test_one_repetition_tells_no_interval(make_panels):
    found = compare(make_panels({"p": {"a": [0.1]}}), make_panels({"p": {"a": [0.9]}}))
    (row,) = found.table.to_dict("records")
    assert found.outcome == "undecided"
    assert row["difference"] == pytest.approx(0.8)
    assert math.isnan(row["low"])


@pytest.mark.slow
def test_a_change_that_changes_nothing_is_called_one_in_5_percent_at_most(make_panels):
    # Each strategy is a comparison of its own, on two problems.
    count, wrong = 300, 0
    rng = np.random.default_rng(9)
    for repetitions in (5, 10):
        draw = [
            {
                f"p{k}": {f"s{i}": list(rng.exponential(size=repetitions)) for i in range(count)}
                for k in range(2)
            }
            for _ in range(2)
        ]
        found = compare(*map(make_panels, draw))
        # Of each alone, as with --strategy.
        wrong += ((found.table["p"] <= 0.05) & (found.table["p_equal"] > 0.05)).sum()
        assert set(found.table["outcome"]) <= {"undecided", "equivalent", "better", "worse"}
    assert wrong / (2 * count) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / (2 * count))
