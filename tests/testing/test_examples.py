"""The toys and builders by their examples, in their docstrings and in CONTRIBUTING."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

CONTRIBUTING = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["frames", "refusals", "sweeps"])
def test_the_examples_of_a_module_hold(name):
    found = doctest.testmod(importlib.import_module(f"bench.testing.{name}"))
    assert found.attempted > 0
    assert found.failed == 0


def test_the_examples_for_contributors_hold():
    text = "\n".join(re.findall(r"```pycon\n(.*?)```", CONTRIBUTING, flags=re.DOTALL))
    test = doctest.DocTestParser().get_doctest(text, {}, "CONTRIBUTING", None, 0)
    assert len(test.examples) > 3
    assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.slow
def test_the_fixtures_serve_a_test_of_ones_own(tmp_path):
    (code,) = re.findall(r"```py\n(.*?)```", CONTRIBUTING, flags=re.DOTALL)
    halton = re.findall(r"```python\n(.*?)```", CONTRIBUTING, flags=re.DOTALL)[0]
    (tmp_path / "halton.py").write_text(halton, encoding="utf-8")
    (tmp_path / "test_mine.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
