import math

import pandas as pd

from bench.book import tables
from bench.measured.problems import Measured


def difficulty(**values):
    found = {
        "regret_10": 0.5,
        "regret_50": 0.2,
        "regret_200": 0.1,
        "n_draws_to_target": 7.0,
        "p_near_optimum": 0.0,
        "n_measured": 200.0,
    }
    return pd.Series(found | values)


class Made:
    group = "Functions"

    def __init__(self, how="simulated", **values):
        self.facts = {"name": "f", "sentence": "A function.", "unavailable": None}
        self.measured = Measured(how, difficulty(**values))


def test_a_sample_without_a_hit_does_not_say_that_there_is_none():
    row = tables.table([Made()]).iloc[0].str.replace("\N{NO-BREAK SPACE}", " ")
    assert row["near"] == "< 0.1 %"


def test_draws_that_were_not_enough():
    table = tables.table([Made(n_draws_to_target=math.inf), Made(n_draws_to_target=12345.0)])
    assert table["draws to 0.1"].tolist() == ["> 200", "12,345"]


def test_what_is_a_lower_bound_says_so():
    made = [Made("sampled", regret_200=math.nan, n_measured=50.0),
            Made("sampled", n_draws_to_target=math.inf, n_measured=50.0)]  # fmt: skip
    table = tables.table(made)
    assert table["regret after 10"].tolist() == ["≥ 0.5", "≥ 0.5"]
    assert table["regret after 200"].tolist() == ["–", "≥ 0.1"]
    assert table["draws to 0.1"].tolist() == ["≥ 7", "> 50"]


def test_columns_without_anything_are_left_out():
    assert tables.table([Made()]).columns.tolist() == [
        "name", "what it is", "regret after 10", "regret after 50", "regret after 200",
        "draws to 0.1", "near",
    ]  # fmt: skip


def test_shares_are_listed_largest_first_and_the_rest_last():
    frame = pd.DataFrame(
        {"effect": [("a",), ("b",), ()], "share": [0.2, 0.5, 0.3], "low": [0.1, 0.5, 0.3],
         "high": [0.3, 0.5, 0.3]}
    )  # fmt: skip
    table = tables.shares(Measured("exact", shares=frame, better=frame))
    assert table["effect"].tolist() == ["b", "a", "three parameters or more"]
    assert (
        table["better half"].iloc[1].replace("\N{NO-BREAK SPACE}", " ") == "20.0 % (10.0 to 30.0)"
    )
