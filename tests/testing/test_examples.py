"""The toys and builders by their examples, in their docstrings, and the test in CONTRIBUTING."""

from __future__ import annotations

import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from bench.testing.snippets import blocks

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["frames", "refusals", "snippets", "sweeps"])
def test_the_examples_of_a_module_hold(name):
    found = doctest.testmod(importlib.import_module(f"bench.testing.{name}"))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.slow
def test_the_fixtures_serve_a_test_of_ones_own(tmp_path):
    for name in ("docs/tutorials/own-strategy.md", "CONTRIBUTING.md"):
        for block in blocks((ROOT / name).read_text(encoding="utf-8")):
            if block.file:
                (tmp_path / Path(block.file).name).write_text(block.code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_halton.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
