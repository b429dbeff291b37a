import math
from dataclasses import replace

import pytest

from bench.prose.decided_pairs import otherwise
from bench.prose.pairs import Pair

TEMPLATE = Pair(
    a="tpe", b="sobol", problems=12, repetitions=20, verdict="better", difference=-0.03, low=-0.05,
    high=-0.01, p=0.001, p_equal=0.9, won=2, lost=0, of=12, ahead=8, behind=4, more=-3.0,
    datasets=12, verdict_new="undecided", reachable=True, regret=math.nan, dominant="",
    share=math.nan, still=math.nan,
)  # fmt: skip
BETTER, WORSE, EQUAL = {"verdict": "better"}, {"verdict": "worse"}, {"verdict": "practically equal"}
NEW = {"verdict": "undecided", "verdict_new": "better"}


def pairs(*found):
    """Pairs of one-letter names: `("ab", BETTER)` is a better than b."""
    return [replace(TEMPLATE, a=names[0], b=names[1], **changed) for names, changed in found]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([("ab", BETTER)], "a beats b."),
        ([("ab", WORSE)], "b beats a."),
        ([("ab", EQUAL)], "a is practically equal to b."),
        ([("ab", NEW)], "a beats b for new problems."),
        ([("ab", NEW | {"verdict_new": "worse"})], "b beats a for new problems."),
        (
            [("ab", NEW | {"verdict_new": "practically equal"})],
            "a is practically equal to b for new problems.",
        ),
        ([("ab", BETTER | {"verdict_new": "better"})], "a beats b."),
        ([("ac", EQUAL), ("bc", BETTER), ("bd", BETTER)], "b beats c and d; a is practically "
                                                          "equal to c."),
        ([("ab", NEW), ("bc", EQUAL), ("bd", WORSE)], "d beats b; b is practically equal to c; "
                                                      "a beats b for new problems."),
        (
            [("ab", BETTER), ("bc", BETTER), ("cd", BETTER), ("de", BETTER), ("df", BETTER)],
            "a beats b; b beats c; c beats d; and 2 more pairs, in section Pairs.",
        ),
        (
            [("ab", BETTER), ("bc", BETTER), ("cd", BETTER), ("ef", EQUAL)],
            "a beats b; b beats c; c beats d; and 1 more pair, in section Pairs.",
        ),
        ([("a" + b, BETTER) for b in "bcdefg"], "a beats b, c, d, e and 2 more."),
    ],
)  # fmt: skip
def test_a_clause_for_each_that_is_better(found, words):
    assert otherwise(pairs(*found)) == f"Decided otherwise: {words}"


def test_of_what_is_not_decided_nothing_is_said():
    assert otherwise([]) == ""
    assert otherwise(pairs(("ab", {"verdict": "undecided", "p": math.nan}))) == ""
