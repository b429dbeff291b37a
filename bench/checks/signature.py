"""Signatures: recorded values of the catalog's problems, by which a change of meaning shows."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from bench import environment, registry
from bench.checks.common import CheckFailedError, NotApplicable
from bench.core import Config, Problem

TOLERANCE = 1e-6
"""Relative, absolute below 1: other processors sum in another order, networks carry that on."""

ROUNDINGS = 8
"""How often each value is measured with other last bits before it counts as the same everywhere."""

_SEED = 1
_STABLE = 3
"""So many configurations whose values are the same everywhere are looked for."""
_DRAWS = 12
"""So many random configurations are tried for that."""
_FIELDS = ("value", "test_value")


def check_keeps_its_signature(cls: type[Problem]) -> str:
    """The values at a few configurations are those that were recorded, where any were.

    Values that differ between processors are no part of it; the note says by how much they do.
    """
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
            if name not in point.get("differs_by", {}) and not same(found, wanted):
                raise CheckFailedError(
                    f"{name} at {point['config']}, seed {_SEED}, must be "
                    f"{wanted!r}, as recorded with {_words(recorded['made_with'])}; it is "
                    f"{found!r} with {_words(_versions(cls))}; raise the problem's version if "
                    "its meaning changed, or use the recorded versions"
                )
    dependence = _dependence(recorded["points"])
    return f"recorded with {_words(recorded['made_with'])}" + (dependence and f"; {dependence}")


def dependence(name: str, version: int) -> str:
    """Return how far the values of a problem of the catalog differ between processors.

    Args:
        name: of the problem.
        version: of the problem; of another version than the recorded one nothing is known.

    Returns:
        A clause, empty where all recorded values are the same everywhere or nothing is recorded.
    """
    recorded = _recorded().get(name)
    if recorded is None or recorded["version"] != version:
        return ""
    return _dependence(recorded["points"])


def _dependence(points: Sequence[Mapping[str, Any]]) -> str:
    differences = [point.get("differs_by", {}) for point in points]
    count = sum(map(bool, differences))
    if not count:
        return ""
    most = max(max(found.values()) for found in differences if found)
    return (
        f"values at {count} of {len(points)} configurations depend on the last bit of sums, so "
        f"they differ between processors, by up to {most:.2g}"
    )


def signature(cls: type[Problem]) -> dict[str, Any]:
    """Return a signature as it is recorded: values at the default and at random draws.

    Draws are added until three configurations have values that are the same on every processor.
    """
    problem = cls.example()
    points: list[dict[str, Any]] = []
    for config in _configs(problem):
        points.append(_point(problem, config))
        if sum("differs_by" not in point for point in points) == _STABLE:
            break
    return {"version": cls.version, "made_with": _versions(cls), "points": points}


def _configs(problem: Problem) -> Iterator[Config]:
    rng = np.random.default_rng(0)
    if problem.space.default:
        yield problem.space.default
    for _ in range(_DRAWS):
        yield problem.space.sample(rng)


def _point(problem: Problem, config: Config) -> dict[str, Any]:
    """Return a configuration with its values, and how much those change with the last bits."""
    point: dict[str, Any] = {"config": config, **_measure(problem, config)}
    otherwise_rounded: Callable[[int], Problem] | None
    otherwise_rounded = getattr(problem, "otherwise_rounded", None)
    if otherwise_rounded is None:
        return point
    others = [_measure(otherwise_rounded(seed), config) for seed in range(ROUNDINGS)]
    differs_by = {}
    for name in _FIELDS:
        values = [found[name] for found in (point, *others) if isinstance(found.get(name), float)]
        if not all(same(value, values[0]) for value in values):
            differs_by[name] = float(f"{max(values) - min(values):.2g}")
    return point | ({"differs_by": differs_by} if differs_by else {})


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
