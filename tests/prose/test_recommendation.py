"""What the recommendation says, as a golden file: each sentence from made-up numbers."""

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bench.captions import recommendation as texts

NAN = math.nan
RANDOM = "random search"

DECIDED = texts.Answer(
    cost=1.0, share=1.0, trials=(20, 20), best=("tpe",), as_good=("gp", "sobol"),
    simplest="sobol", tested=True, undecided=False, regret=0.13, low=0.067, high=0.18, problems=7,
    repetitions=5, whole=False, plain=True,
)  # fmt: skip
UNDECIDED = replace(DECIDED, cost=0.01, simplest="random", undecided=True)


def reported(*answers, of=RANDOM):
    return "\n".join(texts.sentences(answers, of))


def test_sentences(golden):
    cases = {
        "decided": reported(DECIDED),
        "one is as good": reported(replace(DECIDED, as_good=("gp",))),
        "none is as good": reported(replace(DECIDED, as_good=())),
        "all are as good": reported(replace(DECIDED, whole=True)),
        "two are the best": reported(replace(DECIDED, best=("tpe", "gp"), as_good=("sobol",))),
        "all are the best": reported(replace(DECIDED, best=("tpe", "gp"), as_good=(), whole=True)),
        "neighbouring costs": reported(DECIDED, replace(DECIDED, cost=60.0)),
        "neighbouring costs, other numbers": reported(
            DECIDED, replace(DECIDED, cost=60.0, regret=0.12, low=0.05, high=0.17)
        ),
        "bounded": reported(replace(DECIDED, plain=False)),
        "undecided": reported(UNDECIDED),
        "undecided, the best is the simplest": reported(replace(UNDECIDED, best=("random",))),
        "undecided, one of the best is the simplest": reported(
            replace(UNDECIDED, best=("random", "tpe"))
        ),
        "untested": reported(replace(DECIDED, tested=False, low=NAN, high=NAN, repetitions=1)),
        "untested, other numbers": reported(
            *(
                replace(DECIDED, cost=c, tested=False, low=NAN, high=NAN, repetitions=1, regret=c)
                for c in (1.0, 10.0)
            )
        ),
        "several budgets": reported(replace(DECIDED, share=0.25, trials=(5, 50))),
        "another share": reported(replace(DECIDED, share=0.1, trials=(1, 50))),
        "one trial": reported(replace(DECIDED, trials=(1, 1))),
        "no random": reported(DECIDED, of=texts.clock([False])),
        "some random": reported(DECIDED, of=texts.clock([True, False])),
        "one has fewer repetitions": reported(replace(DECIDED, fewer={"gp": 3}, paired=True)),
        "random is as good, and worse than another": reported(
            replace(DECIDED, as_good=("random", "gp"), fewer={"gp": 3}, ahead=("gp",))
        ),
        "the longest time only": reported(replace(DECIDED, share=0.5, trials=(10, 10)), DECIDED),
    }
    rows = pd.DataFrame(
        [("tpe", 0.2), ("gp", 0.1), ("gp", 0.4), ("random", 0.0)],
        columns=["strategy", "empty_share"],
    )
    cases |= {
        "untimed": texts.UNTIMED,
        "nothing": texts.NOTHING,
        "label": texts.LABEL,
        "figure": texts.FIGURE,
        "empty": texts.empty(rows),
        "caption": texts.caption("regret", 5),
        "caption, bounded, one repetition": texts.caption("bounded regret", 1),
        "how": "\n".join(texts.how(score="bounded regret", of=RANDOM, paired=False, simplest=True)),
        "how, paired": texts.how(score="regret", of=RANDOM, paired=True, simplest=False)[1],
    }
    golden("recommendation", "\n".join(f"{name}: {text}" for name, text in cases.items()))
    assert texts.empty(rows[rows["strategy"] == "random"]) == ""


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        ({}, 1),
        ({"regret": 0.5}, 1),
        ({"simplest": "gp"}, 1),
        ({"as_good": ("gp",)}, 2),
        ({"best": ("gp",)}, 2),
        ({"ahead": ("gp",)}, 2),
        # The table has shorter times.
        ({"share": 0.5}, 1),
        ({"undecided": True}, 2),
    ],
)
def test_neighbouring_costs_share_a_sentence_where_they_say_the_same(change, sentences):
    other = replace(DECIDED, cost=10.0, **change)
    assert len(texts.sentences([other, DECIDED], RANDOM)) == sentences


