"""What the paths of a command hold: results folders, or a table of another tool."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.sources.source import Source


def source_of(paths: Sequence[Path], *, command: str) -> Source:
    """Return the source of some paths.

    Args:
        paths: one table, or results folders, of which several make one source.
        command: what makes the report again.

    Raises:
        UserError: one cannot be read, or they do not go together.
    """
    from bench.sources.merge import from_folders
    from bench.sources.source import from_folder
    from bench.sources.tidy import from_tidy

    if len(paths) > 1:
        return from_folders(paths, command=command)
    load = from_tidy if _is_table(paths) else from_folder
    return load(paths[0], command=command)


def report_folder(paths: Sequence[Path], out: Path | None, *, name: str) -> Path:
    """Return the folder of the report on some paths; none of them is read.

    Args:
        paths: as `source_of` takes them.
        out: the folder that somebody asked for.
        name: of the folder otherwise, in a results folder or after the name of a table.

    Raises:
        ReportError: they do not go together, or have no folder of their own.
    """
    from bench.sources.source import ReportError

    is_table = _is_table(paths)
    if out is not None:
        return out
    if len(paths) > 1:
        raise ReportError(
            "a report on several folders needs its own folder, got none; "
            "for example --out results/both-report"
        )
    return paths[0].with_name(f"{paths[0].stem}-{name}") if is_table else paths[0] / name


def _is_table(paths: Sequence[Path]) -> bool:
    """Return whether some paths are one table; if not, they are results folders.

    Raises:
        ReportError: one of several is.
    """
    from bench.sources.source import ReportError
    from bench.sources.tidy_file import is_table

    tables = [path for path in paths if is_table(path)]
    if tables and len(paths) > 1:
        raise ReportError(
            f"a report takes one table or results folders, got {tables[0]} among {len(paths)} "
            "paths; put the rows of all into one table, or report them one by one"
        )
    return bool(tables)
