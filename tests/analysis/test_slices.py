import json

import numpy as np
import pytest

from bench.analysis.slices import bins, gaps, slices
from bench.testing.frames import join, make_run
from bench.testing.panels import panels


def run(configs, train, validation, test, **given):
    """Frames of a run of such configurations, by accuracy."""
    trials, runs = make_run(validation, tests=test, direction="maximize", **given)
    texts = [json.dumps(config) for config in configs]
    trials = trials.assign(config=texts, train_value=train, metric="accuracy")
    return trials, runs.assign(metric="accuracy")


def depths(**given):
    """Five trials of depth 1, then five of depth 8, which fits better and generalises worse."""
    return run(
        [{"depth": 1, "rule": "gini"}] * 5 + [{"depth": 8, "rule": "gini"}] * 5,
        [0.5, 0.6, 0.7, 0.8, 0.9] + [1.0] * 5,
        [0.5, 0.6, 0.7, 0.7, 0.9, 0.4, 0.5, 0.6, 0.7, 0.8],
        [0.6] * 5 + [0.3] * 5,
        **given,
    )


def found(*parts):
    frames = join(*parts)
    return slices(frames[0], panels(frames))


def test_medians_and_quartiles_by_hand():
    frame = found(depths())
    assert frame["parameter"].tolist() == ["depth", "depth"]
    assert frame["low"].tolist() == frame["high"].tolist() == frame["centre"].tolist() == [1, 8]
    assert frame["train"].tolist() == [0.7, 1.0]
    assert frame["train_q1"].tolist() == [0.6, 1.0]
    assert frame["train_q3"].tolist() == [0.8, 1.0]
    assert frame["validation"].tolist() == [0.7, 0.6]
    assert frame["test"].tolist() == [0.6, 0.3]
    assert frame["gap"].tolist() == pytest.approx([0, 0.4])
    # Of the gaps 0, 0, 0, 0.1, 0 and 0.6, 0.5, 0.4, 0.3, 0.2.
    assert frame["gap_q1"].tolist() == pytest.approx([0, 0.3])
    assert frame["gap_q3"].tolist() == pytest.approx([0, 0.5])
    assert frame["n_trials"].tolist() == [5, 5]
    assert frame["strategies"].tolist() == ["random", "random"]
    assert frame["held"].tolist() == ["{}", "{}"]


def test_the_gap_of_an_error_has_the_same_sign():
    trials, runs = depths()
    errors = trials.assign(direction="minimize", value=1 - trials["value"],
                           train_value=1 - trials["train_value"])  # fmt: skip
    frame = slices(errors, panels((errors, runs.assign(direction="minimize"))))
    assert frame["gap"].tolist() == pytest.approx([0, 0.4])


def test_only_random_search_counts_where_it_ran():
    other = depths(strategy="tpe", repetition=1)
    worse = other[0].assign(train_value=0.0)
    assert found(depths(), (worse, other[1])).equals(found(depths()))
    alone = found(other)
    assert alone["strategies"].tolist() == ["", ""]
    assert alone["train"].tolist() == [0.7, 1.0]


def test_only_completed_full_evaluations_count():
    config = {"depth": 1, "rule": "gini"}
    trials, runs = depths()
    more = run(
        [config] * 3, [0.0, 0.0, np.nan], [None, 0.5, 0.5], [0.0] * 3,
        fidelities=[1.0, 0.5, 1.0], repetition=1, budget=10,
    )  # fmt: skip
    frame = found((trials, runs), more)
    assert frame["n_trials"].tolist() == [5, 5]
    assert frame["train"].tolist() == [0.7, 1.0]


def test_a_parameter_counts_where_it_is_active():
    configs = [{"kernel": "linear"}] * 4 + [
        {"kernel": "rbf", "gamma": g} for g in [0.1] * 5 + [9.0] * 5
    ]
    frame = found(run(configs, [1.0] * 14, [0.5] * 4 + [0.6] * 10, [0.5] * 14))
    assert frame["held"].tolist() == ['{"kernel": "rbf"}'] * 2
    assert frame["parameter"].tolist() == ["gamma", "gamma"]
    assert frame["n_trials"].tolist() == [5, 5]


@pytest.mark.parametrize(
    "values", [[True, False], ["1", "2"], [3, 3]], ids=["truth values", "strings", "constant"]
)
def test_what_is_no_number_or_does_not_vary_has_no_slice(values):
    configs = [{"a": value} for value in values for _ in range(5)]
    assert found(run(configs, [1.0] * 10, [0.5] * 10, [0.5] * 10)).empty


def test_without_training_values_there_is_no_row():
    trials, runs = depths()
    for without in (trials.drop(columns="train_value"), trials.assign(train_value=np.nan),
                    trials.drop(columns="config")):  # fmt: skip
        assert slices(without, panels((trials, runs))).empty


