"""Names to classes: the catalogs, entry points, and files of one's own."""

from __future__ import annotations

import dataclasses
import difflib
import importlib
import importlib.metadata
import inspect
import os
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

from bench import settings
from bench.code import fingerprint
from bench.core import Problem, Strategy
from bench.environment import DISTRIBUTIONS, installed
from bench.errors import UserError
from bench.loading import load_module
from bench.spec import Entry, without_code

T = TypeVar("T", Strategy, Problem)

_Place = tuple[str, Callable[[], Iterable[type[T]]]]

MAX_NESTING = 20
"""Colons of a name: each transform around another makes it slower to read."""


class RegistryError(UserError, LookupError):
    """A name that leads nowhere, or to two places."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Catalog(Generic[T]):
    """All classes of one kind that can be named.

    Args:
        package: whose modules without a leading underscore are in the catalog; also the
            name of the entry point group, `bench.<package>`.
        base: what every class in it derives from.
    """

    package: str
    base: type[T]

    def classes(self) -> dict[str, type[T]]:
        """Return name -> class, sorted by name.

        Raises:
            RegistryError: two classes claim one name.
        """
        return self._scan(self._places())[0]

    def own(self) -> dict[str, type[T]]:
        """Return name -> class of those that come with this package; no other is imported."""
        return self._scan(self._modules())[0]

    def broken(self) -> dict[str, str]:
        """Return modules, entry points and classes that cannot be used, with the reason."""
        return self._scan(self._places())[1]

    def get(self, name: str) -> type[T]:
        """Return the class that a name leads to.

        Args:
            name: of the catalog; with an argument as in `table:file.parquet`, where the class has
                one; `package.module:Class`; or `path/file.py:Class`.

        Raises:
            RegistryError: it leads nowhere; near names are listed.
        """
        if name.count(":") > MAX_NESTING:
            raise RegistryError(
                f"a name must nest {MAX_NESTING} {self.package} or fewer, {name[:50]!r}… nests "
                f"{name.count(':')}; take fewer"
            )
        classes = self.classes()
        if ":" in name:
            prefix, _, argument = name.partition(":")
            if prefix in classes and classes[prefix].argument:
                return _with(classes[prefix], name, argument)
            return self._by_reference(name)
        if name.endswith(".py"):
            raise RegistryError(
                f"a file must be followed by the name of a class, got {name!r}; "
                f"for example {name}:MyClass"
            )
        if name not in classes:
            broken = "".join(
                f"; {place} cannot be used: {reason}" for place, reason in self.broken().items()
            )
            raise RegistryError(
                f"no {self._word} is called {name!r}; {near(name, classes)}{broken}"
            )
        return classes[name]

    def create(self, entry: Entry) -> T:
        """Return a new instance with the entry's settings.

        Raises:
            RegistryError: an unknown name or setting, a setting the class refuses, or code that is
                not what the entry says.
        """
        cls = self.get(entry.name)
        if entry.code and entry.code != self._code(entry.name, cls):
            raise RegistryError(
                f"the code of {entry.name} must stay as it is while a sweep runs, it was edited; "
                "run the sweep again"
            )
        try:
            settings.check(cls, entry.settings)
        except ValueError as error:
            raise RegistryError(f"{self._word} {entry.name!r} {error}") from None
        inner = {
            name: _catalog(base).create(part) for name, (base, part) in _inner(cls, entry).items()
        }
        try:
            return cls(**{**entry.settings, **inner})
        except (TypeError, ValueError) as error:
            raise RegistryError(f"{self._word} {entry.name!r}, settings: {error}") from error
        except Exception as error:
            raise RegistryError(
                f"{self._word} {entry.name!r} cannot be made: {type(error).__name__}: {error}"
            ) from error

    def resolve(self, entry: Entry) -> Entry:
        """Return the entry with its version, its code and all its settings, defaults included.

        Raises:
            RegistryError: as `create`, or a setting that cannot be written down.
        """
        entry = replace(entry, code="", settings=without_code(entry.settings))
        instance = self.create(entry)
        try:
            values = settings.values(instance)
        except ValueError as error:
            raise RegistryError(f"{self._word} {entry.name!r}: {error}") from None
        # As they were named: a class of a file does not know where it came from.
        for name, (base, part) in _inner(type(instance), entry).items():
            found = _catalog(base).resolve(part)
            values[name] = {k: v for k, v in found.to_dict().items() if k != "label"}
        label = entry.label or instance.name
        code = self._code(entry.name, type(instance))
        return replace(entry, label=label, settings=values, version=instance.version, code=code)

    def _code(self, name: str, cls: type[T]) -> str:
        """Return the fingerprint of a class that a name leads to."""
        prefix, colon, _ = name.partition(":")
        # Else what is behind the colon is an argument of a class of the catalog.
        head = self.classes().get(prefix)
        is_reference = colon and not (head and head.argument)
        try:
            return fingerprint(cls, load_module(name.rpartition(":")[0]) if is_reference else None)
        except ValueError as error:
            raise RegistryError(f"{self._word} {name!r}: {error}") from None

    @property
    def _word(self) -> str:
        return self.base.__name__.lower()

    def _scan(self, places: Iterable[_Place[T]]) -> tuple[dict[str, type[T]], dict[str, str]]:
        found: dict[str, type[T]] = {}
        broken: dict[str, str] = {}
        for place, load in places:
            # One that does not import must not take the others with it.
            try:
                classes = list(load())
            except (Exception, SystemExit) as error:
                broken[place] = f"{type(error).__name__}: {error}"
            else:
                for cls in classes:
                    if not inspect.isabstract(cls):
                        self._claim(found, cls)
                    elif "name" in vars(cls):
                        broken[_place(cls)] = f"must define {_undefined(cls)}"
        return dict(sorted(found.items())), broken

    def _places(self) -> Iterator[_Place[T]]:
        """Yield where classes come from, and what gives them."""
        yield from self._modules()
        for point in _entry_points(f"bench.{self.package}"):
            yield f"entry point {point.name} = {point.value}", partial(_loaded, point)

    def _modules(self) -> Iterator[_Place[T]]:
        package = importlib.import_module(self.package)
        # A folder changes when a module joins it, also while this process lives.
        folders = tuple((folder, os.stat(folder).st_mtime_ns) for folder in package.__path__)
        for name in _public(folders):
            yield f"{self.package}.{name}", partial(self._in_module, name)

    def _in_module(self, name: str) -> Iterable[type[T]]:
        return self._defined_in(importlib.import_module(f"{self.package}.{name}"))

    def _defined_in(self, module: ModuleType) -> Iterable[type[T]]:
        for value in vars(module).values():
            if (
                inspect.isclass(value)
                and value.__module__ == module.__name__
                and issubclass(value, self.base)
            ):
                yield value

    def _claim(self, found: dict[str, type[T]], cls: type[T]) -> None:
        name = self._name(cls)
        other = found.setdefault(name, cls)
        if other is not cls:
            raise RegistryError(
                f"a name must belong to one {self._word}, {name!r} is claimed by "
                f"{_place(other)} and {_place(cls)}; rename one"
            )

    def _name(self, cls: type[T]) -> str:
        if isinstance(cls.requires, str):
            raise RegistryError(
                f"`requires` must be a tuple of import names, {_place(cls)} has {cls.requires!r}; "
                f"write ({cls.requires!r},)"
            )
        name = getattr(cls, "name", None)
        if not isinstance(name, str):
            raise RegistryError(
                f"a {self._word} must have a class attribute `name`, {_place(cls)} has none; "
                f'for example name = "mine"'
            )
        return name

    def _by_reference(self, name: str) -> type[T]:
        place, _, class_name = name.rpartition(":")
        try:
            module = load_module(place)
        except (Exception, SystemExit) as error:
            why = (
                str(error) if isinstance(error, ImportError) else f"{type(error).__name__}: {error}"
            )
            raise RegistryError(f"{name!r} cannot be imported: {why}") from error
        cls = getattr(module, class_name, None)
        if not (inspect.isclass(cls) and issubclass(cls, self.base)):
            has = [c.__name__ for c in self._defined_in(module)]
            raise RegistryError(
                f"{name!r} must lead to a {self.base.__name__}; {place} has {has or 'none'}"
            )
        if inspect.isabstract(cls):
            raise RegistryError(f"{name!r} must define {_undefined(cls)}")
        self._name(cls)
        return cls


@cache
def _public(folders: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
    """Return the modules without a leading underscore in folders as they were at some time."""
    names = (info.name for info in pkgutil.iter_modules([folder for folder, _ in folders]))
    return tuple(name for name in names if not name.startswith("_"))


STRATEGIES: Catalog[Strategy] = Catalog("strategies", Strategy)  # type: ignore[type-abstract]
PROBLEMS: Catalog[Problem] = Catalog("problems", Problem)  # type: ignore[type-abstract]


def _catalog(base: type[Strategy] | type[Problem]) -> Catalog[Any]:
    return PROBLEMS if base is Problem else STRATEGIES


def suites() -> dict[str, Any]:
    """Return name -> suite (with `name`, `sentence`, `citation`, `problems`)."""
    module = importlib.import_module("problems.suites")
    return {suite.name: suite for suite in module.SUITES}


def suite(name: str) -> Any:
    """Return the suite of that name.

    Raises:
        RegistryError: there is none; near names are listed.
    """
    found = suites()
    if name not in found:
        raise RegistryError(f"no suite is called {name!r}; {near(name, found)}")
    return found[name]


def unavailable(what: type[Strategy] | type[Problem] | Strategy | Problem) -> str | None:
    """Return why it cannot be used here (a missing package and how to get it), or None.

    Args:
        what: a class; or an instance, which may need more: what the parts of it need.
    """
    if not isinstance(what, type):
        for name in settings.parts(type(what)):
            if reason := unavailable(getattr(what, name)):
                return reason
    # Of `package.module` the package: looking for the module would import the package.
    names = [name.partition(".")[0] for name in what.requires]
    missing = [name for name in names if not installed(name)]
    if not missing:
        try:
            return what.unavailable()
        except Exception as error:  # it must not take the others with it
            return f"`unavailable` raised {type(error).__name__}: {error}"
    install = " ".join(DISTRIBUTIONS.get(name, name) for name in missing)
    return f"needs {', '.join(missing)}; pip install {install}"


def _with(cls: type[T], name: str, value: str) -> type[T]:
    """Return the class with another default for its argument, which its name tells.

    Without the folder of a file: wherever it lies, it is the same problem with the same seeds.
    """
    prefix, setting = name.partition(":")[0], cls.argument
    base = settings.parts(cls).get(setting)
    # Around another part each piece may be a file, as in `noisy:table:folder/file.parquet`.
    pieces: list[str] = value.split(":") if base else [value]
    namespace: dict[str, Any] = {
        "name": ":".join([prefix, *(Path(piece).name for piece in pieces)]),
        "full_name": name,
        "__doc__": cls.__doc__,
    }
    default: tuple[str, Any, Any] = (setting, str, value)
    if base:
        inner: type[Any] = _catalog(base).get(value)
        namespace["requires"] = _requires(cls, inner)
        namespace["unavailable"] = staticmethod(lambda: unavailable(cls) or unavailable(inner))
        make = partial(_catalog(base).create, Entry(value))
        default = (setting, base, dataclasses.field(default_factory=make))
    made = dataclasses.make_dataclass(cls.__name__, [default], bases=(cls,), namespace=namespace)
    # Python 3.12 and later say that it was made here.
    made.__module__ = cls.__module__
    return made


def _requires(*classes: type[Strategy] | type[Problem]) -> tuple[str, ...]:
    return tuple(name for cls in classes for name in cls.requires)


_Part = tuple[type[Strategy] | type[Problem], Entry]


def _inner(cls: type[Strategy] | type[Problem], entry: Entry) -> dict[str, _Part]:
    """Return the kind and the entry of those settings that are parts, as they were named."""
    # Only `_with` puts a colon into a name; the argument as it was typed still has its folder.
    argument = entry.name.partition(":")[2] if ":" in cls.name else ""
    found = {}
    for name, base in settings.parts(cls).items():
        word = base.__name__.lower()
        value = entry.settings.get(name)
        if value is None and argument and name == cls.argument:
            value = argument
        if isinstance(value, str):
            value = {"name": value}
        if value is None:
            continue
        if not (isinstance(value, dict) and isinstance(value.get("name"), str)):
            raise RegistryError(
                f"{entry.name!r} expects its setting {name!r} to be a {word}, its name or "
                f'{{ name = "…", settings = {{ … }} }}, got {value!r}'
            )
        unknown = set(value) - {"name", "settings", "version", "code"}
        if unknown or not isinstance(value.get("settings", {}), dict):
            raise RegistryError(
                f"{entry.name!r}, setting {name!r}: a {word} has name and settings, got {value!r}"
            )
        found[name] = base, Entry(**value)
    return found


def _undefined(cls: Any) -> str:
    return ", ".join(sorted(cls.__abstractmethods__))


def _place(cls: type) -> str:
    return f"{cls.__module__}:{cls.__qualname__}"


def near(name: str, names: Iterable[str]) -> str:
    """Return near names as a question, or all of them."""
    found = difflib.get_close_matches(name, names, n=3, cutoff=0.55)
    return f"did you mean {' or '.join(found)}?" if found else f"there are {', '.join(names)}"


def _loaded(point: importlib.metadata.EntryPoint) -> Iterable[Any]:
    return [point.load()]


@cache
def _entry_points(group: str) -> tuple[importlib.metadata.EntryPoint, ...]:
    # Reading what is installed takes milliseconds, and every run asks for its two classes.
    return tuple(importlib.metadata.entry_points(group=group))
