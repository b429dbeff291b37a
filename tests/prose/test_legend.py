import math

import pandas as pd
import pytest

from bench.panels.regret import FIRST_TRIALS, SWEEP_BEST
from bench.prose.comparisons import comparisons
from bench.prose.legend import ends_of_scale, legend


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ([], "0 is the best value known and 1 the median of one random draw"),
        (
            ["the known optimum; given", f"{SWEEP_BEST}; the median trial of random"],
            "0 is the best value known (the best value of this sweep where none is recorded) and 1 "
            "the median of one random draw",
        ),
        (
            [f"{SWEEP_BEST}; the median trial of random"] * 2,
            "0 is the best value of this sweep and 1 the median of one random draw",
        ),
        (
            ["the known optimum; given", f"the known optimum; {FIRST_TRIALS}"],
            "0 is the best value known and 1 the median of one random draw (the median of the "
            "first trials of all strategies where those are few)",
        ),
        (
            [f"{SWEEP_BEST}; {FIRST_TRIALS}"],
            "0 is the best value of this sweep and 1 the median of the first trials of "
            "all strategies",
        ),
    ],
)
def test_the_ends_of_the_scale_are_what_the_panels_say(sources, words):
    assert ends_of_scale(sources) == words


def test_what_is_not_said_is_not_explained():
    row = {
        "a": "tpe", "b": "gp", "trials": 50, "problems": 12, "repetitions": 20,
        "verdict": "better", "difference": -0.03, "low": -0.07, "high": -0.01, "p": 0.01,
        "p_equal": 0.9, "won": 2, "tied": 10, "lost": 0, "ahead": 8, "behind": 4,
        "repetitions_needed": 5.0, "repetitions_equal": 5.0, "datasets": 12,
        "verdict_new": "better", "reachable": True,
        "regret_difference": math.nan, "dominant": "", "dominant_share": math.nan,
        "dominant_bounded": math.nan,
    }  # fmt: skip
    board = pd.DataFrame({"strategy": ["tpe", "gp"], "rank": [1, 2], "mean": 0.1, "of": 12})
    sweep = comparisons(board, pd.DataFrame([row]))
    short = legend(sweep, ["tpe is ahead of gp."], rope=0)
    assert short == (
        "Regret is normalised: 0 is the best value known and 1 the median of one random draw. "
        "Verdicts are for these problems; 95 % intervals are per pair, not corrected for multiple "
        "comparisons."
    )
    said = [
        "Ahead of random, but not surely: tpe and gp.",
        "For new problems.",
        "a difference of 1; no affordable number would tell",
    ]
    extra = legend(sweep, said, rope=0.01)
    for words in (
        "A difference below 0 is",
        "Ahead or behind, but not surely, is undecided",
        "within ±0.01,",
        "For new problems data sets are the sample",
        "as observed (none affordable: not even 10,000 more).",
    ):
        assert words in extra
        assert words not in short
