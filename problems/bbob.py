"""The 24 noiseless BBOB functions, computed by the ioh package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from bench import Config, Evaluation, Metric, Problem
from problems._analytic import box

INSTANCES = 100_000
"""How many instances a seed chooses from: thirty repetitions hardly ever share one."""


@dataclass
class BBOB(Problem):
    """A BBOB function on [−5, 5]^d, f1 to f24 in 2 to 40 dimensions: `bbob:f8-d5`.

    The seed selects the instance 1 + seed mod 100,000, which moves and turns the function and
    adds a constant; the optimum of each is exact. The default is the middle of the box.
    Reference: Hansen et al., "Real-Parameter Black-Box Optimization Benchmarking 2009: Noiseless
    Functions Definitions", INRIA RR-6829, 2009.

    Args:
        function: its number and dimension, f<1 to 24>-d<2 to 40>.

    Raises:
        ValueError: a text of another form or out of range.
    """

    name = "bbob"
    requires = ("ioh",)
    metric = Metric("loss", "minimize")
    tags = ("analytic", "bbob")
    argument = "function"

    function: str = "f1-d2"

    def __post_init__(self) -> None:
        form = re.fullmatch(r"f([0-9]{1,2})-d([0-9]{1,2})", self.function)
        number, dimension = map(int, form.groups()) if form else (0, 0)
        if not (1 <= number <= 24 and 2 <= dimension <= 40):
            raise ValueError(
                "function must be f<number>-d<dimension> with number 1 to 24 and dimension 2 to "
                f"40, got {self.function!r}; for example f8-d5"
            )
        self.space = box(*[(-5.0, 5.0)] * dimension)
        # One entry: a run has one seed.
        self._instance = lru_cache(maxsize=1)(partial(_instance, number, dimension))

    @property
    def about(self) -> Mapping[str, str]:
        return {
            "reference": 'Hansen et al., "Real-Parameter Black-Box Optimization Benchmarking 2009: '
            'Noiseless Functions Definitions", INRIA RR-6829, 2009',
            "software": 'de Nobel et al., "IOHexperimenter: Benchmarking Platform for Iterative '
            'Optimization Heuristics", Evolutionary Computation 32, 2024',
        }

    def optimum_of(self, seed: int) -> float | None:
        return float(self._instance(seed).optimum.y)

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        return Evaluation(self._instance(seed)([config[name] for name in self.space]))


def _instance(number: int, dimension: int, seed: int) -> Any:
    import ioh

    return ioh.get_problem(number, 1 + seed % INSTANCES, dimension, ioh.ProblemClass.BBOB)
