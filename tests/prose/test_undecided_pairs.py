import math
import re
from dataclasses import replace
from typing import Any

import pytest

from bench.prose.pairs import Pair
from bench.prose.undecided_pairs import MAX_NUMBERS, kinds, needed, rounded_up, together

TEMPLATE = Pair(
    a="tpe", b="random", problems=12, repetitions=20, verdict="undecided", difference=-0.03,
    low=-0.07, high=0.01, p=0.2, p_equal=0.9, corrected=0.2, of_equality=False,
    difference_new=-0.02, low_new=-0.05, high_new=0.01, corrected_new=0.3,
    won=0, lost=0, of=12, ahead=8, behind=4, more=37.0,
    datasets=12, functions=0, verdict_new="undecided", reachable=True, regret=math.nan,
    dominant="", share=math.nan, still=math.nan, without="",
)  # fmt: skip


def against_random(**more):
    return [replace(TEMPLATE, a=name, more=count) for name, count in more.items()]


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
    equal = [replace(TEMPLATE, a=name, of_equality=True, more=8) for name in ("gp", "tpe")]
    parts = {
        "how many more repetitions": [needed(against_random(**more)) or "-" for more in NEAREST],
        "to show equality": [needed(equal), needed(equal[:1])],
        "to show one or the other": [
            needed([equal[0], *against_random(a=8)]),
            needed([equal[0], *against_random(a=9)]),
        ],
        "who does better and who worse": [together(kinds(sides(found))[0]) for found in SIDES],
        "each kind": [together(part) for part in of_each_kind()],
        "one of each kind": [together(part[:1]) for part in of_each_kind()],
    }
    lines = [line for name, found in parts.items() for line in ("", f"# {name}", *found)]
    golden("undecided-pairs", "\n".join(lines[1:]))


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
    # Beside them there may be one of how many others there are.
    numbers = re.findall(r"\b[\d,]*\d\b", needed(against_random(**more)))
    assert len(numbers) <= MAX_NUMBERS + 1


@pytest.mark.parametrize(
    ("count", "rounded"),
    [(1, 1), (12.2, 13), (99, 99), (101, 110), (1298, 1300), (1301, 1400), (INF, INF)],
)
def test_counts_are_rounded_up_to_two_digits(count, rounded):
    assert rounded_up(count) == rounded


def test_the_smallest_number_is_of_the_one_it_names():
    text = needed(against_random(gp=21, tpe=5))
    assert text.startswith("About 5 more repetitions of each problem would be needed to detect the "
                           "difference between tpe and random")  # fmt: skip
    assert text.endswith(", 21 for gp.")
