"""Trials of hyperopt, as its users write them."""

from __future__ import annotations

import json
import pickle
from math import nan

import numpy as np
import pytest
from hyperopt import Trials, fmin, hp, rand

from bench.api.result import load
from bench.errors import UserError

SPACE = hp.choice("kind", [{"x": hp.uniform("x", 0, 1)}, {"y": hp.normal("y", 0, 1)}])


def searched():
    """Run five trials, of which one fails and one raises; then go on with two more."""
    done, trials = [], Trials()

    def loss(config):
        done.append(config)
        if len(done) == 2:
            return {"status": "fail"}
        if len(done) == 3:
            raise ValueError("no model")
        value = float(len(done))
        return {
            "status": "ok",
            "loss": np.float32(value),
            "true_loss": value + 1,
            "loss_variance": 1,
        }

    for until in (4, 6):
        fmin(
            loss, SPACE, algo=rand.suggest, max_evals=until, trials=trials,
            rstate=np.random.default_rng(0), show_progressbar=False, catch_eval_exceptions=True,
        )  # fmt: skip
    return trials


@pytest.fixture(scope="module")
def trials():
    return searched()


@pytest.fixture
def path(trials, tmp_path):
    path = tmp_path / "random--svm--3.json"
    path.write_text(json.dumps(trials.trials, default=str))
    return path


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_trials_are_one_run(trials, path, kind):
    found = load(path if kind == "file" else {"random/svm/3": trials})
    assert (found.strategies, found.problems) == (("random",), ("svm",))
    rows = found.trials
    assert set(rows["repetition"]) == {3}
    failed = [False, True, True, False, False, False, False]
    assert (rows["status"] == "failed").tolist() == failed
    np.testing.assert_array_equal(rows["value"], [1, nan, nan, 4, 5, 6, 7])
    np.testing.assert_array_equal(rows["test_value"], [2, nan, nan, 5, 6, 7, 8])
    assert rows["evaluation_s"].drop(2).ge(0).all()
    assert [note for note in found.notes if note.startswith("hyperopt")] == [
        "hyperopt: 1 number without a trial counts as failed: trials.trials has none that raised",
        "hyperopt: true_loss is the test value",
    ]


def test_what_is_not_finished_is_left_out_and_counted(trials, path):
    given = json.loads(json.dumps(trials.trials, default=str))
    given[-1]["result"], given[-2]["result"] = {"status": "new"}, {"status": "running"}
    path.write_text(json.dumps(given))
    found = load(path)
    assert len(found.trials) == 5
    assert any("2 running or waiting trials are left out" in note for note in found.notes)


def test_a_pickle_is_never_opened(trials, tmp_path):
    class Boom:
        def __reduce__(self):
            return (pytest.fail, ("opened",))

    for number, thing in enumerate([Boom(), trials.trials]):
        path = tmp_path / f"{number}.pkl"
        path.write_bytes(pickle.dumps(thing))
        with pytest.raises(UserError, match=r"must be no pickle, .* json.dump"):
            load(path)


def one(**changes):
    return {"tid": 0, "state": 2, "result": {"status": "ok", "loss": 1.0}} | changes


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "must have a finished trial, it has 0 unfinished"),
        (json.dumps([one(result={"status": "new"})]), "it has 1 unfinished"),
        ('[{"tid": 0, "result"', "it cannot be read"),
        ('[{"tid": 0}]', "each with a result and its status"),
        ('[{"tid": 0}, 1]', "must hold a list of trials"),
        (json.dumps([one(result={"status": ["ok"]})]), "must hold a list of trials"),
        ("[" * 100_000 + '"tid"', "does neither"),
    ],
)
def test_what_is_damaged_is_refused_in_a_line(tmp_path, content, said):
    path = tmp_path / "run.json"
    path.write_text(content)
    with pytest.raises(UserError, match=said) as found:
        load(path)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize("loss", [None, nan, "x", [], 10**400, {}])
def test_a_loss_that_is_no_number_is_a_failed_trial(tmp_path, loss):
    path = tmp_path / "run.json"
    path.write_text(json.dumps([one(), one(tid=1, result={"status": "ok", "loss": loss})]))
    assert load(path).trials["status"].tolist() == ["completed", "failed"]


@pytest.mark.parametrize("tids", [[0, 10**12], [0, -1], [0, True], [0, None], [0, 0]])
def test_numbers_that_mean_nothing_are_not_filled_up(tmp_path, tids):
    path = tmp_path / "run.json"
    path.write_text(json.dumps([one(tid=tid) for tid in tids]))
    found = load(path)
    assert len(found.trials) == 2
    assert any("the numbers of the trials do not say" in note for note in found.notes)


def test_runs_that_share_a_database_are_not_filled_up(tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps([one(tid=tid, exp_key="a") for tid in (0, 5)]))
    found = load(path)
    assert len(found.trials) == 2
    assert any("the numbers of trials with an exp_key do not" in note for note in found.notes)


def test_where_most_trials_raised_they_count_as_failed(tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps([one(tid=tid) for tid in range(60, 100)]))
    found = load(path)
    assert found.trials["status"].tolist() == ["failed"] * 60 + ["completed"] * 40
    assert any("60 numbers without a trial count as failed" in note for note in found.notes)
