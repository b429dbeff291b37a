"""The base of table problems: a file in which every evaluation is looked up."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from bench import Config, Evaluation, Problem, Table, read_table
from problems._fidelity import check_continues
from problems._metrics import kind_of
from problems._settings import LATER
from problems._tags import tags_of_data

FOLDER = Path(__file__).parent / "_tables"
"""Where the tables of the package are."""
_TAGS: tuple[str, ...] = ("table",)
"""With an annotation inside the class they would be a setting."""


@dataclass(kw_only=True)
class TableProblem(Problem):
    """Every configuration of a finite space, measured beforehand on several splits.

    The seed selects the split. The optimum is exact, and the cost is that of the recorded
    evaluation. Cheaper evaluations are those that were measured.

    Args:
        continues: a model goes on from a lower step (warm start), and a run pays for the difference
            of the recorded costs only.
    """

    continues: bool = field(default=False, metadata=LATER)

    requires = ("pyarrow",)
    tags = _TAGS

    @property
    @abstractmethod
    def file(self) -> Path:
        """Where the table is."""

    @abstractmethod
    def continuing(self) -> Sequence[str]:
        """Return the units of cheaper evaluations in which the model can go on."""

    def __post_init__(self) -> None:
        self.table, self.mark = _loaded(self.file)
        self.space, self.metric = self.table.space, self.table.metric
        self.metrics = self.table.metrics
        offered = self.table.fidelity
        check_continues(self.continues, offered.unit if offered else "", self.continuing())
        self.fidelity = offered and replace(offered, continues=self.continues)
        # Faster than `step`: every cheaper trial asks.
        self._step_of = {offered.share(n): n for n in offered.measured} if offered else {}
        kind = kind_of(self.metric.name)
        made_of = self.table.meta.get("problem")
        data = made_of["settings"].get("data", "") if isinstance(made_of, dict) else ""
        self.tags = (*type(self).tags, *([kind] if kind else []), *tags_of_data(data))
        self._splits = self.table.splits

    @property
    def about(self) -> Mapping[str, str]:
        about = self.table.meta.get("about")
        return {str(k): str(v) for k, v in about.items()} if isinstance(about, dict) else {}

    def split_of(self, seed: int) -> int:
        """Return the split that `seed` selects."""
        return seed % self._splits

    def optimum_of(self, seed: int) -> float:
        return self.table.optimum(self.split_of(seed))

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        offered = None if fidelity == 1.0 else self.fidelity
        # Otherwise it is a share up to rounding, or one that was not measured.
        step = None if offered is None else self._step_of.get(fidelity) or offered.step(fidelity)
        return self.table.evaluation(config, self.split_of(seed), step)


class ShippedTable(TableProblem):
    """A table of the package; its values are those of a live problem with some settings."""

    version = 2  # to be raised whenever a file changes: run ids know nothing else of it
    live: ClassVar[str]
    settings: ClassVar[Mapping[str, Any]] = {}
    continuing_units: ClassVar[tuple[str, ...]] = ()

    def continuing(self) -> Sequence[str]:
        return self.continuing_units

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name.removeprefix('table-')}.parquet"


def _loaded(path: Path) -> tuple[Table, str]:
    """Return a table and the beginning of its file's SHA-256, read once while it stays the same."""
    try:
        facts = path.stat()
    except OSError:
        return read_table(path), ""  # which says what is wrong
    return _read(path, facts.st_size, facts.st_mtime_ns)


# All tables of the catalog, a megabyte each: a report asks for each several times, in turn.
@lru_cache(maxsize=128)
def _read(path: Path, size: int, changed: int) -> tuple[Table, str]:
    table = read_table(path)
    with path.open("rb") as file:
        return table, hashlib.file_digest(file, "sha256").hexdigest()[:16]
