from __future__ import annotations

import gzip
import hashlib
import json
import warnings
from urllib.error import URLError

import numpy as np
import pytest

from problems import _openml
from problems._openml import load_openml

ROWS = [
    (i / 4, "?" if i == 5 else "ab"[i % 2], 10 + i % 3, i, ["no", "yes"][i % 2]) for i in range(40)
]
ARFF = (
    "@RELATION tiny\n"
    + "".join(
        f"@ATTRIBUTE {name} {kind}\n"
        for name, kind in [
            ("size", "REAL"),
            ("letter", "{b,a}"),
            ("site", "INTEGER"),
            ("row", "INTEGER"),
            ("class", "{yes,no}"),
        ]
    )
    + "@DATA\n"
    + "".join(",".join(map(str, row)) + "\n" for row in ROWS)
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty data home, and no network."""
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))

    def offline(request, *args, **settings):
        raise URLError("no network here")

    monkeypatch.setattr("sklearn.datasets._openml.urlopen", offline)
    monkeypatch.setattr("sklearn.datasets._openml.time.sleep", lambda seconds: None)
    _openml._load.cache_clear()
    return tmp_path


@pytest.fixture
def cached(home):
    """Put a data set into scikit-learn's cache, as the answers of OpenML's API."""

    def put(number=7, arff=ARFF, **described):
        description = {
            "id": str(number),
            "name": "tiny",
            "version": "3",
            "description": "made by hand",
            "format": "ARFF",
            "licence": "Public",
            "url": f"https://api.openml.org/data/v1/download/{number}/tiny.arff",
            "default_target_attribute": "class",
            "status": "active",
            "md5_checksum": hashlib.md5(arff.encode()).hexdigest(),
        } | described
        kinds = {"letter": "nominal", "class": "nominal"}
        features = [
            {
                "index": str(index),
                "name": name,
                "data_type": kinds.get(name, "numeric"),
                "is_target": "true" if name == "class" else "false",
                "is_ignore": "false",
                "is_row_identifier": "true" if name == "row" else "false",
                "number_of_missing_values": "0",
            }
            for index, name in enumerate(["size", "letter", "site", "row", "class"])
        ]
        answers = {
            f"api/v1/json/data/{number}": {"data_set_description": description},
            f"api/v1/json/data/features/{number}": {"data_features": {"feature": features}},
            f"api/v1/json/data/qualities/{number}": {
                "data_qualities": {"quality": [{"name": "NumberOfInstances", "value": "40"}]}
            },
        }
        texts = {path: json.dumps(answer) for path, answer in answers.items()}
        texts[f"data/v1/download/{number}/tiny.arff"] = arff
        for path, text in texts.items():
            file = home / "openml" / "openml.org" / f"{path}.gz"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(gzip.compress(text.encode()))

    return put


def refuses(name, message, target="", groups=""):
    with pytest.raises(ValueError, match=message) as caught:
        load_openml(name, target, groups)
    assert "\n" not in str(caught.value)


def test_a_cached_set_needs_no_network(cached):
    cached()
    facts, data = load_openml("openml:7", "", "")
    # The row identifier is no feature; categories are sorted, whatever order they are declared in.
    assert data.X[:2].tolist() == [[0, 0, 10], [0.25, 1, 11]]
    assert np.isnan(data.X[5, 1])
    assert np.isnan(data.X).sum() == 1
    assert data.categorical == (1,)
    assert data.y.tolist() == [0, 1] * 20
    assert data.labels == ("no", "yes")
    assert (facts.name, facts.title) == ("openml:7", "tiny (version 3)")
    assert (facts.task, facts.rows, facts.features, facts.missing) == ("binary", 40, 3, True)
    assert (facts.licence, facts.fingerprint) == ("Public", "OpenML 7, version 3")
    assert facts.reference == "https://www.openml.org/d/7"


def test_target_and_groups_can_be_chosen(cached):
    cached()
    facts, data = load_openml("openml:7", "size", "site")
    assert facts.task == "regression"
    assert data.y.tolist() == [i / 4 for i in range(40)]
    assert data.groups.tolist() == [i % 3 for i in range(40)]
    assert data.X.shape == (40, 2)
    refuses("openml:7", "target must be a column of openml:7, got 'klass'; did you mean", "klass")


@pytest.mark.parametrize("default", ["size,class", "", None])
def test_without_one_default_target_it_must_be_named(cached, default):
    cached(default_target_attribute=default)
    refuses("openml:7", "a target must be named, got none for openml:7; the columns are 'size'")
    assert load_openml("openml:7", "class", "")[0].task == "binary"


def test_a_licence_that_is_not_stated_is_not_made_up(cached):
    cached(licence=None)
    assert load_openml("openml:7", "", "")[0].licence == "not stated"


def test_it_is_read_once(cached, home):
    cached()
    _, first = load_openml("openml:7", "", "")
    for file in home.rglob("*.gz"):
        file.unlink()
    assert load_openml("openml:7", "", "")[1] is first


def test_without_cache_and_network_one_line_says_so(home):
    refuses("openml:31", f"openml:31 must be in scikit-learn's data home .* not in {home} .*once$")


def test_a_number_that_openml_does_not_have(monkeypatch):
    from email.message import Message
    from urllib.error import HTTPError

    def unknown(request, *args, **settings):
        raise HTTPError(request.full_url, 412, "precondition failed", Message(), None)

    monkeypatch.setattr("sklearn.datasets._openml.urlopen", unknown)
    refuses("openml:99999", "must be a dense table .* Dataset with data_id 99999 not found")


def test_a_sparse_set_is_refused(cached):
    cached(format="Sparse_ARFF")
    refuses("openml:7", "openml:7 must be a dense table .* Sparse ARFF")


def test_a_damaged_cache_offline_is_reported_as_a_missing_one(cached):
    cached(md5_checksum="0" * 32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # "Invalid cache, redownloading"
        refuses("openml:7", "openml:7 must be in scikit-learn's data home")


@pytest.mark.parametrize("name", ["openml:", "openml:credit-g", "openml:-1", "openml:3.0"])
def test_sets_are_named_by_number(name):
    refuses(name, "an OpenML data set is named by its number, got 'openml:")
