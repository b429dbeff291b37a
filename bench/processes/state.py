"""The state of a process that all its runs share: read, compared, put back."""

from __future__ import annotations

# `signal` wraps each answer in an enumeration, which takes a millisecond for all of them.
import _signal  # type: ignore[import-not-found]
import gc
import locale
import os
import random
import resource
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

SECONDS_TO_END = 0.05
"""Seconds that threads and programs of a run have to end by themselves after it."""

SECONDS_BETWEEN_LOOKS = 0.005
"""Seconds between two looks at them."""

LIBRARY_VARIABLES = b"KMP_"
"""Begins the environment variables that scikit-learn sets when it is imported, and needs."""


_LIMITS = {getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")}
_SIGNALS = [int(number) for number in signal.valid_signals()]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One part of the state.

    Args:
        name: what a run changed, in words.
        read: returns it.
        write: puts back what `read` returned; None where nothing can.
    """

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object] | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run changed.

    Args:
        restored: the names of what was put back.
        lasting: the names of what could not be.
    """

    restored: tuple[str, ...] = ()
    lasting: tuple[str, ...] = ()


class State:
    """The state as it is now."""

    def __init__(self) -> None:
        self._values = [_read(aspect) for aspect in ASPECTS]
        self._threads = set(threading.enumerate())
        self._places = _places()
        self._files = _open_files()
        self._children = _children()

    def restore(self) -> Changes:
        """Put back what differs, and return what did."""
        restored: list[str] = []
        lasting: list[str] = []
        for aspect, before in zip(ASPECTS, self._values, strict=True):
            if _read(aspect) == before:
                continue
            if aspect.write is not None:
                try:
                    aspect.write(before)
                except Exception:  # whatever keeps it from being put back
                    lasting.append(aspect.name)
                    continue
            (restored if _read(aspect) == before else lasting).append(aspect.name)
        if _places() != self._places:
            # Each run draws as in a process of its own, whatever those before it drew or seeded.
            draw_anew()
            self._places = _places()
        left = 0.0
        while (going := self._left_running()) and left < SECONDS_TO_END:
            sleep(SECONDS_BETWEEN_LOOKS)
            left += SECONDS_BETWEEN_LOOKS
        if _open_files() - self._files > resource.getrlimit(resource.RLIMIT_NOFILE)[0] / 2:
            lasting.append("open files")  # the next run might find no room for its own
        return Changes(tuple(restored), (*lasting, *going))

    def _left_running(self) -> list[str]:
        threads = set(threading.enumerate()) - self._threads
        # Those that were there before, such as the tracker of a library, were left by no task.
        known, there = self._children | _kept, _children()
        # Where the system lists none there are those that serve, and perhaps others.
        more = _has_children() and not (known and there <= known)
        return ["threads"] * bool(threads) + ["processes"] * more


def draw_anew() -> None:
    """Let the global random generators draw what nobody has drawn, as in a new process."""
    random.setstate(random.Random().getstate())
    if "numpy" in sys.modules:
        generators = sys.modules["numpy"].random
        generators.set_state(generators.RandomState().get_state())


def _read(aspect: Aspect) -> Any:
    try:
        return aspect.read()
    except Exception:  # such as a working directory that is gone
        return None


def _places() -> Any:
    """Return where the two global random generators are: another seed or draw, another place."""
    keys, place = sys.modules["numpy"].random.get_state()[1:3]
    _, state, _ = random.getstate()
    # The first number of a fresh state is the same for every seed.
    return int(keys[1]), place, state[1], state[-1]


def _open_files() -> int:
    """Return how many files are open; 0 where the system does not show it."""
    for place in ("/proc/self/fd", "/dev/fd"):
        try:
            return len(os.listdir(place))
        except FileNotFoundError:
            continue
        except OSError:  # no file left to look with
            return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 0


_kept: set[bytes] = set()
"""Ids of the children that serve all tasks of this process, which no task left behind."""


def keep(pid: int) -> None:
    """Let a child process live on after a task that started it."""
    _kept.add(str(pid).encode())


def _has_children() -> bool:
    """Tell whether child processes live; those that have ended are collected."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True


def _children() -> set[bytes]:
    """Return the ids of the child processes; none where the system does not list them."""
    found: set[bytes] = set()
    for place in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            found.update(place.read_bytes().split())
    return found


def _variables() -> dict[bytes, bytes]:
    return {
        name: value for name, value in os.environb.items() if not name.startswith(LIBRARY_VARIABLES)
    }


def _set_variables(before: dict[bytes, bytes]) -> None:
    for name in _variables().keys() - before.keys():
        del os.environb[name]
    os.environb.update(before)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _numpy_errors() -> Any:
    numpy = sys.modules["numpy"]
    return numpy.geterr(), numpy.geterrcall()


def _set_numpy_errors(before: Any) -> None:
    numpy = sys.modules["numpy"]
    numpy.seterr(**before[0])
    numpy.seterrcall(before[1])


def _handlers() -> dict[int, Any]:
    return {number: _signal.getsignal(number) for number in _SIGNALS}


def _set_handlers(before: dict[int, Any]) -> None:
    for number, handler in before.items():
        if handler is not None and _signal.getsignal(number) != handler:
            signal.signal(number, handler)


def _timers() -> bool:
    timers = signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF
    return any(any(signal.getitimer(timer)) for timer in timers)


def _stop_timers(_: bool) -> None:
    for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        signal.setitimer(timer, 0)


def _limits() -> dict[int, tuple[int, int]]:
    return {number: resource.getrlimit(number) for number in _LIMITS}


def _set_limits(before: dict[int, tuple[int, int]]) -> None:
    for number, limits in before.items():
        if resource.getrlimit(number) != limits:
            resource.setrlimit(number, limits)


def _errors_of_warnings() -> list[Any]:
    return [entry for entry in warnings.filters if entry[0] == "error"]


def _set_errors_of_warnings(before: list[Any]) -> None:
    kept = [entry for entry in warnings.filters if entry[0] != "error"]
    warnings.resetwarnings()  # tells the interpreter that they change
    warnings.filters[:] = [*before, *kept]  # type: ignore[index]


def _streams() -> list[Any]:
    found: list[Any] = [sys.stdin, sys.stdout, sys.stderr]
    return [*found, sys.displayhook, sys.excepthook]


def _set_streams(before: list[Any]) -> None:
    sys.stdin, sys.stdout, sys.stderr, sys.displayhook, sys.excepthook = before


def _descriptors() -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = []
    for number in range(3):
        try:
            stat = os.fstat(number)
        except OSError:
            found.append(None)
        else:
            found.append((stat.st_dev, stat.st_ino))
    return found


def _set_path(before: list[str]) -> None:
    sys.path[:] = before


def _set_niceness(before: int) -> None:
    os.setpriority(os.PRIO_PROCESS, 0, before)


def _user() -> Any:
    return os.getresuid(), os.getresgid()


def _processors() -> Any:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None


def _set_gc(before: tuple[bool, Any]) -> None:
    (gc.enable if before[0] else gc.disable)()
    gc.set_threshold(*before[1])


ASPECTS = (
    Aspect("the working directory", os.getcwd, os.chdir),
    Aspect("environment variables", _variables, _set_variables),
    Aspect("resource limits", _limits, _set_limits),
    Aspect("the umask", _umask, os.umask),
    Aspect("the priority", lambda: os.getpriority(os.PRIO_PROCESS, 0), _set_niceness),
    Aspect("the processors it may use", _processors, lambda cores: os.sched_setaffinity(0, cores)),
    Aspect("the user", _user),
    Aspect("signal handlers", _handlers, _set_handlers),
    Aspect("timers", _timers, _stop_timers),
    Aspect(
        "blocked signals",
        lambda: signal.pthread_sigmask(signal.SIG_BLOCK, ()),
        lambda mask: signal.pthread_sigmask(signal.SIG_SETMASK, mask),
    ),
    Aspect("standard input or output", _descriptors),
    Aspect("sys.stdin, sys.stdout or hooks", _streams, _set_streams),
    Aspect(
        "sys.path", lambda: list(sys.path), lambda path: sys.path.__setitem__(slice(None), path)
    ),
    Aspect("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
    Aspect("the switch interval", sys.getswitchinterval, sys.setswitchinterval),
    Aspect("the digits of an integer", sys.get_int_max_str_digits, sys.set_int_max_str_digits),
    Aspect("the trace function", sys.gettrace, sys.settrace),
    Aspect("the profile function", sys.getprofile, sys.setprofile),
    Aspect("garbage collection", lambda: (gc.isenabled(), gc.get_threshold()), _set_gc),
    Aspect("warnings that are errors", _errors_of_warnings, _set_errors_of_warnings),
    Aspect(
        "the locale",
        lambda: locale.setlocale(locale.LC_ALL),
        lambda name: locale.setlocale(locale.LC_ALL, name),
    ),
    Aspect("the timeout of sockets", socket.getdefaulttimeout, socket.setdefaulttimeout),
    Aspect("numpy's handling of errors", _numpy_errors, _set_numpy_errors),
)
