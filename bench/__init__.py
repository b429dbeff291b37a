"""The harness of tunebench; its face is the vocabulary contributors import."""

from __future__ import annotations

# Not from typing: nothing is loaded before the command line can answer Ctrl-C in one line.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from bench.core import *  # noqa: F403
    from bench.tabular import *  # noqa: F403


def __getattr__(name: str) -> Any:
    # At the first use: numpy takes most of what a command needs to start, and the command line
    # wants to be there before it, to say in one line what goes wrong.
    if name.startswith("__") and name != "__all__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    rooms = [importlib.import_module(room) for room in ("bench.core", "bench.tabular")]
    if name == "__all__":
        return [word for room in rooms for word in room.__all__]
    for room in rooms:
        if name in room.__all__:
            return getattr(room, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
