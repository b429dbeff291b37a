from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn import datasets

from problems._bundled import BUNDLED, load_bundled
from problems._dataset import measured

THEIRS = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast-cancer": datasets.load_breast_cancer,
    "digits": datasets.load_digits,
    "diabetes": lambda: datasets.load_diabetes(scaled=False),
}


def test_all_of_them_are_tested():
    assert list(BUNDLED) == list(THEIRS)


@pytest.mark.parametrize("name", THEIRS)
def test_the_arrays_are_those_of_scikit_learn(name):
    data, theirs = load_bundled(name), THEIRS[name]()
    assert np.array_equal(data.X, theirs.data)
    assert np.array_equal(data.y, theirs.target)
    assert data.X.dtype == np.float64
    assert data.y.dtype == (np.float64 if name == "diabetes" else np.int64)
    assert data.labels == tuple(map(str, getattr(theirs, "target_names", ())))
    assert data.categorical == ()
    assert data.groups is None


@pytest.mark.parametrize("name", THEIRS)
def test_the_written_facts_are_those_of_the_arrays(name):
    facts = BUNDLED[name]
    texts = {key: getattr(facts, key) for key in ("name", "title", "licence", "reference")}
    assert measured(load_bundled(name), **texts) == replace(facts, fingerprint="")
    assert all(texts.values())
