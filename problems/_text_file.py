"""Reads the text of a .csv or .tsv file into a table."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import Any

from problems._arrow import PADDED
from problems._dialect import MISSING, Dialect

_BLOCK = 2**26
"""Bytes; a row may be so long."""
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks"}
_SIGNATURES = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "compressed by gzip",
    b"PAR1": "a Parquet file",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}


def read_text(
    content: bytes, name: str, dialect: Dialect, *, target: str, as_text: Sequence[str] = ()
) -> Any:
    """Return the table of a text file.

    Types are inferred from all rows. What the dialect writes otherwise than programs do, such as
    thousands, becomes numbers here.

    Args:
        content: of the file.
        name: its name in errors.
        dialect: how it is written.
        target: the column to predict, by which the separator is found.
        as_text: columns that stay text whatever they look like.

    Raises:
        ValueError: it is no such text; the message says what it is and what to do.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    _check_encoding(content, name)
    _check_separator(content, name, dialect, target)
    broken: list[Any] = []

    def skip(row: Any) -> str:
        broken.append((row.number, row.actual_columns, row.expected_columns))
        return "skip"

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(content),
            # With more threads than one, errors do not name the row.
            arrow_csv.ReadOptions(block_size=_BLOCK, use_threads=False),
            arrow_csv.ParseOptions(
                delimiter=dialect.sep, newlines_in_values=True, invalid_row_handler=skip
            ),
            arrow_csv.ConvertOptions(
                null_values=MISSING,
                strings_can_be_null=True,
                decimal_point=dialect.decimal,
                column_types=dict.fromkeys(as_text, pa.string()),
            ),
        )
    except pa.ArrowInvalid as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(
            f"{name} must be a table separated by {_called(dialect.sep)} (row 1 is the header), "
            f"it is not: {reason}; correct it or write it again"
        ) from error
    if broken:
        raise _uneven(broken, name, dialect)
    for place, column in enumerate(table.columns):
        if column.type == pa.string() and table.column_names[place] not in as_text:
            numbers = _numbers(column, dialect)
            if numbers is not None:
                table = table.set_column(place, table.column_names[place], numbers)
    return _with_padded(table, content, dialect, as_text)


def _with_padded(table: Any, content: bytes, dialect: Dialect, as_text: Sequence[str]) -> Any:
    """Return the table, in which the fields of integers written as 007 say so in their metadata."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv as arrow_csv

    names = [f.name for f in table.schema if pa.types.is_integer(f.type) and f.name not in as_text]
    separator = re.escape(dialect.sep.encode())
    alike = len(set(table.column_names)) < table.num_columns  # which is reported later
    if alike or not names or not re.search(rb'(?:\n|%b)"?0[0-9]' % separator, content):
        return table
    texts = arrow_csv.read_csv(
        pa.BufferReader(content),
        arrow_csv.ReadOptions(block_size=_BLOCK, use_threads=False),
        arrow_csv.ParseOptions(delimiter=dialect.sep, newlines_in_values=True),
        arrow_csv.ConvertOptions(
            include_columns=names, column_types=dict.fromkeys(names, pa.string())
        ),
    )
    schema = table.schema
    for name in names:
        padded = texts[name].filter(pc.match_substring_regex(texts[name], "^0[0-9]"))
        if len(padded):
            place = schema.get_field_index(name)
            field = schema.field(place).with_metadata({PADDED: padded[0].as_py()})
            schema = schema.set(place, field)
    return table.cast(schema)


def _check_encoding(content: bytes, name: str) -> None:
    for start, what in _SIGNATURES.items():
        if content.startswith(start):
            raise ValueError(
                f"a data file must be UTF-8 text, {name} is {what}; save it as CSV in UTF-8"
            )
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"a data file must be UTF-8 text, line {line} of {name} is not; save it as UTF-8"
        ) from error


def _check_separator(content: bytes, name: str, dialect: Dialect, target: str) -> None:
    """Refuse a header that something else separates."""
    head = content[: 2**20].decode("utf-8-sig", errors="replace").lstrip("\r\n")
    header, _, rows = head.partition("\n")
    if len(_split(header, dialect.sep)) > 1 and target in _split(header, dialect.sep):
        return
    for sep in _SEPARATORS:
        names = _split(header, sep)
        alone = sep != " " and dialect.sep not in header
        if sep == dialect.sep or len(names) < 2 or not (target in names or alone):
            continue
        # Where values are separated by something else, a comma between digits is a decimal one.
        comma = dialect.decimal == "." and sep != "," and re.search(r"\d,\d", rows)
        way_out = f"set sep = {sep!r}" + (" and decimal = ','" if comma else "")
        quoted = "$'\\t'" if sep == "\t" else f"'{sep}'"  # a shell passes '\t' as two characters
        way_out += f" (on the command line --sep {quoted}{' --decimal ,' if comma else ''})"
        if sep == ",":
            way_out = "name it .csv, or leave sep out"
        raise ValueError(
            f"the columns of {name} must be separated by {_called(dialect.sep)}, its header "
            f"{header.strip()[:60]!r} is separated by {_called(sep)}; {way_out}"
        )


def _split(header: str, sep: str) -> list[str]:
    try:
        row = next(csv.reader([header.rstrip("\r")], delimiter=sep), [])
    except csv.Error:  # a name as long as a book
        return []
    return [name.strip() for name in row]


def _called(sep: str) -> str:
    return _SEPARATORS.get(sep, repr(sep))


def _uneven(broken: Sequence[tuple[int, int, int]], name: str, dialect: Dialect) -> ValueError:
    shown = ", ".join(f"row {number} has {actual}" for number, actual, _ in broken[:5])
    more = f" and {len(broken) - 5:,} more rows have others" if len(broken) > 5 else ""
    return ValueError(
        f"every row of {name} must have as many values as its header (row 1), {broken[0][2]}; "
        f"{shown}{more}; put a value that holds {dialect.sep!r} in double quotes, or name another "
        "separator with the setting sep"
    )


def _numbers(column: Any, dialect: Dialect) -> Any:
    """Return a column of texts as numbers, None if they are not all some."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = pc.unique(column).drop_null()
    numbers = []
    for text in names.to_pylist():
        number = dialect.number(text)
        if number is None and text.strip() not in MISSING:
            return None
        numbers.append(number)
    places = pc.index_in(column, value_set=names)
    return pc.take(pa.chunked_array([pa.array(numbers, pa.float64())]), places)
