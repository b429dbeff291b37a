"""The texts of the leaderboard's columns, filter and curves."""

import pytest

from bench.captions import leaderboard as texts
from bench.prose.quantities import aligned


def test_how_the_leaderboard_is_computed(golden):
    limits = ["Timed out", "Out of memory"]
    told = texts.how(bounded=True, speed=True, kinds=True, budgets=True, limits=limits)
    golden("leaderboard-how", "\n".join(told))


def test_only_what_there_is_is_explained():
    whole = texts.how(bounded=True, speed=True, kinds=True, budgets=True, limits=["Timed out"])
    few = texts.how(bounded=False, speed=False, kinds=False, budgets=False, limits=[])
    assert set(few) < set(whole)
    assert len(whole) - len(few) == 5


def test_the_filter_and_the_curves_in_words(golden):
    golden("leaderboard-filter", "\n".join([
        texts.every(7), texts.every(1), texts.tagged(["mixed", "conditional"], 2),
        texts.tagged(["svm"], 1), texts.budget(20, "trial"), texts.budget(None, "trial"),
        texts.chosen(["svm-wine", "branin"], 7),
        texts.curve([(1, 1.25), (5, 0.4), (20, 0.0311)]), texts.curve([(1, 1.25)]),
        texts.curve([]),
    ]))  # fmt: skip


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0.14, 1.2], ["0.14", "1.20"]),
        ([0.0031, 0.5], ["0.0031", "0.5000"]),
        # The smallest has fewer digits rather than the largest many more.
        ([0.00031, 0.5], ["0.0003", "0.5000"]),
        ([12.3, 250], ["12", "250"]),
        ([0.0, 0.4], ["0.00", "0.40"]),
        ([2e7, 1.0], ["2.0 × 10⁷", "1.0"]),
        ([0.0, 0.0], ["0.00", "0.00"]),
    ],
)
def test_effects_of_a_column_have_the_same_decimals(values, shown):
    show = aligned(values)
    assert [show(value) for value in values] == shown
