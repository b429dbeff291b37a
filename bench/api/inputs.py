"""What a call of `run` was given, as a sweep: names as they are, objects beside them."""

from __future__ import annotations

import dataclasses
import inspect
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from bench import registry, settings
from bench.api.sweep_files import is_suite, sweep_named
from bench.core import Problem, Strategy
from bench.errors import UserError
from bench.execution.objects import Objects, entry_of
from bench.registry import RegistryError
from bench.spec import Entry, SpecError, Sweep

T = TypeVar("T", Strategy, Problem)


class InputError(UserError, TypeError):
    """An argument of a kind that cannot be used."""


def sweep_of(
    sweep: str | os.PathLike[str] | None,
    given: Mapping[str, Any],
    *,
    name: str,
    otherwise: Mapping[str, Any],
) -> tuple[Sweep, Objects]:
    """Return the sweep that the arguments of `run` describe, and the objects in it.

    Args:
        sweep: name or file of a sweep to change, a suite, or None.
        given: field of a sweep -> value, for those that were given.
        name: of a sweep that has none.
        otherwise: field -> value, of what a sweep made of arguments alone, or on a suite, does not
            say.

    Raises:
        SpecError: they contradict the rules of a sweep.
        InputError: an item is neither a name nor a strategy or a problem.
    """
    values = dict(given)
    held: dict[str, dict[str, Any]] = {"strategies": {}, "problems": {}}
    kinds: tuple[tuple[str, registry.Catalog[Any]], ...] = (
        ("strategies", registry.STRATEGIES),
        ("problems", registry.PROBLEMS),
    )
    for key, catalog in kinds:
        if key in values:
            values[key] = _entries(key, values[key], catalog, held[key])
    if "suites" in values:
        suites = values["suites"]
        values["suites"] = (suites,) if isinstance(suites, str) else tuple(suites)
    objects = Objects(**held)
    if sweep is not None:
        return sweep_named(sweep, ({**otherwise} if is_suite(sweep) else {}) | values), objects
    if "strategies" not in values:
        raise SpecError(
            "a run needs a sweep or strategies and problems; for example "
            'run("quick") or run(strategies=["random", "tpe"], problems=["branin"])'
        )
    return Sweep(**{"name": name, **otherwise, **values}), objects


def _entries(
    key: str, items: Any, catalog: registry.Catalog[Any], held: dict[str, Any]
) -> tuple[Entry, ...]:
    """Return the entries of a list of items; objects among them go into `held`."""
    if isinstance(items, Mapping):
        pairs: Iterable[tuple[str, Any]] = items.items()
    elif isinstance(items, str | Strategy | Problem):
        pairs = [("", items)]
    elif isinstance(items, Iterable):
        pairs = [("", item) for item in items]
    else:
        pairs = [("", items)]
    found: list[Entry] = []
    for label, item in pairs:
        entry = _entry(key, label, item, catalog, held)
        if twin := next((other for other in found if other.label and other.label == entry.label),
                        None):  # fmt: skip
            raise SpecError(
                f"'{key}' must have each label once, got {twin.label!r} twice; drop one, or give "
                f"labels with a mapping such as {{{twin.label!r}: …, '{twin.label}-2': …}}"
            )
        found.append(entry)
    return tuple(found)


def _entry(
    key: str, label: str, item: Any, catalog: registry.Catalog[Any], held: dict[str, Any]
) -> Entry:
    if isinstance(item, str):
        return Entry(item, label)
    if isinstance(item, Entry):
        return dataclasses.replace(item, label=label or item.label)
    word = catalog.base.__name__.lower()
    if inspect.isclass(item) and issubclass(item, catalog.base):
        raise InputError(
            f"'{key}' must hold names or objects, got the class {item.__name__}; "
            f"make an object of it, {item.__name__}()"
        )
    if not isinstance(item, catalog.base):
        way = (
            "wrap a function with its space, tb.problem(function, space={…}), or an estimator "
            "with its data, tb.problem(model=…, data=(X, y), space={…})"
            if word == "problem"
            else "derive a class from tb.Strategy, and make an object of it"
        )
        raise InputError(f"'{key}' must hold names or {key}, got {item!r}; {way}")
    if not isinstance(getattr(item, "name", None), str):
        raise InputError(
            f"a {word} must have a name, {type(item).__name__} has none; write "
            f'name = "{type(item).__name__.lower()}" into its class'
        )
    if type(item) is catalog.classes().get(item.name):
        # Whoever resumes the sweep can make it again.
        try:
            return Entry(item.name, label or item.name, settings.values(item))
        except ValueError as error:
            raise RegistryError(f"{word} {item.name!r}: {error}") from None
    entry = entry_of(item, label or item.name)
    held[entry.name] = item
    return entry


def folder_name(out: Path | None) -> str:
    """Return what a sweep is called that goes into a folder, or nowhere."""
    if out is None:
        return "run"
    return Path(os.path.abspath(out)).name.strip(". ") or "results"
