"""What there is to know of a strategy or a problem without running it, as plain data."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import itertools
import json
import math
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any, NamedTuple

from bench import registry, settings
from bench.core import Categorical, Float, Int, Ordinal, Problem, SearchSpace, Strategy
from bench.core.distributions import Distribution
from bench.registry import RegistryError
from bench.spec import Entry
from bench.tabular import Table


def sentence(cls: type) -> str:
    """Return the first line of a class's docstring."""
    return (cls.__doc__ or "").strip().partition("\n")[0]


def text(cls: type) -> list[str]:
    """Return the paragraphs that follow in the docstring, up to the sections on arguments."""
    body = inspect.cleandoc(cls.__doc__ or "").partition("\n")[2]
    paragraphs = [" ".join(part.split()) for part in body.split("\n\n")]
    shown = itertools.takewhile(lambda part: not part.startswith(("Args:", "Raises:")), paragraphs)
    return [paragraph for paragraph in shown if paragraph]


def of_class(cls: type[Strategy] | type[Problem]) -> dict[str, Any]:
    """Return what a class says of itself.

    Returns:
        `sentence`, `unavailable` (why it cannot be used here, or None), `settings` with their
        defaults, `argument` (the setting that a name's part after a colon gives), `requires`
        (import names).
    """
    return {
        "sentence": sentence(cls),
        "unavailable": registry.unavailable(cls),
        "settings": settings.defaults(cls),
        "argument": cls.argument,
        "requires": list(cls.requires),
    }


def of_strategy(name: str) -> dict[str, Any]:
    """Return the facts of a strategy.

    Returns:
        `kind`, `name`, `version`, the facts of the class, `text` (paragraphs), `usage`, what to
        write to name it, and `supports`.

    Raises:
        RegistryError: no such strategy.
    """
    cls = registry.STRATEGIES.get(name)
    identity = {"kind": "strategy", "name": name, "version": cls.version}
    facts = identity | of_class(cls) | {"text": text(cls), "usage": _usage(cls, name)}
    try:  # an instance may support more: what the strategy inside it does
        supports = registry.STRATEGIES.create(Entry(name)).supports
    except RegistryError:
        supports = cls.supports
    return facts | {"supports": sorted(item.value for item in supports)}


def of_problem(name: str) -> dict[str, Any]:
    """Return the facts of a problem, and with default settings also those of an instance.

    Returns:
        `kind`, `name`, `version`, `tags`, the facts of the class, `text` (paragraphs) and `usage`,
        what to write to name it; where it has a setting for cheaper evaluations `fidelities`, what
        that may be. If it can be made here `metric` and `direction`, `positive_class` and
        `warnings` where there are any, `about` (heading -> text), `optimum`, `fidelity` (`unit`,
        `steps`, `lowest`, `measured` and `continues`, or None), `dimension`, `needs` (what its
        space asks of a strategy), `parameters` (each with `name`, `kind` and the fields of its
        distribution, `text`, `grid_points`, `condition`, `default`) and `default`; otherwise
        `unavailable` says why not.

    Raises:
        RegistryError: no such problem.
    """
    cls = registry.PROBLEMS.get(name)
    facts = {"kind": "problem", "name": name, "version": cls.version, "tags": list(cls.tags)}
    facts |= of_class(cls) | {"text": text(cls), "usage": _usage(cls, name)}
    if hasattr(cls, "fidelities"):
        facts["fidelities"] = list(cls.fidelities())
    problem, reason = create(name)
    facts["unavailable"] = reason
    return facts if problem is None else facts | _of_instance(problem)


def of_example(name: str) -> dict[str, Any]:
    """Return what a problem's space is like where its name needs an argument to make it.

    Returns:
        `example` (the argument that the class takes unless another is given), `parameters` and
        `default` as in `of_problem`; nothing where there is no such argument.

    Raises:
        RegistryError: no such problem.
    """
    cls = registry.PROBLEMS.get(name)
    if not cls.argument or registry.unavailable(cls) is not None:
        return {}
    try:
        problem = cls.example()
    except (TypeError, ValueError):
        return {}
    example = getattr(problem, cls.argument, "")
    if not isinstance(example, str) or not example:
        return {}
    found = _of_instance(problem)
    return {"example": example} | {key: found[key] for key in ("parameters", "default")}


