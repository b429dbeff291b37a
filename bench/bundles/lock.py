"""The installed distributions that a result depends on, as a requirements file."""

from __future__ import annotations

import importlib.metadata
import platform
import re
from collections.abc import Iterable, Iterator

NO_PART = ("build", "docs", "exchange", "mlflow", "test", "wandb")
"""Extras of the package that no result depends on."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)""")


def lock(others: Iterable[str] = ()) -> str:
    """Return the version of every installed distribution that the package needs, directly or not.

    Args:
        others: names of more distributions that are needed.

    Returns:
        A line `name==version` each, sorted by name, below comments that name Python and tunebench.
    """
    found: dict[str, str] = {}
    waiting = ["tunebench", *others]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found[name] = distribution.version
        waiting += _needed(distribution.requires or (), all_extras=name == "tunebench")
    own = found.pop("tunebench", "unknown")
    lines = [f"# Python {platform.python_version()}, tunebench {own}"]
    return "\n".join([*lines, *(f"{name}=={found[name]}" for name in sorted(found))]) + "\n"


def _needed(requires: Iterable[str], *, all_extras: bool) -> Iterator[str]:
    """Yield the names in some requirements; what a platform does without is not installed there."""
    for line in requires:
        extra = _EXTRA.search(line)
        wanted = extra is None or (all_extras and extra[1] not in NO_PART)
        if wanted and (name := _NAME.match(line)):
            yield name[0]
