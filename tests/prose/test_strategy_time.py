import math

import pandas as pd
import pytest

from bench.prose.strategy_time import strategy_time


def times(**milliseconds):
    return pd.DataFrame(
        {"strategy": list(milliseconds), "ms_per_trial": list(milliseconds.values())}
    )


@pytest.mark.parametrize(
    ("milliseconds", "named", "seconds"),
    [
        ({"gp": 210, "tpe": 3.3, "random": 0.02}, ["tpe"],
         "210 ms for gp, 3.3 ms for tpe and 20 µs for random"),
        ({"gp": 210, "tpe": 3.3, "sobol": 0.5, "random": 0.02}, ["random"],
         "210 ms for gp and 20 µs for random"),
        ({"gp": 2500, "tpe": math.nan}, ["tpe"], "2.5 s for gp"),
    ],
)  # fmt: skip
def test_the_ends_and_those_that_are_asked_for(milliseconds, named, seconds):
    assert f", is {seconds} (median over runs)." in strategy_time(times(**milliseconds), named)


def test_of_nothing_nothing_is_said():
    assert strategy_time(times(gp=math.nan), ["gp"]) == ""
    assert strategy_time(times(), ["gp"]) == ""