def create(name: str) -> tuple[Problem | None, str | None]:
    """Return a problem with its default settings, or why it cannot be made.

    Raises:
        RegistryError: no such problem.
    """
    cls = registry.PROBLEMS.get(name)
    missing = registry.unavailable(cls)
    if missing is not None:
        return None, missing
    if _usage(cls, name) != name:
        return None, f"is named as {_usage(cls, name)}"
    try:
        return registry.PROBLEMS.create(Entry(name)), None
    except RegistryError as error:
        return None, str(error)


def table_of(problem: Problem) -> Table | None:
    """Return the table behind a problem, or None where there is none."""
    table = getattr(problem, "table", None)
    return table if isinstance(table, Table) else None


def shipped_table(name: str) -> Problem | None:
    """Return the problem of that name if it is a table that comes with the package, or None.

    Nothing else is imported, made or opened, wherever the name leads: it may stand in a folder that
    somebody sent.
    """
    cls = registry.PROBLEMS.own().get(name)
    if cls is None or "table" not in cls.tags or cls.argument:
        return None
    return cls()


_DIMENSIONS = (
    (3, "up to 3 parameters"), (6, "4 to 6 parameters"), (math.inf, "7 or more parameters"),
)  # fmt: skip


def tags_of(problem: Problem) -> tuple[str, ...]:
    """Return the words to find a problem by: its own, and what its space holds.

    A space has one of the tags numeric (numbers and ordered choices alone), categorical and mixed,
    one of the tags up to 3 parameters, 4 to 6 parameters and 7 or more parameters, and the tag
    conditional where a parameter is not always active.

    Args:
        problem: any.
    """
    space = problem.space
    unordered = [isinstance(kind, Categorical) for kind in space.parameters.values()]
    kind = "mixed" if any(unordered) else "numeric"
    found = ["categorical" if all(unordered) and unordered else kind]
    found.append(next(tag for most, tag in _DIMENSIONS if len(space) <= most))
    found += ["conditional"] if space.conditions else []
    own = [problem.tags] if isinstance(problem.tags, str) else problem.tags
    return tuple(dict.fromkeys(map(str, [*own, *found])))


