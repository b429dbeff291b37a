import math

import pandas as pd
import pytest

from bench.prose.comparisons import comparisons
from bench.prose.effects import alone, effect, effect_new, on_new, one_by_one

ROW = {
    "a": "tpe", "b": "gp", "budget": 50, "n_problems": 12, "n_repetitions": 20, "verdict": "worse",
    "difference": 0.03, "low": 0.01, "high": 0.05, "p": 0.004, "p_holm": 0.012, "p_equal": 0.9,
    "n_won": 1, "n_tied": 7, "n_lost": 4, "n_ahead": 3, "n_behind": 9, "n_repetitions_needed": 12.0,
    "n_repetitions_needed_equal": math.inf, "n_datasets": 11, "n_functions": 0,
    "verdict_new": "undecided",
    "difference_new": 0.02, "low_new": 0.005, "high_new": 0.04, "p_new_holm": 0.0004,
    "reachable": True, "regret_difference": 0.03, "dominant": "", "dominant_share": 0.3,
    "dominant_bounded": 0.25, "verdict_without": "",
}  # fmt: skip
UNDECIDED = {"verdict": "undecided", "low": -0.01, "high": 0.07, "p": 0.2, "p_holm": 0.6}
NAN = math.nan

PAIRS = {
    "worse": {},
    "bounded": {"regret_difference": 0.4},
    "undecided": UNDECIDED,
    "significant alone": UNDECIDED | {"low": 0.01, "p": 0.04},
    "practically equal": {"verdict": "practically equal", "difference": 0.001, "low": -0.004,
                          "high": 0.006},
    "one repetition": UNDECIDED | {"low": NAN, "high": NAN, "p": NAN, "p_holm": NAN,
                                   "p_equal": NAN, "n_repetitions": 1},
    "functions too": {"n_functions": 4},
    "no data set": {"n_functions": 11},
    "no interval": {"low": -math.inf, "high": math.inf},
}  # fmt: skip
NEW = {
    "worse": {"verdict_new": "worse"},
    "practically equal": {"verdict_new": "practically equal"},
    "undecided": {},
    "worse, functions too": {"verdict_new": "worse", "n_functions": 4},
    "worse, no data set": {"verdict_new": "worse", "n_datasets": 12, "n_functions": 12},
    "undecided, functions too": {"n_functions": 4},
    "too few": {"reachable": False, "n_datasets": 4},
    "too few, functions too": {"reachable": False, "n_datasets": 2, "n_functions": 1},
    "one function": {"reachable": False, "n_problems": 1, "n_datasets": 1, "n_functions": 1},
    "one": {"reachable": False, "n_datasets": 1},
    "none": {"n_datasets": 0},
}


def sweep_of(*changes, planned=20, when="after 50 trials"):
    """A sweep of tpe, gp and as many others as there are changes."""
    names = ["tpe", "gp", *(f"s{k}" for k in range(len(changes) - 1))]
    board = pd.DataFrame({"strategy": names, "mean": 0.1, "n_all_problems": 12}).assign(
        rank=range(1, len(names) + 1)
    )
    rows = [ROW | {"b": name} | one for name, one in zip(names[1:], changes, strict=True)]
    rest = [ROW | {"a": a, "b": b} for k, a in enumerate(names[1:], 1) for b in names[k + 1 :]]
    return comparisons(board, pd.DataFrame([*rows, *rest]), when, planned)


def test_an_effect_in_words(golden):
    lines = []
    for name, change in PAIRS.items():
        sweep = sweep_of(change)
        lines += [f"# {name}", effect(sweep.all["tpe", "gp"], sweep)]
        if name == "worse":
            lines.append(effect(sweep.all["gp", "tpe"], sweep))
    several = sweep_of({}, {}, planned=0, when="")
    lines += ["# of 3 pairs, repetitions not known, no budget",
              effect(several.all["tpe", "gp"], several)]  # fmt: skip
    for name, change in NEW.items():
        sweep = sweep_of(change)
        lines += [f"# generalising, {name}", effect_new(sweep.all["gp", "tpe"], sweep) or "-"]
    golden("effects", "\n".join(lines))


