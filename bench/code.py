"""The code of a class that nobody released: a fingerprint of its source, by which an edit shows."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

OURS = frozenset({"bench", "problems", "strategies"})
"""Packages of this distribution, whose classes say by their version that their meaning changed."""

_INSTALLED = frozenset({"site-packages", "dist-packages"})


def fingerprint(cls: type) -> str:
    """Return 16 hexadecimal digits of the code of a class that is no part of what is installed.

    It covers the syntax of the class's module and of those modules it imports, directly or not,
    that are no part of what is installed either. Comments, docstrings and formatting do not count;
    neither does what is imported by other means than an import statement, nor a data file.

    Args:
        cls: a strategy or a problem.

    Returns:
        Nothing for a class of this package or of an installed distribution, whose version tells;
        one installed to be edited (`pip install -e`) counts as not installed.
    """
    module = sys.modules.get(cls.__module__)
    if module is None or not _is_local(module):
        return ""
    # In an order that does not depend on names: that of a file's module holds its place.
    parts = sorted(map(_of_module, _closure(module)))
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def distribution(cls: type) -> str:
    """Return name and version of the installed distribution of somebody else's class, or nothing.

    Args:
        cls: a strategy or a problem.
    """
    package = cls.__module__.partition(".")[0]
    module = sys.modules.get(cls.__module__)
    if package in OURS or module is None or _is_local(module):
        return ""
    names = importlib.metadata.packages_distributions().get(package, [])
    return f"{names[0]} {importlib.metadata.version(names[0])}" if names else ""


def _closure(module: ModuleType) -> set[ModuleType]:
    """Return a module and all it imports that is local."""
    found, waiting = {module}, [module]
    while waiting:
        for other in _imported(waiting.pop()):
            if other not in found and _is_local(other):
                found.add(other)
                waiting.append(other)
    return found


def _imported(module: ModuleType) -> Iterator[ModuleType]:
    for node in ast.walk(_tree(module)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = "." * node.level + (node.module or "")
            if node.level:
                try:
                    package = importlib.util.resolve_name(package, module.__package__ or "")
                except ImportError:
                    continue
            names = [package, *(f"{package}.{alias.name}" for alias in node.names)]
        # Importing `a.b` runs `a` too.
        for name in names:
            parts = name.split(".")
            for count in range(1, len(parts) + 1):
                other = sys.modules.get(".".join(parts[:count]))
                if isinstance(other, ModuleType):
                    yield other


@cache
def _is_local(module: ModuleType) -> bool:
    """Whether a module lies in a file that nobody installed."""
    place = getattr(module, "__file__", None)
    name = module.__name__.partition(".")[0]
    if place is None or name in OURS or name in sys.stdlib_module_names:
        return False
    path = Path(place).resolve()
    return not _INSTALLED & set(path.parts) and not path.is_relative_to(
        Path(sysconfig.get_path("stdlib")).resolve()
    )


@cache
def _of_module(module: ModuleType) -> str:
    """Return a hash of a module's syntax; of one that is compiled, of its file."""
    source = _source(module)
    if source is None:
        return hashlib.sha256(Path(str(module.__file__)).read_bytes()).hexdigest()
    found = hashlib.sha256()
    for part in _parts(_tree(module)):
        found.update(part.encode(errors="surrogatepass"))
        found.update(b"\0")
    return found.hexdigest()


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(_source(module) or "")


# As it is when it is first asked for, which is when the class is: what is edited later was not run.
@cache
def _source(module: ModuleType) -> str | None:
    get_source = getattr(module.__loader__, "get_source", None)
    try:
        found = get_source(module.__name__) if get_source else None
    except (ImportError, OSError):
        return None
    return found if isinstance(found, str) else None


def _parts(node: ast.AST) -> Iterator[str]:
    """Yield what makes the syntax of a node, the same in every version of Python that has it.

    Fields that are empty are left out: newer versions have more of them.
    """
    yield type(node).__name__
    for name, value in ast.iter_fields(node):
        values = value if isinstance(value, list) else [value]
        if name == "body" and _has_docstring(node):
            values = values[1:]
        if name in ("kind", "type_comment") or value is None or not values:
            continue
        yield name
        for item in values:
            if isinstance(item, ast.AST):
                yield from _parts(item)
            else:
                yield f"{type(item).__name__} {item!r}"
    yield "end"


def _has_docstring(node: ast.AST) -> bool:
    kinds = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
    return isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None
