"""MLflow: what a real server has afterwards, read by its own client."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from bench.spec import Entry
from bench.store import Store
from bench.testing.records import run_files
from bench.testing.sweeps import entry_of, make_sweep, run_here
from bench.tracking.follow import follow
from bench.tracking.ledger import TrackingError
from bench.tracking.names import key_of
from bench.tracking.track import track
from bench.tracking.tracker import SendError, Target, target
from tests.tracking.servers import Server

pytestmark = [pytest.mark.exchange, pytest.mark.slow]

LABEL = "a/b:c 🎉 " + 91 * "x"
"""As long as a label may be."""

NAME = "a/b:c 🎉 " + 591 * "x"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    found = Server(tmp_path_factory.mktemp("server"))
    found.start()
    yield found
    found.kill()


@pytest.fixture
def client(server):
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=server.uri)


@pytest.fixture
def folder(tmp_path):
    sweep = make_sweep(["Random", "Climber"], ["Sphere", "Flaky"])
    return run_here(sweep, tmp_path / "results").folder


@pytest.fixture
def small(tmp_path):
    return run_here(make_sweep(["Random"], ["Sphere"]), tmp_path / "small").folder


def runs_of(client, folder, text=""):
    results = (folder / "tracking" / "id").read_text()
    found = client.search_experiments(filter_string=f"tags.`tunebench.results` = '{results}'")
    return client.search_runs([e.experiment_id for e in found], filter_string=text, max_results=999)


def by_key(client, folder):
    return {run.data.tags["tunebench.key"]: run for run in runs_of(client, folder)}


def test_a_finished_sweep_is_read_back(server, client, folder, capsys):
    outcome, lines = track(folder, Target("mlflow", server.uri, "runs"))
    assert capsys.readouterr().out == ""
    assert lines == [
        f"tracking: 4 runs (strategy × problem) and 8 runs (repetition) sent to {server.uri}"
    ]
    runs = runs_of(client, folder)
    kinds = [run.data.tags["tunebench.kind"] for run in runs]
    assert sorted(kinds) == ["pair"] * 4 + ["run"] * 8 + ["sweep"]
    experiment = client.get_experiment(runs[0].info.experiment_id)
    assert experiment.tags["tunebench.sweep_name"] == "tiny"
    assert {run.info.status for run in runs} == {"FINISHED"}

    pairs = runs_of(
        client, folder, "tags.`tunebench.kind` = 'pair' and tags.`tunebench.strategy` = 'Climber'"
    )
    assert {run.data.tags["tunebench.problem"] for run in pairs} == {"Sphere", "Flaky"}
    pair = next(run for run in pairs if run.data.tags["tunebench.problem"] == "Sphere")
    names = {"regret", "regret_low", "regret_high", "best_value", "rank", "mean_rank",
             "final_value", "failed_trials", "run_value"}  # fmt: skip
    assert names <= set(pair.data.metrics)
    assert pair.data.params["strategy"] == "Climber"
    assert any(name.startswith("best.") for name in pair.data.params)
    assert [f.path for f in client.list_artifacts(pair.info.run_id)] == ["trials.csv"]

    children = runs_of(client, folder, f"tags.mlflow.parentRunId = '{pair.info.run_id}'")
    assert len(children) == 2
    for child in children:
        history = client.get_metric_history(child.info.run_id, "best_value")
        assert [m.step for m in sorted(history, key=lambda m: m.step)] == list(range(1, 9))
        assert {"value", "regret", "evaluation_s", "strategy_s"} <= set(child.data.metrics)

    # A filter by the words of the pair finds its repetitions, too.
    both = runs_of(
        client, folder,
        "tags.`tunebench.strategy` = 'Climber' and tags.`tunebench.problem` = 'Sphere'",
    )  # fmt: skip
    assert len(both) == 3

    failed = runs_of(client, folder, "metrics.failed_trials > 0 and tags.`tunebench.kind` = 'run'")
    assert failed
    assert {run.data.tags["tunebench.problem"] for run in failed} == {"Flaky"}

    sweep = next(run for run in runs if run.data.tags["tunebench.kind"] == "sweep")
    files = {f.path for f in client.list_artifacts(sweep.info.run_id)}
    assert {"regret.png", "trials.parquet", "leaderboard.csv"} <= files
    assert sweep.data.tags["mlflow.note.content"]
    assert not outcome.missed


def test_names_that_mlflow_refuses_are_sent_and_their_exact_form_is_found(server, client, tmp_path):
    strategy = Entry(entry_of("Random").name, LABEL)
    folder = run_here(make_sweep([strategy], ["Sphere"]), tmp_path / "results").folder
    outcome, _ = track(folder, Target("mlflow", server.uri, "runs"))
    assert not outcome.missed
    pair = next(run for run in runs_of(client, folder, "tags.`tunebench.kind` = 'pair'"))
    assert pair.data.tags["tunebench.strategy"] == LABEL
    assert pair.data.params["strategy"] == LABEL
    assert pair.info.run_name == f"{LABEL} on Sphere"


def test_results_of_one_name_get_an_experiment_each(server, client, small, tmp_path):
    other = run_here(make_sweep(["Climber"], ["Sphere"]), tmp_path / "other").folder
    for each in (small, other):
        track(each, Target("mlflow", server.uri))
    ids = {runs_of(client, each)[0].info.experiment_id for each in (small, other)}
    assert len(ids) == 2
    assert len(runs_of(client, other)) == 2


def test_killed_and_started_again_in_mid_sweep_everything_arrives_once(
    server, client, small, clock, tmp_path
):
    from bench.tracking.to_mlflow import MLflow

    files = {path: path.read_bytes() for path in run_files(Store(small))}
    for path in files:
        path.unlink()

    class Steps:
        """A sweep in which a run ends between two looks; the server dies and comes back."""

        slept = 0

        def monotonic(self):
            return 0.0

        def sleep(self, seconds):
            Steps.slept += 1
            if Steps.slept == 1:
                server.kill()
            if Steps.slept == 4:
                server.start()

    def live():
        for path, content in files.items():
            path.write_bytes(content)
            yield True

    feed_and_ledger(small, MLflow(server.uri, "tiny", "s", "killed"), live(), Steps())
    killed = of_experiment(client, "killed")
    (small / "tracking").rename(tmp_path / "gone")
    feed_and_ledger(small, MLflow(server.uri, "tiny", "s", "at once"), iter(()), clock)
    assert Steps.slept >= 4
    assert killed == of_experiment(client, "at once")


def feed_and_ledger(folder, tracker, live, clock):
    from bench.tracking.feed import Feed
    from bench.tracking.ledger import Ledger

    ledger = Ledger(folder, "toy", "0123456789abcdef")
    with ledger.open():
        feed = Feed(folder, ledger, with_runs=True, in_parts=True)
        outcome = follow(feed.look, tracker, ledger, is_live=lambda: next(live, False), clock=clock)
    assert not outcome.missed


def of_experiment(client, results):
    """Give what an experiment holds, but times."""
    found = client.search_experiments(filter_string=f"tags.`tunebench.results` = '{results}'")
    runs = client.search_runs([found[0].experiment_id], max_results=999)
    assert len({run.data.tags["tunebench.key"] for run in runs}) == len(runs)
    return {
        run.data.tags["tunebench.key"]: (
            {
                name: sorted(
                    (m.step, m.value) for m in client.get_metric_history(run.info.run_id, name)
                )
                for name in run.data.metrics
            },
            run.data.params,
            run.info.status,
        )
        for run in runs
    }


KILLED = """
import os, signal, sys
from pathlib import Path
from bench.tracking import ledger
from bench.tracking.track import track
from bench.tracking.tracker import Target

