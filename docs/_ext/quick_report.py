"""Puts the published report of the sweep `quick` into the site, where pages link to it."""

import shutil
from pathlib import Path

from sphinx.application import Sphinx

PAGE = Path(__file__).parents[2] / "results" / "quick" / "report" / "index.html"


def copy(app: Sphinx, error: Exception | None) -> None:
    """Copy the page, which is one file that needs nothing else."""
    if error is None:
        folder = Path(app.outdir) / "quick"
        folder.mkdir(exist_ok=True)
        shutil.copy(PAGE, folder / "index.html")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register what is done after the build."""
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
