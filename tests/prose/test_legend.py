import itertools
import math

import pandas as pd
import pytest

from bench.panels.regret import FIRST_TRIALS, SWEEP_BEST
from bench.prose.comparisons import comparisons
from bench.prose.legend import ends_of_scale, how, legend

NAMES = ("tpe", "gp", "random")
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
    "p_equal": 0.9, "p_holm": 0.2, "p_new_holm": 0.3,
    "difference_new": -0.02, "low_new": -0.05, "high_new": 0.01, "n_won": 2,
    "n_tied": 10, "n_lost": 0, "n_ahead": 8, "n_behind": 4,
    "n_repetitions_needed": 5.0, "n_repetitions_needed_equal": 5.0, "n_datasets": 12,
    "n_functions": 0, "verdict_new": "better", "reachable": True,
    "regret_difference": math.nan, "dominant": "", "dominant_share": math.nan,
    "dominant_bounded": math.nan, "verdict_without": "",
}  # fmt: skip
SAID = {
    "little": ["tpe is significantly better than gp."],
    "new": ["Generalising to new data sets, tpe is significantly better than gp."],
    "more": ["About 3 more repetitions of each problem would be needed."],
    "never": ["More than 10,000 further repetitions of each problem would be needed."],
}


def sweep_of(*names):
    """A sweep of strategies of which each pair has the same numbers."""
    board = pd.DataFrame({"strategy": names, "mean": 0.1, "n_all_problems": 12}).assign(
        rank=range(1, len(names) + 1)
    )
    pairs = list(itertools.combinations(names, 2))
    return comparisons(board, pd.DataFrame([ROW | {"a": a, "b": b} for a, b in pairs]))


def test_the_legend_in_words(golden):
    ends = [f"{name}: {ends_of_scale(sources)}" for name, sources in SOURCES.items()]
    legends = [f"plain: {legend([], [OF_SWEEP])}", f"bounded: {legend(['in bounded regret'])}"]
    golden("legend", "\n".join([*ends, "", *legends]))


def test_how_numbers_are_made_in_words(golden):
    lines = [
        line
        for count in (2, 3)
        for name, texts in SAID.items()
        for line in (f"# {count} strategies, {name}",
                     *how(sweep_of(*NAMES[:count]), texts, rope=0.01))
    ]  # fmt: skip
    golden("how", "\n".join(lines))


@pytest.mark.parametrize("name", [name for name in SAID if name != "little"])
def test_what_is_said_is_explained_and_nothing_else(name):
    def parts(texts, rope=0.01):
        return len(how(sweep_of("tpe", "gp"), texts, rope=rope))

    assert parts(SAID[name]) == parts(SAID["little"]) + 1
    assert parts([], rope=0) == parts([]) - 1


def test_regret_is_explained_as_far_as_it_is_used():
    assert "Bounded" not in legend(["in mean normalised regret"])
    assert "2 − 1 / regret" in legend(["in mean bounded regret"])
