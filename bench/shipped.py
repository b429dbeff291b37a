"""Which recorded problems may be made: those for which nothing that somebody sent is executed."""

from __future__ import annotations

from bench import settings
from bench.core import Problem
from bench.registry import MAX_NESTING, PROBLEMS


def is_shipped(name: object, given: object = None, *, depth: int = 0) -> bool:
    """Return whether a problem, and all problems inside it, come with the package.

    Everything else that a name leads to is code, of whoever sent the folder that it stands in.

    Args:
        name: as it was recorded; of anything but a string the answer is no.
        given: all its settings, None for none; of anything but a mapping the answer is no.
        depth: of problems around it.
    """
    given = {} if given is None else given
    if not isinstance(name, str) or not isinstance(given, dict) or depth > MAX_NESTING:
        return False
    head, colon, argument = name.partition(":")
    cls = PROBLEMS.own().get(head)
    # Of a class without an argument the name would be that of a module.
    if cls is None or (colon and not cls.argument):
        return False
    for part, base in settings.parts(cls).items():
        inside = [given[part]] if part in given else []
        # The argument is imported even where a setting takes its place.
        inside += [argument] if colon and part == cls.argument else []
        if base is not Problem or not inside:
            return False
        if not all(_is_shipped_part(inner, depth + 1) for inner in inside):
            return False
    return True


def _is_shipped_part(inner: object, depth: int) -> bool:
    if isinstance(inner, str):
        return is_shipped(inner, depth=depth)
    if not isinstance(inner, dict):
        return False
    return is_shipped(inner.get("name"), inner.get("settings"), depth=depth)
