"""The harness of tunebench; its face is the vocabulary contributors import."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.core import *  # noqa: F403


def __getattr__(name: str) -> Any:
    # At the first use: numpy takes most of what a command needs to start, and the command line
    # wants to be there before it, to say in one line what goes wrong.
    if name.startswith("__") and name != "__all__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    core = importlib.import_module("bench.core")
    if name == "__all__":
        return core.__all__
    if name not in core.__all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(core, name)
