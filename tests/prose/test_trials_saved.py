import math
from dataclasses import replace

import pytest

from bench.curves.leaderboard import leaderboard
from bench.inference.verdicts import verdicts
from bench.prose.claims import Claim, Scope
from bench.prose.comparisons import comparisons
from bench.prose.trials_saved import saved, unknown

ROW = {"strategy": "tpe", "factor": 2.6, "low": 1.8, "high": 3.1, "n_problems": 12, "n_bounds": 0,
       "bound": False}  # fmt: skip


@pytest.fixture
def sweep(make_panels, drawn):
    panels = make_panels(drawn(random=0.5, tpe=0.2))
    return replace(comparisons(leaderboard(panels), verdicts(panels), "after 50 trials"), trials=50)


@pytest.mark.parametrize(
    ("changed", "relation", "words"),
    [
        ({}, "better", "needs 2.6 × the trials of tpe to reach the regret of tpe after 50 trials "
                       "(median over 12 problems; 95 % interval generalising to new data sets: 1.8 "
                       "to 3.1)."),
        ({"factor": 0.5, "low": 0.4, "high": 0.7}, "worse", "needs 0.50 × the trials of tpe"),
        ({"factor": 1.004}, "practically equal", "needs 1.0 × the trials"),
        ({"factor": 0.02}, "worse", "needs a single trial to reach the regret of tpe"),
        ({"high": math.inf}, "better", ": 1.8 or more)."),
        ({"n_bounds": 2}, "better", ": 1.8 to 3.1 or more)."),
        ({"bound": True}, "better", "needs at least 2.6 × the trials"),
        ({"low": math.nan, "high": math.nan}, "better", "(median over 12 problems)."),
    ],
)  # fmt: skip
def test_how_many_trials_random_needs(changed, relation, words, sweep):
    found = saved(sweep.all["tpe", "random"], ROW | changed, sweep)
    assert words in found.text
    assert found.claims == (Claim("tpe", "random", relation, Scope.TRIALS),)


@pytest.mark.parametrize(
    "changed", [{"factor": math.nan}, {"factor": math.inf}, {"factor": 0.7, "bound": True}]
)
def test_of_what_is_unknown_nothing_is_said(changed, sweep):
    found = saved(sweep.all["tpe", "random"], ROW | changed, sweep)
    assert (found.text, found.claims) == ("", ())


def test_a_better_strategy_with_unknown_savings_is_named(sweep):
    pair = sweep.all["tpe", "random"]
    assert pair.verdict == "better"
    (found,) = unknown([pair], {"tpe": ROW | {"factor": 0.7, "bound": True}})
    assert found.text.startswith("The trials that tpe would save are unknown: random has too few ")
    assert unknown([pair], {"tpe": ROW}) == []
    assert unknown([pair.swapped()], {"random": ROW | {"factor": 0.7, "bound": True}}) == []
