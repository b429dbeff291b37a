"""Writes the parts of the reference that come from the code, before the pages are read."""

from pathlib import Path

import command_line
import data_sets
import sweep_file
from sphinx.application import Sphinx

from bench import description
from bench.cli import main
from bench.sweep_schema import json_schema
from problems._catalogue import left_out, rule
from problems._real_tables import measured


def write(app: Sphinx) -> None:
    """Write what pages of the reference include."""
    folder = Path(app.srcdir) / "reference" / "_generated"
    folder.mkdir(exist_ok=True)
    rows = list(description.data_sets().values())
    tables = {table.data: f"table-{table.name}" for table in measured()}
    parts = {
        "command-line": command_line.markdown(main, "tunebench"),
        "data-sets": data_sets.markdown(rule(), rows, left_out(), tables),
        "sweep-file": sweep_file.markdown(json_schema()),
    }
    for name, text in parts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register what is done before the build."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
