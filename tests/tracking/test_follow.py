"""Following: a tracker that is down, slow, full or picky gets all it takes, and nothing twice."""

import pytest

from bench.store import StoreError
from bench.testing.records import run_files
from bench.testing.sweeps import make_sweep, run_here
from bench.tracking.follow import (
    END_S,
    LONGEST_WAIT_S,
    PATIENCE_S,
    SECONDS_BETWEEN_LOOKS,
    follow,
)
from bench.tracking.ledger import Ledger
from bench.tracking.tracker import SendError


@pytest.fixture
def store(tmp_path):
    return run_here(make_sweep(["Random", "Climber"], ["Sphere"]), tmp_path / "results")


def test_a_running_folder_is_looked_at_until_it_ends(store, toy, send, clock):
    files = {path: path.read_bytes() for path in run_files(store)}
    for path in files:
        path.unlink()

    def live():
        # Asked before each look and after it.
        for path, content in files.items():
            yield from (True, True)
            path.write_bytes(content)
        yield from (True, True)

    outcome, _ = send(store.folder, toy, live=live())
    assert dict(outcome.sent) == {"sweep": 1, "pair": 2, "run": 4}
    assert clock.slept == [SECONDS_BETWEEN_LOOKS] * 5


def test_a_tracker_that_was_down_gets_everything_when_it_is_back(store, toy, send, clock):
    toy.down_until = 10.0
    outcome, _ = send(store.folder, toy)
    assert not outcome.missed
    assert dict(outcome.sent) == {"sweep": 1, "pair": 2, "run": 4}
    assert clock.slept == [1.0, 2.0, 4.0, 8.0]


def test_a_tracker_that_stays_down_is_given_up_after_the_sweep(store, toy, send, clock):
    toy.down_until = float("inf")
    outcome, _ = send(store.folder, toy)
    assert outcome.missed
    assert outcome.why == "connection refused"
    assert clock.now <= PATIENCE_S
    toy.down_until = 0.0
    later, _ = send(store.folder, toy)
    assert dict(later.sent) == {"sweep": 1, "pair": 2, "run": 4}


def test_while_the_sweep_runs_nobody_gives_up(store, toy, send, clock):
    toy.down_until = 200.0
    outcome, _ = send(store.folder, toy, live=[True] * 99)
    assert not outcome.missed
    assert max(clock.slept) == LONGEST_WAIT_S


def test_one_that_goes_down_in_between_gets_nothing_twice(store, toy, send, clock):
    sent = toy.send

    def breaking(item):
        sent(item)
        if len(toy.order) == 5:
            toy.down_until = clock.now + 5

    toy.send = breaking
    send(store.folder, toy)
    parts = [(key, part) for key, run in toy.runs.items() for part in run["parts"]]
    again = {part for part in parts if parts.count(part) > 1}
    # Only what is known before the first run, which is sent with each run that ends.
    assert {part for _, part in again} <= {"begun"}


def test_a_name_that_is_refused_costs_its_own_run_only(store, toy, send):
    toy.refuses = ("Climber on Sphere, repetition 1",)
    outcome, _ = send(store.folder, toy)
    assert dict(outcome.sent) == {"sweep": 1, "pair": 2, "run": 3}
    assert list(outcome.refused.values()) == ["Climber on Sphere, repetition 1: no such name"]
    assert outcome.missed
    toy.refuses = ()
    later, _ = send(store.folder, toy)
    assert dict(later.sent) == {"run": 1}


@pytest.mark.slow
def test_an_item_that_always_fails_costs_itself_only(store, toy, send, clock):
    toy.fails = ("Climber on Sphere, repetition 0", "Random on Sphere, repetition 1")
    outcome, _ = send(store.folder, toy)
    assert dict(outcome.sent) == {"sweep": 1, "pair": 2, "run": 2}
    assert sorted(outcome.refused.values()) == [
        "Climber on Sphere, repetition 0: too large", "Random on Sphere, repetition 1: too large",
    ]  # fmt: skip
    assert outcome.missed
    toy.fails = ()
    later, _ = send(store.folder, toy)
    assert dict(later.sent) == {"run": 2}


@pytest.mark.slow
def test_a_pair_that_always_fails_leaves_the_other_pair(store, toy, send):
    toy.fails = ("Random on Sphere",)
    outcome, _ = send(store.folder, toy)
    assert {run["name"] for run in toy.runs.values()} >= {"sweep: tiny", "Climber on Sphere"}
    assert outcome.missed


