"""Makes a sweep of any size in seconds: 33 problems × 10 strategies × R repetitions × 100 trials.

    python -m bench.testing.synthetic FOLDER REPETITIONS

writes FOLDER/trials.parquet, a tidy table, and FOLDER/sweep, a packed results folder.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.spec import Entry, Sweep
from bench.store import SCHEMA, Store
from bench.store.pack import KINDS
from bench.store.pack_writer import write_columns

PROBLEMS, STRATEGIES, TRIALS = 33, 10, 100


@dataclass(frozen=True, slots=True, eq=False)
class Synthetic:
    """Losses of strategies that differ by how fast they close in on an optimum of 0.

    Args:
        sweep: what it would be.
        value: shape (problems, strategies, repetitions, trials).
    """

    sweep: Sweep
    value: np.ndarray


def make(
    repetitions: int,
    *,
    problems: int = PROBLEMS,
    strategies: int = STRATEGIES,
    trials: int = TRIALS,
    seed: int = 1,
) -> Synthetic:
    """Return a sweep; strategy 0 is `random`, one trial in a hundred fails (NaN)."""
    sweep = Sweep(
        "synthetic",
        tuple(Entry("random" if i == 0 else f"strategy-{i}", version=1) for i in range(strategies)),
        tuple(Entry(f"problem-{i:02}", version=1) for i in range(problems)),
        trials=trials,
        repetitions=repetitions,
        seed=seed,
    )
    rng = np.random.default_rng(seed)
    value = rng.standard_exponential((problems, strategies, repetitions, trials))
    speed = np.linspace(0, 1, strategies)[:, None, None]
    value *= np.exp(-speed * np.arange(trials) / trials)
    value[rng.random(value.shape) < 0.01] = np.nan
    return Synthetic(sweep, value)


def columns(made: Synthetic) -> dict[str, pa.Array]:
    """Return the columns of a pack, problem by problem, strategy by strategy."""
    shape, value = made.value.shape, made.value.ravel()
    axes = np.ogrid[tuple(slice(n) for n in shape)]
    problem, strategy, repetition, trial = (
        np.broadcast_to(axis.astype(np.int32), shape).ravel() for axis in axes
    )
    runs = np.repeat(np.arange(value.size // shape[3], dtype=np.int32), shape[3])
    failed = np.isnan(value)
    seconds = np.random.default_rng(2).random(value.size)
    ask, tell = seconds / 100, seconds / 200
    # The clock of a run: ask, evaluation and tell of one trial after the other.
    told = (ask + seconds + tell).reshape(-1, shape[3]).cumsum(axis=1).ravel()
    texts = pa.DictionaryArray.from_arrays
    labels = {
        "strategy": [entry.label for entry in made.sweep.strategies],
        "problem": [entry.label for entry in made.sweep.problems],
    }
    return {
        "run": texts(runs, _ids(made)),
        "strategy": texts(strategy, labels["strategy"]),
        "problem": texts(problem, labels["problem"]),
        "repetition": pa.array(repetition),
        "trial_number": pa.array(trial),
        "config": pa.repeat('{"x":0.5}', value.size),
        "fidelity": pa.array(np.ones(value.size)),
        "status": texts(failed.astype(np.int32), ["completed", "failed"]),
        "reason": texts(failed.astype(np.int32), ["", "it broke"]),
        "value": pa.array(value, mask=failed),
        "test_value": pa.array(value + 0.1, mask=failed),
        "fold_values": pa.nulls(value.size, KINDS["fold_values"]()),
        "train_value": pa.nulls(value.size, KINDS["train_value"]()),
        "validation_scores": pa.nulls(value.size, KINDS["validation_scores"]()),
        "test_scores": pa.nulls(value.size, KINDS["test_scores"]()),
        "evaluation_s": pa.array(seconds),
        "ask_s": pa.array(ask),
        "evaluation_wall_s": pa.array(seconds * 1.1),
        "tell_s": pa.array(tell),
        "started_s": pa.array(told - tell - seconds),
        "finished_s": pa.array(told - tell),
        "worker": pa.array(np.zeros(value.size, dtype=np.int32)),
        "continued_from": pa.array(np.zeros(value.size)),
    }


def write_table(made: Synthetic, path: Path) -> None:
    """Write a tidy table with the columns a report takes."""
    table = pa.table(columns(made))
    few = ["strategy", "problem", "repetition", "trial_number", "status", "value", "test_value",
           "evaluation_s", "ask_s", "tell_s"]  # fmt: skip
    pq.write_table(table.select(few), path, compression="zstd")


def write_folder(made: Synthetic, folder: Path) -> None:
    """Write a results folder whose runs are all packed."""
    store = Store(folder)
    store.create(made.sweep.to_dict())
    specs = {spec.id: spec for spec in made.sweep.expand()}
    runs = [
        {
            "schema": SCHEMA,
            "run": run,
            "spec": specs[run].to_dict(),
            "facts": {
                "library": "",
                "metric": "loss",
                "direction": "minimize",
                "optimum": 0.0,
                "unordered": False,
                "strategy_seed": 1,
                "problem_seed": specs[run].repetition,
            },
            "environment": 0,
            "end": {
                "status": "completed",
                "reason": "",
                "n_trials": made.sweep.trials,
                "start_s": 0.1,
                "run_s": 2.0,
            },
        }
        for run in _ids(made)
    ]
    write_columns(store.pack_path, columns(made), runs, [{"python": "3", "packages": {}}])


def _ids(made: Synthetic) -> list[str]:
    """Return the runs' ids in the order of the rows."""
    sweep = made.sweep
    places = {
        (spec.problem.label, spec.strategy.label, spec.repetition): spec.id
        for spec in sweep.expand()
    }
    return [
        places[problem.label, strategy.label, repetition]
        for problem in sweep.problems
        for strategy in sweep.strategies
        for repetition in range(sweep.repetitions)
    ]


def main() -> None:
    """Write a sweep of as many repetitions as the command line says, in both forms."""
    target, wanted = Path(sys.argv[1]), int(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    big = make(wanted)
    write_table(big, target / "trials.parquet")
    write_folder(big, target / "sweep")


if __name__ == "__main__":
    main()
