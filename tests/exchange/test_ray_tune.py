"""Experiments of Ray Tune, as it writes them."""

from __future__ import annotations

import gc
import json
import shutil
import warnings
from math import nan

import numpy as np
import pytest

from bench.api.result import load
from bench.errors import UserError

pytestmark = pytest.mark.exchange


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of an experiment, and beside it its table."""
    import ray
    from ray import tune

    # In here, so that it travels by value: Ray's processes may know another package `tests`.
    def objective(config):
        """Report four times; the second trial is worse than the first, the third raises."""
        for step in range(4):
            if config["case"] == 2 and step:
                raise ValueError("no model")
            best = (0, 1, -1)[config["case"]]
            tune.report({"loss": best + config["x"] / (step + 1), "inner": {"size": step}})

    folder = tmp_path_factory.mktemp("ray")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(
            num_cpus=1, include_dashboard=False, log_to_driver=False, configure_logging=False,
            object_store_memory=80 * 2**20,
        )  # fmt: skip
        try:
            results = tune.Tuner(
                objective,
                param_space={"case": tune.grid_search([0, 1, 2]), "x": 1.0, "kind": "a"},
                tune_config=tune.TuneConfig(
                    metric="loss", mode="min", reuse_actors=True,
                    scheduler=tune.schedulers.ASHAScheduler(max_t=4, reduction_factor=2),
                ),
                run_config=tune.RunConfig(name="asha--svm--3", storage_path=str(folder), verbose=0),
            ).fit()  # fmt: skip
            results.get_dataframe().to_csv(folder / "asha--svm--3.csv", index=False)
            yield folder
        finally:
            ray.shutdown()
            with warnings.catch_warnings():
                # Ray has killed its processes, and waits for none.
                warnings.simplefilter("ignore", ResourceWarning)
                gc.collect()


@pytest.fixture
def experiment(made, tmp_path):
    """The part of the folder that is read, to be changed."""
    folder = tmp_path / "asha--svm--3"
    folder.mkdir()
    (state,) = (made / folder.name).glob("experiment_state-*.json")
    shutil.copy(state, folder)
    return folder


@pytest.mark.parametrize("address", ["#loss:min", "#:min", ".csv#loss:min"])
def test_an_experiment_is_one_run(made, address):
    found = load(f"{made}/asha--svm--3{address}")
    assert (found.strategies, found.problems) == (("asha",), ("svm",))
    rows = found.trials
    assert set(rows["repetition"]) == {3}
    assert set(rows["direction"]) == {"minimize"}
    assert set(rows["metric"]) == {"loss"}
    np.testing.assert_allclose(rows["value"][:2], [0.25, 2.0])
    assert rows["fidelity"].tolist()[:2] == [1, 0.25]
    if address.startswith("#"):  # the table does not say that a trial raised
        assert rows["status"].tolist() == ["completed", "completed", "failed"]
        assert rows["reason"].tolist() == ["", "", "Ray Tune: failed"]
    assert rows["evaluation_s"].ge(0).all()
    assert "Ray Tune: the value of a trial is the last one that it reported" in found.notes


def test_the_direction_must_be_said(made):
    with pytest.raises(UserError, match=r"which way loss is better must be known, Ray Tune does"):
        load(made / "asha--svm--3")
    with pytest.raises(UserError, match=r"must have one metric, its trials reported loss, inner/s"):
        load(f"{made}/asha--svm--3.csv#:min")


def test_a_metric_may_be_nested(made):
    for end in ("", ".csv"):
        rows = load(f"{made}/asha--svm--3{end}#inner/size:max").trials
        assert rows["value"].tolist()[:2] == [3, 0]


def test_a_metric_that_no_trial_reported_is_refused(made):
    with pytest.raises(UserError, match=r"must have a trial that reported other, none of 3 did"):
        load(f"{made}/asha--svm--3#other:min")


def state_of(folder):
    (path,) = folder.glob("experiment_state-*.json")
    return path, json.loads(path.read_text())


def test_trials_that_have_not_ended_are_left_out(experiment):
    path, state = state_of(experiment)
    for trial, status in zip(
        state["trial_data"], ("RUNNING", "PENDING", "TERMINATED"), strict=True
    ):
        trial[0] = json.dumps(json.loads(trial[0]) | {"status": status})
    path.write_text(json.dumps(state))
    found = load(f"{experiment}#loss:min")
    assert len(found.trials) == 1
    assert "Ray Tune: 2 running or waiting trials are left out" in found.notes
    for trial in state["trial_data"]:
        trial[0] = json.dumps(json.loads(trial[0]) | {"status": "PAUSED"})
    path.write_text(json.dumps(state))
    with pytest.raises(UserError, match="must have a trial that ended, none of its 3 has"):
        load(f"{experiment}#loss:min")


def test_values_that_are_no_numbers_are_failed_trials(experiment):
    path, state = state_of(experiment)
    for trial, value in zip(state["trial_data"], (nan, "high", 10**400), strict=True):
        run = json.loads(trial[1])
        trial[1] = json.dumps(run | {"last_result": run["last_result"] | {"loss": value}})
    path.write_text(json.dumps(state))
    with pytest.raises(UserError, match="none of 3 did"):
        load(f"{experiment}#loss:min")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "must be JSON with the state of an experiment"),
        ('{"trial_data": [', "must be JSON with the state of an experiment"),
        ("[" * 100_000, "must be JSON with the state of an experiment"),
        ("[]", "must hold the trials of an experiment of Ray Tune"),
        ("{}", "must hold the trials of an experiment of Ray Tune"),
        ('{"trial_data": [["{}"]]}', "must hold the trials of an experiment of Ray Tune"),
        ('{"trial_data": [["{}", "{}"]]}', "must hold the trials of an experiment of Ray Tune"),
        ('{"trial_data": [[1, 2]]}', "must hold the trials of an experiment of Ray Tune"),
        ('{"trial_data": []}', "must have a trial that ended, none of its 0 has"),
        (
            '{"trial_data": [["{\\"status\\": \\"ERROR\\"}", "{\\"last_result\\": [1]}"]]}',
            "must hold the trials of an experiment of Ray Tune",
        ),
    ],
)
def test_a_state_that_is_damaged_is_refused_in_a_line(tmp_path, content, said):
    (tmp_path / "experiment_state-2026.json").write_text(content)
    with pytest.raises(UserError, match=said) as found:
        load(f"{tmp_path}#loss:min")
    assert "\n" not in str(found.value)


def test_numbers_without_a_row_of_the_table_are_failed_trials(tmp_path):
    path = tmp_path / "asha--svm--3.csv"
    head = "trial_id,training_iteration,time_total_s,loss,config/x\n"
    path.write_text(f"{head}a_00002,4,1.5,0.5,1\na_00000,2,1.0,1.5,2\n")
    found = load(f"{path}#:min")
    np.testing.assert_array_equal(found.trials["value"], [1.5, nan, 0.5])
    assert found.trials["fidelity"].tolist() == [0.5, 1, 1]
    assert "Ray Tune: 1 number without a row counts as a failed trial" in found.notes


def test_the_guide_writes_what_is_read(made, guide, tmp_path):
    guide("ray")
    found = load(f"{tmp_path}/grid--parabola--0#loss:min")
    assert (found.strategies, found.problems) == (("grid",), ("parabola",))
    assert found.trials["value"].tolist() == [1, 0.25, 4]
