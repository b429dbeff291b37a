"""What the checks of strategies and of problems share: verdicts, and what both must keep."""

from __future__ import annotations

import pickle
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.core import Problem, Strategy


class CheckFailedError(AssertionError):
    """A contract that is not kept; the message states the rule and what was seen."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check.

    Args:
        check: its name.
        reason: why it failed, None when it passed.
        note: what a check that passed has to say.
    """

    check: str
    reason: str | None
    note: str = ""


def run_checks(cls: Any, checks: Sequence[Callable[[Any], str | None]]) -> Iterator[Verdict]:
    """Yield a verdict a check; one that raises has failed, one that returns a text has a note."""
    for check in checks:
        reason, note = None, ""
        try:
            note = check(cls) or ""
        except CheckFailedError as error:
            reason = str(error)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
        yield Verdict(check.__name__.removeprefix("check_"), reason, note)


def require(condition: bool, message: str) -> None:
    """Raise CheckFailedError with `message` unless `condition` holds."""
    if not condition:
        raise CheckFailedError(message)


def check_is_named(cls: type[Strategy] | type[Problem]) -> None:
    """The name is lower-case words joined by hyphens, the version a whole number from 1."""
    # After the colon, where a class takes an argument, stands whatever the user typed.
    name = cls.name.partition(":")[0] if getattr(cls, "argument", "") else cls.name
    require(
        re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) is not None,
        f"a name must be lower-case words joined by hyphens, got {cls.name!r}",
    )
    version = cls.version
    require(
        type(version) is int and version >= 1,
        f"a version must be a whole number from 1, got {version!r}",
    )


def check_is_documented(cls: type) -> None:
    """The class docstring opens with a sentence."""
    sentence = (cls.__doc__ or "").strip().partition("\n")[0]
    # dataclass writes a signature where there is no docstring.
    require(
        bool(sentence) and not sentence.startswith(f"{cls.__name__}("),
        f"{cls.__name__} must open with a docstring sentence, it has none",
    )


def check_has_defaults(cls: Callable[[], object]) -> None:
    """It can be made without arguments, so its name alone is enough in a sweep."""
    try:
        cls()
    except TypeError as error:
        raise CheckFailedError(
            f"every setting must have a default, making one without arguments says: {error}; "
            "is the class a @dataclass?"
        ) from error


def global_randomness() -> bytes:
    """Return the state of `random` and of `numpy.random`."""
    return pickle.dumps((random.getstate(), np.random.get_state()))  # noqa: NPY002
