"""The bound on a call of a tracker, counted from the end of the sweep."""

import threading

from bench.testing.gates import PATIENCE
from bench.tracking import watch as watching
from bench.tracking.item import Item
from bench.tracking.watch import CALL_S, Watch, watched

ITEM = Item("run/x", "run", "x", {"ended": "1"})


def test_a_call_hangs_a_minute_after_the_end_of_the_sweep(toy, clock):
    live = [True]
    watch = Watch(toy, lambda: live[0], clock)
    seen = []

    def slow(item):
        clock.now += 10 * CALL_S
        seen.append(watch.hangs())
        live[0] = False
        seen.append(watch.hangs())
        clock.now += CALL_S
        seen.append(watch.hangs())
        clock.now += 1
        seen.append(watch.hangs())

    toy.send = slow
    watch.send(ITEM)
    assert seen == [False, False, False, True]
    assert not watch.hangs()  # it has come back


def test_between_two_calls_nothing_hangs(toy, clock):
    watch = Watch(toy, lambda: False, clock)
    watch.send(ITEM)
    clock.now += 10 * CALL_S
    assert not watch.hangs()
    assert list(toy.runs) == ["run/x"]


def test_a_call_that_never_comes_back_is_noticed(toy, clock, monkeypatch):
    monkeypatch.setattr(watching, "SECONDS_BETWEEN_CHECKS", 0.001)
    noticed = threading.Event()
    watch = Watch(toy, lambda: False, clock)

    def never(item):
        while not noticed.wait(0.001):
            clock.now += CALL_S
        assert noticed.wait(PATIENCE)

    toy.send = never
    with watched(watch, noticed.set):
        watch.send(ITEM)
    assert noticed.is_set()
