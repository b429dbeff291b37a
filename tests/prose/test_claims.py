"""No two sentences of a verdict contradict each other, in what they claim and in their text."""

import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest

from bench.curves.equivalents import equivalents, trials_saved
from bench.curves.leaderboard import leaderboard
from bench.inference.estimates import OPPOSITE
from bench.inference.verdicts import verdicts
from bench.panels.panel import to_panels
from bench.panels.regret import Scale
from bench.prose.claims import Claim, Scope
from bench.prose.verdict import in_words

NAMES = ["random", "tpe", "gp", "sobol", "copy"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("a", "b", "better"), ("b", "a", "worse"), False),
        (("a", "b", "better"), ("b", "a", "better"), True),
        (("a", "b", "better"), ("a", "c", "worse"), False),
        (("a", "b", "undecided"), ("a", "b", "better"), True),
        (("a", "b", "undecided"), ("a", "b", "better", Scope.NEW), False),
        (("a", "b", "practically equal"), ("a", "b", "better", Scope.NEW), True),
        (("a", "b", "undecided"), ("a", "b", "better", Scope.TRIALS), True),
        (("a", "b", "undecided", Scope.NEW), ("a", "b", "better", Scope.TRIALS), False),
        (("a", "b", "better"), ("a", "b", "worse", Scope.TRIALS), True),
    ],
)
def test_what_contradicts_what(one, other, expected):
    first, second = Claim(*one), Claim(*other)
    assert first.contradicts(second) is second.contradicts(first) is expected
    assert first.swapped().contradicts(second) is expected


def panels_of(seed):
    """A sweep of some shape: strategies alike, better, skewed, tied; some cells are empty."""
    rng = np.random.default_rng(seed)
    names = NAMES[: rng.integers(2, 6)]
    problems, repetitions = rng.integers(1, 11), int(rng.choice([1, 2, 5, 8, 20]))
    budget = int(rng.choice([1, 3, 12]))
    shift = rng.choice([0, 0.02, 0.3]) * rng.normal(size=len(names))
    scatter = rng.choice([0, 0.01, 0.2, 1.0])
    rows = []
    for k, (s, name) in itertools.product(range(problems), enumerate(names)):
        if rng.random() < 0.05:
            continue
        noise = rng.normal(size=(repetitions, budget))
        skewed = rng.random() < 0.3
        value = 0.5 + shift[s] + scatter * (np.exp(noise) if skewed else noise)
        if rng.random() < 0.3:
            value = np.round(value, 1)
        if rng.random() < 0.05:
            value = value * 1e3
        for r, t in itertools.product(range(repetitions), range(budget)):
            rows.append((name, f"p{k}", r, t, abs(value[r, t])))
    trials = pd.DataFrame(
        rows, columns=["strategy", "problem", "repetition", "trial_number", "value"]
    )
    trials = trials.assign(
        fidelity=1.0,
        status="completed",
        test_value=math.nan,
        evaluation_s=1.0,
        ask_s=0.0,
        tell_s=0.0,
    )
    runs = trials[["strategy", "problem", "repetition"]].drop_duplicates().assign(
        metric="loss", direction="minimize", optimum=0.0, budget=budget, unordered=False,
        status="completed",
    )  # fmt: skip
    labels = list(dict.fromkeys(trials["problem"]))
    return to_panels(
        trials, runs, strategies=names, problems=labels,
        scales={label: Scale(0.0, 1.0, "given") for label in labels},
        datasets={label: f"d{k // rng.integers(1, 3)}" for k, label in enumerate(labels)},
    )  # fmt: skip


NAME, LISTED = r"([\w-]+)", r"([\w-]+(?:(?:, | and )[\w-]+)*)"
VERBS = {
    rf"{NAME} is significantly (better|worse) than {LISTED}": None,
    rf"{NAME} is (practically equal) to {LISTED}": None,
    rf"{LISTED} (?:is|are) (practically equal) to {NAME}": None,
    rf"{LISTED} (?:does|do) (not differ significantly) from {NAME}": "undecided",
    rf"{NAME} (does not differ significantly) from {LISTED}": "undecided",
    rf"{NAME} and {NAME} are (practically equal)(?! to)": None,
    rf"{NAME} and {NAME} (do not differ significantly)(?! from)": "undecided",
    rf"{NAME} and {NAME} (cannot be tested)": "undecided",
}
"""How a text says what holds of two strategies -> the relation, where it is no word of it."""


