"""A reader that is fuzzed: what it is given, what it may say, what must be so of what it read."""

import re
import tempfile
import time
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

SECONDS = 20.0
"""What an input may take before it counts as a hang; a busy machine takes a while for some."""


class Misread(AssertionError):  # noqa: N818 - it is what happened
    """What was read is not what stands there."""


class Reader(ABC):
    """A reader of files that somebody else may have written.

    Attributes:
        name: in the table.
        inputs: the contents of its files.
        refusals: how it refuses one, in one clear line.
    """

    name: str
    inputs: st.SearchStrategy[Any]
    refusals: tuple[type[Exception], ...]

    @abstractmethod
    def write(self, folder: Path, content: Any) -> Path:
        """Write an input and return its path."""

    @abstractmethod
    def read(self, path: Path) -> Any:
        """Read it, as the commands do."""

    @abstractmethod
    def check(self, path: Path, content: Any, found: Any) -> None:
        """Hold that what was read is what stands there, and reads back equal.

        Raises:
            Misread: it is not.
        """

    def is_clear(self, message: str) -> bool:
        """Return whether a refusal is a line that says something, or several that do."""
        lines = message.split("\n")
        return all(len(line) > 20 and not re.search(r"\b\w+Error\(", line) for line in lines)


@dataclass
class Counts:
    """What came of the inputs of a reader."""

    kinds: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    found: dict[str, Any] = field(default_factory=dict)
    """What was wrong -> the first input of which it is so."""

    def note(self, kind: str, what: str, content: Any) -> None:
        self.kinds[kind] += 1
        self.found.setdefault(f"{kind}: {what}"[:400], content)


def fuzz(reader: Reader, inputs: int, number: int = 0) -> Counts:
    """Give a reader so many inputs, and count what came of them.

    Args:
        reader: which.
        inputs: how many, apart from a few that hypothesis adds.
        number: the seed.
    """
    counts = Counts()

    @seed(number)
    @settings(max_examples=inputs, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(reader.inputs)
    def each(content: Any) -> None:
        one(reader, content, counts)

    each()
    return counts


def cells_of(path: Path, name: str) -> list[Any]:
    """Return the cells of a column of a Parquet file, read by pyarrow alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    cells: list[Any] = pq.ParquetFile(pa.OSFile(str(path))).read([name]).column(0).to_pylist()
    return cells


def one(reader: Reader, content: Any, counts: Counts) -> None:
    """Give a reader one input."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        path = reader.write(Path(name), content)
        counts.kinds["inputs"] += 1
        began = time.monotonic()
        try:
            found = reader.read(path)
        except reader.refusals as error:
            counts.kinds["refused"] += 1
            message = str(error)
            if not reader.is_clear(message):
                counts.note("unclear", re.sub(r"/\S+/", "", message), content)
        except Exception as error:
            where = error.__traceback__
            while where and where.tb_next:
                where = where.tb_next
            place = where and f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}"
            counts.note("tracebacks", f"{place} {type(error).__name__}: {error}"[:150], content)
        else:
            counts.kinds["read"] += 1
            try:
                reader.check(path, content, found)
            except Misread as error:
                counts.note("misread", str(error), content)
            except Exception as error:  # such as a refusal of what was just written
                what = re.sub(r"/\S+/", "", f"{type(error).__name__}: {error}")
                counts.note("misread", f"cannot be gone on with: {what}", content)
        taken = time.monotonic() - began
        counts.slowest = max(counts.slowest, taken)
        if taken > SECONDS:
            counts.note("hangs", f"{taken:.0f} s", content)
