from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from sklearn.datasets import make_classification, make_friedman1, make_regression

from problems._generated import NAMED, Recipe, generated_facts, load_generated, parse


def load(text):
    return load_generated(parse(text))


def counts(text):
    return sorted(Counter(load(text).y.tolist()).values())


def test_knobs_are_read_and_the_others_keep_their_defaults():
    text = "generated:task=regression, rows=30,informative=3,noise=0,label_noise=0.5,seed=7"
    assert parse(text) == Recipe("regression", 30, 3, 0, 0.5, seed=7)
    assert parse("generated:imbalance=0.8,classes=3") == Recipe(imbalance=0.8, classes=3)
    assert parse("generated:") == Recipe()


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ("row=30", "has no knob 'row'; did you mean 'rows'"),
        ("x=1", r"has no knob 'x'; the knobs are 'task', 'rows'.*'seed'$"),
        ("rows=19", "rows must be an integer from 20 to 100000, got '19'; the default is 500"),
        ("rows=1e3", "rows must be an integer"),
        ("rows=", "rows must be an integer from 20 to 100000, got ''"),
        ("informative=0", "informative must be an integer from 1 to 100"),
        ("noise=-1", "noise must be an integer from 0 to 1000"),
        ("label_noise=1.1", "label_noise must be a number from 0 to 1, got '1.1'"),
        ("label_noise=nan", "label_noise must be a number"),
        ("imbalance=1", "imbalance must be a number from 0 to 0.99"),
        ("imbalance=0.4", "imbalance must be 0 or the largest of 2 shares, 0.5 or more, got 0.4"),
        ("classes=1", "classes must be an integer from 2 to 20"),
        ("classes=5,informative=2", "classes must be at most 2.informative, got 5"),
        ("seed=-1", "seed must be an integer from 0 to 4294967295"),
        ("rows=30,rows=40", "rows is in .* twice"),
        ("rows", "a knob is written name=value, got 'rows'"),
        ("task=cluster", "task must be one of classification, regression, friedman, got 'cluster'"),
        ("task=regression,classes=3", "classes is for task=classification only"),
        ("task=friedman,imbalance=0.9", "imbalance is for task=classification only"),
        ("task=friedman,informative=6", "has 5 informative features, got informative=6"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(knobs, message):
    with pytest.raises(ValueError, match=message) as caught:
        parse(f"generated:{knobs}")
    assert "\n" not in str(caught.value)


def test_a_class_with_a_single_row_is_refused():
    with pytest.raises(ValueError, match="every class must have 2 rows or more, the smallest"):
        load("generated:rows=20,imbalance=0.99")


def test_the_text_decides_the_data():
    first = load("generated:rows=40,seed=3")
    load_generated.cache_clear()
    again = load("generated:seed=3,rows=40")
    assert np.array_equal(first.X, again.X)
    assert np.array_equal(first.y, again.y)
    assert not np.array_equal(first.X, load("generated:rows=40,seed=4").X)


@pytest.mark.parametrize(
    ("knobs", "sizes"),
    [
        ("rows=600,imbalance=0.9", [60, 540]),
        ("rows=200", [100, 100]),
        ("rows=400,imbalance=0.75", [100, 300]),
        ("rows=300,classes=3,imbalance=0.6", [60, 60, 180]),
        ("rows=400,classes=4", [100] * 4),
        # One cluster a class: two would need more corners than a square has.
        ("rows=100,classes=4,informative=2", [25] * 4),
        ("rows=100,informative=1,noise=0", [50, 50]),
    ],
)
def test_classes_have_their_shares(knobs, sizes):
    assert counts(f"generated:{knobs}") == sizes


def test_classification_is_scikit_learns():
    ours = load("generated:rows=90,informative=4,noise=3,label_noise=0.4,imbalance=0.7,seed=5")
    X, y = make_classification(
        90,
        7,
        n_informative=4,
        n_redundant=0,
        n_repeated=0,
        weights=[0.7, 0.3],
        flip_y=0.4,
        random_state=5,
    )
    assert np.array_equal(ours.X, X)
    assert np.array_equal(ours.y, y)


def test_all_label_noise_leaves_the_imbalance_behind():
    # Labels by lot are 1000 fair coins, whatever the clean shares were; four deviations.
    sizes = counts("generated:rows=1000,imbalance=0.9,label_noise=1")
    assert abs(sizes[0] - 500) < 4 * np.sqrt(250)


def test_noise_features_carry_no_information():
    data = load("generated:task=regression,rows=400,informative=3,noise=4")
    # The target is an exact linear function of exactly three features.
    weights = np.linalg.lstsq(np.c_[data.X, np.ones(400)], data.y, rcond=None)[0]
    assert np.sum(np.abs(weights) > 1e-9) == 3
    assert data.X.shape == (400, 7)


def test_friedman_is_his_function():
    data = load("generated:task=friedman,rows=100,noise=2")
    a, b, c, d, e, *_ = data.X.T
    truth = 10 * np.sin(np.pi * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e
    assert data.y == pytest.approx(truth, rel=1e-12)
    assert data.X.shape == (100, 7)


@pytest.mark.parametrize("task", ["regression", "friedman"])
def test_label_noise_is_in_deviations_of_the_clean_target(task):
    clean, noisy = (
        load(f"generated:task={task},rows=5000,label_noise={noise}") for noise in (0, 0.5)
    )
    assert np.array_equal(clean.X, noisy.X)
    noise = (noisy.y - clean.y) / np.std(clean.y)
    # The deviation of 5000 normal draws is known to 1 %; four of these.
    assert np.std(noise) == pytest.approx(0.5, rel=0.04)
    assert abs(np.mean(noise)) < 4 * 0.5 / np.sqrt(5000)


def test_the_targets_are_scikit_learns():
    seed = np.random.SeedSequence(3).generate_state(2).tolist()[0]
    ours = load("generated:task=friedman,rows=50,noise=0,seed=3")
    assert np.array_equal(ours.y, make_friedman1(50, 5, random_state=seed)[1])
    ours = load("generated:task=regression,rows=50,noise=0,seed=3")
    theirs = make_regression(50, 5, n_informative=5, random_state=seed)
    assert np.array_equal(ours.y, theirs[1])


@pytest.mark.parametrize("name", NAMED)
def test_facts_of_the_named_ones_are_counted(name):
    recipe = parse(NAMED[name].text)
    facts, data = generated_facts(name, recipe), load_generated(recipe)
    assert (facts.rows, facts.features) == data.X.shape == (recipe.rows, facts.numeric)
    assert facts.name == name
    assert facts.title == NAMED[name].title
    assert facts.rows <= 1000
    assert facts.fingerprint == ""
    assert facts.reference
    if facts.task == "regression":
        assert (facts.classes, facts.largest_share, data.labels) == (0, 0.0, ())
        assert data.y.dtype == np.float64
    else:
        assert (facts.classes, data.labels) == (2, ("0", "1"))
        assert facts.largest_share == max(Counter(data.y.tolist()).values()) / facts.rows
        assert data.y.dtype == np.int64


def test_an_unnamed_recipe_is_titled_by_its_task():
    assert generated_facts("generated:", Recipe()).title == "Generated classification"


def test_the_imbalanced_one_is():
    facts = generated_facts("imbalanced", parse(NAMED["imbalanced"].text))
    assert facts.largest_share == 0.9
