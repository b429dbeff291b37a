"""The command that measures the tables of real data sets that are missing: `make tables`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from problems._real_tables import SPLITS, RealTable, missing, real_tables
from problems._table import FOLDER


def command(table: RealTable, path: Path) -> list[str]:
    """Return the command line that measures a table, or continues where it was stopped.

    One worker, so that the recorded costs are those of a core that does nothing else.
    """
    points = ",".join(f"{name}={count}" for name, count in table.grid_points.items())
    settings = [f"--set={name}={value}" for name, value in table.settings.items()]
    given = [f"--grid-points={points}", f"--splits={SPLITS}", "--jobs=1", f"--out={path}"]
    return [sys.executable, "-m", "bench", "tabulate", table.model, *settings, *given]


def main() -> None:
    """Measure one after another into the package; what stops it says why, and what is left."""
    for table in missing():
        done = subprocess.run(command(table, FOLDER / f"{table.name}.parquet"), check=False)
        if done.returncode:
            break
    left = missing()
    print(f"{len(real_tables()) - len(left)} of {len(real_tables())} tables are there")
    if left:
        sys.exit(f"left: {', '.join(table.name for table in left)}")


if __name__ == "__main__":
    main()
