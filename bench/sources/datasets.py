"""Which data set a problem uses: problems on the same data are no independent evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from bench import description
from bench.description import Block
from bench.tabular import Table


def block_of(name: str, settings: str, recorded: str = "") -> Block:
    """Return the data set of a problem, or the problem itself where it has none.

    Args:
        name: of the problem in the catalog.
        settings: all of them, as JSON.
        recorded: the name that its runs have of it; older ones have none.
    """
    found = description.block_of(name, orjson.loads(settings), _table_behind)
    if recorded in ("", found.name):
        return found
    # Made from a table of one's own, whose file is not opened here.
    return Block(recorded, description.names_function(recorded))


def _table_behind(name: str, _: Mapping[str, Any]) -> Table | None:
    problem = description.shipped_table(name)
    return None if problem is None else description.table_of(problem)
