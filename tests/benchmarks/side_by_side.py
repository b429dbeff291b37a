"""Times tunebench against a hand-written `cross_val_score` loop, the same work side by side.

RBF SVM on breast_cancer and a tree on wine, 5-fold CV, random search and TPE, 30 trials ×
5 repetitions: each way in processes of its own, one BLAS thread, start-up and imports included.

    python tests/benchmarks/side_by_side.py [--rounds 3]

The hand-written loop tunes on the same outer training rows; it neither measures test values nor
records anything. Prints each way's wall seconds, the median ratio and its largest process.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TRIALS, REPETITIONS = 30, 5


def by_hand() -> None:
    """Tune with `cross_val_score`, Optuna and numpy, as a tutorial would."""
    import numpy as np
    import optuna
    from sklearn.datasets import load_breast_cancer, load_wine
    from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    from bench import Float
    from bench.registry import PROBLEMS

    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def svm(config: dict) -> object:
        return make_pipeline(StandardScaler(), SVC(**config))

    def tree(config: dict) -> object:
        return DecisionTreeClassifier(random_state=0, **config)

    def distribution(d: Any) -> optuna.distributions.BaseDistribution:
        if hasattr(d, "choices"):
            return optuna.distributions.CategoricalDistribution(d.choices)
        if isinstance(d, Float):
            return optuna.distributions.FloatDistribution(d.low, d.high, log=d.log)
        return optuna.distributions.IntDistribution(d.low, d.high, log=d.log)

    for name, load, make in (
        ("rbf-svm-breast-cancer", load_breast_cancer, svm),
        ("tree-wine", load_wine, tree),
    ):
        space = PROBLEMS.get(name)().space
        X, y = load(return_X_y=True)
        for repetition in range(REPETITIONS):
            X_train, _, y_train, _ = train_test_split(
                X, y, test_size=0.25, stratify=y, random_state=repetition
            )
            folds = StratifiedKFold(5, shuffle=True, random_state=repetition)

            def score(config: dict, X=X_train, y=y_train, folds=folds, make=make) -> float:
                return cross_val_score(make(config), X, y, cv=folds).mean()

            rng = np.random.default_rng(repetition)
            max(score(space.sample(rng)) for _ in range(TRIALS))
            study = optuna.create_study(
                direction="maximize", sampler=optuna.samplers.TPESampler(seed=repetition)
            )
            distributions = {n: distribution(d) for n, d in space.parameters.items()}
            for _ in range(TRIALS):
                trial = study.ask(distributions)
                study.tell(trial, score(trial.params))


def sweep_file(folder: Path) -> Path:
    """Write the same work as a sweep."""
    path = folder / "side.toml"
    path.write_text(
        f"""
strategies = ["random", "tpe"]
problems = [
  {{ name = "rbf-svm-breast-cancer", settings = {{ folds = 5, repeats = 1 }} }},
  {{ name = "tree-wine", settings = {{ folds = 5, repeats = 1 }} }},
]
trials = {TRIALS}
repetitions = {REPETITIONS}
""",
        encoding="utf-8",
    )
    return path


def timed(command: list[str]) -> tuple[float, float]:
    """Return wall seconds and the peak megabytes of its largest process; it must succeed."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    began = time.perf_counter()
    process = subprocess.Popen(command, env=os.environ | threads, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    kilobyte = 1 if sys.platform == "darwin" else 1024
    return seconds, usage.ru_maxrss * kilobyte / 1e6


def main() -> None:
    """Time the ways in turn, round by round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--by-hand", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.by_hand:
        by_hand()
        return
    ratios: dict[int, list[float]] = {1: [], 2: []}
    peaks: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        sweep = [sys.executable, "-m", "bench", "run", str(sweep_file(Path(name))), "--out", out]
        for number in range(options.rounds):
            hand, _ = timed([sys.executable, __file__, "--by-hand"])
            print(f"round {number + 1}: by hand {hand:.2f} s", end="")
            for jobs in ratios:
                shutil.rmtree(out, ignore_errors=True)
                seconds, peak = timed([*map(str, sweep), "--jobs", str(jobs)])
                ratios[jobs].append(seconds / hand)
                peaks[jobs].append(peak)
                print(f", tunebench --jobs {jobs} {seconds:.2f} s", end="")
            print(flush=True)
    for jobs, values in ratios.items():
        print(
            f"--jobs {jobs}: median {statistics.median(values):.2f} × the hand-written loop, "
            f"largest process {max(peaks[jobs]):.0f} MB"
        )


if __name__ == "__main__":
    main()
