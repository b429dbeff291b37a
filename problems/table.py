"""Tables of one's own as problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from problems._fidelity import ROWS
from problems._table import TableProblem


@dataclass
class TableFile(TableProblem):
    """A table of one's own: `table:path/to/file.parquet`, as `tunebench tabulate` writes it.

    results/README.md says which columns it has.

    Args:
        path: of the file.
        fingerprint: of its content; filled in when a sweep is planned, so that results of another
            content are never mixed.

    Raises:
        ValueError: no such table, or not the one the sweep was planned with.
    """

    name = "table"
    argument = "path"

    path: str = ""
    fingerprint: str = ""

    def __post_init__(self) -> None:
        if not self.path:
            raise ValueError("a table needs its file; for example table:path/to/file.parquet")
        super().__post_init__()
        if self.fingerprint not in ("", self.mark):
            raise ValueError(
                f"table {self.path}: must be the file the sweep was planned with (fingerprint "
                f"{self.fingerprint}), it has another one now ({self.mark}); run the sweep again"
            )
        self.fingerprint = self.mark

    def continuing(self) -> Sequence[str]:
        # Whoever made the table knows; of rows it is known that no model goes on.
        unit = self.table.fidelity.unit if self.table.fidelity else ROWS
        return () if unit == ROWS else (unit,)

    @property
    def file(self) -> Path:
        return Path(self.path).expanduser()
