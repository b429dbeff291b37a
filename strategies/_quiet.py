"""Libraries that say on every suggestion what a user can do nothing about."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def errors_only(library: str) -> Iterator[None]:
    """Let a library log errors alone; its level is global, so it is put back."""
    logger = logging.getLogger(library)
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
