"""A process that another one started ends with it and leaves Ctrl-C to it."""

import os
import select
import signal
import subprocess
import sys

import pytest

PARENT = """
import multiprocessing, os, signal, sys, time

def child(gate):
    from bench.processes.follow import follow_parent
    follow_parent()
    end = os.open(gate, os.O_WRONLY)
    os.write(end, b"a")
    time.sleep(600)

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    context.Process(target=child, args=(sys.argv[1],)).start()
    time.sleep(600)
"""


@pytest.mark.slow
def test_it_outlives_ctrl_c_but_not_a_parent_that_is_killed(tmp_path):
    script, gate = tmp_path / "parent.py", tmp_path / "gate"
    script.write_text(PARENT)
    os.mkfifo(gate)
    reading = os.open(gate, os.O_RDONLY | os.O_NONBLOCK)
    parent = subprocess.Popen(
        [sys.executable, script, gate], start_new_session=True, stderr=subprocess.DEVNULL
    )
    try:
        assert select.select([reading], [], [], 60)[0]
        assert os.read(reading, 1) == b"a"
        children = f"/proc/{parent.pid}/task/{parent.pid}/children"
        with open(children) as file:
            for child in map(int, file.read().split()):
                os.kill(child, signal.SIGINT)
        # Nothing more came, and the pipe has not ended.
        assert not select.select([reading], [], [], 0.3)[0]
        parent.kill()
        # A pipe ends when the last process that could write to it has ended.
        assert select.select([reading], [], [], 60)[0]
        assert os.read(reading, 1) == b""
    finally:
        parent.kill()
        parent.wait()
        os.close(reading)
