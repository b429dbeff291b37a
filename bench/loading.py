"""Modules that references lead to: files of one's own, and packages."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Mapping
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any


class _FromSource(SourceFileLoader):
    """Compiles a file whenever it is loaded: a compiled copy may be of the same second and size."""

    def path_stats(self, path: str) -> Mapping[str, Any]:
        raise OSError("no copy is used or written")


_EDITIONS: dict[Path, str] = {}
"""File that was loaded -> a hash of the content that this process goes by."""


def load_module(place: str) -> ModuleType:
    """Return the module of a reference, loaded once in a process unless its file was edited.

    Args:
        place: `package.module` or `path/file.py`.

    Raises:
        ImportError: there is none.
        Exception: whatever its code raises.
    """
    if place.endswith(".py"):
        path = Path(place).resolve()
        if path not in _EDITIONS and path.is_file():
            _EDITIONS[path] = _content(path)
        return _load_file(path, edition(path))
    return importlib.import_module(place)


def edition(path: Path) -> str:
    """Return which content of a file this process goes by, nothing where it was not loaded so.

    Args:
        path: resolved.
    """
    return _EDITIONS.get(path, "")


def notice_edits() -> None:
    """Go by the present content of the files that references lead to, from here on.

    A sweep is planned by it, so a process that lives long, as that of a notebook, runs what the
    file says now. While a sweep runs nothing is loaded anew.
    """
    for path in list(_EDITIONS):
        if path.is_file():
            _EDITIONS[path] = _content(path)
        else:
            del _EDITIONS[path]


def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _load_file(path: Path, content: str) -> ModuleType:
    # Two files may have one stem, and so have two editions of one; a class finds its module by
    # name.
    mark = hashlib.sha256(f"{path} {content}".encode()).hexdigest()[:8]
    name = f"_tunebench_{path.stem}_{mark}"
    loader = _FromSource(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None or spec.loader is None or not path.is_file():
        raise ImportError(f"there is no file {path}")
    module = importlib.util.module_from_spec(spec)
    # dataclasses look their module up in sys.modules while the class is being made.
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[spec.name]
        raise ImportError(f"{type(error).__name__}: {error}") from error
    return module
