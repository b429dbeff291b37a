"""Verdicts on pairs of strategies: for these problems and for new data sets."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from bench.inference import bayes
from bench.inference.holm import holm
from bench.inference.paired import all_pairs, pairs_of
from bench.inference.verdicts import swapped, verdicts, verdicts_of, verdicts_on_problem_set

WORDS = {"better", "worse", "practically equal", "undecided"}


def only(frame):
    (row,) = frame.to_dict("records")
    return row


def sweep(make_panels, draw, problems=8, repetitions=10, **options):
    """Panels of strategies a and b from their regrets on problem k: `draw(k)` gives both."""
    cells = {f"p{k}": dict(zip("ab", map(list, draw(k)), strict=True)) for k in range(problems)}
    return make_panels(cells, **options)


def test_better_on_this_problem_set_and_on_new_data_sets(make_panels):
    rng = np.random.default_rng(0)
    found = only(
        verdicts(
            sweep(make_panels, lambda k: (rng.normal(0.2, 0.05, 10), rng.normal(0.5, 0.05, 10)))
        )
    )
    assert (found["a"], found["b"], found["budget"]) == ("a", "b", 2)
    assert (found["verdict"], found["verdict_new"]) == ("better", "better")
    assert -0.35 < found["low"] < found["difference"] < found["high"] < -0.25
    assert found["low_new"] < found["difference"] < found["high_new"] < 0
    assert (found["n_won"], found["n_tied"], found["n_lost"]) == (8, 0, 0)
    assert (found["n_ahead"], found["n_behind"]) == (8, 0)
    assert (found["n_problems"], found["n_left_out"], found["n_repetitions"]) == (8, 0, 10)
    assert found["p_new_holm"] == found["smallest"] == 2 / 2**8
    assert found["reachable"]
    assert found["a_better"] > 0.95
    assert found["detectable"] < 0.3


def test_swapped_it_is_worse(make_panels):
    rng = np.random.default_rng(0)
    draw = lambda k: (rng.normal(0.5, 0.05, 10), rng.normal(0.2, 0.05, 10))  # noqa: E731
    found = only(verdicts(sweep(make_panels, draw)))
    assert (found["verdict"], found["verdict_new"]) == ("worse", "worse")
    assert found["n_lost"] == 8


def test_practically_equal(make_panels):
    rng = np.random.default_rng(1)
    draw = lambda k: (rng.normal(0.5, 0.002, 10), rng.normal(0.502, 0.002, 10))  # noqa: E731
    found = only(verdicts(sweep(make_panels, draw)))
    assert (found["verdict"], found["verdict_new"]) == ("practically equal",) * 2
    # A sure difference that does not matter; with another region it does.
    assert found["p_holm"] < 0.05
    assert found["rope"] > 0.95
    found = only(verdicts(sweep(make_panels, draw), rope=0.0001))
    assert found["verdict"] == "better"


def test_undecided_says_what_is_needed(make_panels):
    rng = np.random.default_rng(2)
    draw = lambda k: (rng.normal(0.45, 0.3, 10), rng.normal(0.5, 0.3, 10))  # noqa: E731
    found = only(verdicts(sweep(make_panels, draw)))
    assert (found["verdict"], found["verdict_new"]) == ("undecided",) * 2
    assert found["low"] < 0 < found["high"]
    assert abs(found["difference"]) < found["detectable"]
    assert found["n_repetitions_needed"] > 10
    assert found["n_datasets_needed"] > 8


def test_five_problems_decide_these_but_not_new_ones(make_panels):
    rng = np.random.default_rng(3)
    draw = lambda k: (rng.normal(0.2, 0.05, 10), rng.normal(0.5, 0.05, 10))  # noqa: E731
    found = only(verdicts(sweep(make_panels, draw, problems=5)))
    assert (found["verdict"], found["verdict_new"]) == ("better", "undecided")
    assert not found["reachable"]
    assert found["smallest"] == 2 / 2**5
    assert found["n_datasets_needed"] == 6


def test_ten_problems_on_two_data_sets_are_two(make_panels):
    rng = np.random.default_rng(3)
    draw = lambda k: (rng.normal(0.2, 0.05, 10), rng.normal(0.5, 0.05, 10))  # noqa: E731
    names = {f"p{k}": f"d{k % 2}" for k in range(10)}
    found = only(verdicts(sweep(make_panels, draw, problems=10, datasets=names)))
    assert (found["n_problems"], found["n_datasets"]) == (10, 2)
    assert (found["verdict"], found["verdict_new"]) == ("better", "undecided")


def test_a_function_counts_as_a_data_set_and_is_counted(make_panels):
    rng = np.random.default_rng(3)
    draws = [(rng.normal(0.2, 0.05, 10), rng.normal(0.5, 0.05, 10)) for _ in range(8)]
    # Two problems on one function, two functions, four data sets.
    names = {"p0": "f", "p1": "f"}
    options = {"draw": lambda k: draws[k], "datasets": names}
    plain = verdicts(sweep(make_panels, **options))
    found = verdicts(sweep(make_panels, **options, functions=("p0", "p1", "p2", "p3")))
    assert (only(found)["n_datasets"], only(found)["n_functions"]) == (7, 3)
    assert only(plain)["n_functions"] == 0
    # What is counted is all that changes: the tests are the same to the last bit.
    pd.testing.assert_frame_equal(
        found.drop(columns="n_functions"), plain.drop(columns="n_functions"), check_exact=True
    )


def test_functions_are_counted_where_both_ran(make_panels):
    cells = {
        "data": {"a": [0.1, 0.2], "b": [0.3, 0.4], "c": [0.5, 0.6]},
        "function": {"a": [0.1, 0.2], "b": [0.3, 0.4], "c": [None, None]},
        # One name of a data set and of a function: a data set is there.
        "other": {"a": [0.1, 0.2], "b": [None, None], "c": [0.3, 0.4]},
    }
    functions = ("function", "other")
    found = verdicts(make_panels(cells, datasets={"other": "data"}, functions=functions))
    counts = found.set_index(["a", "b"])[["n_datasets", "n_functions"]]
    assert counts.loc[("a", "b")].tolist() == [2, 1]
    assert counts.loc[("a", "c")].tolist() == counts.loc[("b", "c")].tolist() == [1, 0]


@pytest.mark.parametrize(("problems", "word"), [(5, "undecided"), (6, "practically equal")])
def test_equal_on_new_data_sets_needs_as_many_of_them_as_a_difference(make_panels, problems, word):
    rng = np.random.default_rng(1)
    draw = lambda k: (rng.normal(0.5, 0.001, 10), rng.normal(0.5, 0.001, 10))  # noqa: E731
    found = only(verdicts(sweep(make_panels, draw, problems=problems)))
    assert found["rope"] > 0.95
    assert (found["verdict"], found["verdict_new"]) == ("practically equal", word)


def test_one_data_set_says_nothing_of_others(make_panels):
    rng = np.random.default_rng(1)
    draw = lambda k: (rng.normal(0.5, 0.001, 10), rng.normal(0.5, 0.001, 10))  # noqa: E731
    names = {f"p{k}": "wine" for k in range(8)}
    found = only(verdicts(sweep(make_panels, draw, datasets=names)))
    assert (found["n_datasets"], found["verdict_new"]) == (1, "undecided")
    assert all(math.isnan(found[name]) for name in ("a_better", "rope", "b_better", "p_new_holm"))


def test_won_tied_and_lost_by_their_own_intervals(make_panels):
    base = [0.5, 0.51, 0.52, 0.53, 0.54, 0.55]
    panels = make_panels(
        {
            "won": {"a": [0.1] * 6, "b": base},
            "tied": {"a": [0.4, 0.7, 0.4, 0.7, 0.4, 0.7], "b": base},
            "lost": {"a": [0.9] * 6, "b": base},
            "too-few": {"a": [0.1] * 5, "b": base[:5]},
        }
    )
    found = only(verdicts(panels))
    assert (found["n_won"], found["n_tied"], found["n_lost"]) == (1, 2, 1)
    assert (found["n_ahead"], found["n_behind"]) == (2, 2)
    assert found["n_repetitions"] == 5


def test_holm_is_over_all_pairs(make_panels):
    rng = np.random.default_rng(4)
    panels = make_panels(
        {f"p{k}": {s: list(rng.normal(0.5, 0.1, 8)) for s in "abcd"} for k in range(3)}
    )
    found = verdicts(panels)
    assert len(found) == 6
    least = found["p"].min()
    assert found["p_holm"].min() == pytest.approx(min(1, 6 * least))
    assert set(found["verdict"]) <= WORDS


def test_practically_equal_is_corrected_over_all_pairs(make_panels):
    rng = np.random.default_rng(5)
    panels = make_panels(
        {f"p{k}": {s: list(0.5 + rng.normal(0, 0.016, 9)) for s in "abcd"} for k in range(3)}
    )
    found = verdicts(panels)
    assert found["p_equal_holm"].tolist() == pytest.approx(list(holm(found["p_equal"].to_numpy())))
    equal = found["verdict"] == "practically equal"
    assert equal.tolist() == (found["p_equal_holm"] <= 0.05).tolist()
    # Alone some would be called so that are not among six.
    assert equal.sum() < (found["p_equal"] <= 0.05).sum()


@pytest.mark.slow
def test_on_the_border_no_pair_is_called_equal_in_95_percent_of_sweeps(monkeypatch):
    monkeypatch.setattr(bayes, "weights", lambda count: np.full((1, count + 1), 1 / (count + 1)))
    # The true difference of all seven pairs is just what is no longer equal.
    sweeps, count, repetitions = 300, 7, 20
    rng = np.random.default_rng(21)
    a, b = tuple("abcdefg"), tuple("ABCDEFG")
    alone = wrong = 0
    for _ in range(sweeps):
        values = [
            (0.01 + rng.normal(0, 0.02, (count, repetitions)), np.zeros((count, repetitions)))
            for _ in "pq"
        ]
        found = verdicts_of(pairs_of(values, a=a, b=b, problems=tuple("pq"), datasets=tuple("pq")))
        wrong += (found["verdict"] == "practically equal").any()
        alone += (found["p_equal"] <= 0.05).any()
    assert wrong / sweeps <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / sweeps)
    assert alone / sweeps == pytest.approx(1 - 0.95**7, abs=3 * math.sqrt(0.3 * 0.7 / sweeps))


@pytest.mark.slow
def test_what_is_detectable_and_what_is_needed_are_of_the_same_test(make_panels):
    rng = np.random.default_rng(6)
    panels = make_panels(
        {
            f"p{k}": {s: list(rng.normal(0.5 + 0.02 * i, 0.1, 8)) for i, s in enumerate("abcdef")}
            for k in range(3)
        }
    )
    found = verdicts(panels)
    assert len(found) == 15
    larger = found["difference"].abs() > found["detectable"]
    assert larger.tolist() == (found["n_repetitions_needed"] <= found["n_repetitions"]).tolist()
    assert larger.any()
    assert not larger.all()
    # What exceeds what is detectable at .05 / 15 is told by Bonferroni, so by Holm.
    assert "undecided" not in set(found.loc[larger, "verdict"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "cells",
    [
        {"p": {"a": [0.5]}},
        {"p": {"a": [0.5], "b": [0.4]}},
        {"p": {"a": [0.5] * 9, "b": [0.5] * 9, "c": [0.5] * 9}},
        {"p": {"a": [0.5, None], "b": [None, 0.4], "never": [None, None]}},
        {"p": {"a": [0.1, 0.2], "b": [None, None]}, "q": {"a": [None], "b": [0.1]}},
        {f"p{k}": {f"s{i}": [0.1 * i, 0.2] for i in range(40)} for k in range(2)},
    ],
    ids=["one strategy", "one repetition", "constant", "never together", "apart", "forty"],
)
def test_whatever_there_is_gives_a_frame(make_panels, cells):
    found = verdicts(make_panels(cells))
    n = len({s for found in cells.values() for s in found})
    assert len(found) == n * (n - 1) // 2
    assert set(found["verdict"]) | set(found["verdict_new"]) <= WORDS


def test_a_strategy_is_not_compared_with_one_that_ran_nowhere_else(make_panels):
    found = verdicts(make_panels({"p": {"a": [0.5, 0.1], "b": [None, None]}}))
    row = only(found)
    assert (row["verdict"], row["verdict_new"]) == ("undecided", "undecided")
    assert (row["n_problems"], row["n_left_out"], row["n_repetitions"]) == (0, 1, 0)
    assert math.isnan(row["difference"])


def test_constant_values_are_equal(make_panels):
    found = only(
        verdicts(make_panels({f"p{k}": {"a": [0.5] * 9, "b": [0.5] * 9} for k in range(8)}))
    )
    assert (found["verdict"], found["verdict_new"]) == ("practically equal",) * 2


def test_no_panel_and_another_number_of_trials(make_panels):
    assert len(verdicts([])) == 0
    panels = make_panels({"p": {"a": [0.5, 0.1], "b": [0.3, 0.2]}})
    assert only(verdicts(panels, trials=1))["budget"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("repetitions", [5, 10, 30])
def test_equal_strategies_come_out_undecided_in_95_percent(repetitions):
    # 300 sweeps of eight problems: skewed regrets of one distribution, paired by what they share.
    sweeps, problems = 300, 8
    rng = np.random.default_rng(repetitions)
    names = tuple(f"p{k}" for k in range(problems))
    told = {"verdict": 0, "verdict_new": 0}
    for _ in range(sweeps):
        shared = rng.normal(size=(problems, 1, repetitions))
        values = np.exp(shared + rng.normal(size=(problems, 2, repetitions)))
        pairs = pairs_of(
            [(v[:1], v[1:]) for v in values], a=("a",), b=("b",), problems=names, datasets=names
        )
        row = only(verdicts_of(pairs))
        for kind in told:
            told[kind] += row[kind] in ("better", "worse")
    # 5 % and three standard errors.
    most = sweeps * 0.05 + 3 * math.sqrt(sweeps * 0.05 * 0.95)
    assert max(told.values()) <= most, told


def test_every_pair_once(make_panels):
    names = ["z", "a", "m"]
    found = verdicts(make_panels({"p": {s: [0.1, 0.2] for s in names}}))
    assert list(zip(found["a"], found["b"], strict=True)) == list(itertools.combinations(names, 2))


@pytest.mark.slow
def test_swapped_verdicts_are_those_of_strategies_in_the_other_order(make_panels):
    rng = np.random.default_rng(5)
    cells = {
        f"p{k}": {name: list(place + rng.normal(0, 0.1, 8)) for name, place in
                  (("a", 0.2), ("b", 0.5), ("c", 0.5))}
        for k in range(7)
    }  # fmt: skip
    turned = {k: dict(reversed(cell.items())) for k, cell in cells.items()}
    found = swapped(verdicts(make_panels(cells))).set_index(["a", "b"]).sort_index()
    wanted = verdicts(make_panels(turned)).set_index(["a", "b"]).sort_index()
    assert set(found["verdict"]) >= {"worse", "undecided"}
    # The posterior is drawn anew, in another order of pairs.
    drawn = ["a_better", "rope", "b_better"]
    pd.testing.assert_frame_equal(found.drop(columns=drawn), wanted.drop(columns=drawn))
    pd.testing.assert_frame_equal(found[drawn], wanted[drawn], atol=0.02)
    again = swapped(swapped(verdicts(make_panels(cells))))
    pd.testing.assert_frame_equal(again, verdicts(make_panels(cells)))


@pytest.mark.slow
def test_one_problem_that_varies_most_does_not_decide(make_panels):
    # 47 of 60 problems are ahead by a little; on one regret goes wild for both.
    rng = np.random.default_rng(11)
    cells = {
        f"p{k}": {
            "a": list(0.3 + rng.normal(0, 0.02, 5) - 0.03 * (k < 47)),
            "b": list(0.3 + rng.normal(0, 0.02, 5)),
        }
        for k in range(60)
    }
    cells["wild"] = {"a": [3.0, 60.0, 5.0, 40.0, 9.0], "b": [30.0, 2.0, 50.0, 4.0, 20.0]}
    found = only(verdicts(make_panels(cells)))
    assert found["regret_low"] < 0 < found["regret_high"]
    assert (found["dominant"], round(found["dominant_share"], 2)) == ("wild", 1.0)
    assert (found["verdict"], found["verdict_new"]) == ("better", "better")


@pytest.mark.slow
def test_word_and_interval_for_new_data_sets_are_of_one_quantity():
    # Equal means, one of the two skewed: its median is below its mean.
    rng = np.random.default_rng(12)
    told, names = 0, tuple(f"p{k}" for k in range(15))
    for _ in range(60):
        skewed = np.exp(rng.normal(size=(15, 3, 1))) - math.exp(0.5)
        values = [(0.5 + 0.02 * v, np.full((3, 1), 0.5)) for v in skewed]
        pairs = pairs_of(values, a=tuple("abc"), b=tuple("ABC"), problems=names, datasets=names)
        for row in verdicts_of(pairs).to_dict("records"):
            inside = row["low_new"] <= 0 <= row["high_new"]
            assert row["verdict_new"] not in ("better", "worse") or not inside
            assert (
                row["verdict_new"] != "practically equal"
                or max(-row["low_new"], row["high_new"]) < 0.01
            )
            assert inside or (row["difference_new"] < 0) == (row["high_new"] < 0)
            told += row["verdict_new"] == "better"
    assert told


@pytest.mark.slow
def test_no_word_for_new_data_sets_contradicts_that_for_this_problem_set(make_panels):
    # a is ahead by little on most problems, behind by much on one: by the mean it is worse.
    rng = np.random.default_rng(13)
    cells = {
        f"p{k}": {
            "a": list(0.3 + rng.normal(0, 0.005, 8) + (1.5 if k < 1 else -0.03)),
            "b": list(0.3 + rng.normal(0, 0.005, 8)),
        }
        for k in range(16)
    }
    found = only(verdicts(make_panels(cells)))
    assert found["high_new"] < 0
    assert found["p_new_holm"] <= 0.05
    assert (found["verdict"], found["verdict_new"]) == ("worse", "undecided")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_the_verdict_without_a_problem_is_that_of_a_sweep_without_it(seed, make_panels):
    rng = np.random.default_rng(seed)
    cells = {
        f"p{k}": {"a": 0.5 + 0.1 * rng.normal(size=8), "b": 0.5 + 0.1 * rng.normal(size=8)}
        for k in range(4)
    }
    for regrets in cells.values():
        regrets["a"] -= 0.02 * seed
    cells["wild"] = {"a": rng.random(8), "b": rng.random(8)}
    values = {p: {s: v.tolist() for s, v in found.items()} for p, found in cells.items()}
    (row,) = verdicts(make_panels(values)).to_dict("records")
    assert row["dominant"] == "wild"
    del values["wild"]
    (other,) = verdicts(make_panels(values)).to_dict("records")
    assert row["verdict_without"] == other["verdict"]
    assert other["verdict_without"] in ("", other["verdict"])


def test_the_tests_on_this_problem_set_alone_say_what_the_verdicts_say(make_panels):
    rng = np.random.default_rng(8)
    panels = make_panels(
        {f"p{k}": {name: list(rng.random(6) + (name == "c")) for name in "abc"} for k in range(3)}
    )
    found = verdicts_on_problem_set(all_pairs(panels), 0.02)
    pd.testing.assert_frame_equal(found, verdicts(panels, rope=0.02)[list(found.columns)])
    assert "better" in set(found["verdict"])
