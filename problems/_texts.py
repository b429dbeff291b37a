"""What a column of texts holds: categories, or numbers and dates that were not read as such."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from problems._dialect import Dialect
from problems._numerals import (
    DECIMAL,
    EITHER,
    SETTINGS,
    THOUSANDS,
    Spelled,
    is_bound,
    is_date,
    says_missing,
    spelled,
)

MAX_NUMBERS_AS_CLASSES = 20
"""More different numbers than these are no names of classes."""
_FEW_SHARE = 0.1
_FEW = 3
_JUDGED = 2000


def check_texts(
    counts: Mapping[str, int],
    first: Mapping[str, int],
    where: str,
    *,
    dialect: Dialect | None = None,
    categories: bool = False,
) -> None:
    """Refuse numbers and dates that were not read as such.

    A column is one of numbers where nothing else is in it but what people write for a missing
    value, or few other words. They are few in a tenth of the rows, or if they are a tenth of the
    different values and in half of the rows at most; but ranges such as 3+ and <1 name classes.
    More than 20 different numbers name no classes: beside them ranges are words, and three are
    few.

    Args:
        counts: different text -> how many rows it is in.
        first: different text -> the first of them, from 1.
        where: the column in errors.
        dialect: of a text file; None where numbers would have had a type of their own.
        categories: whether the column's type says that it holds categories: then only what has
            more than 20 different numbers is no such thing.

    Raises:
        ValueError: the message says what was found, and how to write it.
    """
    plain = dialect or Dialect()
    numbers = {text for text in counts if plain.number(text) is not None}
    if len(counts) - len(numbers) > _JUDGED:
        # So many speak for the others, which would take minutes.
        counts = dict(islice(counts.items(), _JUDGED))
        numbers &= counts.keys()
    people = _people(counts, numbers, plain)
    found = len(numbers) + len(people)
    if categories and found <= MAX_NUMBERS_AS_CLASSES:
        return
    if dates := _dates(counts):
        raise ValueError(
            f"a column must hold numbers, booleans or strings, {where} holds dates or times as "
            f"text ({_few(dates)}); turn them into numbers, such as days since the first, or "
            "leave it out"
        )
    rest = [text for text in counts if text not in numbers and text not in people]
    words = [text for text in rest if not says_missing(text)]
    if not found or not _are_stray(words, counts, found):
        return
    if people:
        also = f", and also {_counted(rest, counts, first, dialect)}" if rest else ""
        raise ValueError(_as_people_write(people, where, dialect, also))
    if rest:
        raise ValueError(
            f"a column of numbers must hold nothing else, {where} also holds "
            f"{_counted(rest, counts, first, dialect)}; leave a missing value empty, correct a "
            "wrong one, or put a letter before every value if all of them name classes"
        )
    if dialect is None and not categories and _are_quantities(numbers):
        raise ValueError(
            f"numbers must have a type of numbers, {where} holds them as text "
            f"({_few(sorted(numbers))}); convert them (pandas: pd.to_numeric), or make them "
            "categories (pandas: astype('category')) if they name classes"
        )


def _are_quantities(numbers: Iterable[str]) -> bool:
    return any(not text.strip().lstrip("+-").isdecimal() for text in numbers)


def _dates(counts: Mapping[str, int]) -> list[str]:
    """Return the dates of a column, if at least half of its different values are some."""
    dates = [text for text in counts if is_date(text)]
    return dates if 2 * len(dates) >= len(counts) else []


def _people(counts: Mapping[str, int], numbers: set[str], plain: Dialect) -> dict[str, Spelled]:
    """Return the numbers as people write them, with what is doubtful where it is quantities."""
    found = {
        text: form for text in counts if text not in numbers and (form := spelled(text)) is not None
    }
    doubtful = {text: form for text, form in found.items() if not form.certain}
    if not doubtful:
        return found
    units = {form.unit for form in doubtful.values()}
    is_many = len(numbers) + len(found) > MAX_NUMBERS_AS_CLASSES
    is_broken = any(mark in text for text in (*numbers, *found) for mark in ".,")
    is_mixed = bool(numbers) and all(text.strip().startswith("(") for text in doubtful)
    # A letter behind a few of the numbers is no unit.
    is_unit = len(units) == 1 and (units == {""} or 2 * len(doubtful) >= len(numbers) + len(found))
    if is_unit and (is_many or is_broken or is_mixed):
        return found
    return {text: form for text, form in found.items() if form.certain}


def _are_stray(words: Sequence[str], counts: Mapping[str, int], numbers: int) -> bool:
    is_many = numbers > MAX_NUMBERS_AS_CLASSES
    if not is_many and any(map(is_bound, words)):
        return False
    total, rows = _rows(counts), sum(counts[text] for text in words)
    few = max(_FEW if is_many else 0, _FEW_SHARE * len(counts))
    return rows <= _FEW_SHARE * total or (len(words) <= few and 2 * rows <= total)


def _rows(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


def _as_people_write(
    people: Mapping[str, Spelled], where: str, dialect: Dialect | None, also: str
) -> str:
    marks = dict.fromkeys(mark for form in people.values() for mark in form.marks)
    for clear in (THOUSANDS, DECIMAL):
        # A comma before three digits means what the column's other commas mean.
        if clear in marks and EITHER in marks:
            del marks[EITHER]
    if any(not form.marks for form in people.values()) and dialect is not None:
        marks[f"a point where decimal is {dialect.decimal!r}"] = None
    way_out = "write them plainly"
    if dialect is not None and marks.keys() <= SETTINGS.keys():
        way_out += f", or set {' and '.join(SETTINGS[mark] for mark in marks)}"
    return (
        f"numbers must be written as programs read them, {where} holds {_few(list(people))} with "
        f"{', '.join(marks)}{also}; {way_out}"
    )


def _few(texts: Sequence[str]) -> str:
    shown = ", ".join(repr(text[:40]) for text in texts[:3])
    return shown + (f" and {len(texts) - 3:,} more" if len(texts) > 3 else "")


def _counted(
    texts: Sequence[str],
    counts: Mapping[str, int],
    first: Mapping[str, int],
    dialect: Dialect | None,
) -> str:
    texts = sorted(texts, key=lambda text: -counts[text])
    # As an editor or a spreadsheet counts the rows of a text file.
    header, said = (0, "") if dialect is None else (1, " below the header, row 1")
    shown = ", ".join(
        f"{text[:40]!r} ({counts[text]:,} of {_rows(counts):,} rows{said}, the first is row "
        f"{first[text] + header:,})"
        for text in texts[:5]
    )
    return shown + (f" and {len(texts) - 5:,} more" if len(texts) > 5 else "")
