"""Puts the published report of the sweep `quick` into the site, where pages link to it."""

import shutil
from pathlib import Path

from sphinx.application import Sphinx

REPORT = Path(__file__).parents[2] / "results" / "quick" / "report"


def copy(app: Sphinx, error: Exception | None) -> None:
    """Copy the page, which needs nothing else to be read, and the tables that it links."""
    if error is None:
        folder = Path(app.outdir) / "quick"
        shutil.copytree(REPORT / "tables", folder / "tables", dirs_exist_ok=True)
        shutil.copy(REPORT / "index.html", folder / "index.html")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register what is done after the build."""
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
