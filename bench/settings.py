"""The settings of strategies and problems: the fields of their dataclass."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import orjson

from bench.core import Problem, Strategy


def names(cls: type) -> list[str]:
    """Return the names of a class's settings."""
    return [field.name for field in _fields(cls)]


def defaults(cls: type) -> dict[str, Any]:
    """Return a class's settings with their defaults, as far as they are written down."""
    return {
        field.name: field.default
        for field in _fields(cls)
        if field.default is not dataclasses.MISSING
    }


def required(cls: type) -> list[str]:
    """Return the names of those settings of a class that have no default."""
    return [
        field.name
        for field in _fields(cls)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]


def check(cls: type, settings: Mapping[str, object]) -> None:
    """Refuse settings that a class does not have, or that its annotations do not allow.

    Annotations other than int, float, bool, str and Literal allow anything.

    Raises:
        ValueError: one that is not there, or of the wrong kind; the message is a predicate.
    """
    known, hints = names(cls), _hints(cls)
    for name, value in settings.items():
        if name not in known:
            has = f"it has {', '.join(sorted(known))}" if known else "it has none"
            raise ValueError(f"has no setting {name!r}; {has}")
        wanted = _misfit(hints.get(name), value)
        if wanted is not None:
            raise ValueError(f"expects its setting {name!r} to be {wanted}, got {value!r}")


def values(instance: Strategy | Problem) -> dict[str, Any]:
    """Return the settings an instance has, defaults included; a part of it as a table.

    A field with the metadata `{"record_default": False}` is left out while it has its default: a
    setting that joins a class later changes the id of no run that does without it. One with the
    metadata `as_given` holds something else than it was given; that function leads back.

    Raises:
        ValueError: one that cannot be written down.
    """
    found = {
        field.name: as_given(instance, field)
        for field in _fields(type(instance))
        if field.metadata.get("record_default", True) or as_given(instance, field) != field.default
    }
    hints = _hints(type(instance))
    for name, value in found.items():
        # 1 and 1.0 are one setting, and must have one run.
        if hints.get(name) is float and isinstance(value, int):
            found[name] = float(value)
        elif isinstance(value, Problem | Strategy):
            found[name] = {"name": value.name, "settings": values(value), "version": value.version}
    try:
        # Both: a record writes what is not finite as null, which then reads as another setting,
        # and has 64 bits for an integer.
        json.dumps(found, allow_nan=False)
        orjson.dumps(found)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "settings must be plain data (strings, finite numbers, lists, tables), "
            f"got {found}: {error}"
        ) from None
    return found


def as_given(instance: object, field: dataclasses.Field[Any]) -> Any:
    """Return what a setting of an instance was given as."""
    value = getattr(instance, field.name)
    return field.metadata["as_given"](value) if "as_given" in field.metadata else value


def parts(cls: type) -> dict[str, type[Problem] | type[Strategy]]:
    """Return setting -> Problem or Strategy, of the settings that are themselves one of these."""
    hints = _hints(cls)
    return {name: hints[name] for name in names(cls) if hints.get(name) in (Problem, Strategy)}


def _fields(cls: type) -> list[dataclasses.Field[Any]]:
    if not dataclasses.is_dataclass(cls):
        return []
    return [field for field in dataclasses.fields(cls) if field.init]


@cache
def _hints(cls: type) -> dict[str, Any]:
    try:
        return get_type_hints(cls)
    except Exception:  # an annotation that only a type checker can read allows anything
        return {}


def _misfit(hint: Any, value: object) -> str | None:
    """Return what a setting with this annotation must be, if the value is something else."""
    if get_origin(hint) is Literal:
        choices = get_args(hint)
        # An empty text is the way to leave it open.
        named = ", ".join(str(choice) for choice in choices if choice != "")
        return None if value in choices else f"one of {named}"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    rules = {
        int: (number and isinstance(value, int), "an integer"),
        float: (number, "a number"),
        bool: (isinstance(value, bool), "true or false"),
        str: (isinstance(value, str), "a string"),
    }
    fits, wanted = rules.get(hint, (True, ""))
    return None if fits else wanted
