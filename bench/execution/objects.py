"""Strategies and problems that a sweep was given as objects instead of by name."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any

import orjson

from bench import registry, settings
from bench.code import of_functions
from bench.core import Metric, Problem, SearchSpace, Strategy
from bench.errors import UserError
from bench.registry import RegistryError
from bench.spec import Entry
from bench.words import in_words

IN_MEMORY = "in-memory object"
"""How the name of an entry begins that no other process can make again."""


@dataclass(frozen=True, slots=True)
class Objects:
    """Makes the strategies and problems of a sweep: from objects, or else from the catalog.

    Args:
        strategies: name of an entry -> the object. Each run gets a copy of its own.
        problems: name of an entry -> the object. All runs share it.
    """

    strategies: Mapping[str, Strategy] = field(default_factory=dict)
    problems: Mapping[str, Problem] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.strategies or self.problems)

    @property
    def labels(self) -> str:
        """The labels of the objects, as a message lists them."""
        names = (*self.strategies, *self.problems)
        return ", ".join(name.partition(":")[2] for name in names)

    def strategy(self, entry: Entry) -> Strategy:
        """Return a fresh strategy.

        Raises:
            RegistryError: the entry leads nowhere, or its object cannot be copied.
        """
        held = self.strategies.get(entry.name)
        if held is None:
            return registry.STRATEGIES.create(entry)
        try:
            return copy.deepcopy(held)
        except Exception as error:
            raise RegistryError(
                f"each run needs its own copy of a strategy, {entry.label} cannot be copied "
                f"({in_words(error)}); make what cannot be copied in its method `start`"
            ) from error

    def problem(self, entry: Entry) -> Problem:
        """Return a problem.

        Raises:
            RegistryError: the entry leads nowhere.
        """
        held = self.problems.get(entry.name)
        return registry.PROBLEMS.create(entry) if held is None else held

    def resolve(self, kind: registry.Catalog[Any], entry: Entry) -> Entry:
        """Return an entry with its version, its code and all its settings.

        Args:
            kind: the catalog of strategies or of problems.
            entry: of a sweep; that of an object is complete already.

        Raises:
            RegistryError: as `bench.registry.Catalog.resolve`.
        """
        held = entry.name in self.strategies or entry.name in self.problems
        return entry if held else kind.resolve(entry)


def pickled(objects: Objects) -> bytes:
    """Return objects as a worker can read them, those of a notebook's cells included.

    Raises:
        UserError: one cannot be sent to another process.
    """
    import cloudpickle

    try:
        return cloudpickle.dumps(objects)  # type: ignore[no-any-return]
    except Exception as error:
        raise UserError(
            f"worker processes need objects that can be pickled, {objects.labels} cannot "
            f"({in_words(error)}); leave out jobs, out and all limits to run in this process"
        ) from error


def entry_of(held: Strategy | Problem, label: str) -> Entry:
    """Return the entry of an object: its name says that no other process can make it.

    Args:
        held: a strategy or a problem.
        label: what it is called in the sweep.
    """
    return Entry(f"{IN_MEMORY}:{label}", label, _settings(held), held.version, _code(held))


def _code(held: Strategy | Problem) -> str:
    return of_functions(type(held), *vars(held).values())


def _settings(held: object) -> dict[str, Any]:
    """Return the settings of an object as plain data; of other values the type alone."""
    if not is_dataclass(held):
        return {}
    given = {part: settings.as_given(held, part) for part in fields(held) if part.init}
    return {
        part.name: _plain(value)
        for part, value in given.items()
        # Such a setting joined its class later, and older ids have none.
        if not ("as_given" in part.metadata and value == part.default)
    }


def _plain(value: object) -> Any:
    if isinstance(value, Strategy | Problem):
        entry = {"name": value.name, "settings": _settings(value), "version": value.version}
        return entry | ({"code": code} if (code := _code(value)) else {})
    if isinstance(value, SearchSpace):
        return value.to_dict()
    if isinstance(value, Metric):
        return asdict(value)
    try:
        return orjson.loads(orjson.dumps(value))
    except TypeError:
        return f"<{type(value).__name__}>"
