"""The parts every page is made of."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from bench.report import style


@dataclass(frozen=True, slots=True)
class PageFigure:
    """A figure as a page shows it."""

    svg: str
    label: str
    caption: str


@dataclass(slots=True)
class Builder:
    """Writes figures into a folder and gives them back as a page shows them."""

    folder: Path
    figures: int = field(default=0)

    def figure(self, axes: Any, name: str, label: str, caption: str) -> PageFigure:
        """Write a figure as SVG and PNG.

        Args:
            axes: some of the figure.
            name: of the files, without suffix.
            label: what a screen reader says.
            caption: text.
        """
        stem = self.folder / "figures" / name
        stem.parent.mkdir(exist_ok=True)
        style.settle(axes.figure)
        svg = style.to_bytes(axes.figure, "svg")
        stem.with_name(f"{name}.svg").write_bytes(svg)
        stem.with_name(f"{name}.png").write_bytes(style.to_bytes(axes.figure, "png"))
        self.figures += 1
        return PageFigure(style.inline_svg(svg, f"f{self.figures}", label), label, caption)


@contextmanager
def swapped_in(folder: Path) -> Iterator[Path]:
    """Give an empty folder that takes this one's place when all is written.

    A failure leaves the old folder as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    old = fresh.with_suffix(".old")
    try:
        fresh.chmod(0o755)
        yield fresh
        if folder.exists():
            folder.replace(old)
        fresh.replace(folder)
    finally:
        if old.exists() and not folder.exists():
            old.replace(folder)
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def render(template: str, page: Mapping[str, Any]) -> str:
    """Return a template of this package, filled."""
    import jinja2

    folder = resources.files("bench.report").joinpath("templates")
    loader = jinja2.FunctionLoader(lambda name: folder.joinpath(name).read_text(encoding="utf-8"))
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=loader
    )
    return environment.get_template(template).render(page)
