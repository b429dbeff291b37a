"""Experiments of Syne Tune, as it writes them."""

from __future__ import annotations

import json
import shutil
import zipfile
from math import nan

import numpy as np
import pytest

from bench.api.result import load
from bench.errors import UserError

pytestmark = pytest.mark.exchange

OBJECTIVE = """
import argparse

from syne_tune import Reporter

parser = argparse.ArgumentParser()
parser.add_argument("--x", type=float)
parser.add_argument("--kind")
given, _ = parser.parse_known_args()
report = Reporter()
if given.kind == "bad":
    raise ValueError("no model")
for epoch in range(1, 5):
    report(epoch=epoch, accuracy=given.x + epoch, loss=-given.x)
"""


def end(tuner):
    """Wait for the processes of trials, of which all were stopped or have ended."""
    for process in tuner.trial_backend.trial_subprocess.values():
        process.wait()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three trials, of which the second fails and the last is stopped after its first epoch."""
    from syne_tune import StoppingCriterion, Tuner
    from syne_tune.backend import LocalBackend
    from syne_tune.config_space import choice, uniform
    from syne_tune.optimizer.baselines import ASHA

    folder = tmp_path_factory.mktemp("syne")
    script = folder / "objective.py"
    script.write_text(OBJECTIVE)
    space = {"x": uniform(0, 1), "kind": choice(["good", "bad"])}
    scheduler = ASHA(
        space, metric="accuracy", time_attr="epoch", max_t=4, do_minimize=False,
        reduction_factor=4, random_seed=0,
    )  # fmt: skip
    wanted = [{"x": 0.5, "kind": "good"}, {"x": 0.1, "kind": "bad"}, {"x": 0.25, "kind": "good"}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNETUNE_FOLDER", str(folder))
        patch.setattr(scheduler.searcher, "suggest", lambda **_: wanted.pop(0) if wanted else None)
        tuner = Tuner(
            LocalBackend(str(script)), scheduler, StoppingCriterion(max_num_trials_finished=3),
            n_workers=1, sleep_time=0.05, save_tuner=False, tuner_name="asha--svm--1",
            max_failures=5,
        )  # fmt: skip
        tuner.run()
    end(tuner)
    return tuner.tuner_path


@pytest.fixture
def experiment(made, tmp_path):
    folder = tmp_path / made.name
    folder.mkdir()
    for name in ("metadata.json", "results.csv.zip"):
        shutil.copy(made / name, folder)
    return folder


def test_an_experiment_is_one_run(experiment):
    found = load(experiment)
    assert (found.strategies, found.problems) == (("asha",), ("svm",))
    rows = found.trials
    assert set(rows["repetition"]) == {1}
    assert set(rows["metric"]) == {"accuracy"}
    assert set(rows["direction"]) == {"maximize"}
    assert rows["status"].tolist() == ["completed", "failed", "completed"]
    np.testing.assert_allclose(rows["value"], [4.5, nan, 1.25])
    assert rows["fidelity"].tolist() == [1, 1, 0.25]
    assert rows["evaluation_s"].notna().tolist() == [True, False, True]
    assert [note for note in found.notes if note.startswith("Syne Tune")] == [
        "Syne Tune: the value of a trial is the last one that it reported",
        "Syne Tune: 1 trial that was stopped early counts as a cheaper evaluation, in the share of "
        "its reports",
        "Syne Tune: 1 number without a report counts as a failed trial",
        "Syne Tune: the time of a trial is that from its reporter's start to its last report",
    ]


def test_a_tuner_of_one_name_was_on_that_problem_with_its_scheduler(experiment):
    other = experiment.rename(experiment.parent / "my-svm-2026-01-01-00-00-00-000")
    found = load(other)
    assert (found.strategies, found.problems) == (("ASHA",), ("my-svm",))


def change(folder, **settings):
    path = folder / "metadata.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


def test_of_several_metrics_one_is_named(experiment):
    change(experiment, metric_names=["accuracy", "loss"], metric_mode=["max", "min"])
    rows = load(f"{experiment}#loss").trials
    assert set(rows["direction"]) == {"minimize"}
    np.testing.assert_allclose(rows["value"], [-0.5, nan, -0.25])
    with pytest.raises(UserError, match=r"its metadata name accuracy, loss; name one, as in .*#ac"):
        load(experiment)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"metric_names": []}, "must have one metric, its metadata name none"),
        ({"metric_names": 3}, "must have one metric, its metadata name none"),
        ({"metric_mode": "up"}, "the metric_mode must be min or max, got 'up'"),
        ({"metric_names": ["other"]}, "must have the columns trial_id and other"),
    ],
)
def test_metadata_that_are_damaged_are_refused(experiment, settings, said):
    change(experiment, **settings)
    with pytest.raises(UserError, match=said):
        load(experiment)


def test_settings_that_mean_nothing_are_left_out(experiment):
    change(experiment, scheduler_kwargs={"max_t": "many", "time_attr": [3]}, scheduler_name=None)
    assert load(experiment).trials["fidelity"].tolist() == [1, 1, 0.25]  # by the number of reports


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metadata.json", b""),
        ("metadata.json", b'{"metric_names": ['),
        ("metadata.json", b"[" * 100_000),
        ("metadata.json", b"[]"),
        ("results.csv.zip", b""),
        ("results.csv.zip", b"PK\x03\x04 and no more"),
    ],
)
def test_files_that_are_damaged_are_refused_in_a_line(experiment, name, content):
    (experiment / name).write_bytes(content)
    with pytest.raises(UserError, match=name) as found:
        load(experiment)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "must be a ZIP archive with one CSV file"),
        ({"a": "x", "b": "y"}, "must be a ZIP archive with one CSV file"),
        ({"a": ""}, "must be CSV with a header and rows"),
        ({"a": "trial_id,accuracy\n"}, "must have rows"),
        ({"a": "trial_id,accuracy\nx,1\n"}, "each row must have an integer as trial_id"),
        ({"a": "trial_id,accuracy\n-inf,1\n0,1\n"}, "each row must have an integer as trial_id"),
        ({"a": "trial_id,accuracy\n0.5,1\n"}, "each row must have an integer as trial_id"),
        ({"a": "trial_id,accuracy\n1e300,1\n"}, None),
        ({"a": "trial_id,accuracy\n0,\n1,nan\n"}, None),
    ],
)
def test_results_that_are_damaged_are_refused(experiment, members, said):
    with zipfile.ZipFile(experiment / "results.csv.zip", "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    if said is None:
        assert len(load(experiment).trials) in (1, 2)
        return
    with pytest.raises(UserError, match=said):
        load(experiment)


def test_an_archive_that_grows_is_not_unpacked(experiment, monkeypatch):
    monkeypatch.setattr("bench.exchange.syne_experiment.MAX_BYTES", 10)
    with pytest.raises(UserError, match="must hold 10 bytes or fewer, it holds"):
        load(experiment)


def test_the_guide_writes_what_is_read(guide, tmp_path, monkeypatch):
    monkeypatch.setenv("SYNETUNE_FOLDER", str(tmp_path))
    tuner = guide("syne_tune")["tuner"]
    end(tuner)
    found = load(tuner.tuner_path)
    assert (found.strategies, found.problems) == (("random",), ("parabola",))
    assert len(found.trials) >= 3
    assert set(found.trials["status"]) == {"completed"}
