"""The rules that the values of a sweep must keep, each with its error in words."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from math import inf
from typing import Any

import orjson

MAX_LABEL_LENGTH = 100
"""Characters of a name or a label."""


def lookalikes(labels: Iterable[str]) -> tuple[str, str] | None:
    """Return two labels that look the same, or None.

    They differ in nothing but blanks, or in how Unicode composes their letters.

    Args:
        labels: all different.
    """
    seen: dict[str, str] = {}
    for label in labels:
        normalised = " ".join(unicodedata.normalize("NFC", label).split())
        if normalised in seen:
            return seen[normalised], label
        seen[normalised] = label
    return None


def label_errors(key: str, labels: list[str]) -> Iterator[str]:
    """Yield what is wrong with the labels of a list of entries.

    Args:
        key: of the list.
        labels: in its order.
    """
    for label in labels:
        if labels.count(label) > 1:
            yield (
                f"'{key}' must have each label once, got {label!r} twice; "
                "drop one or give it another label"
            )
    if twins := lookalikes(dict.fromkeys(labels)):
        yield (
            f"'{key}' must have distinct labels, got {twins[0]!a} and "
            f"{twins[1]!a}; drop one or give it another label"
        )


def names_a_folder(name: str) -> bool:
    """Return whether a folder can have this name on every system.

    Args:
        name: of a sweep.
    """
    plain = name.isprintable() and not set(name) & set('/\\:*?"<>|')
    return plain and 0 < len(name) <= MAX_LABEL_LENGTH and name.strip(". ") == name


def meant(key: str, known: Iterable[str]) -> str:
    """Return a question that names the known key closest to this one; empty where none is close.

    Args:
        key: one that is not known.
        known: those that are.
    """
    near = difflib.get_close_matches(key, sorted(known), n=1)
    return f"did you mean '{near[0]}'? " if near else ""


def key_errors(values: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with the keys of a sweep, its entries left out.

    Args:
        values: the parsed file.
        known: the keys that a sweep has.
    """
    for key in values:
        if key not in known:
            yield f"unknown key '{key}'; {meant(key, known)}a sweep has {', '.join(sorted(known))}"
    for key in ("name", "description"):
        if not isinstance(values.get(key, ""), str):
            yield f"'{key}' must be a string in quotes, got {values[key]!r}"
    suites = values.get("suites", [])
    if not isinstance(suites, list) or not all(isinstance(suite, str) for suite in suites):
        yield f"'suites' must be a list of names, got {suites!r}"
    for key in ("strategies", "problems"):
        if not isinstance(values.get(key, []), list):
            yield f"'{key}' must be a list of names or tables, got {values[key]!r}"
    yield from value_errors(values)


NUMBERS = {
    "trials": (1, 10**9, 50),
    "repetitions": (1, 10**6, 10),
    "seed": (0, 2**63 - 1, 1),
    "workers": (1, 10_000, 4),
}
"""Key -> the least, the most and an example."""

TOO_DEEP = "its values must nest 100 deep or less, they nest deeper; simplify it"

MEGABYTE = 1_000_000
"""Bytes of the unit of `memory`."""

LIMITS = {"run_timeout": "seconds", "evaluation_timeout": "seconds", "memory": "megabytes"}
"""Key of a limit -> its unit."""

OF_STRATEGY = ("repetitions", "workers", "synchronous")
"""Keys of a sweep that an entry of a strategy may have as well."""


def value_errors(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the numbers and booleans of a sweep, or of an entry.

    Args:
        values: key -> value; keys that are left out have their default.
    """
    for key, (least, most, example) in NUMBERS.items():
        if key not in values:
            continue
        value = values[key]
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            yield (
                f"'{key}' must be an integer, {least} or more, got {value!r}; "
                f"for example {key} = {example}"
            )
        elif value > most:
            yield f"'{key}' must be {most:,} or less, got {value:,}; for example {key} = {example}"
    for key, unit in LIMITS.items():
        limit = values.get(key)
        if limit is not None and (
            isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 < limit < inf
        ):
            yield (
                f"'{key}' must be a number of {unit} above 0, got {limit!r}; "
                "leave it out for no limit"
            )
    if not isinstance(values.get("synchronous", False), bool):
        yield f"'synchronous' must be true or false, got {values['synchronous']!r}"


def entry_errors(key: str, item: object, versions: bool) -> Iterator[str]:
    """Yield what is wrong with an entry of a list of strategies or problems.

    Args:
        key: of the list.
        item: a name or a table.
        versions: it may have one, as that of a resolved sweep does.
    """
    if isinstance(item, str) and item:
        return
    if not isinstance(item, dict) or not isinstance(item.get("name"), str) or not item["name"]:
        yield (
            f"'{key}' must hold names or tables like {{ name = \"…\", settings = {{ … }} }}, "
            f"got {item!r}"
        )
        return
    at = f"'{key}', entry {item['name']!r}"
    allowed = ["name", "label", "settings", *(OF_STRATEGY if key == "strategies" else ())]
    # A sweep file has neither, since the code has them; a resolved sweep records them.
    known = {*allowed, *(("version", "code") if versions else ())}
    for name in item:
        if name not in known:
            yield (
                f"{at}: unknown key '{name}'; {meant(name, known)}an entry has {', '.join(allowed)}"
            )
    for error in value_errors({name: item[name] for name in OF_STRATEGY if name in item}):
        yield f"{at}: {error}"
    if not isinstance(item.get("settings", {}), dict):
        yield f"{at}: 'settings' must be a table, got {item['settings']!r}"
    try:
        orjson.dumps(item.get("settings"))
    except TypeError as error:
        # Of what else cannot be written the registry knows the setting.
        if "ecursion" in str(error):
            yield f"{at}: {TOO_DEEP}"
    if not isinstance(item.get("label", ""), str):
        yield f"{at}: 'label' must be a string, got {item['label']!r}"
