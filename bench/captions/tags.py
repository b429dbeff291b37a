"""What the tags of problems are called where a reader sees them: what they are of, then the tag."""

from __future__ import annotations

from collections.abc import Sequence

GROUPS = {
    "parameters": {
        "numeric": "numeric",
        "categorical": "categorical",
        "mixed": "mixed",
        "up to 3 parameters": "up to 3",
        "4 to 6 parameters": "4 to 6",
        "7 or more parameters": "7 or more",
        **{tag: tag for tag in ("conditional", "integer", "log-scale")},
    },
    "model": {
        tag: tag
        for tag in (
            "linear", "kernel", "svm", "neighbours", "tree", "forest", "boosting", "neural",
            "pipeline",
        )
    },
    "task": {tag: tag for tag in ("classification", "regression")},
    "data": {
        tag: tag
        for tag in ("few rows", "many features", "imbalanced", "categories", "missing values")
    },
    "function": {
        tag: tag
        for tag in (
            "bbob", "unimodal", "multimodal", "separable", "interacting", "ill-conditioned",
            "low-effective-dimension", "plateau", "valley",
        )
    },
    "problem": {tag: tag for tag in ("analytic", "live", "table", "noisy")},
}  # fmt: skip
"""What a tag is of -> tag -> its name there. Results have the tags, which do not change."""

OTHER = "tag"
"""What a tag of somebody else's problem stands under."""


def named(tags: Sequence[str]) -> str:
    """Return tags as a page shows them, by what they are of.

    >>> named(["tree", "mixed", "4 to 6 parameters"])
    'parameters: mixed, 4 to 6; model: tree'

    Args:
        tags: as problems have them, one or more.
    """
    parts = []
    for group, names in GROUPS.items():
        inside = [names[tag] for tag in names if tag in tags]
        parts += [f"{group}: {', '.join(inside)}"] if inside else []
    others = [tag for tag in tags if group_of(tag) == OTHER]
    parts += [f"{OTHER}: {', '.join(others)}"] if others else []
    return "; ".join(parts)


def group_of(tag: str) -> str:
    """Return what a tag is of.

    >>> group_of("categories"), group_of("mine")
    ('data', 'tag')
    """
    return next((group for group, names in GROUPS.items() if tag in names), OTHER)


def order(tags: Sequence[str]) -> int:
    """Return the place of tags among others: parameters first, then model, task and data."""
    places = [*GROUPS, OTHER]
    return min((places.index(group_of(tag)) for tag in tags), default=-1)
