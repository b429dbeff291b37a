import math
from dataclasses import replace

import pytest

from bench.prose.pairs import Pair
from bench.prose.undecided_pairs import at_the_top, kinds, together

TEMPLATE = Pair(
    a="tpe", b="random", problems=12, repetitions=20, verdict="undecided", difference=-0.03,
    low=-0.07, high=0.01, p=0.2, p_equal=0.9, won=0, lost=0, of=12, ahead=8, behind=4, more=37.0,
    datasets=12, verdict_new="undecided", reachable=True, regret=math.nan, dominant="",
    share=math.nan, still=math.nan,
)  # fmt: skip


def against_random(**more):
    return [replace(TEMPLATE, a=name, more=count) for name, count in more.items()]


def against_others(**more):
    return [replace(TEMPLATE, b=name, more=count) for name, count in more.items()]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            {"gp": 21, "tpe": 5},
            "tpe and gp (about 5 more repetitions would tell for tpe and 21 for gp).",
        ),
        (
            {"gp": 21, "tpe": 1, "sobol": 1319},
            "tpe, gp and sobol (about 1 more repetition would tell for tpe, 21 for gp and 1,400 "
            "for sobol).",
        ),
        (
            {"gp": 21, "tpe": 5, "sobol": 489, "grid": 6, "default": math.inf},
            "tpe, grid, gp, sobol and default (about 5 more repetitions would tell for tpe, 6 for "
            "grid and at least 21 for the others).",
        ),
        (
            {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6},
            "a, b, c, d and 2 more (about 1 more repetition would tell for a, 2 for b and at "
            "least 3 for the others).",
        ),
        ({"gp": 8, "tpe": 8}, "gp and tpe (about 8 more repetitions would tell)."),
        (
            {"gp": math.inf, "tpe": 5},
            "tpe and gp (about 5 more repetitions would tell for tpe and no affordable number for "
            "gp).",
        ),
        (
            {"gp": math.inf, "tpe": 5, "sobol": 10_001},
            "tpe, sobol and gp (about 5 more repetitions would tell for tpe and no affordable "
            "number for the others).",
        ),
        (
            {"gp": math.inf, "tpe": 20_000},
            "tpe and gp (no affordable number of repetitions would tell).",
        ),
        ({"gp": math.nan, "tpe": -3}, "gp and tpe."),
        (
            {"gp": math.nan, "tpe": 5},
            "tpe and gp (about 5 more repetitions would tell for tpe).",
        ),
        (
            {"gp": math.nan, "tpe": math.inf},
            "tpe and gp (no affordable number of repetitions would tell for tpe).",
        ),
        (
            {"gp": math.nan, "a": 1, "b": 2, "c": 3, "d": 4},
            "a, b, c, d and gp (about 1 more repetition would tell for a, 2 for b and at least 3 "
            "for 2 others).",
        ),
    ],
)
def test_the_nearest_come_first(more, words):
    (found,) = kinds(against_random(**more))
    assert together(found) == f"Ahead of random, but not surely: {words}"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            {"tpe": (-0.05, 5), "default": (0.3, 2), "gp": (-0.03, 21), "grid": (0.2, 8)},
            "Ahead of random, but not surely: tpe and gp (about 5 more repetitions would tell for "
            "tpe and 21 for gp); behind it, but not surely: default and grid (about 2 more "
            "repetitions would tell for default and 8 for grid).",
        ),
        (
            {"tpe": (-0.05, 5), "default": (0.3, 1)},
            "Ahead of random, but not surely: tpe (about 5 more repetitions would tell); behind "
            "it, but not surely: default (about 1 more repetition would tell).",
        ),
        (
            {"grid": (0.2, 8), "default": (0.3, math.inf)},
            "Behind random, but not surely: grid and default (about 8 more repetitions would tell "
            "for grid and no affordable number for default).",
        ),
        (
            {"a": (0.0, 1), "b": (0.1, math.nan)},
            "Behind random, but not surely: b; level with it, but not surely: a (about 1 more "
            "repetition would tell).",
        ),
        ({"a": (0.0, 1), "b": (-0.0, 1)}, "Level with random, but not surely: a and b (about 1 "
                                          "more repetition would tell)."),
    ],
)  # fmt: skip
def test_who_seems_better_and_who_worse(found, words):
    pairs = [
        replace(TEMPLATE, a=name, difference=difference, more=more)
        for name, (difference, more) in found.items()
    ]
    (part,) = kinds(pairs)
    assert together(part) == words


def test_each_kind_has_a_sentence():
    untested = [replace(TEMPLATE, a=name, p=math.nan, more=math.nan) for name in "ab"]
    unmet = [replace(TEMPLATE, a=name, p=math.nan, problems=0) for name in "cd"]
    found = kinds([*unmet, *untested, *against_random(gp=2, tpe=2)])
    assert [together(part) for part in found] == [
        "Ahead of random, but not surely: gp and tpe (about 2 more repetitions would tell).",
        "Not tested against random are a and b.",
        "c and d have no problem in common with random.",
    ]
    assert kinds([]) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"gp": 80, "sobol": 12.2, "b": 64}, "gp, sobol and b: undecided, about 13 to 80 more "
                                             "repetitions would tell."),
        ({"gp": 8, "sobol": 8}, "gp and sobol: undecided, about 8 more repetitions would tell."),
        ({"gp": 8, "sobol": math.inf}, "gp and sobol: undecided, about 8 more repetitions would "
                                       "tell for gp and no affordable number for sobol."),
        ({"gp": math.nan, "sobol": math.nan}, "gp and sobol: undecided."),
        ({"gp": 8}, "gp: undecided, a difference of −0.030 (−0.070 to 0.010); about 8 more "
                    "repetitions would tell."),
    ],
)  # fmt: skip
def test_pairs_at_the_top(more, words):
    assert at_the_top(against_others(**more), 3) == f"tpe against {words}"
