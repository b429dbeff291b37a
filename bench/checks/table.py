"""What a table must keep: its rows are the values of the problem it was made from."""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from itertools import islice
from typing import Any

import numpy as np

from bench import registry, settings
from bench.checks.common import CheckFailedError, NotApplicable, require
from bench.checks.signature import TOLERANCE, same
from bench.core import Config, Evaluation, EvaluationError, Problem
from bench.spec import Entry
from bench.tabular import Table
from bench.words import in_words

_ROWS = 3
_SINGLE = 1e-5
"""What is recorded with single precision is known to seven digits; a processor may differ more."""


def check_agrees_with_its_live_problem(cls: type[Problem]) -> str:
    """A few rows of a table, measured again, have the recorded values."""
    table = getattr(cls.example(), "table", None)
    if not isinstance(table, Table):
        raise NotApplicable("it is no table")
    meta = table.meta
    if not {"problem", "seeds"} <= set(meta):
        raise NotApplicable("the table does not say which problem it was made from")
    made_from = meta["problem"]
    if not _is_of_the_catalog(made_from["name"], made_from["settings"]):
        raise NotApplicable(
            f"made from {made_from['name']!r}, which is not in the catalog: it was not measured "
            "again"
        )
    if missing := _missing_data(made_from["settings"].get("data")):
        raise NotApplicable(f"it was not measured again: {missing}")
    live = registry.PROBLEMS.create(Entry(made_from["name"], settings=made_from["settings"]))
    require(
        live.version == made_from["version"],
        f"a table must be of its problem's version, {made_from['name']} has version "
        f"{live.version}, the table is of {made_from['version']}; tabulate it again",
    )
    exact = True
    for config, split, step in _some_rows(table):
        recorded = _found(table, config, split, step)
        share = 1.0 if table.fidelity is None or step is None else table.fidelity.share(step)
        found = _measured(live, config, meta["seeds"][split], share)
        again = found if isinstance(found, str) else _values(found)
        if isinstance(found, Evaluation):
            _check_beside(table, config, split, step, found)
        exact = exact and _exact(recorded, again)
        if not _close(recorded, again):
            where = "" if table.fidelity is None else f", {step} {table.fidelity.unit}"
            raise CheckFailedError(
                f"{config}, split {split}{where}, must have the recorded values {recorded}, it has "
                f"{again}; the table was made with {_made_with(meta)}"
            )
    how = "to the last bit" if exact else f"within {TOLERANCE:g}"
    return f"{_ROWS} rows agree {how}; made with {_made_with(meta)}"


def _is_of_the_catalog(name: object, given: object) -> bool:
    """Whether a problem of the metadata, and those inside it, are of the catalog.

    A file of data must not say which code runs, as `file.py:Class` and `package.module:Class` do.
    """
    if not (isinstance(name, str) and isinstance(given, Mapping)):
        return False
    head, colon, argument = name.partition(":")
    cls = registry.PROBLEMS.classes().get(head)
    if cls is None or (colon and not cls.argument):
        return False
    inner = settings.parts(cls)
    parts = [given[setting] for setting in inner if setting in given]
    if colon and cls.argument in inner:
        parts.append(argument)
    tables = [part if isinstance(part, Mapping) else {"name": part} for part in parts]
    return all(_is_of_the_catalog(t.get("name"), t.get("settings", {})) for t in tables)


def _missing_data(name: object) -> str:
    """Return which package is missing that ships a data set; "" where none is."""
    rows = importlib.import_module("problems.datasets").rows()
    reasons = {row["name"]: row["unavailable"] for row in rows}
    return f"{name} {reason}" if (reason := reasons.get(name)) else ""


def _some_rows(table: Table) -> list[tuple[Config, int, int | None]]:
    """Return configurations with a split and a step: from the lowest to the full one."""
    rng = np.random.default_rng(0)
    count = table.value.shape[1]
    found: list[tuple[Config, int, int | None]] = []
    steps = table.fidelity.measured if table.fidelity else (None,)
    for k, number in enumerate(sorted(rng.integers(count, size=_ROWS).tolist())):
        config = next(islice(table.space.configs(), number, None))
        step = steps[k * (len(steps) - 1) // (_ROWS - 1)]
        found.append((config, int(rng.integers(table.splits)), step))
    return found


def _found(table: Table, config: Config, split: int, step: int | None) -> list[float | None] | str:
    try:
        return _values(table.evaluation(config, split, step))
    except EvaluationError:
        return "failed"


def _check_beside(
    table: Table, config: Config, split: int, step: int | None, again: Evaluation
) -> None:
    """Refuse another training value and other scores than those measured again."""
    try:
        recorded = table.evaluation(config, split, step)
    except EvaluationError:
        return
    pairs = {"training value": (recorded.train_value, again.train_value)}
    for name, scores in (recorded.scores or {}).items():
        validation, test = (again.scores or {}).get(name, (None, None))
        pairs |= {name: (scores[0], validation), f"{name} (test)": (scores[1], test)}
    for name, (there, now) in pairs.items():
        if there is not None:
            require(
                now is not None and math.isclose(there, now, rel_tol=_SINGLE, abs_tol=_SINGLE),
                f"{config}, split {split}, must have the recorded {name} {there}, it has {now}",
            )


def _measured(live: Problem, config: Config, seed: int, share: float) -> Evaluation | str:
    try:
        return live.evaluate(dict(config), seed=seed, fidelity=share)
    except Exception as error:
        return in_words(error)


def _values(evaluation: Evaluation) -> list[float | None]:
    return [evaluation.value, evaluation.test_value, *(evaluation.fold_values or ())]


def _close(recorded: list[float | None] | str, again: list[float | None] | str) -> bool:
    if isinstance(recorded, str) or isinstance(again, str):
        return isinstance(recorded, str) and isinstance(again, str)
    return len(recorded) == len(again) and all(map(same, again, recorded))


def _exact(recorded: list[float | None] | str, again: list[float | None] | str) -> bool:
    """Whether both are the same to the last bit; so are two means of the same fold values.

    The last bit of a mean hangs on the order in which it was added up.
    """
    if isinstance(recorded, str) or isinstance(again, str) or recorded == again:
        return recorded == again
    (value, *rest), (other, *others) = recorded, again
    if value is None or other is None or len(rest) < 2 or rest != others:
        return False
    return math.isclose(value, other, rel_tol=1e-14)


def _made_with(meta: Any) -> str:
    environments = meta.get("made", {}).get("environments", [])
    packages = environments[0].get("packages", {}) if environments else {}
    names = ("scikit-learn", "numpy", "scipy")
    return ", ".join(f"{name} {packages[name]}" for name in names if name in packages) or "unknown"
