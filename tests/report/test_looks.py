"""The page of a sweep that stops what is settled, before its first look and between looks."""

from __future__ import annotations

import pytest
from threadpoolctl import threadpool_limits

from bench.analyses import Analyses
from bench.execution.looking import plan_run
from bench.execution.work import do
from bench.inference import ROPE
from bench.sources.source import from_folder
from bench.spec import Entry, Sweep
from bench.store import Store


@pytest.fixture
def begun(tmp_path):
    """A folder with the first three of twelve repetitions, in looks after five each."""
    strategies, problems = (tuple(map(Entry, names)) for names in (
        ("random", "sobol", "default"), ("branin", "levy")))  # fmt: skip
    sweep = Sweep("begun", strategies, problems, trials=5, repetitions=12)
    store = Store(tmp_path)
    plan = plan_run(sweep, store, None, in_looks=True)
    store.create(plan.recorded)
    with threadpool_limits(1):
        for job in plan.todo[: 3 * 6]:
            do(job, store, {})
    return tmp_path


def test_nothing_is_compared_before_the_first_look(begun):
    found = Analyses(from_folder(begun, command=""), trials=None, rope=ROPE)
    assert found.verdict.sentences[0] == (
        "Nothing is compared before the first look at the sweep, after 5 repetitions."
    )
    assert found.verdicts["p"].isna().all()
    assert found.verdicts["detectable"].isna().all()
    assert found.friedman["p"].isna().all()
    assert found.wilcoxon["p"].isna().all()