def test_many_values_are_cut_into_equal_shares_on_any_scale():
    values = np.arange(1.0, 81.0)
    code = bins(values)
    assert np.bincount(code).tolist() == [10] * 8
    assert bins(np.exp(values / 8)).tolist() == code.tolist()
    # With 5 trials a bin at least.
    assert np.bincount(bins(np.arange(13.0))).tolist() == [7, 6]
    assert set(bins(np.arange(9.0)).tolist()) == {0}


def test_ties_share_a_bin():
    values = np.repeat(np.arange(10.0), [40] + [5] * 9)
    code = bins(values)
    assert len(np.unique(code[values == 0])) == 1
    assert all(len(np.unique(code[values == value])) == 1 for value in values)


def test_where_the_gap_is_largest_and_smallest():
    (row,) = gaps(found(depths())).to_dict("records")
    assert row["parameter"] == "depth"
    assert (row["small_high"], row["large_low"]) == (1, 8)
    assert (row["small_train"], row["large_train"]) == (0.7, 1.0)
    assert row["overfits"]


def test_a_better_validation_score_is_no_overfitting():
    trials, runs = depths()
    better = trials.assign(value=trials["value"].where(trials["trial_number"] < 5, 0.8))
    (row,) = gaps(slices(better, panels((better, runs)))).to_dict("records")
    assert (row["small_gap"], row["large_gap"]) == pytest.approx((0, 0.2))
    assert not row["overfits"]


def weighted(neighbors, far):
    """Trials of k nearest neighbours: by distance the training score is 1, otherwise 0.7."""
    configs = [
        {"neighbors": k, "weights": "distance" if place < at else "uniform"}
        for k, at in zip(neighbors, far, strict=True)
        for place in range(20)
    ]
    distance = [config["weights"] == "distance" for config in configs]
    validation = [0.66 if it_is else 0.65 for it_is in distance]
    train = [1.0 if it_is else 0.7 for it_is in distance]
    return run(configs, train, validation, [0.6] * len(configs))


def test_a_choice_that_decides_the_gap_is_held():
    # Of 20 trials 9 and 11 are by distance: the medians of all trials would jump from 0.7 to 1.
    frame = found(weighted([5, 50], [9, 11]))
    assert frame["train"].tolist() == [1, 1]
    assert frame["gap"].tolist() == pytest.approx([0.34, 0.34])
    assert frame["n_trials"].tolist() == [9, 11]
    assert frame["held"].tolist() == ['{"weights": "distance"}'] * 2
    assert not gaps(frame)["clear"].any()


def test_what_is_held_is_what_the_best_trial_of_most_repetitions_chose():
    configs = [
        {"depth": 1 + 7 * (n % 2), "rule": "gini" if n < 10 else "entropy"} for n in range(20)
    ]
    parts = [
        run(configs, [1.0] * 20, [low] * 10 + [0.5] * 10, [0.5] * 20, repetition=r)
        for r, low in enumerate([0.4, 0.6, 0.4])
    ]
    frame = found(*parts)
    assert set(frame["held"]) == {'{"rule": "entropy"}'}
    assert frame["n_trials"].tolist() == [15, 15]


def test_a_choice_that_is_not_active_is_not_named():
    configs = [
        {"depth": 1 + 7 * (n % 2), "on": n < 10} | ({"kind": "a"} if n < 10 else {})
        for n in range(20)
    ]
    frame = found(run(configs, [1.0] * 20, [0.4] * 10 + [0.5] * 10, [0.5] * 20))
    assert set(frame["held"]) == {'{"on": false}'}
    assert frame["n_trials"].tolist() == [5, 5]


def test_a_gap_that_another_number_decides_is_not_clear():
    # The other number is large in 2 of 5 trials of depth 1, and in 3 of 5 of depth 8.
    configs = [
        {"depth": d, "power": p} for d, n in ((1, 2), (8, 3)) for p in [2] * n + [1] * (5 - n)
    ]
    train = [1.0 if config["power"] == 2 else 0.7 for config in configs]
    validation = [0.60 if config["power"] == 2 else 0.65 for config in configs]
    frame = found(run(configs, train, validation, [0.6] * 10))
    rows = gaps(frame[frame["parameter"] == "depth"]).to_dict("records")
    assert rows[0]["large_gap"] - rows[0]["small_gap"] == pytest.approx(0.35)
    assert (rows[0]["clear"], rows[0]["overfits"]) == (False, False)
    rows = gaps(frame[frame["parameter"] == "power"]).to_dict("records")
    assert (rows[0]["clear"], rows[0]["overfits"]) == (True, True)


def test_nothing_has_no_gap():
    assert gaps(found(make_run([1.0]))).empty


def test_without_a_bin_of_enough_trials_there_is_no_slice():
    configs = [{"depth": depth, "rule": "gini"} for depth in range(8)]
    assert found(run(configs, [0.9] * 8, [0.5] * 8, [0.5] * 8)).empty