@pytest.mark.parametrize("side", [("tpe", "gp"), ("gp", "tpe")])
def test_the_numbers_are_those_of_the_frame_from_either_side(side):
    sweep = sweep_of({})
    text = effect(sweep.all[side], sweep)
    word, other = ("worse", "higher") if side[0] == "tpe" else ("better", "lower")
    assert f"significantly {word} than {side[1]}" in text
    assert f"is 0.030 {other} after 50 trials (95 % interval 0.010 to 0.050; p = 0.012; " in text
    assert text.endswith("12 problems, 11 data sets, 20 repetitions).")


def test_new_data_sets_have_their_own_numbers():
    sweep = sweep_of({"verdict_new": "worse"})
    text = effect_new(sweep.all["gp", "tpe"], sweep)
    assert "regret is 0.020 lower after 50 trials" in text
    assert "95 % interval 0.0050 to 0.040; p < 0.001; 11 data sets" in text
    assert "worse" in effect_new(sweep.all["tpe", "gp"], sweep)


ALONE = {
    "unclear": (-0.2, 0.1, 0.3, 0.9),
    "clear": (-0.2, -0.1, 0.04, 0.9),
    "clear, at the level": (0.1, 0.2, 0.05, 0.9),
    "too few repetitions": (0.1, 0.2, 0.0625, 0.9),
    "equal": (-0.002, 0.003, 0.7, 0.05),
    "equal and clear": (0.001, 0.003, 0.01, 0.01),
    "no difference": (0.0, 0.0, 1.0, 0.0625),
    "nothing known": (NAN, NAN, NAN, NAN),
    "not tested": (0.1, 0.2, NAN, NAN),
}


@pytest.mark.parametrize("name", ALONE)
def test_only_what_is_significant_alone_is_said_to_be(name):
    said = name in ("clear", "clear, at the level", "too few repetitions", "equal",
                    "equal and clear")  # fmt: skip
    assert bool(alone(*ALONE[name], "6 pairs")) == said
    assert ("equal" in alone(*ALONE[name], "6 pairs")) == name.startswith("equal")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "better than gp on 1 and worse on 4 of 12 problems"),
        ({"n_won": 0, "n_lost": 0, "n_tied": 12}, "The median of tpe is worse than the median of "
                                                  "gp on 9 of 12 problems"),
        ({"n_won": 0, "n_lost": 0, "n_tied": 12} | UNDECIDED, "is better than the median of gp on "
                                                              "3 of 12"),
        ({"n_won": 0, "n_lost": 0, "n_tied": 12, "n_repetitions": 1}, "tpe is worse than gp on 9"),
        ({"n_won": 0, "n_lost": 0, "n_tied": 12, "n_ahead": 0, "n_behind": 0}, ""),
        ({"n_won": 0, "n_lost": 1, "n_tied": 0}, ""),
    ],
)  # fmt: skip
def test_problem_by_problem(change, words):
    text = one_by_one(sweep_of(change).all["tpe", "gp"])
    assert words in text
    assert bool(text) == bool(words)


@pytest.mark.parametrize("name", NEW)
def test_a_sentence_on_new_data_sets_names_both(name):
    text = on_new(sweep_of(NEW[name]).all["tpe", "gp"])
    assert (not text) if name == "none" else ("tpe" in text and "gp" in text)


def test_a_look_is_no_matter_of_few_repetitions():
    found = [alone(-0.4, -0.1, 0.23, 1.0, "6 pairs", looked=looked) for looked in (False, True)]
    assert found == [
        "not significant with so few repetitions, whatever the interval",
        "not significant at the looks so far, whatever the interval",
    ]
