"""What processes hold, against what they are known to hold."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from bench.processes import memory
from bench.processes.ending import below

SIZE = 2**26
ALLOCATES_AND_FORKS = f"""
import mmap, os, sys
kept = mmap.mmap(-1, {SIZE}, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for place in range(0, {SIZE}, mmap.PAGESIZE):
    kept[place] = 1
os.fork()
print(os.getpid(), flush=True)
sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(not memory.is_shown(), reason="needs /proc")


@pytest.fixture
def two() -> Iterator[set[int]]:
    """A process that holds 64 MiB, and its forked child, which shares them."""
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", ALLOCATES_AND_FORKS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        yield {int(process.stdout.readline()) for _ in range(2)}
        process.communicate()


def test_what_processes_share_counts_once(two: set[int]) -> None:
    assert 2 * SIZE <= memory.held_at_most(two) < 2.5 * SIZE
    assert SIZE <= memory.held(two) < 1.5 * SIZE


def test_a_process_that_has_ended_holds_nothing() -> None:
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", ""]) as process:
        process.wait()
    assert memory.held([process.pid]) == memory.held_at_most([process.pid]) == 0


def test_descendants_are_those_that_live(two: set[int]) -> None:
    (parent,) = [pid for pid in two if below(pid)]
    assert below(parent) == two - {parent}