def catalog_tags(name: str, version: int, given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the tags of a problem that comes with the package; of any other problem none.

    Nothing else is imported, made or opened, wherever the name leads: the name may stand in a
    folder that somebody sent.

    Args:
        name: of the problem in the catalog.
        version: its version.
        given: all its settings. Other settings than the default ones may be another problem.
    """
    cls = registry.PROBLEMS.own().get(name)
    if cls is None or cls.argument or cls.version != version or registry.unavailable(cls):
        return ()
    problem = cls()
    return tags_of(problem) if settings.values(problem) == dict(given) else ()


def frozen_scale(name: str, version: int, given: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what regret on a problem of the catalog is measured by, where that is frozen.

    Args:
        name: of the problem in the catalog.
        version: its version.
        given: all its settings.

    Returns:
        `best` (None: the optimum of each repetition), `typical` (what stands for one random draw),
        `source` (what they are, in words).
    """
    known = frozen_scales().get(name)
    # Cheaper evaluations, and what they cost, change none that is full.
    cheaper = ("fidelity", "continues")
    full = {setting: value for setting, value in given.items() if setting not in cheaper}
    if known is None or known["version"] != version or known["settings"] != full:
        return None
    return {key: known[key] for key in ("best", "typical", "source")}


def data_sets() -> dict[str, dict[str, Any]]:
    """Return the data sets that have a name -> what is known of each (`problems.datasets.rows`)."""
    rows = importlib.import_module("problems.datasets").rows()
    return {row["name"]: row for row in rows}


def of_data(name: str) -> dict[str, Any]:
    """Return what is known of a data set, which is loaded unless it has a name of its own.

    Raises:
        RegistryError: none has that name, or its package is not installed.
    """
    try:
        return {"kind": "data", **importlib.import_module("problems.datasets").row(name)}
    except ValueError as error:
        raise RegistryError(str(error)) from None


@functools.cache
def frozen_scales() -> dict[str, Any]:
    """Return what is frozen of the catalog's problems, by name (`problems/scales.json`)."""
    file = resources.files("problems") / "scales.json"
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


class Block(NamedTuple):
    """What a problem is one observation of, where data sets are the sample.

    Args:
        name: of the data set, or of the problem where it has none.
        function: there is no data set.
    """

    name: str
    function: bool


def block_of(
    name: str, given: Mapping[str, Any], table_behind: Callable[[str, Mapping[str, Any]], Any]
) -> Block:
    """Return the data set of a problem, or the problem itself where it has none.

    A live model has it in its settings, a table that `tunebench tabulate` wrote in those of the
    live model it was made from, a transform in the problem it changes.

    Args:
        name: of the problem in the catalog.
        given: all its settings.
        table_behind: gives the table behind a name and settings, or None.
    """
    while not (data := _text(given.get("data"))):
        inner: Any = next(filter(_is_problem, given.values()), None)
        if inner is None:
            table = table_behind(name, given)
            inner = {} if table is None else table.meta.get("problem")
            if not _is_problem(inner):
                return Block(name, function=True)
        name, given = inner["name"], inner["settings"]
    return Block(data, function=False)


def names_function(block: str) -> bool:
    """Return whether the recorded name of a block is that of a problem, not of a data set.

    Nothing is imported but what comes with the package: the name may stand in a folder that
    somebody sent.

    Args:
        block: as `block_of` gives its name.
    """
    head, colon, _ = block.partition(":")
    return head in registry.PROBLEMS.own() or bool(colon and head.endswith(".py"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_problem(value: Any) -> bool:
    # A metric has a name, too.
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("name"), str)
        and isinstance(value.get("settings"), Mapping)
    )


def grid_points(distribution: Distribution) -> list[str] | None:
    """Return the values of choices and grid points as texts, one each; None for a range."""
    match distribution:
        case Categorical(values) | Ordinal(values):
            texts = [_shown(value) for value in values]
            # 1 and "1" are two choices.
            return texts if len(set(texts)) == len(texts) else [repr(value) for value in values]
    return None


def _usage(cls: type[Strategy] | type[Problem], name: str) -> str:
    """Return how something is named where more than its name leads to an instance."""
    if cls.argument and ":" not in name:
        return f"{name}:{cls.argument.upper()}"
    inner = [setting for setting in settings.parts(cls) if setting in settings.required(cls)]
    if inner:
        given = ", ".join(f'{setting} = "…"' for setting in inner)
        return f'{{ name = "{name}", settings = {{ {given} }} }}'
    return name


def _of_instance(problem: Problem) -> dict[str, Any]:
    space, fidelity = problem.space, problem.fidelity
    return {
        "metric": problem.metric.name,
        "direction": problem.metric.direction,
        "about": dict(problem.about),
        "optimum": problem.optimum,
        "fidelity": None if fidelity is None else dataclasses.asdict(fidelity),
        "dimension": len(space),
        "needs": _needs(space),
        "parameters": [_parameter(space, name) for name in space],
        "default": space.default,
        **({"positive_class": problem.positive_class} if problem.positive_class else {}),
        **({"warnings": list(problem.warnings)} if problem.warnings else {}),
    }


def _needs(space: SearchSpace) -> list[str]:
    kinds = space.parameters.values()
    there = {
        "conditional": bool(space.conditions),
        "categorical": any(isinstance(kind, Categorical) for kind in kinds),
        "log": any(isinstance(kind, Float | Int) and kind.log for kind in kinds),
        "integer": any(isinstance(kind, Int) for kind in kinds),
        "ordinal": any(isinstance(kind, Ordinal) for kind in kinds),
    }
    return [need for need, asked in there.items() if asked]


def _parameter(space: SearchSpace, name: str) -> dict[str, Any]:
    distribution, default = space.parameters[name], space.default or {}
    parameter = {
        "name": name,
        "kind": type(distribution).__name__,
        **dataclasses.asdict(distribution),  # type: ignore[call-overload]
        "text": _range(distribution),
        "grid_points": grid_points(distribution) if isinstance(distribution, Ordinal) else None,
        "condition": {
            parent: list(values) for parent, values in space.conditions.get(name, {}).items()
        },
    }
    return parameter | ({"default": default[name]} if name in default else {})


def _range(distribution: Distribution) -> str:
    match distribution:
        case Float(low, high, log) | Int(low, high, log):
            kind = "real" if isinstance(distribution, Float) else "whole"
            return f"{kind}, {_shown(low)} to {_shown(high)}" + (", log scale" if log else "")
        case Ordinal(values):
            return f"{len(values)} grid points, {_shown(values[0])} to {_shown(values[-1])}"
    return "one of " + ", ".join(grid_points(distribution) or ())


def _shown(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
