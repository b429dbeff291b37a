"""What the statistics of a report do where the truth is known: `make simulations` finds it again.

Each module is one simulation, a function from a number of sweeps to a frame; the CSV file of its
name beside it is what it found. A report states the numbers of these files.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parent


def committed(name: str) -> pd.DataFrame:
    """Return what a simulation found, as its file has it.

    Args:
        name: of the simulation.
    """
    import pandas as pd

    return pd.read_csv(FOLDER / f"{name}.csv")
