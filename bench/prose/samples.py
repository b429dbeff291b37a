"""What a comparison generalises from, in words: data sets, functions, or problems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from bench.words import many

if TYPE_CHECKING:
    import pandas as pd


class Sample(NamedTuple):
    """What two or more strategies are compared on.

    Args:
        problems: all of them.
        datasets: observations of a test that generalises to new data sets: the data sets, and the
            functions, which count as one each.
        functions: those of the observations that are functions. Of a table of another tool this is
            any problem that names no data set.
    """

    problems: int
    datasets: int
    functions: int


def samples_of(verdicts: pd.DataFrame) -> list[Sample]:
    """Return what each pair is compared on.

    Args:
        verdicts: as `bench.inference.verdicts.verdicts` gives them.
    """
    columns = ["n_problems", "n_datasets", "n_functions"]
    return [Sample(*row) for row in verdicts[columns].to_numpy(dtype=int).tolist()]


def data_sets(samples: Sequence[Sample]) -> str:
    """Return how many data sets and functions there are; nothing where no problem has a data set.

    >>> data_sets([Sample(problems=7, datasets=7, functions=3)])
    '4 data sets and 3 functions'
    >>> data_sets([Sample(7, 7, 3), Sample(5, 5, 1)])
    '5 to 7 data sets or functions'
    >>> data_sets([Sample(problems=3, datasets=3, functions=3)])
    ''

    Args:
        samples: one or more.
    """
    if all(sample.functions == sample.datasets for sample in samples):
        return ""
    kinds = {(sample.datasets - sample.functions, sample.functions) for sample in samples}
    if len(kinds) == 1:
        counts = zip(kinds.pop(), ("data set", "function"), strict=True)
        return " and ".join(many(count, noun) for count, noun in counts if count)
    observed = [sample.datasets for sample in samples]
    if any(sample.functions for sample in samples):
        return span(observed, "data set or function", "data sets or functions")
    return span(observed, "data set")


def observations(samples: Sequence[Sample]) -> str:
    """Return the same where a number is needed: without a data set, how many problems there are.

    >>> observations([Sample(problems=3, datasets=3, functions=3)])
    '3 problems'

    Args:
        samples: one or more.
    """
    # Several problems on one function are one observation.
    one_each = all(sample.datasets >= sample.problems for sample in samples)
    noun = "problem" if one_each else "function"
    return data_sets(samples) or span([sample.datasets for sample in samples], noun)


def span(counts: Sequence[int], one: str, more: str = "") -> str:
    """Return a count with its noun, from the fewest to the most.

    Args:
        counts: one or more.
        one: the noun for one.
        more: the noun for any other count; `one` with an s unless given.
    """
    least, most = min(counts), max(counts)
    text = many(most, one, more)
    return text if least == most else f"{least:,} to {text}"
