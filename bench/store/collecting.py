"""Reading without Python's search for cycles among what is read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Make many objects that stay; Python does not look for cycles among them meanwhile.

    A sweep of 600,000 trials has two million lists: to look through them again and again took half
    of the time to read them. As it was afterwards: another thread, or the caller, may need it off.

    Examples:
        >>> import gc
        >>> with without_collecting():
        ...     gc.isenabled()
        False
        >>> gc.isenabled()
        True
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
