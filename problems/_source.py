"""The source code of an estimator, read off the object itself."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

WIDTH = 88
"""Characters of a line, as Black has it."""

_POSITIONAL = ("steps", "transformers")
"""Parameters whose name says no more than the class does."""


@dataclass
class Code:
    """Lines of code and what they import.

    Args:
        lines: of code.
        imports: (module, name) each; an empty name imports the module, as `np` or `pd`.
    """

    lines: list[str] = field(default_factory=list)
    imports: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class _Group:
    """Something in brackets: each part has a prefix, such as `alpha=`, and a text or a group."""

    opening: str
    parts: tuple[tuple[str, str | _Group], ...]
    closing: str

    @property
    def flat(self) -> str:
        inside = ", ".join(prefix + _flat(part) for prefix, part in self.parts)
        comma = "," if self.opening == "(" and len(self.parts) == 1 else ""
        return f"{self.opening}{inside}{comma}{self.closing}"


def source_of(
    value: Any,
    *,
    before: str = "",
    indent: int = 0,
    columns: Mapping[tuple[int, ...], str] | None = None,
    names: Sequence[str] = (),
) -> Code:
    """Return code that makes a value, such as an unfitted estimator, formatted as Black would.

    Only parameters that differ from their default are named.

    Args:
        value: an estimator, a number, a text, None, or a list, a tuple or a mapping of such.
        before: what stands before it in its first line, such as `return `.
        indent: blanks in front of each line.
        columns: lists of column numbers that a `ColumnTransformer` takes -> what to write instead.
        names: of all columns; other numbers become their names.

    Raises:
        ValueError: something else, or a class that cannot be imported.

    >>> source_of({"C": 1.5, "kernel": "rbf"}).lines
    ['{"C": 1.5, "kernel": "rbf"}']
    """
    reader = _Reader(columns or {}, names)
    node = reader.read(value)
    return Code(_lines(before, node, "", indent), reader.imports)


def text_of(value: str) -> str:
    """Return a string literal, in double quotes unless it holds some."""
    if '"' in value and "'" not in value:
        return repr(value)
    return json.dumps(value, ensure_ascii=False) if value.isprintable() else json.dumps(value)


def call_lines(before: str, name: str, arguments: Sequence[str], indent: int = 4) -> list[str]:
    """Return the lines of a call, formatted as Black would.

    Args:
        before: what stands before it, such as `cut = `.
        name: of what is called.
        arguments: code of each.
        indent: blanks in front of each line.

    >>> call_lines("x = ", "f", ["1", "y=2"])
    ['    x = f(1, y=2)']
    """
    node = _Group(f"{name}(", tuple((text, "") for text in arguments), ")")
    return _lines(before, node, "", indent)


class _Reader:
    def __init__(self, columns: Mapping[tuple[int, ...], str], names: Sequence[str]) -> None:
        self.columns, self.names = columns, names
        self.imports: set[tuple[str, str]] = set()

    def read(self, value: Any) -> str | _Group:
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and not math.isfinite(value):
            return f"float({text_of(str(value))})"
        if value is None or isinstance(value, bool | int | float):
            return repr(value)
        if isinstance(value, str):
            return text_of(value)
        if isinstance(value, list | tuple):
            opening, closing = "[]" if isinstance(value, list) else "()"
            return _Group(opening, tuple(("", self.read(item)) for item in value), closing)
        if isinstance(value, dict):
            parts = tuple((f"{_flat(self.read(k))}: ", self.read(v)) for k, v in value.items())
            return _Group("{", parts, "}")
        if hasattr(value, "get_params") and not inspect.isclass(value):
            return self._estimator(value)
        if callable(value):
            return self._imported(value)
        raise ValueError(
            f"code needs parameters that are plain values or estimators, got {value!r}; write the "
            "program by hand"
        )

    def _estimator(self, estimator: Any) -> _Group:
        if (steps := _named_alike(estimator)) is not None:
            made = self._imported(import_module("sklearn.pipeline").make_pipeline)
            return _Group(f"{made}(", tuple(("", self.read(step)) for step in steps), ")")
        cls = _public(type(estimator))
        defaults = inspect.signature(cls).parameters
        parts = []
        for name, value in estimator.get_params(deep=False).items():
            if name in defaults and _same(value, defaults[name].default):
                continue
            read = self._transformers(value) if name == "transformers" else self.read(value)
            parts.append(("" if name in _POSITIONAL else f"{name}=", read))
        return _Group(f"{self._imported(cls)}(", tuple(parts), ")")

    def _transformers(self, transformers: Sequence[tuple[str, Any, Any]]) -> _Group:
        rows = []
        for name, transformer, where in transformers:
            numbers = tuple(where) if isinstance(where, list | tuple) else ()
            place = self.columns.get(numbers) or self.read(
                [self.names[i] if isinstance(i, int) and self.names else i for i in numbers]
                if numbers
                else where
            )
            parts = (("", text_of(name)), ("", self.read(transformer)), ("", place))
            rows.append(("", _Group("(", parts, ")")))
        return _Group("[", tuple(rows), "]")

    def _imported(self, thing: Any) -> str:
        module, name = _place(thing)
        self.imports.add((module, name))
        return name


def _named_alike(estimator: Any) -> list[Any] | None:
    """Return the steps of a pipeline that `make_pipeline` makes just so; None of anything else."""
    from sklearn.pipeline import Pipeline, make_pipeline

    if type(estimator) is not Pipeline or estimator.memory is not None or estimator.verbose:
        return None
    steps = [step for _, step in estimator.steps]
    return steps if make_pipeline(*steps).steps == estimator.steps else None


def _public(cls: type) -> type:
    """Return a class, or of one that is made in a function the first of its bases that is not."""
    return next(base for base in cls.__mro__ if "<locals>" not in base.__qualname__)


def _place(thing: Any) -> tuple[str, str]:
    """Return the module and the name under which a class or function is imported."""
    module, name = getattr(thing, "__module__", ""), getattr(thing, "__qualname__", "")
    parts = str(module).split(".")
    hidden = [number for number, part in enumerate(parts) if part.startswith("_")]
    shorter = [".".join(parts[: hidden[0]])] if hidden and hidden[0] else []
    for found in [*shorter, str(module)]:
        try:
            if getattr(import_module(found), name) is thing:
                return found, name
        except (ImportError, AttributeError, ValueError):
            continue
    raise ValueError(
        f"code needs classes and functions that can be imported, {module}.{name} cannot; put it "
        "into a module of an installed package, or write the program by hand"
    )


def _same(value: Any, default: Any) -> bool:
    if value is default:
        return True
    plain = (int, float, str, bool)
    return type(value) is type(default) and isinstance(value, plain) and value == default


def _flat(node: str | _Group) -> str:
    return node if isinstance(node, str) else node.flat


def _lines(before: str, node: str | _Group, after: str, indent: int) -> list[str]:
    line = f"{' ' * indent}{before}{_flat(node)}{after}"
    if isinstance(node, str) or len(line) <= WIDTH or not node.parts:
        return [line]
    found = [f"{' ' * indent}{before}{node.opening}"]
    for prefix, part in node.parts:
        found += _lines(prefix, part, ",", indent + 4)
    return [*found, f"{' ' * indent}{node.closing}{after}"]
