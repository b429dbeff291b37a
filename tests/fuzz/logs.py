"""Logs of COCO and IOHprofiler: an index file, and a data file that it names."""

import json
import math
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from bench.errors import UserError
from bench.exchange import coco_logs, ioh_logs
from bench.exchange.imported import Imported
from bench.exchange.tools import from_imported
from tests.fuzz.mutations import as_json, bytes_of, data_of
from tests.fuzz.reader import Misread, Reader

DATA = "data_f1/f1.dat"
COCO_INDEX = (
    "suite = 'bbob', funcId = 1, DIM = 2, Precision = 1.000e-08, algId = 'a', "
    f"data_format = 'bbob-new2'\n% about it\n{DATA}, 1:3|2.0e+00, 2:2|1.0e+00\n"
).encode()
COCO_DATA = b"".join(
    b"% f evaluations | g evaluations | best noise-free fitness - Fopt (1.0e+00) | x1 | x2...\n" + r
    for r in (b"1 0 +4.5e+00\n2 0 +4.0e+00\n3 0 +2.0e+00\n", b"1 0 +3.0e+00\n2 0 +1.0e+00\n")
)
IOH_INDEX = {
    "suite": "unknown_suite",
    "function_id": 1,
    "function_name": "Sphere",
    "maximization": False,
    "algorithm": {"name": "a", "info": ""},
    "attributes": ["evaluations", "raw_y"],
    "scenarios": [
        {
            "dimension": 2,
            "path": DATA,
            "runs": [
                {"instance": 1, "evals": 3, "best": {"evals": 3, "y": 2.0, "x": []}},
                {"instance": 2, "evals": 2, "best": {"evals": 2, "y": 1.0, "x": []}},
            ],
        }
    ],
}
IOH_DATA = b"evaluations raw_y\n1 4.5\n2 4.0\n3 2.0\nevaluations raw_y\n1 3.0\n2 1.0\n"


def _one_of(index: Any, data: bytes, whole: bytes) -> Any:
    """Return pairs of index and data, of which one is as it should be."""
    return st.one_of(st.tuples(index, st.just(data)), st.tuples(st.just(whole), bytes_of([data])))


class CocoLogs(Reader):
    name = "logs of COCO"
    refusals = (UserError,)
    index = "f1.info"
    inputs = _one_of(bytes_of([COCO_INDEX]), COCO_DATA, COCO_INDEX)

    def write(self, folder: Path, content: tuple[bytes, bytes]) -> Path:
        (folder / DATA).parent.mkdir()
        (folder / self.index).write_bytes(content[0])
        (folder / DATA).write_bytes(content[1])
        return folder / self.index

    def read(self, path: Path) -> Imported:
        return _reported(coco_logs.read(str(path)))

    def check(self, path: Path, content: tuple[bytes, bytes], found: Imported) -> None:
        there = {_number(part) for part in content[1].decode("utf-8", "replace").split()}
        for study in found.studies:
            values = [value for value in study.trials["value"] if not math.isnan(value)]
            if not there.issuperset(values):
                raise Misread("values that do not stand in the data")


class IohLogs(CocoLogs):
    name = "logs of IOHprofiler"
    index = "IOHprofiler_f1_Sphere.json"
    inputs = _one_of(
        st.one_of(data_of([IOH_INDEX]).map(as_json), bytes_of([as_json(IOH_INDEX)])),
        IOH_DATA,
        json.dumps(IOH_INDEX).encode(),
    )

    def read(self, path: Path) -> Imported:
        return _reported(ioh_logs.read(str(path)))


def _reported(found: Imported) -> Imported:
    """Go on with what was read, as a report does, which refuses some labels and numbers."""
    from_imported([found], title="", command="")
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
