"""What was read of several files as one tidy table."""

from __future__ import annotations

import pandas as pd
import pytest

from bench.exchange.imported import ExchangeError, Imported, Rule, Study, tidy_table
from bench.exchange.naming import Place


def study(place, values=(1.0,), called="a run"):
    return Study(place, pd.DataFrame({"value": values}), called)


def test_rules_of_one_tool_are_said_once_with_the_sum_of_their_counts():
    parts = [
        Imported(
            tool,
            (study(Place("a", tool, n)),),
            ("b", Rule(n, "trial is c", "trials are c"), Rule(0, "d", "ds")),
        )
        for tool, n in (("X", 1), ("X", 1200), ("Y", 1))
    ]
    assert tidy_table(parts)[1] == (
        "X: b",
        "X: 1,201 trials are c",
        "Y: b",
        "Y: 1 trial is c",
    )


def test_two_runs_of_one_place_are_refused_by_name():
    place = Place("a", "p", 0)
    parts = [Imported("X", (study(place, called="file 1"), study(place, called="file 2")))]
    with pytest.raises(ExchangeError, match="file 1 and file 2 are both a on p, repetition 0"):
        tidy_table(parts)


def test_names_that_are_changed_or_numbered_are_said():
    one = study(Place("a", "p", None), (1.0, 2.0))
    trials, rules = tidy_table([Imported("X", (one,))])
    assert trials["trial_number"].tolist() == [0, 1]
    assert set(trials["repetition"]) == {0}
    assert rules == ()
    _, rules = tidy_table([Imported("X", (one, one, study(Place("a" * 200, "p", None))))])
    assert [rule.split()[0] for rule in rules] == ["names", "runs"]
