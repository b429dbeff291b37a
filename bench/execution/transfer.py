"""Files of a sweep that another machine lacks: found here, put into their place there."""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from bench import files
from bench.code import local_files
from bench.core import Problem, Strategy
from bench.errors import UserError
from bench.execution.objects import Objects
from bench.loading import load_module
from bench.spec import Entry

MODULES = "modules"
"""The folder of what is imported by name."""


@dataclass(frozen=True, slots=True)
class Cargo:
    """What travels.

    Args:
        contents: a hash of a content -> the content.
        places: place in the folder of the other machine -> the hash of what belongs there.
        names: a path as the sweep names it -> its place.
    """

    contents: Mapping[str, bytes] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def cargo_of(entries: Iterable[Entry]) -> Cargo:
    """Return the files that some strategies and problems need and that no installation has.

    Those are a class's own source with what it imports, and the files that a name or a setting
    names by their path. A path without an ending, as `data`, may as well be a word and names none.

    Args:
        entries: resolved, so that their modules are loaded.

    Raises:
        UserError: one cannot be read.
    """
    contents: dict[str, bytes] = {}
    places: dict[str, str] = {}
    names: dict[str, str] = {}

    def take(place: str, path: Path) -> None:
        try:
            content = files.read(path)
        except OSError as error:
            raise UserError(
                f"files of a sweep must be readable to travel, {path} is not "
                f"({error.strerror}); check its permissions"
            ) from None
        mark = hashlib.sha256(content).hexdigest()[:16]
        contents[mark] = content
        places[place] = mark

    for piece in dict.fromkeys(piece for entry in entries for piece in _pieces(entry)):
        path = _file(piece)
        module = _module(piece, path)
        if module is not None:
            for place, file in local_files(module).items():
                take(f"{MODULES}/{place}", file)
        if path is not None:
            # A folder for each: two may have one name, by which a problem is known.
            folder = hashlib.sha256(piece.encode()).hexdigest()[:16]
            names[piece] = f"{folder}/{path.name}"
            take(names[piece], path)
    return Cargo(contents, places, names)


def unpack(places: Mapping[str, str], contents: Mapping[str, bytes], folder: Path) -> None:
    """Put files into their places.

    Args:
        places: as `Cargo` has them.
        contents: the same.
        folder: where to.

    Raises:
        OSError: one cannot be written.
    """
    for place, mark in places.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents[mark])


@dataclass(frozen=True, slots=True)
class Copies(Objects):
    """Makes strategies and problems of files that travelled; entries keep the names they have.

    Args:
        folder: where the files were unpacked.
        names: as `Cargo` has them.
    """

    folder: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.folder)

    def strategy(self, entry: Entry) -> Strategy:
        """Return a fresh strategy, as `Objects` does."""
        return Objects.strategy(self, self._here(entry))

    def problem(self, entry: Entry) -> Problem:
        """Return a problem, as `Objects` does."""
        return Objects.problem(self, self._here(entry))

    def _here(self, entry: Entry) -> Entry:
        _import_from(f"{self.folder}/{MODULES}")
        paths = {name: f"{self.folder}/{place}" for name, place in self.names.items()}
        return replace(
            entry, name=_renamed(entry.name, paths), settings=_renamed(entry.settings, paths)
        )


class _Copied(importlib.abc.MetaPathFinder):
    """Finds modules in a folder before any other place.

    Args:
        folder: theirs.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if path is not None:  # inside a package that was found already
            return None
        return importlib.machinery.PathFinder.find_spec(fullname, [self.folder], target)


def _import_from(folder: str) -> None:
    # Not by sys.path, which is put back after each run.
    known = {finder.folder for finder in sys.meta_path if isinstance(finder, _Copied)}
    if folder not in known and Path(folder).is_dir():
        sys.meta_path.insert(0, _Copied(folder))


def _pieces(entry: Entry) -> Iterator[str]:
    """Yield the parts of all names and texts of an entry."""
    waiting: list[Any] = [entry.name, dict(entry.settings)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield from item.split(":")
        elif isinstance(item, Mapping):
            waiting += item.values()
        elif isinstance(item, list | tuple):
            waiting += item


def _file(piece: str) -> Path | None:
    path = Path(piece).expanduser() if len(piece) < 4096 and "\0" not in piece else None
    try:
        return path if path and path.suffix and path.is_file() else None
    except OSError:  # a text that is too long for a name
        return None


def _module(piece: str, path: Path | None) -> ModuleType | None:
    """Return the module that a part of a name leads to, if it is one."""
    if path is not None and path.suffix == ".py":
        return load_module(piece)
    return sys.modules.get(piece)


def _renamed(data: Any, paths: Mapping[str, str]) -> Any:
    if isinstance(data, str):
        return ":".join(paths.get(piece, piece) for piece in data.split(":"))
    if isinstance(data, Mapping):
        return {key: _renamed(value, paths) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_renamed(value, paths) for value in data]
    return data
