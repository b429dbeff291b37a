"""Words to find a problem by that its data decide."""

from __future__ import annotations

from dataclasses import fields

from problems._data import BUNDLED, Facts
from problems._metrics import IMBALANCED
from problems.datasets import recorded

FEW_ROWS = 1000
"""Below so many rows a data set has few."""

MANY_FEATURES = 50
"""From so many columns on a data set has many."""


def data_tags(facts: Facts) -> tuple[str, ...]:
    """Return the tags of a data set.

    few rows: below 1,000; many features: 50 or more; imbalanced: the largest class has more than
    two thirds of the rows; categories and missing values: some column has them.
    """
    found = {
        "few rows": facts.rows < FEW_ROWS,
        "many features": facts.features >= MANY_FEATURES,
        "imbalanced": facts.largest_share > IMBALANCED,
        "categories": facts.categorical > 0,
        "missing values": facts.missing,
    }
    return tuple(tag for tag, holds in found.items() if holds)


def tags_of_data(name: str) -> tuple[str, ...]:
    """Return the tags of a data set by its name, without loading it; none where it has no name.

    Args:
        name: as the setting `data` has it.
    """
    if name in BUNDLED:
        return data_tags(BUNDLED[name])
    known = recorded().get(name)
    if known is None:
        return ()
    return data_tags(Facts(**{part.name: known[part.name] for part in fields(Facts)}))
