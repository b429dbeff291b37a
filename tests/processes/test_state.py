"""What runs share is read, compared and put back."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.processes.state import ASPECTS, Changes, State


def test_nothing_changed_is_nothing_to_put_back():
    assert State().restore() == Changes()


@pytest.fixture
def child():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.communicate(b"\n")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the system lists no children")
def test_a_child_that_was_there_before_is_nobodys_leaving(child):
    assert State().restore() == Changes()
    assert child.poll() is None


def test_a_child_that_stays_is_named(request):
    state = State()
    request.getfixturevalue("child")
    assert state.restore().lasting == ("processes",)


@pytest.mark.parametrize("aspect", ASPECTS, ids=lambda aspect: aspect.name)
def test_what_was_read_can_be_written(aspect):
    before = aspect.read()
    if aspect.write is not None:
        aspect.write(before)
    assert aspect.read() == before


def test_changes_are_put_back_and_named(monkeypatch, tmp_path):
    state, before = State(), (os.getcwd(), sys.getrecursionlimit(), np.geterr())
    os.chdir(tmp_path)
    sys.setrecursionlimit(before[1] + 1)
    np.seterr(over="raise")
    changes = state.restore()
    assert changes.lasting == ()
    assert changes.restored == (
        "the working directory",
        "the recursion limit",
        "numpy's handling of errors",
    )
    assert (os.getcwd(), sys.getrecursionlimit(), np.geterr()) == before


def test_a_run_that_seeds_the_global_generators_decides_no_later_draw():
    drawn = []
    before = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        state = State()
        for _ in range(2):
            random.setstate(random.Random(1).getstate())
            np.random.set_state(np.random.RandomState(1).get_state())  # noqa: NPY002
            assert state.restore() == Changes()
            drawn.append((random.random(), np.random.get_state()[1][1]))  # type: ignore[index]  # noqa: NPY002
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002
    assert drawn[0][0] != drawn[1][0]
    assert drawn[0][1] != drawn[1][1]


def test_a_folder_that_is_gone_cannot_be_put_back(monkeypatch, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    state = State()
    os.chdir(tmp_path)
    gone.rmdir()
    assert state.restore().lasting == ("the working directory",)
