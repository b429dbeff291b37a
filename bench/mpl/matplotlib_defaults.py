"""matplotlib as it ships, whatever the environment, the user's files or other code have set."""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

BACKEND = "MPLBACKEND"
"""A notebook passes its own on to every program; one that cannot be had here ends the import."""


def load() -> ModuleType:
    """Return matplotlib, imported without what the environment and the user's files set.

    A settings file need not only look other: one that is no text, or asks for a locale that the
    machine lacks, ends the import.
    """
    if "matplotlib" not in sys.modules:
        with _undisturbed():
            import matplotlib

            # Where none can be written matplotlib makes one, and warns at length.
            matplotlib.get_cachedir()
    import matplotlib

    return matplotlib


def settings() -> dict[str, Any]:
    """Return matplotlib's settings as it ships them, without those of a window."""
    defaults = load().rcParamsDefault
    return {name: value for name, value in defaults.items() if not name.startswith("backend")}


def pyplot() -> ModuleType:
    """Return pyplot, which shows figures as the environment says: in a notebook below the cell."""
    named = os.environ.get(BACKEND)
    if named and load().get_backend(auto_select=False) is None:
        # Set aside when matplotlib was loaded, since only pyplot needs one.
        load().rcParams["backend"] = named
    from matplotlib import pyplot

    return pyplot


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let matplotlib be imported with the settings that it carries along, quietly."""
    log = logging.getLogger("matplotlib")
    level, backend = log.level, os.environ.pop(BACKEND, None)
    # Its own settings lie where it looks first: in the working directory. One that was deleted
    # has no name to come back to.
    here = os.open(".", getattr(os, "O_PATH", os.O_RDONLY))
    try:
        log.setLevel(logging.ERROR)
        os.chdir(_folder() / "mpl-data")
        yield
    finally:
        os.fchdir(here)
        os.close(here)
        log.setLevel(level)
        if backend is not None:
            os.environ[BACKEND] = backend


def _folder() -> Path:
    found = importlib.util.find_spec("matplotlib")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent
