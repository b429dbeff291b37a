"""Numbers in sentences, errors in words, and sentences that are too long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MAX_REASON_LENGTH = 2_000
"""Characters of a reason that are kept: what a library prints when it fails may be megabytes."""


def shortened(text: str) -> str:
    """Return a text of at most `MAX_REASON_LENGTH` characters, with its length where it was longer.

    Doing it again changes nothing, also if a few words were put in front of it.
    """
    if len(text) <= MAX_REASON_LENGTH:
        return text
    kept = MAX_REASON_LENGTH - 200
    return f"{text[:kept]}… (the first {kept:,} of {len(text):,} characters)"


def in_words(error: BaseException) -> str:
    """Return the class and the message of an error, as text that can be written anywhere."""
    try:
        message = str(error)
    except Exception:
        message = "(its message cannot be made)"
    name = type(error).__name__
    return readable(f"{name}: {message}" if message else name)


def readable(text: str) -> str:
    """Return a text, shortened, without what no record and no terminal takes."""
    # A file name that is no UTF-8 carries surrogates.
    return shortened(text.encode("utf-8", "backslashreplace").decode())


def many(count: int, one: str, more: str = "") -> str:
    """Return a count with its noun: `many(2, "run")` is "2 runs".

    Args:
        count: how many.
        one: the noun for one.
        more: the noun for any other count; `one` with an s unless given.
    """
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def clock(seconds: float) -> str:
    """Return a duration as minutes and seconds, with hours where it has some.

    >>> clock(3725.2), clock(59.6)
    ('1:02:05', '1:00')

    Args:
        seconds: 0 or more.
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def repetitions(count: int, fewer: Mapping[str, int]) -> str:
    """Return how many repetitions there are, and which strategies have fewer.

    >>> repetitions(20, {"gp": 5})
    '20 repetitions (gp: 5)'

    Args:
        count: of most strategies.
        fewer: strategy -> its repetitions, of those with fewer.
    """
    several = ", ".join(f"{strategy}: {of:,}" for strategy, of in fewer.items())
    return many(count, "repetition") + (f" ({several})" if several else "")


def simulated_workers(count: int, waits: bool, strategies: Iterable[str]) -> str:
    """Return how many simulated workers the runs of some strategies have.

    >>> simulated_workers(4, True, ["tpe", "gp"])
    '4 simulated workers in each run of tpe, gp, which evaluates in batches'

    Args:
        count: 2 or more.
        waits: whether they wait for each other.
        strategies: their labels.
    """
    batches = ", which evaluates in batches" if waits else ""
    return f"{count:,} simulated workers in each run of {', '.join(strategies)}{batches}"
