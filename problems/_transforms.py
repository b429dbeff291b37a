"""The base of transforms: problems that are made of another one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from json import JSONEncoder

import numpy as np

from bench import Config, Evaluation, Problem
from problems.analytic import Branin

_ENCODE = JSONEncoder(sort_keys=True).encode


@dataclass
class Transform(Problem):
    """A problem made of another one, of which it keeps all that it does not change.

    The inner problem gets the same seed, so its own shift, split or noise is that of the
    repetition, too.

    Args:
        of: the inner problem.
    """

    of: Problem = field(default_factory=Branin)

    argument = "of"

    def __post_init__(self) -> None:
        inner = self.of
        self.space, self.metric, self.fidelity = inner.space, inner.metric, inner.fidelity
        self.requires, self.tags = inner.requires, inner.tags
        self.positive_class, self.metrics = inner.positive_class, inner.metrics
        self.optimum = self.best(inner.optimum)
        # How deep it is nested keeps the draws of a transform apart from those inside it.
        self._depth: int = 1 + (inner._depth if isinstance(inner, Transform) else 0)

    @property
    def about(self) -> Mapping[str, str]:
        return self.of.about

    @property
    def warnings(self) -> Sequence[str]:
        return self.of.warnings

    def expected_seconds(self) -> float | None:
        return self.of.expected_seconds()

    def best(self, inner: float | None) -> float | None:
        """Return the best value there is, given that of the inner problem; None: unknown."""
        return inner

    def optimum_of(self, seed: int) -> float | None:
        return self.best(self.of.optimum_of(seed))


@dataclass
class Reparametrised(Transform):
    """A transform of the space: each configuration stands for one of the inner problem."""

    @abstractmethod
    def inner(self, config: Config, seed: int) -> Config:
        """Return the configuration of the inner problem that `config` stands for."""

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        return self.of.evaluate(self.inner(config, seed), seed=seed, fidelity=fidelity)


def generator(seed: int, depth: int) -> np.random.Generator:
    """Return the random numbers of a transform: neither those of `seed` nor of another depth."""
    return np.random.default_rng([seed, depth])


def keyed_uniform(*key: object) -> float:
    """Return a random number in (0, 1) that depends on a key of plain data alone."""
    digest = sha256(_ENCODE(key).encode()).digest()
    # 53 bits, the middle of their cells: never 0 or 1.
    return ((int.from_bytes(digest[:8], "big") >> 11) + 0.5) / 2**53
