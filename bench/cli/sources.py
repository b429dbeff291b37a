"""What a command is given: results, as folder or bundle, or files of other tools."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.exchange.tools import Tool
    from bench.sources.source import Source


@dataclass(frozen=True, slots=True)
class Given:
    """Paths and addresses that a command was given.

    Args:
        names: one or more.
        tools: which wrote each, None where no known one did.
    """

    names: tuple[str, ...]
    tools: tuple[Tool | None, ...]


def look_at(names: Sequence[str]) -> Given:
    """Look once at what a command is given, which takes longest of a large folder."""
    from bench.exchange.tools import tool_of

    return Given(tuple(names), tuple(map(tool_of, names)))


def source_of(what: Given, *, out: Path | None = None, options: Sequence[str] = ()) -> Source:
    """Return the source that some paths or addresses lead to.

    Args:
        what: one table; files of other tools, or results, of which several make one source.
        out: the folder of the report that somebody asked for.
        options: of `tunebench report` that decide what is in it.

    Raises:
        UserError: one cannot be read, or they do not go together.
    """
    from bench.addresses import without_password
    from bench.bundles.bundle import is_bundle, opened_results, report_command
    from bench.exchange.naming import title_of
    from bench.exchange.tools import from_tools
    from bench.sources.merge import from_folders
    from bench.sources.source import from_folder, opened
    from bench.sources.tidy import from_tidy

    names = what.names
    chosen = [] if out is None else ["--out", str(out)]
    command = shlex.join(["tunebench", "report", *map(without_password, names), *chosen, *options])
    if what.tools[0] is not None:
        return from_tools(names, what.tools, title=title_of(names[0]), command=command)
    paths = [Path(name) for name in names]
    if _is_table(what):
        return from_tidy(paths[0], command=command)
    with ExitStack() as stack:
        folders = [stack.enter_context(opened_results(path)) for path in paths]
        if len(paths) > 1:
            return from_folders(folders, command=command)
        if is_bundle(paths[0]):
            # The page is that in the bundle to the byte, so it names no place of this machine.
            command = report_command(opened(folders[0])[1].name, options)
        return from_folder(folders[0], command=command)


def report_folder(what: Given, out: Path | None, *, name: str) -> Path:
    """Return the folder of the report on some paths or addresses; none of them is read whole.

    Args:
        what: as `source_of` takes it.
        out: the folder that somebody asked for.
        name: of the folder otherwise, in a results folder, or after the name of a file.

    Raises:
        ReportError: they do not go together, or have no folder of their own.
    """
    from bench.bundles.bundle import is_bundle
    from bench.exchange.naming import title_of
    from bench.sources.source import ReportError

    names, is_table = what.names, _is_table(what)
    if out is not None:
        return out
    if len(names) > 1:
        raise ReportError(
            "a report on several paths needs its own folder, got none; "
            "for example --out results/both-report"
        )
    beside = f"{title_of(names[0])}-{name}"
    if re.match("[a-z0-9+]{2,}:", names[0], re.IGNORECASE):  # an address, and no drive
        return Path(beside)
    path = Path(names[0])
    is_file = is_table or is_bundle(path) or what.tools[0] is not None
    return path.with_name(beside) if is_file else path / name


def _is_table(what: Given) -> bool:
    """Return whether the name is that of one table of trials.

    Raises:
        ReportError: one of several is.
    """
    from bench.bundles.bundle import is_bundle
    from bench.sources.source import ReportError
    from bench.sources.tidy_file import is_table

    of_none = [name for name, tool in zip(what.names, what.tools, strict=True) if tool is None]
    tables = [name for name in of_none if is_table(Path(name)) and not is_bundle(Path(name))]
    if tables and len(what.names) > 1:
        raise ReportError(
            f"a report takes one table or results folders, got {tables[0]} among {len(what.names)} "
            "paths; put the rows of all into one table, or report them one by one"
        )
    return bool(tables)
