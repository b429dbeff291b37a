"""The option `--cluster` of `run`."""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path

import pytest

from bench.execution.workers import Workers
from bench.store import Store
from bench.testing.refusals import assert_refused


@pytest.mark.slow
def test_a_cluster_does_a_sweep_and_another_command_goes_on_with_it(call, inline):
    pytest.importorskip("distributed")
    cluster = inline(jobs=None, cluster="local:2")
    output = call("run", *cluster).output
    assert "0 runs are there, 1 to do; local:2\n" in output
    assert "1 completed in " in output
    assert "÷ 2 workers ÷" in output
    output = call("run", *inline(repetitions=2)).output
    assert "1 run is there, 1 to do; 1 worker\n" in output
    assert len(Store(Path("results/mine")).rows()) == 6


def test_a_cluster_needs_what_its_extra_installs(call, inline, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "distributed" else find(name)
    )
    refused = call("run", *inline(jobs=None, cluster="local:2"), code=2)
    assert_refused(refused, "needs distributed, which is not installed; pip install 'tunebench[clu")


def test_no_part_of_dask_logs_what_is_said_in_one_line(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("bench.execution.cluster.run_on_cluster", lambda *_, **__: None)
    # Of the first three Dask itself sets the level, so that it is not that of those above.
    names = "distributed.client", "distributed.gc", "tornado.application", "distributed.worker"
    for name in names[:3]:
        monkeypatch.setattr(logging.getLogger(name), "level", logging.WARNING)
    Workers(None, "local:1").do(None, None, lambda _: None)
    made_later = "distributed.of_no_module_that_is_loaded"
    for name in (*names, made_later):
        assert not logging.getLogger(name).isEnabledFor(logging.CRITICAL)
