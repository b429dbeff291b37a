"""Figures drawn and written, side by side in processes of their own."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from bench.mpl import matplotlib_defaults
from bench.plots import style
from bench.processes.follow import follow_parent

KINDS = ("svg", "png", "pdf")

SAFE_PATH = "PYTHONSAFEPATH"
"""Set, Python takes no module from the working directory: a `random.py` there would be imported."""


@dataclass(frozen=True, slots=True, eq=False)
class PageFigure:
    """A figure as a page shows it.

    Args:
        drawing: becomes its SVG.
        name: of its files, without suffix.
        label: what a screen reader says.
        caption: text.
    """

    kind: ClassVar[str] = "figure"

    drawing: Future[str]
    name: str
    label: str
    caption: str

    @property
    def svg(self) -> str:
        """The element, once it is drawn."""
        return self.drawing.result()


@contextmanager
def processes(jobs: int) -> Iterator[Executor | None]:
    """Give processes that draw, which load what they need meanwhile.

    Args:
        jobs: how many; 1 is none beside this one.
    """
    if jobs == 1:
        yield None
        return
    # Started afresh: a fork would copy whatever threads this process has, locks and all.
    start = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=start, initializer=follow_parent)
    with _inherited():
        # Each task starts one.
        for _ in range(jobs):
            pool.submit(_load)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _inherited() -> Iterator[None]:
    """Give processes that are started inside what they need from their first moment on."""
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    path = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)
        if path is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = path


def _load() -> None:
    """Import what a drawing needs; what fails here is reported by the first drawing."""
    import_module("bench.report.figures")
    matplotlib_defaults.load()
    import_module("matplotlib.figure")
    # To embed a font makes a hundred thousand objects that go together when the file is written:
    # to look for cycles among them each 700 took an eighth of the drawing.
    gc.freeze()
    gc.set_threshold(20_000)


class Builder:
    """Writes figures into a folder and gives them back as a page shows them.

    Used in a `with`: at its end all of them are written, or what went wrong is raised.

    Args:
        folder: they go into its `figures`.
        kinds: of files to write.
        pool: processes that draw, as `processes` gives them; without, this one does.
        show: called with the number of figures that are drawn, and of how many so far.
    """

    def __init__(
        self,
        folder: Path,
        kinds: Sequence[str] = KINDS,
        pool: Executor | None = None,
        show: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> None:
        self.folder = folder
        self.kinds = kinds
        self.figures: list[PageFigure] = []
        self.pool = pool
        self.show = show

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if error is None:
            for figure in self.figures:
                figure.drawing.result()
        elif self.pool is not None:
            # Not future by future: a pool that loses a process then would never end.
            self.pool.shutdown(cancel_futures=True)

    def figure(
        self,
        draw: Callable[..., Any],
        *args: Any,
        name: str,
        label: str,
        caption: str = "",
        **options: Any,
    ) -> PageFigure:
        """Draw a figure and write it as files of each kind.

        Args:
            draw: returns axes of the figure; a function of a module, since it may be called in
                another process.
            args: its arguments.
            name: of the files, without suffix.
            label: what a screen reader says.
            caption: text.
            options: its named arguments.
        """
        stem = self.folder / "figures" / name
        stem.parent.mkdir(exist_ok=True)
        job = (draw, args, options, stem, tuple(self.kinds), f"f{len(self.figures) + 1}", label)
        if self.pool is not None:
            drawing = self.pool.submit(_drawn, *job)
        else:
            drawing = Future()
            drawing.set_result(_drawn(*job))
        self.figures.append(PageFigure(drawing, name, label, caption))
        drawing.add_done_callback(self._tell)
        return self.figures[-1]

    def _tell(self, _drawing: Future[str]) -> None:
        self.show(sum(figure.drawing.done() for figure in self.figures), len(self.figures))


def _drawn(
    draw: Callable[..., Any],
    args: tuple[Any, ...],
    options: dict[str, Any],
    stem: Path,
    kinds: tuple[str, ...],
    prefix: str,
    label: str,
) -> str:
    """Draw a figure, write its files, and return its SVG as a page holds it."""
    figure = draw(*args, **options).figure
    style.settle(figure)
    svg = style.to_bytes(figure, "svg")
    for kind in kinds:
        written = svg if kind == "svg" else style.to_bytes(figure, kind)
        stem.with_name(f"{stem.name}.{kind}").write_bytes(written)
    return style.inline_svg(svg, prefix, label)
