import pandas as pd

from bench.measured.live_settings import live_settings


def test_a_table_of_the_package_has_those_of_the_model_it_was_made_of():
    runs = pd.DataFrame(
        [
            ("t", "table-svm-wine", 2, "{}"),
            ("old", "table-svm-wine", 1, "{}"),
            ("live", "svm-wine", 1, '{"folds": 4}'),
            ("mine", "table", 1, '{"path": "mine.parquet"}'),
        ],
        columns=["problem", "problem_name", "problem_version", "problem_settings"],
    )
    found = live_settings(pd.concat([runs, runs]))
    assert found.pop("t")["folds"] == 5
    # Of another version than today's nothing is known.
    assert found == {"old": {}, "live": {"folds": 4}, "mine": {"path": "mine.parquet"}}
