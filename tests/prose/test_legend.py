import math

import pandas as pd
import pytest

from bench.panels.regret import FIRST_TRIALS, SWEEP_BEST
from bench.prose.comparisons import comparisons
from bench.prose.legend import ends_of_scale, legend

KNOWN = "the known optimum; given"
OF_SWEEP = f"{SWEEP_BEST}; the median trial of random"
SOURCES = {
    "nothing known": [],
    "some of the sweep": [KNOWN, OF_SWEEP],
    "all of the sweep": [OF_SWEEP] * 2,
    "some of first trials": [KNOWN, f"the known optimum; {FIRST_TRIALS}"],
    "all of first trials": [f"{SWEEP_BEST}; {FIRST_TRIALS}"],
}
ROW = {
    "a": "tpe", "b": "gp", "budget": 50, "n_problems": 12, "n_repetitions": 20,
    "verdict": "better", "difference": -0.03, "low": -0.07, "high": -0.01, "p": 0.01,
    "p_equal": 0.9, "n_won": 2, "n_tied": 10, "n_lost": 0, "n_ahead": 8, "n_behind": 4,
    "n_repetitions_needed": 5.0, "n_repetitions_needed_equal": 5.0, "n_datasets": 12,
    "verdict_new": "better", "reachable": True,
    "regret_difference": math.nan, "dominant": "", "dominant_share": math.nan,
    "dominant_bounded": math.nan, "verdict_without": "",
}  # fmt: skip
SAID = {
    "little": ["tpe is ahead of gp."],
    "sides": ["Ahead of random, but not surely: tpe and gp."],
    "new": ["For new problems."],
    "difference": ["a difference of 1"],
    "more": ["about 3 more repetitions would tell"],
    "never": ["no affordable number would tell"],
    "bounded": ["in bounded regret"],
}


@pytest.fixture
def sweep():
    board = pd.DataFrame(
        {"strategy": ["tpe", "gp"], "rank": [1, 2], "mean": 0.1, "n_all_problems": 12}
    )
    return comparisons(board, pd.DataFrame([ROW]))


def test_the_legend_in_words(sweep, golden):
    ends = [f"{name}: {ends_of_scale(sources)}" for name, sources in SOURCES.items()]
    legends = [f"{name}: {legend(sweep, texts, rope=0.01)}" for name, texts in SAID.items()]
    plain = f"no region: {legend(sweep, [], rope=0, sources=[OF_SWEEP])}"
    golden("legend", "\n".join([*ends, "", *legends, plain]))


@pytest.mark.parametrize("name", [name for name in SAID if name != "little"])
def test_what_is_said_is_explained_and_nothing_else(name, sweep):
    def parts(texts, rope=0.01):
        return legend(sweep, texts, rope=rope).count(". ")

    assert parts(SAID[name]) == parts(SAID["little"]) + 1
    assert parts([], rope=0) == parts([]) - 1
