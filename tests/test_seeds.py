from __future__ import annotations

import subprocess
import sys
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import seeds

KEYS = st.lists(st.one_of(st.text(max_size=5), st.integers(0, 99)), max_size=4).map(tuple)


@pytest.mark.slow
@given(st.integers(0, 2**64), KEYS)
def test_a_seed_is_in_the_range_every_library_takes(
    master: int, keys: tuple[str | int, ...]
) -> None:
    assert 0 <= seeds.derive(master, *keys) < 2**32


def test_seeds_of_different_runs_differ() -> None:
    names = [f"s{k}" for k in range(12)]
    found = [
        seeds.strategy_seed(master, strategy, problem, repetition)
        for master, strategy, problem, repetition in product((0, 1), names, names, range(5))
    ]
    found += [seeds.problem_seed(m, p, r) for m, p, r in product((0, 1), names, range(5))]
    # 1,560 draws of 2**32 values meet with probability .0003; the names are fixed, so never or
    # always.
    assert len(set(found)) == len(found)


def test_keys_do_not_run_together() -> None:
    assert seeds.derive(1, "ab", "c") != seeds.derive(1, "a", "bc")
    assert seeds.derive(1, "ab") != seeds.derive(1, "ab", "")
    assert seeds.derive(1, "1", "2") != seeds.derive(1, "12")


def test_a_problem_has_one_seed_for_all_strategies_and_another_for_each_repetition() -> None:
    assert seeds.problem_seed(1, "svm", 0) == seeds.problem_seed(1, "svm", 0)
    assert seeds.problem_seed(1, "svm", 0) != seeds.problem_seed(1, "svm", 1)
    assert seeds.problem_seed(1, "svm", 0) != seeds.problem_seed(2, "svm", 0)


@pytest.mark.slow
def test_another_process_makes_the_same_seed() -> None:
    # Another hash seed too: nothing may hang on Python's own hashing of text.
    code = "from bench import seeds; print(seeds.strategy_seed(7, 'tpe', 'svm', 3))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert outputs == {f"{seeds.strategy_seed(7, 'tpe', 'svm', 3)}\n"}
