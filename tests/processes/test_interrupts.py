"""Signals are delivered where nothing is half done."""

from __future__ import annotations

import os
import signal

import pytest

from bench.processes.interrupts import ENDING, HeldBack, Stopped, raising


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_waits_until_it_is_let_through(number):
    reached = []
    with raising():
        with pytest.raises(Stopped) as stopped, HeldBack() as held:  # noqa: PT012
            os.kill(os.getpid(), number)
            reached.append("after the signal")
            with held.let_through():
                reached.append("inside")
        assert stopped.value.number == number
        assert str(stopped.value) == signal.Signals(number).name
    assert reached == ["after the signal"]


def test_a_signal_while_it_is_let_through_comes_at_once():
    with raising(), pytest.raises(Stopped), HeldBack() as held, held.let_through():  # noqa: PT012
        os.kill(os.getpid(), signal.SIGTERM)
        pytest.fail("the signal did not come")


def test_a_second_signal_is_not_held_back():
    with raising(), pytest.raises(Stopped), HeldBack():  # noqa: PT012
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("the signal did not come")


def test_what_was_heard_last_comes_at_the_end():
    with raising(), pytest.raises(Stopped), HeldBack():
        os.kill(os.getpid(), signal.SIGINT)


def test_an_ignored_signal_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with raising(), HeldBack() as held, held.let_through():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_handlers_are_put_back():
    before = [signal.getsignal(number) for number in ENDING]
    with raising(), HeldBack():
        assert [signal.getsignal(number) for number in ENDING] != before
    assert [signal.getsignal(number) for number in ENDING] == before
