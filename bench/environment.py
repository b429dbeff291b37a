"""Where a run was made: versions, machine, git revision."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PACKAGES = (
    "tunebench",
    "numpy",
    "scipy",
    "scikit-learn",
    "scikit-optimize",
    "optuna",
    "optuna-integration",
    "torch",
    "hyperopt",
    "ioh",
    "pandas",
    "pyarrow",
)
"""Distributions whose versions decide what a run measures."""

DISTRIBUTIONS = {
    "bayes_opt": "bayesian-optimization",
    "optuna_integration": "optuna-integration",
    "skopt": "scikit-optimize",
    "sklearn": "scikit-learn",
}
"""Import names that differ from the name of their distribution."""

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def describe() -> dict[str, Any]:
    """Return versions, platform, processor, cores, thread settings and git revision."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "threads": {name: os.environ[name] for name in THREAD_VARIABLES if name in os.environ},
        "packages": {name: found for name in PACKAGES if (found := version(name))},
        "git": _git_revision(),
    }


def version(distribution: str) -> str | None:
    """Return the installed version of a distribution, or None."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def installed(package: str) -> bool:
    """Return whether a package can be imported; it is not imported, so that this is quick."""
    try:
        return importlib.util.find_spec(package) is not None
    except ValueError:
        # It is imported and has no spec: a package may put an object in its place that imports its
        # parts when they are asked for.
        return True


def library(requires: tuple[str, ...]) -> str:
    """Return name and version of the first of some import names, '' when there is none."""
    if not requires:
        return ""
    distribution = DISTRIBUTIONS.get(requires[0], requires[0])
    return f"{distribution} {version(distribution) or 'unknown'}"


@contextmanager
def one_thread() -> Iterator[None]:
    """Let processes started inside use one BLAS/OpenMP thread each."""
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def import_lean(requires: Iterable[str]) -> None:
    """Import scikit-learn, where it is among some import names, without pandas.

    scikit-learn 1.9 imports pandas, and with it pyarrow, in `sklearn.utils.fixes` and never uses
    it there: half a second and 60 MB in every process. Its next release does without
    (scikit-learn pull request 34265); whoever needs pandas still imports it as usual.

    Args:
        requires: import names of what is about to run.
    """
    if {"sklearn", "skopt"}.isdisjoint(requires) or "pandas" in sys.modules:
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]  # an import of it now fails at once
    try:
        importlib.import_module("sklearn.utils.fixes")
    finally:
        del sys.modules["pandas"]


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _git_revision() -> str | None:
    # Of the checkout this file is in: an installed package has none, whatever folder one is in.
    here = Path(__file__).resolve().parent
    if not (here.parent / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],
            cwd=here,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
