"""What several strategies say of their settings."""

LATER = {"record_default": False}
"""Of a setting that joined later: at its default it is not recorded, so that ids stay."""


def at_least(least: int, name: str, value: int, because: str) -> None:
    """Refuse a number below the smallest one that makes sense.

    Raises:
        ValueError: `value` is below `least`.
    """
    if value < least:
        raise ValueError(f"{name} must be {least} or more, got {value}; {because}")
