"""Spaces of recorded problems, without running what somebody sent."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from bench.exchange.spaces import space_of


def run(name, version=1, **given):
    return pd.Series(
        {
            "problem_name": name,
            "problem_version": version,
            "problem_settings": json.dumps(given),
        }
    )


def test_a_problem_of_the_package_is_made():
    assert list(space_of(run("branin", shifted=True))) == ["x1", "x2"]
    assert len(space_of(run("bbob:f8-d5", function="f8-d5"))) == 5
    inner = {"name": "branin", "settings": {"shifted": True}}
    assert list(space_of(run("costly", of=inner))) == ["x1", "x2"]


@pytest.mark.parametrize(
    "recorded",
    [
        run("mine.py:Mine"),
        run("package.module:Mine"),
        run("costly:mine.py:Mine"),
        run("costly", of="mine.py:Mine"),
        run("costly", of={"name": "costly", "settings": {"of": {"name": "mine.py:Mine"}}}),
        run("costly:mine.py:Mine", of="branin"),
        run("mine:Mine"),
        run("branin:Mine"),
        run("costly", of=3),
        run("costly", of={"settings": {}}),
        run("branin", version=99, shifted=True),
        run("branin", no_such_setting=1),
        run("no-such-problem"),
        run("table:absent.parquet"),
    ],
)
def test_nothing_else_is_imported(recorded, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("mine.py", "branin.py"):
        (tmp_path / name).write_text("raise SystemExit('it was run')\n")
    assert space_of(recorded) is None
