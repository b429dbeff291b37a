"""Signatures: recorded values of the catalog's problems, by which a change of meaning shows."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from bench import environment, registry
from bench.checks.common import CheckFailedError, NotApplicable
from bench.core import Problem

TOLERANCE = 1e-6
"""Relative, absolute below 1: other processors sum in another order, networks carry that on."""

_SEED = 1


def check_keeps_its_signature(cls: type[Problem]) -> str:
    """The values at a few configurations are those that were recorded, where any were."""
    recorded = _recorded().get(cls.name)
    if recorded is None:
        raise NotApplicable("no signature is recorded under this name")
    if recorded["version"] != cls.version:
        raise CheckFailedError(
            f"a signature must be of the problem's version, {cls.version}, the recorded one is of "
            f"{recorded['version']}; `make signatures` records it again"
        )
    problem = cls.example()
    for point in recorded["points"]:
        for name, found in _measure(problem, point["config"]).items():
            wanted = point.get(name)
            if not same(found, wanted):
                raise CheckFailedError(
                    f"{name} at {point['config']}, seed {_SEED}, must be "
                    f"{wanted!r}, as recorded with {_words(recorded['made_with'])}; it is "
                    f"{found!r} with {_words(_versions(cls))}; raise the problem's version if "
                    "its meaning changed, or use the recorded versions"
                )
    return f"recorded with {_words(recorded['made_with'])}"


def signature(cls: type[Problem]) -> dict[str, Any]:
    """Return a signature as it is recorded: the default and two draws at one seed."""
    problem, rng = cls.example(), np.random.default_rng(0)
    drawn = [problem.space.sample(rng) for _ in range(2)]
    configs = [*([problem.space.default] if problem.space.default else []), *drawn]
    return {
        "version": cls.version,
        "made_with": _versions(cls),
        "points": [{"config": config, **_measure(problem, config)} for config in configs],
    }


def record(classes: Mapping[str, type[Problem]], path: Path) -> Iterator[str]:
    """Write the signatures of problems, yielding each name when it is done.

    One whose values are still the recorded ones keeps its record, and with it the versions that
    made it; so does one that needs a package which is not here.
    """
    known, found = _recorded(), {}
    for name, cls in classes.items():
        if registry.unavailable(cls) is not None:
            # That a package is missing here is no value of the problem.
            if name in known:
                found[name] = known[name]
            continue
        try:
            check_keeps_its_signature(cls)
            found[name] = known[name]
        except (CheckFailedError, NotApplicable):
            found[name] = signature(cls)
        yield name
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Record the signatures of the catalog."""
    from threadpoolctl import threadpool_limits

    with environment.one_thread(), threadpool_limits(1):
        # A table of one's own has no value before one names it.
        classes = {n: cls for n, cls in registry.PROBLEMS.classes().items() if n != "table"}
        for name in record(classes, Path("problems/signatures.json")):
            print(name)


def _recorded() -> dict[str, Any]:
    file = resources.files("problems") / "signatures.json"
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def same(found: float | str | None, wanted: float | str | None) -> bool:
    """Whether a value is the recorded one, within the tolerance where it is a number."""
    if isinstance(found, float) and isinstance(wanted, float):
        return math.isclose(found, wanted, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return found == wanted


def _measure(problem: Problem, config: Mapping[str, Any]) -> dict[str, float | str | None]:
    try:
        found = problem.evaluate(dict(config), seed=_SEED)
    except Exception as error:
        # A failing region belongs to a problem's meaning as well.
        return {"error": type(error).__name__}
    test_value = None if found.test_value is None else float(found.test_value)
    return {"value": float(found.value), "test_value": test_value}


def _versions(cls: type[Problem]) -> dict[str, str]:
    names = [environment.DISTRIBUTIONS.get(n, n) for n in cls.requires if n != "pyarrow"]
    found = {name: environment.version(name) for name in [*names, "numpy"]}
    return {name: version or "unknown" for name, version in found.items()}


def _words(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


if __name__ == "__main__":
    main()