def test_costs_that_are_apart_do_not_share_a_sentence():
    between = replace(DECIDED, cost=10.0, best=("gp",))
    found = texts.sentences([DECIDED, between, replace(DECIDED, cost=60.0)], RANDOM)
    assert len(found) == 3


def test_undecided_costs_share_a_sentence_whoever_is_as_good():
    other = replace(UNDECIDED, cost=1.0, as_good=("grid",))
    assert len(texts.sentences([UNDECIDED, other], RANDOM)) == 1


def test_cells():
    cells = {
        texts.cell(DECIDED): "tpe (undecided: gp and sobol)",
        texts.cell(replace(DECIDED, as_good=())): "tpe",
        texts.cell(replace(DECIDED, whole=True)): "tpe (undecided: all others)",
        texts.cell(UNDECIDED): "tpe (undecided against random)",
        texts.cell(replace(UNDECIDED, best=("random",))): "random",
    }
    assert list(cells) == list(cells.values())


def test_rows_of_neighbouring_costs_with_the_same_cells_are_one():
    half: dict[str, Any] = {"share": 0.5, "trials": (10, 10), "best": ("gp",), "as_good": ()}
    answers = [
        replace(DECIDED, cost=cost, **change) for cost in (1.0, 10.0, 60.0) for change in ({}, half)
    ]
    answers[5] = replace(answers[5], best=("sobol",))
    usual = {"time for 10 trials": "gp", "time for 20 trials": "tpe (undecided: gp and sobol)"}
    assert texts.table(answers) == [
        {texts.COST: "1 s to 10 s", **usual},
        {texts.COST: "1 min", **usual, "time for 10 trials": "sobol"},
    ]


FRAME = pd.DataFrame(
    {
        "evaluation_s": 1.0, "share": 1.0, "n_trials_min": 5, "n_trials_max": 9,
        "strategy": ["random", "tpe", "gp", "late"], "bounded": [1.2, 0.3, 0.4, NAN], "low": 0.1,
        "high": 0.5, "regret": [1.25, 0.3, 0.4, NAN], "n_problems": [2, 2, 2, 1],
        "n_repetitions": 3, "difference": [0.9, 0.0, 0.1, NAN], "p_holm": [0.01, NAN, 0.3, NAN],
        "vs_random": ["", "better", "undecided", ""],
        "recommended": [False, True, False, False], "as_good": [False, True, True, False],
        "simplest": [False, True, False, False],
    }
)  # fmt: skip


def test_an_answer_is_read_from_its_rows():
    (answer,) = texts.answers(FRAME)
    assert answer == texts.Answer(
        cost=1.0, share=1.0, trials=(5, 9), best=("tpe",), as_good=("gp",), simplest="tpe",
        tested=True, undecided=False, regret=0.3, low=0.1, high=0.5, problems=2, repetitions=3,
        whole=False, plain=True,
    )  # fmt: skip
    (other,) = texts.answers(FRAME.assign(vs_random=["", "undecided", "worse", ""]))
    assert other.undecided
    (other,) = texts.answers(FRAME.assign(vs_random="", p_holm=NAN))
    assert (other.undecided, other.tested) == (False, False)
    (other,) = texts.answers(FRAME.assign(n_repetitions=[3, 3, 2, 3]))
    assert (other.fewer, other.paired, other.plain) == ({"gp": 2}, True, True)
    (other,) = texts.answers(FRAME.assign(n_repetitions=[3, 3, 2, 3], regret=[1.25, 0.3, 0.2, NAN]))
    assert other.plain
    (other,) = texts.answers(FRAME.assign(difference=[0.1, 0.0, 0.2, NAN], as_good=True))
    assert other.as_good == ("random", "gp")
    (other,) = texts.answers(FRAME.assign(regret=[1.25, 0.31, 0.4, NAN]))
    assert not other.plain
    (other,) = texts.answers(FRAME.assign(regret=[1.25, 0.3, 0.2, NAN]))
    assert not other.plain


def test_who_is_better_than_random_is_said_where_random_is_as_good_as_the_best():
    # The best has few repetitions: none differs from it, though gp is better than random.
    frame = FRAME.assign(as_good=True, vs_random=["", "undecided", "better", ""])
    (answer,) = texts.answers(frame)
    assert answer.ahead == ("gp",)
    (worse,) = texts.answers(frame.assign(as_good=[False, True, True, False]))
    assert worse.ahead == ()


def test_one_strategy_alone_is_no_answer():
    assert texts.answers(FRAME.iloc[[1, 3]]) == []
