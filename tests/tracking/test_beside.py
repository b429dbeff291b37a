"""The process beside a sweep: it can fail, be killed or be left, and the sweep does not notice."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from bench.processes.interrupts import Stopped
from bench.testing.gates import PATIENCE
from bench.tracking import beside
from bench.tracking.beside import Beside
from bench.tracking.tracker import Target

NOWHERE = Target("mlflow", "http://127.0.0.1:9")


def ends(pid):
    """Wait until a process has ended."""
    descriptor = os.pidfd_open(pid)
    try:
        return bool(select.select([descriptor], [], [], PATIENCE)[0])
    finally:
        os.close(descriptor)


def test_without_results_it_says_so_when_the_sweep_has_ended(tmp_path):
    with Beside(tmp_path, NOWHERE, "none") as process:
        assert process.finish() == [
            f"tracking: a results folder must hold sweep.json, {tmp_path} does not; name a folder "
            "that `tunebench run` wrote"
        ]


def test_killed_it_costs_one_line(tmp_path):
    with Beside(tmp_path, NOWHERE, "none") as process:
        os.kill(process.pid, signal.SIGKILL)
        (line,) = process.finish()
    assert line == (
        "tracking: not all was sent, its process ended: killed by SIGKILL; send what is missing "
        f"with: tunebench track {tmp_path} --to mlflow --tracking-uri http://127.0.0.1:9"
    )


def test_its_session_stands_back_until_the_sweep_has_ended(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(beside, "set_session_niceness", lambda *given: calls.append(given))
    with Beside(tmp_path, NOWHERE, "none") as process:
        pid = process.pid
        assert os.getsid(pid) == pid
        assert calls == [(pid, 19)]
        process.finish()
    assert calls == [(pid, 19), (pid, 0)]


def test_where_a_session_has_no_niceness_it_tracks_as_well(tmp_path, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError

    monkeypatch.setattr(Path, "write_text", refuse)
    with Beside(tmp_path, NOWHERE, "none") as process:
        (line,) = process.finish()
    assert line.startswith("tracking: a results folder must hold sweep.json")


def test_a_sweep_that_fails_ends_it(tmp_path):
    with pytest.raises(ValueError, match="the sweep"), Beside(tmp_path, NOWHERE, "") as process:
        raise ValueError("the sweep")
    assert process.finish()  # it is over, and says how


ALONE = """
import os, sys
from pathlib import Path
from bench.tracking import beside
from bench.tracking.beside import Beside
from bench.tracking.tracker import Target
process = Beside(Path(sys.argv[1]), Target("mlflow", "http://127.0.0.1:9"), "none")
print(process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_it_ends_when_the_process_of_the_sweep_is_killed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    with suppress(ProcessLookupError):  # it already has
        assert ends(int(done.stdout))


def test_ctrl_c_ends_the_waiting(tmp_path, monkeypatch):
    with Beside(tmp_path, NOWHERE, "none") as process:
        communicate = subprocess.Popen.communicate
        calls = []

        def interrupted(*args, **options):
            calls.append(1)
            if len(calls) == 1:
                raise Stopped(signal.SIGINT)
            return communicate(*args, **options)

        monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
        (line,) = process.finish()
    assert "it was stopped; send what is missing with: tunebench track" in line


def test_one_that_does_not_end_in_time_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(beside, "python", lambda _: ["sh", "-c", "trap '' TERM; exec sleep 60"])
    monkeypatch.setattr(beside, "SECONDS_TO_EXIT", 0.1)
    monkeypatch.setattr(beside, "MARGIN_S", 0.5)
    with Beside(tmp_path, NOWHERE, "none", 0.0) as process:
        pid = process.pid
        (line,) = process.finish()
    assert line == (
        "tracking: not all was sent, its process did not end in time; send what is missing with: "
        f"tunebench track {tmp_path} --to mlflow --tracking-uri http://127.0.0.1:9"
    )
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_one_that_may_take_as_long_as_it_needs_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(beside, "python", lambda _: ["sh", "-c", "cat >&2; echo done"])
    monkeypatch.setattr(beside, "MARGIN_S", -1e9)
    with Beside(tmp_path, NOWHERE, "none", None) as process:
        assert process.finish() == ["done"]
