import numpy as np
import pandas as pd
import pytest

from bench.inference.leave_out import least_stable_first, leave_out, number_left_out
from bench.inference.paired import all_pairs
from bench.inference.subsets import subsets
from bench.inference.verdicts import verdicts


@pytest.fixture
def left_out(make_panels):
    """The stability of the pairs of final regrets: data set -> strategy -> a value a repetition."""

    def left_out(values, draws=100):
        panels = make_panels(values)
        return leave_out(all_pairs(panels), verdicts(panels), draws)

    return left_out


def sweep(differences, repetitions=6):
    """A data set a difference: `worse` is behind `better` by it, but for a little noise."""
    noise = np.random.default_rng(0).normal(0, 0.01, (len(differences), repetitions))
    return {
        f"d{k:02}": {"better": [0.2] * repetitions, "worse": list(0.2 + by + noise[k])}
        for k, by in enumerate(differences)
    }


def test_what_is_better_everywhere_stays_so_in_all_draws(left_out):
    (row,) = left_out(sweep([0.3] * 20)).to_dict("records")
    assert row == {
        "a": "better", "b": "worse", "verdict": "better", "verdict_new": "better",
        "n_kept": 100, "n_flipped": 0, "n_kept_new": 100, "n_flipped_new": 0,
        "n_draws": 100, "n_left_out": 5,
    }  # fmt: skip


def test_a_difference_of_one_data_set_is_lost_where_it_is_left_out(left_out):
    # Without the last, of +0.8 beside 11 of −0.02, the sign of the mean is the other one.
    found = left_out(sweep([*[-0.02] * 11, 0.8]))
    (row,) = found.to_dict("records")
    without = int((~subsets(12, 11)[:, 11]).sum())
    assert row["verdict"] == "better"
    assert (row["n_kept"], row["n_flipped"]) == (100 - without, without)
    # Eleven of twelve signs are on the other side, so nothing is said of new data sets.
    assert row["verdict_new"] == "undecided"
    assert np.isnan(float(np.array(row["n_kept_new"], dtype=float)))


def test_pairs_without_a_significant_difference_have_no_row(left_out):
    cells = {f"d{k}": {"a": [0.1, 0.2, 0.3], "b": [0.1, 0.2, 0.3]} for k in range(10)}
    found = left_out(cells)
    assert found.empty
    assert list(found)[:4] == ["a", "b", "verdict", "verdict_new"]


@pytest.mark.parametrize(("count", "out"), [(10, 1), (19, 1), (20, 5), (100, 5)])
def test_five_are_left_out_or_a_tenth_of_fewer_than_20(count, out):
    assert number_left_out(count) == out


def test_the_least_stable_come_first():
    rows = {
        "both kept": (100, 0, 100, 0),
        "one lost, one kept": (100, 0, 15, 0),
        "both lost in half": (50, 0, 50, 0),
        "the other sign": (90, 2, None, None),
        "of new data sets only": (None, None, 40, 0),
        "the other sign in more": (99, 1, 80, 9),
    }
    columns = ["n_kept", "n_flipped", "n_kept_new", "n_flipped_new"]
    frame = pd.DataFrame(rows.values(), columns=columns, dtype="Int64").assign(a=list(rows))
    assert least_stable_first(frame)["a"].tolist() == [
        "the other sign in more",
        "the other sign",
        "one lost, one kept",
        "of new data sets only",
        "both lost in half",
        "both kept",
    ]
