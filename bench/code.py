"""The code of a class that nobody released: a fingerprint of its source, by which an edit shows."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from bench.loading import edition

OURS = frozenset({"bench", "problems", "strategies"})
"""Packages of this distribution, whose classes say by their version that their meaning changed."""

_INSTALLED = frozenset({"site-packages", "dist-packages"})


@dataclass(frozen=True, slots=True)
class _File:
    """A module that nobody installed.

    Args:
        path: of its file.
        package: what its relative imports start from.
    """

    path: Path
    package: str


def fingerprint(cls: type, named: ModuleType | None = None) -> str:
    """Return 16 hexadecimal digits of the code of a class that is no part of what is installed.

    It covers the syntax of the modules that define the class and what it derives from, and of those
    they import, directly or not, as far as they are no part of what is installed. What is imported
    is read from the import statements, whether they have been executed or not, so the same files
    have the same fingerprint in every process. Comments, docstrings and formatting do not count;
    neither does what is imported by other means, nor a data file.

    Args:
        cls: a strategy or a problem.
        named: the module by which somebody named the class, where it may be another than the one
            that the class says it is of.

    Returns:
        Nothing for a class of this package or of an installed distribution, whose version tells;
        one installed to be edited (`pip install -e`) counts as not installed.

    Raises:
        ValueError: a module is not valid Python any more.
    """
    modules = {sys.modules.get(base.__module__) for base in cls.__mro__} | {named}
    start = {file for module in modules if module is not None for file in _files_of(module)}
    # In an order that does not depend on where the files lie.
    parts = sorted(_of_file(f.path, edition(f.path)) for f in _closure(start))
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16] if parts else ""


def of_functions(cls: type, *values: object) -> str:
    """Return 16 hexadecimal digits of the compiled functions of an object, or nothing.

    It serves where there may be no file to read, as for what a cell of a notebook defines. Another
    version of Python compiles to something else, and what a function finds elsewhere does not
    count, so that two objects with the same digits may still differ.

    Args:
        cls: of the object; its methods count as far as they are no part of what is installed.
        values: that the object holds; the functions among them count.

    >>> of_functions(object, lambda x: x + 1) == of_functions(object, lambda x: x + 1)
    True
    >>> of_functions(object, lambda x: x + 1) == of_functions(object, lambda x: x + 2)
    False
    """
    local = [base for base in cls.__mro__ if _is_unreleased(base)]
    held = [value for base in local for value in vars(base).values()]
    functions = [v for v in (*held, *values) if isinstance(v, FunctionType)]
    parts = [repr(part) for function in functions for part in _compiled(function.__code__)]
    # Settings of a function, as far as they are plain; the text of another value has an address.
    given = [f.__defaults__ or () for f in functions]
    parts += [repr(v) for each in given for v in each if isinstance(v, bool | int | float | str)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16] if functions else ""


def _is_unreleased(cls: type) -> bool:
    module = sys.modules.get(cls.__module__)
    place = getattr(module, "__file__", None)
    if module is None or place is None:
        # A notebook has no file, the built-in classes have none either.
        return cls.__module__ != "builtins" and cls.__module__ not in sys.stdlib_module_names - {
            "__main__"
        }
    return _is_local(module.__name__, Path(place))


def _compiled(code: CodeType) -> Iterator[object]:
    yield code.co_code
    yield code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _compiled(constant)
        else:
            # The order of a set is another one in every process.
            is_set = isinstance(constant, frozenset)
            yield sorted(map(repr, constant)) if is_set else constant


def local_files(module: ModuleType) -> dict[str, Path]:
    """Return the files that a module imports, directly or not, and that nobody installed.

    Args:
        module: its own file is among them unless it was loaded by its path.

    Returns:
        Place below a folder of `sys.path` -> the file.

    Raises:
        ValueError: one is not valid Python.
    """
    start = set(_files_of(module))
    found = {other for file in _closure(start) for other in _imported(file)}
    found |= {file for file in start if not edition(file.path)}
    return {"/".join((*filter(None, f.package.split(".")), f.path.name)): f.path for f in found}


def distribution(cls: type) -> str:
    """Return name and version of the installed distribution of somebody else's class, or nothing.

    Args:
        cls: a strategy or a problem.
    """
    package = cls.__module__.partition(".")[0]
    module = sys.modules.get(cls.__module__)
    if package in OURS or module is None or any(_files_of(module)):
        return ""
    names = _distributions().get(package, ())
    return f"{names[0]} {importlib.metadata.version(names[0])}" if names else ""


@cache
def _distributions() -> Mapping[str, Sequence[str]]:
    # Reading what is installed takes half a second.
    return importlib.metadata.packages_distributions()


def _files_of(module: ModuleType) -> Iterator[_File]:
    """Yield a module, and the packages it is in, as far as they are local."""
    place = getattr(module, "__file__", None)
    if place is None or not _is_local(module.__name__, Path(place)):
        return
    yield _File(Path(place), module.__package__ or "")
    name = module.__name__
    while "." in name:
        name = name.rpartition(".")[0]
        parent = sys.modules.get(name)
        if parent is not None and getattr(parent, "__file__", None):
            yield _File(Path(str(parent.__file__)), name)


def _closure(start: Iterable[_File]) -> set[_File]:
    """Return some modules and all they import that is local."""
    found = set(start)
    waiting = list(found)
    while waiting:
        for other in _imported(waiting.pop()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _imported(file: _File) -> Iterator[_File]:
    for node in ast.walk(_tree(file.path, edition(file.path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _found(alias.name)
        elif isinstance(node, ast.ImportFrom):
            package = "." * node.level + (node.module or "")
            if node.level:
                try:
                    package = importlib.util.resolve_name(package, file.package)
                except ImportError:
                    continue
            for alias in node.names:
                yield from _found(f"{package}.{alias.name}")


def _found(name: str) -> Iterator[_File]:
    """Yield the local files that importing a name runs, its packages' first; nothing is imported.

    Args:
        name: dotted; what is no module at its end is taken for something inside one.
    """
    top, *rest = name.split(".")
    if not top or top in OURS or top in sys.stdlib_module_names:
        return
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return
    if spec is None:
        return
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    if spec.origin and spec.has_location:
        if not _is_local(top, Path(spec.origin)):
            return
        yield _File(Path(spec.origin), top if folders else "")
    package = top
    for part in rest:
        packages = [folder / part / "__init__.py" for folder in folders]
        modules = [folder / f"{part}.py" for folder in folders]
        inner = f"{package}.{part}"
        if path := next((path for path in packages if path.is_file()), None):
            yield from [_File(path, inner)] if _is_local(top, path) else []
            folders = [path.parent]
        elif path := next((path for path in modules if path.is_file()), None):
            yield from [_File(path, package)] if _is_local(top, path) else []
            return
        else:
            folders = [folder / part for folder in folders if (folder / part).is_dir()]
        package = inner


@cache
def _is_local(name: str, path: Path) -> bool:
    """Whether nobody installed a module that lies there; a link counts as where it lies."""
    top = name.partition(".")[0]
    if top in OURS or top in sys.stdlib_module_names:
        return False
    standard = Path(sysconfig.get_path("stdlib"))
    places = (path.absolute(), path.resolve())
    return not any(
        _INSTALLED & set(place.parts)
        or place.is_relative_to(standard)
        or place.is_relative_to(standard.resolve())
        for place in places
    )


# As a file is when it is first asked for, which is when its class is: what is edited later was not
# run by this process.
@cache
def _of_file(path: Path, edition: str) -> str:
    """Return a hash of a module's syntax; of one that is compiled, of its file."""
    if path.suffix != ".py":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    found = hashlib.sha256()
    for part in _parts(_tree(path, edition)):
        found.update(part.encode(errors="surrogatepass"))
        found.update(b"\0")
    return found.hexdigest()