note, left = ledger.Ledger.note, int(sys.argv[3])

def killed(self, item):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    note(self, item)

ledger.Ledger.note = killed
track(Path(sys.argv[1]), Target("mlflow", sys.argv[2], "runs"))
"""


def test_killed_between_sending_and_noting_nothing_is_there_twice(server, client, small):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(small), server.uri, "3"],
        check=False,
        env=server.environment(),
    )
    assert done.returncode == -signal.SIGKILL
    outcome, _ = track(small, Target("mlflow", server.uri, "runs"))
    assert not outcome.missed
    for run in runs_of(client, small):
        for name in run.data.metrics:
            points = client.get_metric_history(run.info.run_id, name)
            assert len({m.step for m in points}) == len(points)
    assert len(by_key(client, small)) == len(runs_of(client, small)) == 4


def test_a_second_process_is_refused_while_the_first_one_sends(server, folder):
    from bench.sources.source import opened
    from bench.tracking.identity import identity
    from bench.tracking.ledger import Ledger

    wanted = Target("mlflow", server.uri)
    ledger = Ledger(folder, str(wanted), identity(opened(folder)[1], None))
    with ledger.open(), pytest.raises(TrackingError, match="one process at a time"):
        track(folder, wanted)


def test_a_store_in_a_file_needs_no_server(small, tmp_path, monkeypatch):
    from mlflow import MlflowClient

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    wanted = target("mlflow")
    _, lines = track(small, wanted)
    assert wanted.uri == f"sqlite:///{tmp_path}/mlflow.db"
    assert lines[0].endswith(f"see them with: mlflow ui --backend-store-uri {wanted.uri}")
    assert len(runs_of(MlflowClient(tracking_uri=wanted.uri), small)) == 2


def test_a_run_that_was_made_although_the_request_failed_is_there_once(server, client):
    from bench.tracking.item import Item, Series
    from bench.tracking.to_mlflow import MLflow

    results = os.urandom(6).hex()
    tracker = MLflow(server.uri, "late", "sweep", results)
    item = Item("run/x", "run", "x", {"ended": "1"}, series={"value": Series([1, 2], [3.0, 4.0])})
    tracker.send(Item("sweep", "sweep", "s", {"begun": "1"}))
    create, calls = tracker.client.create_run, []

    def late(*args, **options):
        calls.append(create(*args, **options))
        raise TimeoutError("no answer in time")

    tracker.client.create_run = late
    with pytest.raises(SendError, match="no answer"):
        tracker.send(item)
    create(calls[0].info.experiment_id, tags={"tunebench.key": "run/x"})  # another answer, lost
    tracker.send(item)
    assert {key: value[2] for key, value in of_experiment(client, results).items()} == {
        "run/x": "RUNNING", "sweep": "RUNNING",
    }  # fmt: skip
    assert of_experiment(client, results)["run/x"][0] == {"value": [(1, 3.0), (2, 4.0)]}


def test_parameters_with_names_that_mlflow_refuses(server, client, folder):
    from bench.tracking.item import Item
    from bench.tracking.to_mlflow import MLflow

    tracker = MLflow(server.uri, "names", "sweep", os.urandom(4).hex())
    item = Item(
        "pair/x", "pair", "🎉", {"begun": "1"},
        params={f"best.{NAME}": "7", "long": 7000 * "y", **{f"p{i}": "1" for i in range(250)}},
        tags={"strategy": 9000 * "z"},
        metrics={f"m{i}": float(i) for i in range(1500)},
    )  # fmt: skip
    tracker.send(item)
    tracker.send(item)
    found = client.search_runs(
        [client.search_experiments(filter_string="name LIKE 'names%'")[0].experiment_id]
    )
    assert len(found) == 1
    assert found[0].data.params[key_of(f"best.{NAME}")] == "7"
    assert NAME in found[0].data.tags["tunebench.names"]
    assert len(found[0].data.params) == 252
    assert len(found[0].data.metrics) == 1500
