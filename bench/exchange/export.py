"""The formats that results are exported in, and the folder that an export replaces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bench.exchange import bencheval, coco, ioh, optuna_journal
from bench.exchange.imported import ExchangeError
from bench.exchange.outgoing import Exported
from bench.exchange.ran import without_skipped
from bench.output.folder import swapped_in
from bench.sources.source import Source

MARK = "tunebench-export.txt"
"""What an export says of itself, and what it holds: only such a folder is replaced."""

HOLDS = "holds: "
"""Before the path of each file and folder in that file."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of another tool.

    Args:
        write: writes a source into an empty folder.
        tool: what opens it.
    """

    write: Callable[[Source, Path], Exported]
    tool: str


FORMATS = {
    "coco": Format(coco.write, "cocopp"),
    "ioh": Format(ioh.write, "IOHinspector or IOHanalyzer"),
    "bencheval": Format(bencheval.write, "bencheval"),
    "optuna": Format(optuna_journal.write, "Optuna and optuna-dashboard"),
}


def export(source: Source, name: str, folder: Path, *, command: str) -> Exported:
    """Write a source in a format; the folder is replaced as a whole, or left as it was.

    Runs that were skipped are in no format, nor is a strategy that has no other.

    Args:
        source: the results.
        name: of the format, one of `FORMATS`.
        folder: where they go.
        command: that does so.

    Raises:
        ExchangeError: the folder holds something else, or nothing can be written.
        OSError: it cannot be written.
    """
    check_replaceable(folder)
    source, left = without_skipped(source)
    with swapped_in(folder) as fresh:
        found = FORMATS[name].write(source, fresh)
        found = replace(found, lines=(*left, *found.lines))
        names = sorted(name for name in _held(fresh) if not name.startswith("."))
        lines = [
            f"written by: {command}",
            *found.lines,
            *opening(found, folder),
            *(HOLDS + name for name in names),
        ]
        (fresh / MARK).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return found


def opening(found: Exported, folder: Path) -> list[str]:
    """Return the lines of Python that open what was written to a folder."""
    path = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    return [line.format(path) for line in found.opens]


def check_replaceable(folder: Path) -> None:
    """Refuse to put an export in the place of what is none.

    Raises:
        ExchangeError: the folder holds something that no export wrote.
    """
    if not folder.exists():
        return
    there = _held(folder) if folder.is_dir() else {folder.name}
    if there - {MARK, *_names(folder)}:
        raise ExchangeError(
            f"an export replaces its whole folder, {folder} holds something else; "
            "use another folder",
            option="out",
        )


def _held(folder: Path) -> set[str]:
    """Return the paths of all files, links and folders in a folder, relative to it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def _names(folder: Path) -> list[str]:
    """Return the paths that an export says it wrote, none where there is no export."""
    try:
        text = (folder / MARK).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line.removeprefix(HOLDS) for line in text.splitlines() if line.startswith(HOLDS)]
