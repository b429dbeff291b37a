"""No two sentences of a verdict contradict each other, in what they claim and in their text."""

import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest

from bench.analysis.curves.equivalents import equivalents, trials_saved
from bench.analysis.curves.leaderboard import leaderboard
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


def claimed(text):
    """What a reader takes from a text, word by word, not what the code says it claims."""
    found, name = [], r"([\w-]+)"
    listed = r"([\w-]+(?:(?:, | and )[\w-]+)*)"
    verbs = {
        rf"{name} beats {listed}(?! for new|[\w,])": "better",
        rf"{name} is ahead of ({name}) after": "better",
        rf"{name} is worse than {listed}:": "worse",
        rf"{name} against {listed}: undecided": "undecided",
        rf"{name} has the lowest mean rank, but is not told apart from {listed}": "undecided",
    }
    for pattern, relation in verbs.items():
        for a, others, *_ in re.findall(pattern, text):
            found += [Claim(a, b, relation) for b in re.split(", | and ", others)]
    for a, others in re.findall(rf"{name} beats {listed} for new problems", text):
        found += [Claim(a, b, "better", Scope.NEW) for b in re.split(", | and ", others)]
    for a, b in re.findall(rf"{name} and {name} are practically equal", text):
        found.append(Claim(a, b, "practically equal"))
    for line in text.splitlines():
        subject = re.match(rf"{name} (?:beats|is worse than|against|and) {name}", line)
        if subject is None:
            continue
        a, b = subject.groups()
        new = re.search(rf"For new problems {name} is (better|worse)", line)
        if new:
            found.append(Claim(new[1], b, new[2], Scope.NEW))
        factor = re.search(r"random needs (?:at least )?([\d.,]+) ×", line)
        if factor:
            more = float(factor[1].replace(",", "")) > 1
            found.append(Claim(a, b, "better" if more else "worse", Scope.TRIALS))
        elif "random needs a single trial" in line:
            found.append(Claim(a, b, "worse", Scope.TRIALS))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 120, 20))
def test_no_two_sentences_contradict_each_other(first):
    seen = set()
    for seed in range(first, first + 20):
        panels = panels_of(seed)
        saved = trials_saved(equivalents(panels))
        found = in_words(
            leaderboard(panels), verdicts(panels), saved, when="after 9 trials", rope=0.01
        )
        text = "\n".join(found.sentences)
        said = [claim for part in found.said for claim in part.claims]
        for claims in (said, claimed(text), said + claimed(text)):
            for one, other in itertools.combinations(claims, 2):
                assert not one.contradicts(other), (seed, one, other, text)
        seen |= {(claim.relation, claim.scope) for claim in claimed(text)}
        assert " It beats" not in text
    assert len(seen) >= 3
