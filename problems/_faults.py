"""Several faults of one file, reported in one error."""

from __future__ import annotations

from types import TracebackType

_MAX_SHOWN = 6


class Faults:
    """Collects the ValueErrors of its `with` blocks, so that all of them are reported at once.

    Args:
        source: what has the faults, as errors name it.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._found: list[str] = []

    def add(self, message: str) -> None:
        """Add a fault."""
        self._found.append(message)

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> bool:
        if isinstance(error, ValueError):
            self.add(str(error))
            return True
        return False

    def check(self) -> None:
        """Raise what was found, if anything.

        Raises:
            ValueError: the fault, or all of them, numbered.
        """
        if len(self._found) == 1:
            raise ValueError(self._found[0])
        if self._found:
            shown = " ".join(f"({i}) {m}" for i, m in enumerate(self._found[:_MAX_SHOWN], start=1))
            more = (
                f" and {len(self._found) - _MAX_SHOWN} more"
                if len(self._found) > _MAX_SHOWN
                else ""
            )
            raise ValueError(
                f"{self._source} has {len(self._found)} faults to be put right: {shown}{more}"
            )
