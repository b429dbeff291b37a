"""What the paths of a command hold: results folders, bundles, or a table of another tool."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.sources.source import Source


def source_of(
    paths: Sequence[Path], *, out: Path | None = None, options: Sequence[str] = ()
) -> Source:
    """Return the source of some paths.

    Args:
        paths: one table, or results, of which several make one source.
        out: the folder of the report that somebody asked for.
        options: of `tunebench report` that decide what is in it.

    Raises:
        UserError: one cannot be read, or they do not go together.
    """
    from bench.bundles.bundle import is_bundle, opened_results, report_command
    from bench.sources.merge import from_folders
    from bench.sources.source import from_folder, opened
    from bench.sources.tidy import from_tidy

    names = [*map(str, paths), *([] if out is None else ["--out", str(out)])]
    command = shlex.join(["tunebench", "report", *names, *options])
    if _is_table(paths):
        return from_tidy(paths[0], command=command)
    with ExitStack() as stack:
        folders = [stack.enter_context(opened_results(path)) for path in paths]
        if len(paths) > 1:
            return from_folders(folders, command=command)
        if is_bundle(paths[0]):
            # The page is that in the bundle to the byte, so it names no place of this machine.
            command = report_command(opened(folders[0])[1].name, options)
        return from_folder(folders[0], command=command)


def report_folder(paths: Sequence[Path], out: Path | None, *, name: str) -> Path:
    """Return the folder of the report on some paths; none of them is read.

    Args:
        paths: as `source_of` takes them.
        out: the folder that somebody asked for.
        name: of the folder otherwise, in a results folder or after the name of a file.

    Raises:
        ReportError: they do not go together, or have no folder of their own.
    """
    from bench.bundles.bundle import is_bundle
    from bench.sources.source import ReportError

    is_file = _is_table(paths) or is_bundle(paths[0])
    if out is not None:
        return out
    if len(paths) > 1:
        raise ReportError(
            "a report on several folders needs its own folder, got none; "
            "for example --out results/both-report"
        )
    return paths[0].with_name(f"{paths[0].stem}-{name}") if is_file else paths[0] / name


def _is_table(paths: Sequence[Path]) -> bool:
    """Return whether some paths are one table; if not, they are results.

    Raises:
        ReportError: one of several is.
    """
    from bench.bundles.bundle import is_bundle
    from bench.sources.source import ReportError
    from bench.sources.tidy_file import is_table

    tables = [path for path in paths if is_table(path) and not is_bundle(path)]
    if tables and len(paths) > 1:
        raise ReportError(
            f"a report takes one table or results folders, got {tables[0]} among {len(paths)} "
            "paths; put the rows of all into one table, or report them one by one"
        )
    return bool(tables)
