"""What two machines must have in common to do runs of one sweep; travels as source."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

# A worker of another version runs this file as it is here, so it imports nothing of the house.

HOUSE = ("bench", "strategies", "problems")
"""The packages whose files are the code."""

CODE = "code of tunebench"


def versions(names: Iterable[str]) -> dict[str, str]:
    """Return what decides values in this process: Python, the code of tunebench, distributions.

    Args:
        names: of the distributions.

    Returns:
        Name -> version, "none" where there is none; of the code 12 hexadecimal digits.
    """
    found = {"Python": "{}.{}".format(*sys.version_info), CODE: _code()}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "none"
    return found


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Return what another machine has in another version, in words.

    >>> differences({"numpy": "2.4.6", "scipy": "1.17"}, {"numpy": "2.3.0", "scipy": "1.17"})
    ['numpy 2.3.0 instead of 2.4.6']

    Args:
        here: as `versions` gave it.
        there: the same, of the other machine.
    """
    return [
        f"{name} {there.get(name, 'none')} instead of {version}"
        for name, version in here.items()
        if there.get(name, "none") != version
    ]


def _code() -> str:
    found = hashlib.sha256()
    for package in HOUSE:
        try:
            spec = importlib.util.find_spec(package)
        except ValueError:  # a module that has none
            spec = None
        for folder in (spec and spec.submodule_search_locations) or ():
            for place, content in _files(Path(folder)):
                found.update(f"{package} {place} {len(content)}\0".encode())
                found.update(content)
            break
        else:
            return "none"
    return found.hexdigest()[:12]


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.*")}
    for place in sorted(paths):
        hidden = any(part.startswith((".", "__pycache__")) for part in place.split("/"))
        if not hidden and paths[place].is_file():
            yield place, paths[place].read_bytes()
