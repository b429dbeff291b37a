"""Gives the readers files that nobody meant, and prints a table of what came of them.

    python -m tests.fuzz [--inputs 5000] [--seed 0] [--reader TEXT] [--out FILE]

Each input is read or refused by one clear line; there is no other exception and no hang. What is
read is what stands there, as another reader has it, and reads back equal when it is written. Exits
with 1 where it is not so, and shows an input for each way in which it is not.
"""

import argparse
import csv
import io
import sys
import time
from pathlib import Path

from tests.fuzz.bundles import Bundles
from tests.fuzz.logs import CocoLogs, IohLogs
from tests.fuzz.other_tools import OtherTools
from tests.fuzz.reader import Counts, Reader, fuzz
from tests.fuzz.run_files import Packs, RunFiles
from tests.fuzz.sweep_files import SweepFiles
from tests.fuzz.table_files import TableFiles
from tests.fuzz.tidy_tables import TidyTables

READERS: list[type[Reader]] = [
    SweepFiles,
    TidyTables,
    RunFiles,
    Packs,
    TableFiles,
    Bundles,
    CocoLogs,
    IohLogs,
    OtherTools,
]
COLUMNS = ("inputs", "read", "refused", "unclear", "tracebacks", "misread", "hangs")
WRONG = COLUMNS[3:]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", default="", help="only readers whose name has this text")
    parser.add_argument("--out", type=Path, help="a CSV file for the table")
    given = parser.parse_args()
    began, found = time.monotonic(), dict[str, Counts]()
    for kind in READERS:
        reader = kind()
        if given.reader not in reader.name:
            continue
        counts = found[reader.name] = fuzz(reader, given.inputs, given.seed)
        for what, content in counts.found.items():
            print(f"{reader.name}: {what}\n    {repr(content)[:3000]}", flush=True)
    rows = [(name, *(str(c.kinds[kind]) for kind in COLUMNS)) for name, c in found.items()]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("reader", *COLUMNS), *rows])
    for line in [("reader", *COLUMNS), *rows]:
        print(f"{line[0]:<16}" + "".join(f"{cell:>12}" for cell in line[1:]))
    print(f"{time.monotonic() - began:.0f} s, seed {given.seed}")
    if given.out:
        given.out.write_text(text.getvalue())
    return int(any(counts.kinds[kind] for counts in found.values() for kind in WRONG))


if __name__ == "__main__":
    sys.exit(main())
