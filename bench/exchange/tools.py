"""The tools whose results can be read, and which of them wrote what is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.exchange import coco_logs, cv_results, ioh_logs
from bench.exchange.imported import ExchangeError, Imported, tidy_table
from bench.sources.source import Source
from bench.sources.tidy import from_frame


@dataclass(frozen=True, slots=True)
class Tool:
    """What reads the results of one tool.

    Args:
        reads: says whether a path or address is of this tool, and touches as little as that takes.
        read: returns what it holds; raises `ExchangeError`.
    """

    reads: Callable[[str], bool]
    read: Callable[[str], Imported]


TOOLS = (
    Tool(cv_results.reads, cv_results.read),
    Tool(coco_logs.reads, coco_logs.read),
    Tool(ioh_logs.reads, ioh_logs.read),
)


def tool_of(what: str) -> Tool | None:
    """Return the tool that wrote what a path or address leads to; None where no known one did."""
    return next((tool for tool in TOOLS if tool.reads(what)), None)


def from_tools(whats: Sequence[str], *, title: str, command: str) -> Source:
    """Return the results of other tools as one source.

    Args:
        whats: paths and addresses, each of a known tool.
        title: of the page.
        command: what makes the report again.

    Raises:
        ExchangeError: one cannot be read.
        TidyError: together they break a rule of tidy tables.
    """
    parts = []
    for what in whats:
        if (tool := tool_of(what)) is None:
            raise ExchangeError(
                f"results of other tools are read together with others of that kind, {what} is "
                "none; report it by itself"
            )
        parts.append(tool.read(what))
    return from_imported(parts, title=title, command=command)


def from_imported(parts: Sequence[Imported], *, title: str, command: str) -> Source:
    """Return what was read of other tools as one source; as `from_tools` has it."""
    trials, rules = tidy_table(parts)
    names = ", ".join(dict.fromkeys(part.tool for part in parts))
    return from_frame(
        trials,
        called=f"trials of {names}",
        title=title,
        command=command,
        notes=[f"read from {names}: {rule}" for rule in rules],
    )
