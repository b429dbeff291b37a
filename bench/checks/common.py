"""What the checks of strategies and of problems share: verdicts, and what both must keep."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.core import Problem, Strategy


class CheckFailedError(AssertionError):
    """A contract that is not kept; the message states the rule and what was seen."""


class StuckError(CheckFailedError):
    """What was called does not return, so nothing else can be checked."""


class NotApplicable(Exception):  # noqa: N818 - it is no error
    """A check has nothing to check; the message says why."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check.

    Args:
        check: its name.
        reason: why it failed, None when it passed.
        note: what a check that passed has to say, or why it does not apply.
        applies: whether there was anything to check.
    """

    check: str
    reason: str | None
    note: str = ""
    applies: bool = True


def run_checks(cls: Any, checks: Sequence[Callable[[Any], str | None]]) -> Iterator[Verdict]:
    """Yield a verdict a check; one that raises has failed, one that returns a text has a note.

    What cannot be made without arguments, or does not return, fails one check; those after it do
    not apply.
    """
    hindered = ""
    for check in checks:
        name = check.__name__.removeprefix("check_")
        if hindered:
            yield Verdict(name, None, hindered, applies=False)
            continue
        reason, note, applies = None, "", True
        try:
            note = check(cls) or ""
        except NotApplicable as because:
            note, applies = str(because), False
        except CheckFailedError as error:
            reason = str(error)
            if isinstance(error, StuckError):
                hindered = "it does not return"
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
        if reason is not None and name == "has_defaults":
            hindered = "it cannot be made without arguments"
        yield Verdict(name, reason, note, applies)


def require(condition: bool, message: str) -> None:
    """Raise CheckFailedError with `message` unless `condition` holds."""
    if not condition:
        raise CheckFailedError(message)


def check_is_named(cls: type[Strategy] | type[Problem]) -> None:
    """The name is lower-case words joined by hyphens, the version an integer from 1."""
    # After the colon, where a class takes an argument, stands whatever the user typed.
    name = cls.name.partition(":")[0] if cls.argument else cls.name
    require(
        re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) is not None,
        f"a name must be lower-case words joined by hyphens, got {cls.name!r}",
    )
    version = cls.version
    require(
        type(version) is int and version >= 1,
        f"a version must be an integer from 1, got {version!r}",
    )


def check_is_documented(cls: type) -> None:
    """The class docstring opens with a sentence."""
    sentence = (cls.__doc__ or "").strip().partition("\n")[0]
    # dataclass writes a signature where there is no docstring.
    require(
        bool(sentence) and not sentence.startswith(f"{cls.__name__}("),
        f"{cls.__name__} must open with a docstring sentence, it has none",
    )


def global_randomness() -> bytes:
    """Return the state of `random` and of `numpy.random`."""
    return pickle.dumps((random.getstate(), np.random.get_state()))  # noqa: NPY002


def process_state() -> dict[str, object]:
    """Return what belongs to the whole process and is cheap to compare."""
    return {
        "the working directory": os.getcwd(),
        "numpy's error handling": np.geterr(),
        "the recursion limit": sys.getrecursionlimit(),
        "global random state": global_randomness(),
    }


@contextlib.contextmanager
def leaving_the_process_alone() -> Iterator[None]:
    """Require that the process is as before afterwards, and that nothing was printed."""
    before, said = process_state(), io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            yield
        after = process_state()
    finally:
        os.chdir(str(before["the working directory"]))
        np.seterr(**before["numpy's error handling"])  # type: ignore[arg-type]
        sys.setrecursionlimit(before["the recursion limit"])  # type: ignore[arg-type]
    for what, value in before.items():
        hint = "; use a generator made of `seed`" if "random" in what else ""
        require(after[what] == value, f"{what} must stay as it is, it changed{hint}")
    require(
        not said.getvalue(),
        "nothing may be printed, since stdout belongs to the command; "
        f"got {said.getvalue()[:80]!r}",
    )
