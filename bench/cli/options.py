"""What several commands take."""

from __future__ import annotations

from pathlib import Path

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")

folder_argument = click.argument("folder", type=click.Path(path_type=Path))
