"""Runs as other tools log them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import problems.bbob
from bench.exchange.outgoing import (
    BBOB_INSTANCES,
    best_so_far,
    by_evaluation,
    curves_of,
    functions_of,
    partial_note,
    quoted,
    slugs,
)

NAN = float("nan")


def trials(*rows):
    """Rows are fidelity and value; NaN is a failed trial."""
    frame = pd.DataFrame(rows, columns=["fidelity", "value"])
    status = np.where(frame["value"].isna(), "failed", "completed")
    return frame.assign(status=status, trial_number=range(len(frame)))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(1, 3.0), (1, NAN), (1, 2.0)], [3.0, NAN, 2.0]),
        ([(1 / 3, 0.1), (1 / 3, 0.2), (1 / 3, 0.3), (1, 2.0)], [NAN, 2.0]),
        ([(0.5, 0.1), (1, 4.0), (0.5, 0.1), (1, 5.0)], [NAN, 4.0, 5.0]),
    ],
)
def test_the_axis_counts_full_evaluations(rows, expected):
    np.testing.assert_array_equal(by_evaluation(trials(*rows), maximize=False), expected)


def test_of_several_full_evaluations_in_one_place_the_best_counts():
    frame = trials((1, 3.0), (1, 1.0), (1, 2.0)).assign(continued_from=[0.0, 0.5, 0.5])
    np.testing.assert_array_equal(by_evaluation(frame, maximize=False), [3.0, 1.0])
    np.testing.assert_array_equal(by_evaluation(frame, maximize=True), [3.0, 2.0])


def test_best_so_far_marks_what_is_better():
    values = np.array([NAN, 2.0, 3.0, 1.0])
    found = [
        (n, None if np.isnan(b) else b, new) for n, b, new in best_so_far(values, maximize=False)
    ]
    assert found == [(1, None, False), (2, 2.0, True), (3, 2.0, False), (4, 1.0, True)]
    assert [new for *_, new in best_so_far(values, maximize=True)] == [False, True, True, False]


def test_bbob_functions_keep_number_dimension_and_instance(mixed):
    found = {function.problem: function for function in functions_of(mixed)}
    assert [(found[f"bbob:f8-d{d}"].number, found[f"bbob:f8-d{d}"].dimension) for d in (2, 3)] == [
        (8, 2),
        (8, 3),
    ]
    others = [found[name] for name in ("Accuracy", "Flaky", "Tree")]
    assert [function.number for function in others] == [1001, 1002, 1003]
    # Parameters that the trials have: these problems do not come with the package.
    assert [function.dimension for function in others] == [2, 2, 3]
    runs = mixed.runs[(mixed.runs["problem"] == "bbob:f8-d2") & (mixed.runs["repetition"] == 1)]
    (_, curve) = curves_of(mixed)(mixed.strategies[0], found["bbob:f8-d2"])
    assert curve.instance == 1 + runs["problem_seed"].iloc[0] % BBOB_INSTANCES
    assert BBOB_INSTANCES == problems.bbob.INSTANCES


def test_trials_of_lower_fidelity_are_named(cheaper, mixed):
    (line,) = partial_note(cheaper, "evaluations")
    assert "(hyperband)" in line
    assert partial_note(mixed, "evaluations") == []


@pytest.mark.parametrize(
    "label", ["../x", "..", ".hidden", "a/b", "C:\\x", "贝叶斯", "x" * 100, "-"]
)
def test_a_name_for_files_stays_in_its_folder(label):
    (name,) = slugs([label]).values()
    assert name == name.strip(".-")
    assert not set(name) & set("/\\: ")
    assert 0 < len(name) <= 60


def test_names_for_files_differ_on_systems_that_do_not_mind_capitals():
    assert list(slugs(["a", "A", "a/"]).values()) == ["a", "A-2", "a-3"]


def test_a_label_can_stand_between_apostrophes():
    assert quoted("it's a\t'b' \"c\"\\n") == "it´s a ´b´ ´c´/n"
