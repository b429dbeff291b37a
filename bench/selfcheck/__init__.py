"""The self-check: numbers that theory gives exactly, as they come out here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from bench.selfcheck import continua, functions, moving_quadratic, pairing, shipped_tables, tables
from bench.selfcheck.expected_and_measured import Line
from bench.words import in_words

__all__ = ["CHECKS", "Line", "lines"]

Check = Callable[[], Iterator[Line]]

CHECKS: tuple[Check, ...] = (
    tables.best_rank,
    tables.squares_with_replacement,
    tables.squares_without_replacement,
    tables.draws_until_95_percent,
    continua.top_share,
    continua.centre,
    continua.time_to_target,
    continua.board,
    continua.optimism,
    moving_quadratic.all_axes_matter,
    moving_quadratic.one_axis_matters,
    functions.minima,
    functions.random_search,
    shipped_tables.random_search,
    pairing.seeds,
    pairing.a_second_label_ties,
    pairing.the_oracle_wins,
)


def lines() -> Iterator[Line]:
    """Yield the lines of all checks; one that raises has a line that says so."""
    for check in CHECKS:
        try:
            yield from check()
        except Exception as error:
            name = check.__name__.replace("_", " ")
            yield Line(name, math.nan, math.nan, reason=in_words(error))
