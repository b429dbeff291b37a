"""The workers of a cluster that do the runs of a sweep: asked first, then prepared."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.errors import UserError
from bench.execution import site
from bench.execution import versions as source_of_versions
from bench.execution.backend import WorkersError
from bench.execution.connection import Connection
from bench.execution.transfer import Cargo
from bench.execution.versions import differences, versions
from bench.words import in_words, many

_ASK = "(names := {}, exec(source, names), names['versions'](wanted))[-1]"
"""Runs a source on a worker that may lack it, or have another one."""


@dataclass(slots=True)
class _Member:
    """A worker of the cluster.

    Args:
        future: of what it was asked: its versions, then to join; None: nothing.
        joining: whether it was asked to join.
        runs: how many it does at a time; 0 until it has joined.
        refusal: why it does none.
    """

    future: Any
    joining: bool = False
    runs: int = 0
    refusal: str = ""


class Members:
    """Those that joined, those that were refused, and those that were not yet heard.

    Args:
        connection: to their cluster.
        limit: seconds a run may take, or None.
        memory: megabytes that the process of its strategy may hold, or None.
        cargo: the files that they may lack.
        libraries: the distributions that must have the version they have here.
    """

    def __init__(
        self,
        connection: Connection,
        limit: float | None,
        memory: float | None,
        cargo: Cargo,
        libraries: Sequence[str],
    ) -> None:
        self._connection, self._cargo = connection, cargo
        self._limit, self._memory = limit, memory
        self._libraries = list(libraries)
        self._here = versions(libraries)
        self._members: dict[str, _Member] = {}
        self._contents: dict[str, Any] = {}

    @property
    def runs(self) -> int:
        """How many runs they do at a time."""
        return sum(member.runs for member in self._members.values())

    @property
    def joined(self) -> frozenset[str]:
        """The addresses of those that do runs."""
        return frozenset(place for place, member in self._members.items() if member.runs)

    @property
    def refused(self) -> str:
        """How many of the cluster do no run, and why; or ""."""
        found: dict[str, list[str]] = {}
        for place, member in self._members.items():
            if member.refusal:
                found.setdefault(member.refusal, []).append(place)
        return "; ".join(
            f"{places[0]}{f' and {len(places) - 1:,} more' if len(places) > 1 else ''}: {why}"
            for why, places in found.items()
        )

    @property
    def trouble(self) -> str:
        """What to say in the end of those that were refused, or ""."""
        count = sum(bool(member.refusal) for member in self._members.values())
        return f"{many(count, 'worker')} did no run: {self.refused}" if count else ""

    def invite(self, place: str) -> None:
        """Ask a worker for its versions, by which it may join.

        Args:
            place: its address.
        """
        if place in self._members:
            return
        source = inspect.getsource(source_of_versions)
        given = {"source": source, "wanted": self._libraries}
        future = self._connection.submit(eval, _ASK, given, places=[place])
        self._members[place] = _Member(future)

    def go_on(self) -> bool:
        """Take what they answered, and return whether one joined."""
        before = self.joined
        for place, member in self._members.items():
            if member.future is not None and member.future.done():
                self._go_on(place, member)
        return bool(self.joined - before)

    def refuse(self, place: str, why: str) -> None:
        """Let a worker do no more runs.

        Args:
            place: its address.
            why: what keeps it from doing them.
        """
        if (member := self._members.get(place)) is not None:
            member.runs, member.refusal = 0, why

    def lose(self, place: str) -> None:
        """Forget a worker that has left."""
        self._members.pop(place, None)

    def check(self) -> None:
        """Refuse a cluster none of whose workers can do runs; one without workers may get some.

        Raises:
            WorkersError: it is one.
        """
        if self._members and all(member.refusal for member in self._members.values()):
            raise WorkersError(
                "a cluster must have workers with the versions of this machine that can start "
                f"processes, {self._connection.where} has none ({self.refused}); install the same "
                "versions there, or use another cluster"
            )

    def dismiss(self) -> None:
        """Have all end what they do for the sweep."""
        if joined := self.joined:
            self._connection.call(site.leave, self._connection.token, places=joined)

    def _go_on(self, place: str, member: _Member) -> None:
        future = member.future
        if future.status == "error":
            error = future.exception()
            member.refusal = str(error) if isinstance(error, UserError) else in_words(error)
            member.future = None
            return
        if (answer := self._connection.answer(future)) is None:
            return
        member.future = None
        if member.joining:
            member.runs = answer
        elif other := differences(self._here, answer):
            member.refusal = ", ".join(other)
        else:
            member.joining = True
            member.future = self._connection.submit(
                site.join, self._connection.token, self._limit, self._memory, self._cargo.places,
                self._cargo.names, self._travelling(), places=[place],
            )  # fmt: skip

    def _travelling(self) -> dict[str, Any]:
        """Return the contents of files as tasks, by which each reaches the cluster once."""
        if not self._contents:
            self._contents = {
                mark: self._connection.submit(bytes, content, key=f"tunebench-file-{mark}")
                for mark, content in self._cargo.contents.items()
            }
        return self._contents
