import math
import re
from dataclasses import replace
from typing import Any

import pytest

from bench.prose.pairs import Pair
from bench.prose.undecided_pairs import MAX_NUMBERS, at_the_top, kinds, together

TEMPLATE = Pair(
    a="tpe", b="random", problems=12, repetitions=20, verdict="undecided", difference=-0.03,
    low=-0.07, high=0.01, p=0.2, p_equal=0.9, won=0, lost=0, of=12, ahead=8, behind=4, more=37.0,
    datasets=12, verdict_new="undecided", reachable=True, regret=math.nan, dominant="",
    share=math.nan, still=math.nan, without="",
)  # fmt: skip


def against_random(**more):
    return [replace(TEMPLATE, a=name, more=count) for name, count in more.items()]


def against_others(**more):
    return [replace(TEMPLATE, b=name, more=count) for name, count in more.items()]


INF, NAN = math.inf, math.nan
NEAREST: Any = [
    {"gp": 21, "tpe": 5},
    {"gp": 21, "tpe": 1, "sobol": 1319},
    {"gp": 21, "tpe": 5, "sobol": 489, "grid": 6, "default": INF},
    {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6},
    {"gp": 8, "tpe": 8},
    {"gp": INF, "tpe": 5},
    {"gp": INF, "tpe": 5, "sobol": 10_001},
    {"gp": INF, "tpe": 20_000},
    {"gp": NAN, "tpe": -3},
    {"gp": NAN, "tpe": 5},
    {"gp": NAN, "tpe": INF},
    {"gp": NAN, "a": 1, "b": 2, "c": 3, "d": 4},
]
SIDES: Any = [
    {"tpe": (-0.05, 5), "default": (0.3, 2), "gp": (-0.03, 21), "grid": (0.2, 8)},
    {"tpe": (-0.05, 5), "default": (0.3, 1)},
    {"grid": (0.2, 8), "default": (0.3, INF)},
    {"a": (0.0, 1), "b": (0.1, NAN)},
    {"a": (0.0, 1), "b": (-0.0, 1)},
]
TOP: Any = [
    {"gp": 80, "sobol": 12.2, "b": 64},
    {"gp": 8, "sobol": 8},
    {"gp": 8, "sobol": INF},
    {"gp": NAN, "sobol": NAN},
    {"gp": 8},
]


def sides(found):
    return [
        replace(TEMPLATE, a=name, difference=difference, more=more)
        for name, (difference, more) in found.items()
    ]


def of_each_kind():
    untested = [replace(TEMPLATE, a=name, p=NAN, more=NAN) for name in "ab"]
    unmet = [replace(TEMPLATE, a=name, p=NAN, problems=0) for name in "cd"]
    return kinds([*unmet, *untested, *against_random(gp=2, tpe=2)])


def test_what_is_undecided_in_words(golden):
    parts = {
        "how many more repetitions": [kinds(against_random(**more))[0] for more in NEAREST],
        "who seems better and who worse": [kinds(sides(found))[0] for found in SIDES],
        "each kind": of_each_kind(),
    }
    lines = [
        line for name, found in parts.items() for line in ("", f"# {name}", *map(together, found))
    ]
    top = [at_the_top(against_others(**more), 3) for more in TOP]
    golden("undecided-pairs", "\n".join([*lines[1:], "", "# at the top", *top]))


def test_the_nearest_come_first():
    (found,) = kinds(against_random(**NEAREST[2]))
    assert [pair.a for pair in found] == ["tpe", "grid", "gp", "sobol", "default"]
    (found,) = kinds(against_random(gp=NAN, tpe=5))
    assert [pair.a for pair in found] == ["tpe", "gp"]


def test_each_kind_is_apart():
    assert [[pair.a for pair in part] for part in of_each_kind()] == [
        ["gp", "tpe"], ["a", "b"], ["c", "d"],
    ]  # fmt: skip
    assert kinds([]) == []


@pytest.mark.parametrize("more", NEAREST)
def test_a_sentence_has_few_numbers(more):
    (found,) = kinds(against_random(**more))
    # Beside them there may be one of how many others there are.
    assert len(re.findall(r"\b[\d,]+\b", together(found))) <= MAX_NUMBERS + 2
