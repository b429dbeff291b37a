"""The server of isolated calls, asked by hand; its other end goes away at the wrong moment."""

import os
import select
import socket
import subprocess

import pytest

from bench.processes.starting import python
from bench.processes.worker import CHUNK, message_in, send
from bench.testing.gates import PATIENCE


@pytest.fixture
def server():
    """A server, the channel to it, and what it says on standard error."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [*python("bench.processes.evaluator"), str(theirs.fileno()), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
        )
    with ours, process:
        yield process, ours
        process.kill()


def has_something(channel):
    return bool(select.select([channel], [], [], PATIENCE)[0])


def forked(channel):
    """Let the server make what is called, and return the channel to a process that calls it."""
    send(channel, ("operator:attrgetter", ("real",)))
    made = bytearray(channel.recv(CHUNK))
    assert message_in(made) == ""
    send(channel, "fork")
    _, passed, _, _ = socket.recv_fds(channel, CHUNK, 1)
    calls = socket.socket(fileno=passed[0])
    ready = bytearray(calls.recv(CHUNK))
    assert message_in(ready) is True
    return calls


def test_a_worker_that_is_gone_before_it_took_an_answer_leaves_no_traceback(server):
    process, channel = server
    with forked(channel) as calls:
        send(calls, (3.0,))
        assert has_something(calls)
    # The process that called ends, which its server says.
    assert has_something(channel)
    channel.close()
    assert process.wait(PATIENCE) == 0
    assert process.stderr.read() == b""


def test_a_worker_that_is_gone_before_it_took_a_reply_leaves_no_traceback(server):
    process, channel = server
    # What it says to the second question reaches nobody.
    send(channel, ("operator:attrgetter", ("real",)))
    assert has_something(channel)
    for _ in range(2):
        send(channel, ("time:sleep", ()))
    channel.close()
    assert process.wait(PATIENCE) == 0
    assert process.stderr.read() == b""
