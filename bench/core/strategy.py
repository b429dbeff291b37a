"""The strategy contract: start, ask, tell, close."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import ClassVar

from bench.core.budget import Budget
from bench.core.space import SearchSpace
from bench.core.trial import Suggestion, Trial


class Capability(StrEnum):
    """What a strategy can handle beyond a flat space at full fidelity."""

    CONDITIONAL = "conditional"
    FIDELITY = "fidelity"
    PENDING = "pending"


class Strategy(ABC):
    """A rule that decides what to evaluate next; it always minimises.

    Subclasses are dataclasses whose fields are their settings. Heavy imports belong inside the
    methods. Everything random comes from the `seed` given to `start`.

    Attributes:
        name: what users type.
        version: raised whenever the same settings and seed give another trajectory.
        requires: import names it needs; a missing one makes it unavailable.
        supports: its capabilities; without CONDITIONAL it is given the flat space, without
            FIDELITY a budget of full evaluations. PENDING says that its suggestions account for
            trials that are still being evaluated; without it the strategy is asked all the same.
        argument: the setting that a name's part after a colon gives, as in `from-default:tpe`;
            empty: a name has no such part.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    requires: ClassVar[tuple[str, ...]] = ()
    supports: ClassVar[frozenset[Capability]] = frozenset()
    argument: ClassVar[str] = ""

    @property
    def unordered(self) -> bool:
        """Whether the order of the suggestions carries no meaning, as in a shuffled grid."""
        return False

    @property
    def ignores_seed(self) -> bool:
        """Whether every seed gives the same suggestions on purpose, as in lexicographic order."""
        return False

    @classmethod
    def unavailable(cls) -> str | None:
        """Return why it cannot be used here though all it `requires` is there, or None.

        For what no import tells: a program, a licence, a device. The reason says how to get it.
        """
        return None

    @property
    def library(self) -> str:
        """Name and version of what does the work; empty: those of the first that it `requires`."""
        return ""

    def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
        """Return why this strategy cannot run on `space`, or None when it can."""
        return None

    @abstractmethod
    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        """Begin a run on `space`.

        Args:
            space: where suggestions must lie.
            seed: in [0, 2**32); the only source of randomness.
            budget: what the run may spend; with FIDELITY also the steps of the problem's fidelity.
        """

    @abstractmethod
    def ask(self) -> Suggestion | None:
        """Return what to evaluate next, or None when no candidates are left.

        With several workers it is called while other trials are being evaluated. None then means
        that there is nothing yet: it is called again when the next of them is reported.
        """

    def tell(self, trial: Trial) -> None:  # noqa: B027 - learning from trials is optional
        """Learn from a trial; a failed one has `loss` None."""

    def close(self) -> None:  # noqa: B027 - most start nothing
        """End what was started, such as programs and threads.

        It is called once after each `start`, however the run ends: a `start` that raises and a run
        that is given up included. It is not called where the process is killed.
        """
