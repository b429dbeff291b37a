"""Which row of a file measures which configuration of its space on which split."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from bench.core.distributions import Scalar
from bench.core.space import SearchSpace
from bench.tabular.file import Codes, TableFile
from bench.tabular.table import config_keys, key_weights
from bench.tabular.write import as_texts, from_text

MAX_SHOWN_VALUES = 8
"""Values that a message lists."""

Rows = NDArray[np.intp]


def row_keys(file: TableFile, space: SearchSpace) -> NDArray[np.int64]:
    """Return the key of each row's configuration.

    Raises:
        ValueError: a row is no configuration of the space, or the space is larger than the file.
    """
    _check_size(space, file.rows)
    weights = key_weights(space)
    keys = np.zeros(file.rows, dtype=np.int64)
    coded: dict[str, tuple[list[Scalar], Codes]] = {}
    parents = {parent for names in space.conditions.values() for parent in names}
    for name, distribution in space.parameters.items():
        values, codes = file.coded(name)
        if as_texts(distribution):
            values = [from_text(value) for value in values]
        if name in parents:
            coded[name] = values, codes
        exists = np.ones(file.rows, dtype=bool)
        for parent, allowed in space.conditions.get(name, {}).items():
            exists &= np.array([v in allowed for v in (*coded[parent][0], None)])[coded[parent][1]]
        # An empty cell has the place -1, the last: it is None, which may be a choice.
        own = np.array([weights[name].get(value, -1) for value in (*values, None)])[codes]
        for wrong, rule in (
            (exists & (own < 0), f"values of the space, {few(list(weights[name]))}"),
            (~exists & (codes >= 0), "nothing where its conditions are not met"),
        ):
            if wrong.any():
                row = int(wrong.argmax())
                got = (*values, None)[codes[row]]
                raise ValueError(f"column {name!r} must hold {rule}, got {got!r} in row {row}")
        keys += np.where(exists, own, 0)
    return keys


def _check_size(space: SearchSpace, rows: int) -> None:
    """Refuse a space that has more configurations than there are rows, without listing it."""
    sizes = {name: distribution.size for name, distribution in space.parameters.items()}
    for name, size in sizes.items():
        if size is None:
            raise ValueError(f"the space of the metadata must be finite, {name!r} is a continuum")
    if space.conditions and max(map(int, sizes.values())) <= rows:  # type: ignore[arg-type]
        configs = sum(1 for _ in islice(space.configs(), rows + 1))
        combinations = math.prod(int(size or 1) + 1 for size in sizes.values())
        if combinations >= 2**63:
            raise ValueError(
                f"a space with conditions must have fewer than 2**63 combinations of values, "
                f"got {combinations}; drop parameters with a single value"
            )
    else:
        configs = math.prod(int(size or 1) for size in sizes.values())
    if configs > rows:
        least = "more" if space.conditions else f"{configs:,}"
        raise ValueError(
            f"every configuration of the space must be present, it has {least}, the file has "
            f"{rows:,} rows; `tunebench tabulate` measures all"
        )


def row_order(
    space: SearchSpace, keys: NDArray[np.int64], passes: Sequence[str], of: Codes
) -> Rows:
    """Return the rows by pass and configuration, shape (passes, configurations).

    Args:
        space: finite.
        keys: of the rows' configurations.
        passes: what each pass over the space is called: a split, or a split at a step.
        of: each row's place among them.

    Raises:
        ValueError: a configuration is there twice in a pass, or not at all.
    """
    wanted = config_keys(space)
    order = np.lexsort((keys, of))
    for place, label in enumerate(passes):
        have = keys[order[of[order] == place]]
        twice = have[1:][have[1:] == have[:-1]]
        if twice.size:
            raise ValueError(
                f"a configuration must occur once in each split, {twice.size:,} occur again, the "
                f"first in {label}: {_config(space, wanted, twice[0])}; repeats of a "
                "measurement are splits"
            )
        if len(have) < len(wanted):
            missing = np.setdiff1d(wanted, have)
            raise ValueError(
                f"every configuration of the space must be present, {label} has "
                f"{len(have):,} of {len(wanted):,}; the first that is missing is "
                f"{_config(space, wanted, missing[0])}"
            )
    return order.reshape(len(passes), len(wanted))


def _config(space: SearchSpace, wanted: NDArray[np.int64], key: int) -> str:
    return str(next(islice(space.configs(), int(np.searchsorted(wanted, key)), None)))


def few(values: Sequence[object]) -> str:
    """Return the first few values as a message shows them."""
    more = ", …" if len(values) > MAX_SHOWN_VALUES else ""
    return f"[{', '.join(map(repr, values[:MAX_SHOWN_VALUES]))}{more}]"
