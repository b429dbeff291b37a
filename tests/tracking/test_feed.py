"""The feed: each thing once, at the first moment at which it is known."""

import pytest

from bench.store import Store
from bench.testing.records import run_files
from bench.testing.sweeps import make_sweep, run_here
from bench.tracking.from_records import SWEEP_KEY, run_key
from bench.tracking.ledger import TrackingError


@pytest.fixture
def sweep():
    return make_sweep(["Random", "Climber"], ["Sphere", "Flaky"])


@pytest.fixture
def store(sweep, tmp_path):
    return run_here(sweep, tmp_path / "results")


def without(store, count):
    """Take some finished runs away, and give what puts them back."""
    taken = {path: path.read_bytes() for path in run_files(store)[:count]}
    for path in taken:
        path.unlink()
    return lambda: [path.write_bytes(content) for path, content in taken.items()]


def damage(path):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], lines[1].replace(b"0", b"1"), *lines[2:]]))


def kinds(tracker):
    return [key.partition("/")[0] for key in tracker.order]


def test_a_finished_folder_is_sent_once(store, toy, send):
    outcome, _ = send(store.folder, toy)
    assert dict(outcome.sent) == {"sweep": 1, "pair": 4, "run": 8}
    assert not outcome.missed
    first = dict(toy.runs)
    toy.order.clear()
    again, _ = send(store.folder, toy)
    assert not again.sent
    assert toy.order == []
    assert toy.runs == first


def test_pairs_alone_unless_runs_are_asked_for(store, toy, send):
    outcome, _ = send(store.folder, toy, with_runs=False)
    assert dict(outcome.sent) == {"sweep": 1, "pair": 4}
    more, _ = send(store.folder, toy)
    assert dict(more.sent) == {"run": 8}


def test_a_pair_is_there_before_its_repetitions_and_they_name_it(store, toy, send):
    send(store.folder, toy)
    for place, key in enumerate(toy.order):
        parent = toy.runs[key]["parent"]
        if parent:
            assert parent in toy.order[:place]


def test_what_compares_waits_for_the_last_run(store, toy, send):
    put_back = without(store, 1)
    _, feed = send(store.folder, toy)
    assert feed.n_left == 1
    assert not any("compared" in run["parts"] for run in toy.runs.values())
    put_back()
    send(store.folder, toy)
    assert all(run["parts"].count("compared") == 1 for run in toy.runs.values())
    assert all(run["state"] != "running" for run in toy.runs.values())


def test_sent_in_parts_or_at_once_it_is_the_same(store, sweep, toy, send, tmp_path):
    put_back = without(store, 5)
    send(store.folder, toy)
    put_back()
    send(store.folder, toy)
    at_once = type(toy)(toy.clock)
    (store.folder / "tracking").rename(tmp_path / "gone")
    send(store.folder, at_once)

    def plain(tracker):
        return {
            key: {name: value for name, value in run.items() if name != "parts"}
            for key, run in tracker.runs.items()
        }

    assert plain(toy) == plain(at_once)


def test_packed_runs_are_the_same_runs(store, toy, send):
    send(store.folder, toy)
    store.pack()
    outcome, _ = send(store.folder, toy)
    assert not outcome.sent


def test_a_tracker_that_takes_whole_runs_gets_each_when_all_is_known(store, whole_toy, send):
    put_back = without(store, 1)
    outcome, _ = send(store.folder, whole_toy)
    assert not outcome.sent
    put_back()
    outcome, _ = send(store.folder, whole_toy)
    assert dict(outcome.sent) == {"sweep": 1, "pair": 4, "run": 8}
    for run in whole_toy.runs.values():
        names = {name for name, _, _ in run["points"]}
        assert "compared" in run["parts"]
        assert run["params"]
        if run["parent"]:
            assert {"value", "best_value", "regret"} <= names


def test_a_damaged_run_is_left_out_and_counts_as_not_done(store, toy, send):
    damage(run_files(store)[0])
    outcome, feed = send(store.folder, toy)
    assert feed.n_left == 1
    assert outcome.sent["run"] == 7


def test_a_run_that_was_damaged_and_done_again_is_sent(store, toy, send):
    record = next(iter(store.records()))
    damage(next(path for path in run_files(store) if record.id in path.name))

    def live():
        yield True
        object.__setattr__(record.end, "run_seconds", 123.0)
        Store(store.folder).take(record)
        yield True

    outcome, feed = send(store.folder, toy, live=live())
    assert feed.n_left == 0
    assert outcome.sent["run"] == 8


def test_a_damaged_run_costs_a_tracker_of_whole_runs_itself_only(store, whole_toy, send):
    damage(run_files(store)[0])
    outcome, feed = send(store.folder, whole_toy)
    assert feed.n_left == 1
    assert dict(outcome.sent) == {"sweep": 1, "pair": 4, "run": 7}
    assert all(run["params"] for run in whole_toy.runs.values())


def test_a_repetition_that_was_repeated_is_a_revision_of_itself(tmp_path, parts, toy, send):
    sweep = make_sweep(["Random", "Raises"], ["Sphere"])
    store = run_here(sweep, tmp_path / "results")
    failed = next(run for run in store.records() if run.spec.strategy.label == "Raises")
    missing = next(path for path in run_files(store) if failed.id not in path.name)
    content = missing.read_bytes()
    missing.unlink()
    send(store.folder, toy)
    object.__setattr__(failed.end, "run_seconds", 123.0)
    Store(store.folder).take(failed)
    missing.write_bytes(content)
    send(store.folder, toy)  # with what compares, which is sent for the first time
    points = toy.runs[run_key(failed.id)]["points"]
    assert {revision for name, _, revision in points if name == "n_trials"} == {0, 1}


def test_a_run_that_was_repeated_is_sent_again_with_what_hangs_on_it(tmp_path, parts, toy, send):
    sweep = make_sweep(["Random", "Raises"], ["Sphere"])
    store = run_here(sweep, tmp_path / "results")
    send(store.folder, toy)
    failed = next(run for run in store.records() if run.spec.strategy.label == "Raises")
    object.__setattr__(failed.end, "run_seconds", 123.0)
    Store(store.folder).take(failed)
    outcome, _ = send(store.folder, toy)
    assert dict(outcome.sent) == {"sweep": 1, "pair": 2, "run": 4}
    revisions = {key[2] for key in toy.runs[SWEEP_KEY]["points"]}
    assert revisions == {0, 1}


def test_a_shard_is_sent_without_what_compares(sweep, toy, send, tmp_path):
    store = run_here(sweep, tmp_path / "results")
    data = store.sweep() | {"shard": "1/2"}
    store.create(data)
    outcome, feed = send(store.folder, toy)
    assert feed.shard == "1/2"
    assert outcome.sent["run"] == 4
    assert not any("compared" in run["parts"] for run in toy.runs.values())


def test_another_sweep_in_the_folder_ends_the_tracking(store, toy, send, sweep):
    def live():
        yield True
        store.create(make_sweep(["Random"], ["Sphere"], repetitions=9).to_dict())
        yield True

    with pytest.raises(TrackingError, match="another one by now"):
        send(store.folder, toy, live=live())