def claimed(text):
    """What a reader takes from a text, word by word, not what the code says it claims."""
    found = []
    for sentence in re.split(r"(?<=\.)\s+|; ", text):
        # What would hold without a problem is no claim, nor is what is tested one by one.
        if re.search("would|Tested one by one|The median of", sentence):
            continue
        scope = Scope.NEW if "eneralising to new data sets, " in sentence else Scope.THESE
        for pattern, relation in VERBS.items():
            for groups in re.findall(pattern, sentence):
                sides = [side for side in groups if side not in RELATIONS]
                (word,) = [side for side in groups if side in RELATIONS]
                for a, b in itertools.product(*(re.split(", | and ", side) for side in sides)):
                    if a in NAMES and b in NAMES:
                        found.append(Claim(a, b, relation or word, scope))
        factor = re.search(rf"needs (?:at least )?([\d.,]+) × the trials of {NAME}", sentence)
        if factor:
            more = float(factor[1].replace(",", "")) > 1
            found.append(Claim(factor[2], "random", "better" if more else "worse", Scope.TRIALS))
        single = re.search(rf"random needs a single trial to reach the regret of {NAME}", sentence)
        if single:
            found.append(Claim(single[1], "random", "worse", Scope.TRIALS))
    return found


RELATIONS = {"better", "worse", "practically equal", "not differ significantly",
             "does not differ significantly", "do not differ significantly",
             "cannot be tested"}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("tpe is significantly better than gp and random in mean regret (9 problems); sobol and "
         "copy do not differ significantly from tpe.",
         [("tpe", "gp", "better"), ("tpe", "random", "better"), ("sobol", "tpe", "undecided"),
          ("copy", "tpe", "undecided")]),
        ("Generalising to new data sets, tpe is significantly worse than gp.",
         [("tpe", "gp", "worse", Scope.NEW)]),
        ("tpe and gp are practically equal: x. tpe would be significantly worse than random.",
         [("tpe", "gp", "practically equal")]),
        ("random needs 2.6 × the trials of tpe to reach it.",
         [("tpe", "random", "better", Scope.TRIALS)]),
    ],
)  # fmt: skip
def test_a_text_is_read_as_a_reader_does(text, claims):
    assert set(claimed(text)) == {Claim(*claim) for claim in claims}


def held(claim, words):
    """Whether what a text claims of regret is what the tests say."""
    return claim.scope is Scope.TRIALS or words[claim.scope][claim.a, claim.b] == claim.relation


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 120, 20))
def test_no_two_sentences_contradict_each_other(first):
    seen = set()
    for seed in range(first, first + 20):
        panels = panels_of(seed)
        table, saved = verdicts(panels), trials_saved(equivalents(panels))
        found = in_words(leaderboard(panels), table, saved, when="after 9 trials", rope=0.01)
        text = "\n".join([*found.sentences, *found.details])
        said = [claim for part in [*found.said, *found.more] for claim in part.claims]
        for claims in (said, claimed(text), said + claimed(text)):
            for one, other in itertools.combinations(claims, 2):
                assert not one.contradicts(other), (seed, one, other, text)
        words = {Scope.THESE: {}, Scope.NEW: {}}
        for row in table.to_dict("records"):
            for scope, name in ((Scope.THESE, "verdict"), (Scope.NEW, "verdict_new")):
                words[scope][row["a"], row["b"]] = row[name]
                words[scope][row["b"], row["a"]] = OPPOSITE[row[name]]
        for claim in said + claimed(text):
            assert held(claim, words), (seed, claim, text)
        seen |= {(claim.relation, claim.scope) for claim in claimed(text)}
    assert len(seen) >= 4
