"""Groups of strategies that do not differ, built from verdicts."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from bench.inference import bayes
from bench.inference.paired import pairs_of
from bench.inference.verdicts import groups, verdicts, verdicts_of


def table_of(words, names="abcde"):
    """Verdicts by pair, "ab": "better"; None: never compared; undecided without."""
    rows = [
        (a, b, words.get(a + b, "undecided"), math.nan if words.get(a + b, "") is None else 0.5)
        for a, b in itertools.combinations(names, 2)
    ]
    return pd.DataFrame(rows, columns=["a", "b", "verdict", "p"])


@pytest.mark.parametrize(
    ("order", "words", "expected"),
    [
        ("abc", {}, [1, 1, 1]),
        ("abc", {"ac": "better"}, [1, 1, 2]),
        # The first does not differ from c, since it has few repetitions; the second does.
        ("abcd", {"bc": "better", "ad": "better"}, [1, 1, 2, 2]),
        ("abcd", {"ac": "better", "ad": "better", "cd": "better"}, [1, 1, 2, 3]),
        # Written the other way round, it is the same.
        ("cba", {"ac": "worse", "ab": "practically equal"}, [1, 1, 2]),
        # Ahead by rank, worse by the mean: the two differ.
        ("ab", {"ab": "worse"}, [1, 2]),
        ("abc", {"ab": None, "ac": None}, [None, 1, 1]),
        ("abc", {"ac": None, "bc": None}, [1, 1, None]),
        ("a", {}, [None]),
        ("", {}, []),
    ],
)
def test_groups_by_hand(order, words, expected):
    found = groups(order, table_of(words, sorted(order)))
    assert found.index.tolist() == list(order)
    assert [None if pd.isna(v) else v for v in found] == expected
    assert str(found.dtype) == "Int64"


def test_groups_are_built_from_the_top(make_panels):
    rng = np.random.default_rng(1)
    shift = dict(zip("abcde", (0, 0, 3, 3, 6), strict=True))
    cells = {p: {s: list(v + rng.normal(0, 0.1, 20)) for s, v in shift.items()} for p in "pq"}
    found = groups("abcde", verdicts(make_panels(cells)))
    assert found.to_dict() == {"a": 1, "b": 1, "c": 2, "d": 2, "e": 3}


def test_one_repetition_makes_no_groups(make_panels):
    found = groups("ab", verdicts(make_panels({"p": {"a": [0.1], "b": [0.2]}})))
    assert found.isna().all()


@pytest.mark.slow
def test_equal_strategies_are_one_group_in_95_percent_of_sweeps(monkeypatch):
    # The Bayesian test has no say in groups, and takes nearly all of the time.
    monkeypatch.setattr(bayes, "weights", lambda count: np.full((1, count + 1), 1 / (count + 1)))
    # 300 sweeps of eight strategies on seven problems, five repetitions: skewed regrets that a
    # repetition shares. Holm holds the chance of any false difference to 5 %; groups follow.
    sweeps, count, problems, repetitions = 300, 8, 7, 5
    rng = np.random.default_rng(20)
    strategies, names = tuple("abcdefgh"), tuple(f"p{k}" for k in range(problems))
    first, second = np.triu_indices(count, k=1)
    a, b = (tuple(strategies[i] for i in side) for side in (first, second))
    single = 0
    for _ in range(sweeps):
        shared = rng.normal(size=(problems, 1, repetitions))
        values = np.exp(shared + rng.normal(size=(problems, count, repetitions)))
        found = verdicts_of(
            pairs_of(
                [(v[first], v[second]) for v in values], a=a, b=b, problems=names, datasets=names
            )
        )
        ranks = rankdata(values, axis=1).mean(axis=(0, 2))
        order = [strategies[i] for i in np.argsort(ranks, kind="stable")]
        single += groups(order, found).max() == 1
    # 95 % less three standard errors of 300 sweeps.
    assert single / sweeps >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / sweeps)
