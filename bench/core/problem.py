"""The problem contract: a space, a metric, an evaluation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from bench.core.fidelity import Fidelity
from bench.core.space import Config, SearchSpace
from bench.core.trial import Evaluation


@dataclass(frozen=True, slots=True)
class Metric:
    """The name of what is measured and the direction in which it gets better."""

    name: str
    direction: Literal["maximize", "minimize"]

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise ValueError(f"a metric's name must be a string, got {self.name!r}")
        if self.direction not in ("maximize", "minimize"):
            raise ValueError(
                f"a metric's direction must be 'maximize' or 'minimize', got {self.direction!r}"
            )

    @property
    def sign(self) -> float:
        """Factor that turns a value into a loss: -1 for maximize, 1 for minimize."""
        return -1.0 if self.direction == "maximize" else 1.0


class Problem(ABC):
    """Something to tune.

    Subclasses are dataclasses whose fields are their settings; `space` and `metric` may be
    class attributes or properties. Heavy imports belong inside the methods.

    Attributes:
        name: what users type.
        version: raised whenever the same configuration and seed give another value.
        requires: import names it needs; a missing one makes it unavailable.
        space: the parameters to tune, with the default configuration where there is one.
        metric: what `evaluate` returns.
        metrics: all that its `scores` hold, `metric` among them.
        positive_class: of two classes the one that the metric looks for, or "".
        tags: words to find it by.
        argument: the setting that a name's part after a colon gives, as in `table:file.parquet`;
            empty: a name has no such part.
        optimum: the best value there is, in the metric's direction, or None when unknown.
        fidelity: what a cheaper evaluation is, or None when there is none.
    """

    name: ClassVar[str]
    version: int = 1
    requires: tuple[str, ...] = ()
    space: SearchSpace
    metric: Metric
    metrics: tuple[Metric, ...] = ()
    positive_class: str = ""
    tags: tuple[str, ...] = ()
    argument: ClassVar[str] = ""
    optimum: float | None = None
    fidelity: Fidelity | None = None

    @classmethod
    def unavailable(cls) -> str | None:
        """Return why it cannot be used here though all it `requires` is there, or None.

        For what no import tells: a file, a program, a device. The reason says how to get it.
        """
        return None

    @property
    def about(self) -> Mapping[str, str]:
        """What people should know, such as data, licence and reference: heading -> text."""
        return {}

    @property
    def summary(self) -> str:
        """What was read of somebody's own data, and how it is used, in one line; or "".

        It is said before a run.
        """
        return ""

    @property
    def warnings(self) -> Sequence[str]:
        """What a person should look at before trusting results, a sentence each."""
        return ()

    def of_truth_and_disorder(self) -> tuple[float, float] | None:
        """Return what the metric says of a perfect and of a shuffled prediction, None: unknown."""
        return None

    def expected_seconds(self) -> float | None:
        """Return about how long an evaluation takes where it may be long, else None."""
        return None

    @classmethod
    def example(cls) -> Self:
        """Return a problem of this class to check it on, by default one without arguments.

        A class whose settings have no defaults, or none that fit it, says here with which ones
        it can be made: a small data set, a column of groups, a time order.
        """
        return cls()

    def optimum_of(self, seed: int) -> float | None:
        """Return the best value of the repetition that `seed` selects, where seeds differ in it."""
        return self.optimum

    def script(self, config: Config, *, seed: int, recorded: Evaluation) -> str:
        """Return a program that builds `config` and measures it without tunebench, "" for none.

        Args:
            config: the active parameters.
            seed: of the repetition.
            recorded: what was measured then, which the program prints beside what it gets.
        """
        return ""

    @abstractmethod
    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        """Measure `config`.

        Args:
            config: the active parameters, inside `space`.
            seed: of the repetition, in [0, 2**32): it decides splits, shifts and noise, and is
                the same for every strategy. Same config, seed and fidelity: same values.
            fidelity: share of a full evaluation; `step` of the problem's own says how many steps.

        Returns:
            The value in the metric's natural direction. An exception or a value that is not
            finite makes a failed trial.
        """
