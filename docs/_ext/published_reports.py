"""Puts the reports of the published sweeps that pages link to into the site."""

import shutil
from pathlib import Path

from sphinx.application import Sphinx

RESULTS = Path(__file__).parents[2] / "results"
SWEEPS = "quick", "reference"


def copy(app: Sphinx, error: Exception | None) -> None:
    """Copy the pages, which need nothing else to be read, and the tables that they link."""
    if error is not None:
        return
    for sweep in SWEEPS:
        # In a folder of their own: the documentation has a folder `reference` as well.
        report, folder = RESULTS / sweep / "report", Path(app.outdir) / "published" / sweep
        shutil.copytree(report / "tables", folder / "tables", dirs_exist_ok=True)
        shutil.copy(report / "index.html", folder / "index.html")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register what is done after the build."""
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
