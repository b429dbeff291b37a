"""A report, analysed and drawn by a command: a bar, several processes, errors in one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.cli.terminal import say
from bench.words import many

if TYPE_CHECKING:
    from bench.sources.source import Source

MAX_DRAWING_PROCESSES = 4
"""Processes that draw figures: each holds 200 MB, and more would wait for the analyses."""


def draw(source: Source, folder: Path, **options: Any) -> Path:
    """Write the report of a source into a folder, and return its page.

    Args:
        source: the results.
        folder: of the report.
        options: as `bench.report.build.build_report` takes them.

    Raises:
        ReportError: it cannot be written.
    """
    from bench.progress import figures_bar
    from bench.report.drawing import processes

    say(f"{many(len(source.trials), 'trial')}: analysing and drawing")
    jobs = min(os.cpu_count() or 1, MAX_DRAWING_PROCESSES)
    with written(folder), processes(jobs) as pool, figures_bar() as show:
        # Imported while the processes start: each side takes a second or two.
        from bench.report.build import build_report

        return build_report(source, folder=folder, pool=pool, show=show, **options)


@contextmanager
def written(folder: Path) -> Iterator[None]:
    """Say what keeps a report from being written, in one line."""
    from concurrent.futures.process import BrokenProcessPool

    from bench.sources.source import ReportError

    try:
        yield
    except OSError as error:
        raise ReportError(
            f"a report needs a folder that can be written, {folder} cannot be written "
            f"({error.strerror}); use another folder (--out)"
        ) from None
    except BrokenProcessPool:
        raise ReportError(
            "a report needs its drawing processes until the end, one was killed (the system does "
            "so when memory runs out); run it again, with fewer other programs running"
        ) from None