@cache
def _tree(path: Path, edition: str) -> ast.Module:
    if path.suffix != ".py":
        return ast.Module([], [])
    try:
        return ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError, OSError) as error:
        raise ValueError(f"{path} must be Python that can be read, it is not: {error}") from None


def _parts(tree: ast.AST) -> Iterator[str]:
    """Yield what makes a syntax tree, the same in every version of Python that has it.

    Fields that are empty are left out, since newer versions have more of them, and so are empty
    texts inside an f-string, which 3.12 has.
    """
    waiting: list[object] = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, ast.AST):
            inside: list[object] = [type(item).__name__]
            for name, value in ast.iter_fields(item):
                values = value if isinstance(value, list) else [value]
                if name == "body" and _has_docstring(item):
                    values = values[1:]
                if isinstance(item, ast.JoinedStr):
                    values = [v for v in values if not _is_empty_text(v)]
                if name in ("kind", "type_comment") or value is None or not values:
                    continue
                inside.append(name)
                inside += [v if isinstance(v, ast.AST) else _text(v) for v in values]
            waiting += reversed([*inside, "end"])


def _is_empty_text(node: object) -> bool:
    return isinstance(node, ast.Constant) and node.value == ""


def _text(value: object) -> str:
    # Decimal digits of an integer have a limit.
    shown = hex(value) if type(value) is int else repr(value)
    return f"{type(value).__name__} {shown}"


def _has_docstring(node: ast.AST) -> bool:
    kinds = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
    return isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None
