import math
from dataclasses import replace

import pytest

from bench.prose.decided_pairs import MAX_CLAUSES, otherwise
from bench.prose.pairs import Pair

TEMPLATE = Pair(
    a="tpe", b="sobol", problems=12, repetitions=20, verdict="better", difference=-0.03, low=-0.05,
    high=-0.01, p=0.001, p_equal=0.9, corrected=0.2, of_equality=False,
    difference_new=-0.02, low_new=-0.05, high_new=0.01, corrected_new=0.3,
    won=2, lost=0, of=12, ahead=8, behind=4, more=-3.0,
    datasets=12, functions=0, verdict_new="undecided", reachable=True, regret=math.nan,
    dominant="", share=math.nan, still=math.nan, without="",
)  # fmt: skip
BETTER, WORSE, EQUAL = {"verdict": "better"}, {"verdict": "worse"}, {"verdict": "practically equal"}
NEW = {"verdict": "undecided", "verdict_new": "better"}


def pairs(*found):
    """Pairs of one-letter names: `("ab", BETTER)` is a better than b."""
    return [replace(TEMPLATE, a=names[0], b=names[1], **changed) for names, changed in found]


CASES = {
    "better": [("ab", BETTER)],
    "worse": [("ab", WORSE)],
    "equal": [("ab", EQUAL)],
    "better on new data": [("ab", NEW)],
    "worse on new data": [("ab", NEW | {"verdict_new": "worse"})],
    "equal on new data": [("ab", NEW | {"verdict_new": "practically equal"})],
    "better for both": [("ab", BETTER | {"verdict_new": "better"})],
    "better comes before equal": [("ac", EQUAL), ("bc", BETTER), ("bd", BETTER)],
    "new data sets come last": [("ab", NEW), ("bc", EQUAL), ("bd", WORSE)],
    "two more pairs": [("ab", BETTER), ("bc", BETTER), ("cd", BETTER), ("de", BETTER),
                       ("df", BETTER)],
    "one more pair": [("ab", BETTER), ("bc", BETTER), ("cd", BETTER), ("ef", EQUAL)],
    "many others": [("a" + b, BETTER) for b in "bcdefg"],
}  # fmt: skip


def test_a_clause_for_each_that_is_better(golden):
    lines = [f"{name}: {otherwise(pairs(*found))}" for name, found in CASES.items()]
    golden("decided-pairs", "\n".join(lines))


@pytest.mark.parametrize(("name", "clauses"), [("better", 1), ("new data sets come last", 3),
                                               ("two more pairs", MAX_CLAUSES + 1)])  # fmt: skip
def test_clauses_are_few(name, clauses):
    assert len(otherwise(pairs(*CASES[name])).split(";")) == clauses


def test_of_what_is_not_decided_nothing_is_said():
    assert otherwise([]) == ""
    assert otherwise(pairs(("ab", {"verdict": "undecided", "p": math.nan}))) == ""
