"""What a worker does before its first task is no part of that task's time."""

from __future__ import annotations

import pytest

from bench.processes.pool import Pool

MODULE = """
import numpy  # whose state is put back after each task

ready = []


def prepare():
    ready.append("before")


def task(count):
    return list(ready)
"""


@pytest.mark.slow
def test_a_module_prepares_once_before_the_first_task(tmp_path, monkeypatch):
    (tmp_path / "prepared_by_a_test.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    with Pool("prepared_by_a_test:task", 1, 60) as pool:
        for key in range(3):
            pool.submit(key)
        found = []
        while len(found) < 3:
            pool.wait(1)
            found += pool.poll()
    assert [outcome.answer.result for outcome in found] == [["before"]] * 3
