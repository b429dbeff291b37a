"""Whole verdicts of hand-made sweeps, one for each kind of sentence, as golden files."""

from typing import Any

import numpy as np
import pytest

from bench.panels.regret import SWEEP_BEST


def normal(seed, sd, problems=8, **centres):
    rng = np.random.default_rng(seed)
    return {
        f"p{k}": {name: list(rng.normal(centre, sd, 10)) for name, centre in centres.items()}
        for k in range(problems)
    }


def around(centre, by):
    """Regrets that alternate by ± around a centre."""
    return [centre + (by if place % 2 else -by) for place in range(10)]


EIGHT = range(8)
UNDECIDED_ALL = {"tpe": 0.46, "gp": 0.47, "sobol": 0.49, "default": 0.9}

# Name of the golden file -> regrets, and options of `verdict_of`.
DOMINATED = {"dominant": "p3", "dominant_share": 0.98}
SWEEPS: dict[str, Any] = {
    "verdict-one-is-ahead-of-all": lambda d: (d(random=0.5, tpe=0.2, gp=0.3), {}),
    "verdict-the-best-is-not-told-apart": lambda d: (d(random=0.5, tpe=0.2, gp=0.205), {}),
    "verdict-first-by-rank-alone": lambda d: (
        {
            f"p{k}": {"a": [0.1] * 9 + [9.0], "b": [0.2] * 10, "random": [0.3] * 10}
            for k in range(3)
        },
        {},
    ),
    "verdict-ahead-but-not-by-rank": lambda d: (
        {
            f"p{k}": {"random": [0.5] * 7 + [4.0, 4.1, 4.2], "tpe": around(0.6, 0.01)}
            for k in range(9)
        },
        {},
    ),
    "verdict-worse-than-random": lambda d: (
        d(problems=7, random=0.3, default=0.6)
        | {"easy": {"random": around(0.5, 0.1), "default": around(0.1, 0.02)}},
        {},
    ),
    "verdict-practically-equal": lambda d: (
        {f"p{k}": dict.fromkeys(("random", "a", "b"), [0.5] * 9) for k in EIGHT},
        {},
    ),
    "verdict-two-are-equal": lambda d: (
        {f"p{k}": dict.fromkeys(("random", "a"), [0.5] * 9) for k in EIGHT},
        {},
    ),
    "verdict-undecided-on-two-data-sets": lambda d: (
        normal(6, 0.2, random=0.5, tpe=0.45),
        {"datasets": {f"p{k}": f"d{k % 2}" for k in EIGHT}},
    ),
    "verdict-undecided-in-one-sentence": lambda d: (d(5, 6, 0.15, random=0.5, **UNDECIDED_ALL), {}),
    "verdict-one-repetition": lambda d: (
        {f"p{k}": {"random": [0.5], "tpe": [0.3 + k / 90]} for k in range(9)},
        {},
    ),
    "verdict-one-repetition-of-several": lambda d: (
        {
            f"p{k}": {
                "random": [0.5],
                "tpe": [0.3 + k / 90],
                "gp": [0.4 + k / 90],
                "a": [0.5 - k % 2],
            }
            for k in range(12)
        },
        {},
    ),
    "verdict-five-repetitions-of-one-problem": lambda d: (
        {"p": {"random": [0.5, 0.51, 0.52, 0.53, 0.54], "tpe": [0.1] * 5}},
        {},
    ),
    "verdict-others-are-decided-too": lambda d: (d(random=0.5, tpe=0.2, gp=0.3, sobol=0.4), {}),
    "verdict-no-random": lambda d: (d(tpe=0.2, gp=0.3, sobol=0.4), {}),
    "verdict-missing-runs": lambda d: (
        {
            "p": {"b": [0.2, 0.3], "a": [0.5, 0.4], "never": [None, None]},
            "q": {"b": [None, None], "a": [0.3, 0.4]},
        },
        {},
    ),
    "verdict-no-common-repetition": lambda d: (
        {"p": {"a": [0.5, 0.4, None], "b": [0.2, 0.3, None], "c": [None, None, 0.2]}},
        {},
    ),
    "verdict-no-run": lambda d: ({}, {}),
    "verdict-beyond-the-budget": lambda d: (
        {"p": {"a": [0.5, 0.4], "b": [0.1, 0.2]}},
        {"trials": 9},
    ),
    "verdict-one-strategy": lambda d: ({"p": {"a": [0.5, 0.4]}}, {}),
    "verdict-one-strategy-once": lambda d: (
        {"p": {"a": [0.5]}, "q": {"a": [0.3]}},
        {"sources": [f"{SWEEP_BEST}; the median trial of random"]},
    ),
    "verdict-never-together": lambda d: (
        {"p": {"a": [0.5, 0.4], "b": [None, None]}, "q": {"a": [None], "b": [0.1]}},
        {},
    ),
    "verdict-dominated-by-one-problem": lambda d: (
        d(random=0.5, tpe=0.4)
        | {"wild": {"random": [1e3, 2e3] * 5, "tpe": [900.0, 10.0] * 5}},
        {},
    ),
    "verdict-huge-and-tiny": lambda d: (
        {"p": {"random": [1e70, 1e69], "a": [1e-70, 1.0]}},
        {},
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", SWEEPS)
def test_the_verdict_on_a_sweep(name, drawn, verdict_of, whole, golden):
    cells, options = SWEEPS[name](drawn)
    golden(name, whole(verdict_of(cells, **options)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "problems", "repetitions"),
    [
        ("verdict-forty-strategies-few-repetitions", 2, 5),
        ("verdict-forty-strategies", 8, 10),
    ],
)
def test_the_verdict_on_forty_strategies(
    name, problems, repetitions, drawn, verdict_of, whole, golden
):
    names = {"random" if k == 9 else f"s{k}": 0.1 * k for k in range(40)}
    golden(name, whole(verdict_of(drawn(problems, repetitions, **names))))


THREE = ("tpe", "gp", "random")
BETTER, EQUAL = {"verdict": "better"}, {"verdict": "practically equal"}
OTHERS = ({"b": "gp"}, {"a": "gp"})

# Name -> rows of `verdict_on`, and its options.
PAIRS: dict[str, Any] = {
    "undecided": (({},), {}),
    "1,298 more are 1,300": (({"n_repetitions_needed": 1318},), {}),
    "1,301 more are 1,400": (({"n_repetitions_needed": 1321},), {}),
    "equality needs fewer": (
        ({"n_repetitions_needed": 900, "n_repetitions_needed_equal": 21},),
        {},
    ),
    "too many": (({"n_repetitions_needed": 20_000},), {}),
    "never": (({"n_repetitions_needed": np.inf},), {}),
    "nobody knows how many": (
        ({"n_repetitions_needed": np.nan, "n_repetitions_needed_equal": np.nan},),
        {},
    ),
    "by medians": (({"n_won": 0},), {}),
    "level by medians": (({"n_won": 0, "n_ahead": 0, "n_behind": 0},), {}),
    "loses some": (({"n_won": 0, "n_lost": 3, "n_tied": 9},), {}),
    "better": ((BETTER,), {}),
    "better on new data too": ((BETTER | {"verdict_new": "better"},), {}),
    "worse on new data only": (({"verdict_new": "worse", "reachable": False},), {}),
    "equal on new data only": (({"verdict_new": "practically equal"},), {}),
    "equal": ((EQUAL,), {}),
    "at the end of the budget": (
        (BETTER,), {"when": "at the end of the budget (10 to 50 trials)"}
    ),
    "nobody says when": ((BETTER,), {"when": ""}),
    "dominated": (
        (BETTER | DOMINATED | {"dominant_bounded": 0.24, "verdict_without": "better"},), {}
    ),
    "undecided without the dominating problem": (
        (BETTER | DOMINATED | {"dominant_bounded": 0.9, "verdict_without": "undecided"},), {}
    ),
    "worse without the dominating problem": (
        (BETTER | DOMINATED | {"dominant_bounded": 0.9, "verdict_without": "worse"},), {}
    ),
    "equal without the dominating problem": (
        (BETTER | DOMINATED | {"dominant_bounded": 0.9, "verdict_without": EQUAL["verdict"]},), {}
    ),
    "nothing in common": (
        ({"n_problems": 0, "p": np.nan}, *OTHERS), {"best_first": THREE}
    ),
    "clear alone": (
        ({"high": -0.001, "p": 0.04}, {"b": "gp"}, {"a": "gp"} | BETTER), {"best_first": THREE}
    ),
    "too few data sets for one pair": (
        ({"n_datasets": 5, "reachable": False} | BETTER, *OTHERS), {"best_first": THREE}
    ),
    "better than none on new data": (
        tuple(
            BETTER | {"a": a, "b": b, "difference": -0.1}
            for a, b in (("gp", "tpe"), ("gp", "random"), ("tpe", "random"))
        ),
        {"best_first": ("gp", "tpe", "random")},
    ),
    "decided elsewhere": (
        (
            {},
            {"a": "sobol", "b": "tpe", "difference": 0.05, "low": 0.02, "high": 0.08, "p": 0.001,
             "verdict": "worse"},
            {"a": "gp"},
            {"a": "gp", "b": "tpe"},
            {"a": "gp", "b": "sobol"},
            {"a": "sobol"},
        ),
        {"best_first": ("gp", "tpe", "sobol", "random")},
    ),
    "trials saved": ((BETTER,), {}),
    "trials saved, no interval": ((BETTER,), {"saved": {"low": np.nan, "high": np.nan}}),
    "trials saved, some bounds": ((BETTER,), {"saved": {"n_bounds": 2}}),
    "trials saved, no upper end": ((BETTER,), {"saved": {"high": np.inf}}),
    "trials saved, a bound": ((BETTER,), {"saved": {"bound": True, "n_bounds": 7}}),
    "trials lost": (
        ({"verdict": "worse"},), {"saved": {"factor": 0.3, "low": 0.2, "high": 0.4}}
    ),
    "all trials lost": (
        ({"verdict": "worse"},), {"saved": {"factor": 0.0, "low": 0.0, "high": 0.0}}
    ),
    "trials saved, nobody knows": ((BETTER,), {"saved": {"factor": 0.7, "bound": True}}),
}  # fmt: skip


def test_each_clause_on_a_pair(verdict_on, golden):
    parts = [
        "\n".join([f"# {name}", *verdict_on(*rows, **options).sentences])
        for name, (rows, options) in PAIRS.items()
    ]
    golden("verdict-clauses", "\n\n".join(parts))
