"""Verdicts of sweeps whose regrets, or whose frames, are made up."""

import math

import numpy as np
import pandas as pd
import pytest

from bench.curves.equivalents import equivalents, trials_saved
from bench.curves.leaderboard import leaderboard
from bench.inference.verdicts import verdicts
from bench.prose.verdict import in_words

PAIR = {
    "a": "tpe", "b": "random", "budget": 50, "n_problems": 12, "n_left_out": 0, "n_repetitions": 20,
    "verdict": "undecided", "difference": -0.03, "low": -0.07, "high": 0.01, "p": 0.2,
    "p_equal": 0.9, "p_holm": 0.2, "n_won": 2, "n_tied": 10, "n_lost": 0,
    "n_ahead": 8, "n_behind": 4,
    "n_repetitions_needed": 57.0, "n_repetitions_needed_equal": math.inf, "n_datasets": 12,
    "n_functions": 0, "verdict_new": "undecided", "reachable": True,
    "difference_new": -0.02, "low_new": -0.05, "high_new": 0.01, "p_new_holm": 0.3,
    "regret_difference": math.nan, "dominant": "", "dominant_share": math.nan,
    "dominant_bounded": math.nan, "verdict_without": "",
}  # fmt: skip
SAVED = {"strategy": "tpe", "factor": 2.6, "low": 1.8, "high": 3.1, "n_problems": 12, "n_bounds": 0,
         "bound": False}  # fmt: skip


@pytest.fixture
def drawn():
    """Normal regrets around a centre a strategy: `drawn(random=0.5, tpe=0.2)`."""

    def drawn(problems=8, repetitions=10, sd=0.05, **centres):
        rng = np.random.default_rng(0)
        return {
            f"p{k}": {
                name: list(rng.normal(centre, sd, repetitions)) for name, centre in centres.items()
            }
            for k in range(problems)
        }

    return drawn


@pytest.fixture
def verdict_of(make_panels):
    """The verdict on final regrets: problem -> strategy -> a value a repetition, None: no run."""

    def verdict_of(cells, trials=None, rope=0.01, sources=(), datasets=None, **given):
        panels = make_panels(cells, datasets=datasets)
        return in_words(
            leaderboard(panels, trials),
            verdicts(panels, trials, rope),
            trials_saved(equivalents(panels, trials)),
            when=f"after {trials or 2} trials" if panels else "",
            rope=rope,
            sources=sources,
            repetitions=max((len(panel.repetitions) for panel in panels), default=0),
            **given,
        )

    return verdict_of


@pytest.fixture
def verdict_on():
    """The verdict on pairs, each `PAIR` with changes, of strategies with the best first."""

    def verdict_on(
        *rows, best_first=("tpe", "random"), saved=None, when="after 50 trials", **given
    ):
        board = pd.DataFrame(
            {
                "strategy": best_first,
                "rank": range(1, len(best_first) + 1),
                "mean": 0.1,
                "n_all_problems": 12,
            }
        )
        table = pd.DataFrame([PAIR | row for row in rows])
        factors = pd.DataFrame([SAVED | (saved or {})])
        options = {"rope": 0.01, "repetitions": 20} | given
        return in_words(board, table, factors, when=when, **options)

    return verdict_on


@pytest.fixture
def whole():
    """The text of a verdict: a line a sentence, the legend, a line a detail."""

    def whole(verdict):
        parts = ["\n".join(verdict.sentences), verdict.legend, "\n".join(verdict.details)]
        return "\n\n".join(part for part in parts if part)

    return whole
