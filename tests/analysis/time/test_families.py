from typing import Any

import pandas as pd

from bench.analysis.time.families import COLUMNS, families


def runs(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Runs from label, name, version, settings, workers and whether these wait."""
    names = ["strategy", "strategy_name", "strategy_version", "strategy_settings", "n_workers",
             "synchronous"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def found(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    rows = families(frame, list(frame["strategy"].unique()))
    assert list(rows.columns) == COLUMNS
    return [tuple(row) for row in rows.itertuples(index=False)]


def test_a_family_is_found_by_what_was_recorded_and_not_by_its_labels() -> None:
    frame = runs(
        ("fast", "tpe", 1, '{"a":1,"b":2}', 8, False),
        ("tpe 8", "gp", 1, "{}", 1, False),
        ("slow", "tpe", 1, '{"b":2,"a":1}', 1, False),
        ("middle", "tpe", 1, '{"a":1,"b":2}', 4, False),
        ("slow", "tpe", 1, '{"b":2,"a":1}', 1, False),
    )
    assert found(frame) == [
        ("tpe", "slow", "slow", 1, False),
        ("tpe", "middle", "slow", 4, False),
        ("tpe", "fast", "slow", 8, False),
    ]


def test_the_same_run_with_one_worker_belongs_to_both_modes() -> None:
    frame = runs(
        ("one", "tpe", 1, "{}", 1, False),
        ("four", "tpe", 1, "{}", 4, False),
        ("batches", "tpe", 1, "{}", 4, True),
    )
    assert found(frame) == [
        ("tpe", "one", "one", 1, False),
        ("tpe", "four", "one", 4, False),
        ("tpe (batches)", "one", "one", 1, True),
        ("tpe (batches)", "batches", "one", 4, True),
    ]


def test_names_say_what_differs_and_nothing_else() -> None:
    frame = runs(
        ("a", "tpe", 1, '{"n":10,"liar":true}', 2, False),
        ("b", "tpe", 1, '{"n":10,"liar":1}', 2, False),
        ("c", "tpe", 2, '{"n":10}', 2, True),
        ("d", "gp", 1, '{"n":10}', 2, False),
    )
    assert [row[0] for row in found(frame)] == [
        "tpe (version 1, liar = true)",
        "tpe (version 1, liar = 1)",
        "tpe (version 2, batches)",
        "gp",
    ]


def test_without_one_worker_there_is_no_baseline() -> None:
    frame = runs(("a", "tpe", 1, "{}", 2, False), ("b", "tpe", 1, '{"n":1}', 1, False))
    assert found(frame) == [("tpe", "a", "", 2, False)]


def test_of_two_labels_with_one_worker_the_first_is_the_baseline() -> None:
    frame = runs(
        ("again", "tpe", 1, "{}", 1, False),
        ("tpe", "tpe", 1, "{}", 1, False),
        ("two", "tpe", 1, "{}", 2, False),
    )
    assert [row[1:4] for row in found(frame)] == [
        ("again", "again", 1),
        ("tpe", "again", 1),
        ("two", "again", 2),
    ]


def test_nobody_with_several_workers_is_no_family() -> None:
    assert found(runs(("a", "tpe", 1, "{}", 1, False))) == []
