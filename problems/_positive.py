"""Which of two classes a metric looks for."""

from __future__ import annotations

from problems._dataset import Facts, hint

Label = str | int | float | bool


def positive_code(label: Label, facts: Facts) -> int:
    """Return the code of the positive class.

    Args:
        label: the class's name or value; empty: the rarer class, of two of a size the one that
            sorts last.
        facts: of the data.

    Raises:
        ValueError: a class that is not there, or a target that has not two of them.
    """
    if label == "" and facts.task == "binary":
        return int(facts.members[1] <= facts.members[0])
    if facts.task != "binary":
        what = "numbers" if facts.task == "regression" else f"{facts.classes} classes"
        raise ValueError(
            f"positive needs a target of two classes, that of {facts.name} is {what}, "
            f"got {label!r}; leave it out"
        )
    for same in (_as_text, _as_lower, _as_number):
        wanted = same(label)
        found = [code for code, name in enumerate(facts.labels) if same(name) == wanted]
        if len(found) == 1 and wanted is not None:
            return found[0]
    raise ValueError(
        f"positive must be one of the target's two classes, got {label!r}; "
        f"{hint(str(label), facts.labels, 'classes')}"
    )


def _as_text(label: Label) -> str:
    return str(label)


def _as_lower(label: Label) -> str:
    return str(label).strip().lower()


def _as_number(label: Label) -> float | None:
    try:
        return float(label)
    except ValueError:
        return None