def test_files_that_are_refused_cost_the_files_only(store, toy, send):
    toy.without_files = True
    outcome, _ = send(store.folder, toy)
    assert dict(outcome.sent) == {"sweep": 1, "pair": 2, "run": 4}
    assert sorted(outcome.refused.values()) == [
        "Climber on Sphere: no boto3", "Random on Sphere: no boto3", "sweep: tiny: no boto3",
    ]  # fmt: skip
    assert outcome.missed
    toy.without_files = False
    later, _ = send(store.folder, toy)
    assert dict(later.sent) == {"sweep": 1, "pair": 2}
    assert all(run["files"] for run in toy.runs.values() if not run["parent"])
    again, _ = send(store.folder, toy)
    assert not again.sent


@pytest.mark.slow
def test_a_sweep_that_ends_while_the_tracker_is_down_leaves_it_its_time(store, toy, send, clock):
    toy.down_until = 36.0
    outcome, _ = send(store.folder, toy, live=(clock.now < 20 for _ in range(99)))
    assert clock.slept == [1.0, 2.0, 4.0, 8.0, 16.0, 1.0, 2.0, 4.0]
    assert not outcome.missed


def test_a_folder_that_cannot_be_read_is_read_again_while_the_sweep_goes_on(toy, clock, tmp_path):
    looks = iter([StoreError("in between"), [], StoreError("in between"), []])

    def look():
        found = next(looks)
        if isinstance(found, StoreError):
            raise found
        return found

    def followed(*live):
        answers = iter(live)
        ledger = Ledger(tmp_path, "toy", "0123456789abcdef")
        with ledger.open():
            return follow(
                look, toy, ledger, is_live=lambda: next(answers, False), clock=clock
            )  # fmt: skip

    assert not followed(True).missed
    with pytest.raises(StoreError, match="in between"):
        followed()


def test_what_a_tracker_says_holds_no_password(store, toy, send):
    def fails(item):
        raise SendError("no answer from http://ann:se/cret@host/api", "refused")

    toy.send = fails
    outcome, _ = send(store.folder, toy)
    assert outcome.refused
    for text in outcome.refused.values():
        assert text.endswith("no answer from http://ann:***@host/api")


def test_where_nobody_is_let_in_nothing_is_tried_again(store, toy, send, clock):
    toy.locked = True
    outcome, _ = send(store.folder, toy, live=[True] * 9)
    assert outcome.missed
    assert clock.slept == []


def test_a_slow_tracker_ends_in_time(store, toy, send, clock):
    toy.takes_s = 250.0
    outcome, _ = send(store.folder, toy, most_s=END_S)
    assert outcome.missed
    assert clock.now <= END_S + 250


def test_a_sweep_that_ends_in_the_middle_of_a_look_ends_a_slow_tracker(store, toy, send, clock):
    toy.takes_s = 250.0
    outcome, _ = send(store.folder, toy, live=[True, True], most_s=END_S)
    assert outcome.missed
    assert clock.now <= 2 * 250 + END_S


def test_a_sweep_that_ends_during_a_long_look_waits_for_no_pause(store, toy, send, clock):
    toy.takes_s = 20.0
    outcome, _ = send(store.folder, toy, live=[True])
    assert not outcome.missed
    assert dict(outcome.sent) == {"sweep": 1, "pair": 2, "run": 4}
    assert clock.slept == []


def test_a_process_that_dies_before_it_notes_sends_the_same_again(store, toy, send, monkeypatch):
    from bench.tracking.ledger import Ledger

    class KilledError(Exception):
        pass

    note, left = Ledger.note, [3]

    def killed(self, item):
        left[0] -= 1
        if not left[0]:
            raise KilledError
        note(self, item)

    monkeypatch.setattr(Ledger, "note", killed)
    with pytest.raises(KilledError):
        send(store.folder, toy)
    monkeypatch.setattr(Ledger, "note", note)
    before = {key: dict(run["points"]) for key, run in toy.runs.items()}
    send(store.folder, toy)
    for key, points in before.items():
        assert toy.runs[key]["points"].items() >= points.items()
    assert {revision for run in toy.runs.values() for *_, revision in run["points"]} == {0}
