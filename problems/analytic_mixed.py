"""Analytic problems with log, whole, categorical and conditional parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench import Categorical, Float, Int
from problems._analytic import AnalyticProblem, centred

# One row a choice, best first: what it costs, how steep it is, where its best rate is (decades).
_CHOICES = ((0.0, 1.0, 0.0), (0.1, 0.25, 0.5), (0.2, 2.0, -0.5), (0.4, 4.0, 1.0))

_MODELS = (0.0, 0.05, 0.2)  # what a model costs, best first


@dataclass
class LogValley(AnalyticProblem):
    """(a + b)² + (a − b)²/100 for a and b in decades of two log parameters around their best.

    A valley along constant C·gamma, as support vector machines have it. An instance moves each
    of the two optima by up to 2.4 of its 6 decades.
    Reference: Keerthi & Lin, "Asymptotic behaviors of support vector machines with Gaussian
    kernel", Neural Computation 15, 2003, for the valley; the formula is defined here.
    """

    # A sum of squares on all of R², 0 only where a = b = 0.
    name = "log-valley"
    tags = ("analytic", "valley", "log-scale", "interacting")
    space = centred({"C": Float(1e-3, 1e3, log=True), "gamma": Float(1e-5, 1e1, log=True)})
    optimum = 0.0
    reach = 0.4

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        return [(0.0, -2.0)]

    def formula(self, x: list[float]) -> float:
        return _valley(*x)


@dataclass
class IntegerValley(AnalyticProblem):
    """50·((x1 − x2)² + (x2 − x3)²) + x1² + x2² + x3² on the integers from −10 to 10.

    On the diagonal through the optimum every point is lower than all that differ from it in one
    parameter: to go down, several must change at once. An instance moves the optimum by up to 8
    along each axis. The formula is defined here.
    """

    # A sum of squares on all of Z³, 0 only at the origin. At (t, t, t) a change of one parameter
    # by s adds at least 51s² − 2|ts|, which is positive for |t| ≤ 25; an instance reaches 18.
    name = "integer-valley"
    tags = ("analytic", "valley", "integer", "interacting")
    space = centred({name: Int(-10, 10) for name in ("x1", "x2", "x3")})
    optimum = 0.0
    reach = 0.4

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        return [(0, 0, 0)]

    def formula(self, x: list[int]) -> float:
        x1, x2, x3 = x
        across = (x1 - x2) ** 2 + (x2 - x3) ** 2
        return float(50 * across + x1 * x1 + x2 * x2 + x3 * x3)


@dataclass
class MixedQuadratic(AnalyticProblem):
    """A quadratic of a share, a log rate and an integer, one for each of four choices.

    The choices differ in their least value, their steepness and the best rate; the second best is
    the flattest, so it looks best far from the optimum. Rate and number interact. An instance
    moves the optimum by up to 0.4 of the share, 1.6 decades of the rate and 5 of the number, and
    puts the choices in random order.
    Reference: Ru, Alvi, Nguyen, Osborne & Roberts, "Bayesian optimisation over multiple continuous
    and categorical inputs", ICML 2020, for such functions; the formula is defined here.
    """

    # A sum of squares on all of R² × Z plus what the choice costs, which is 0 only for the first.
    name = "mixed-quadratic"
    tags = ("analytic", "mixed", "interacting")
    space = centred(
        {
            "share": Float(0.0, 1.0),
            "rate": Float(1e-5, 1e-1, log=True),
            "number": Int(1, 15),
            "choice": Categorical(("a", "b", "c", "d")),
        }
    )
    optimum = 0.0
    reach = 0.4

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        return [(0.5, -3.0, 8, 0)]

    def formula(self, x: list[Any]) -> float:
        share, rate, number, choice = x
        cost, steepness, best_rate = _CHOICES[choice]
        off = number - 8
        along = rate + 3 - best_rate + off / 8
        squares = 4 * (share - 0.5) ** 2 + along * along + off * off / 16
        return float(cost + steepness * squares)


@dataclass
class ConditionalModels(AnalyticProblem):
    """The choice of one of three models, each with parameters of its own.

    A linear one has a log penalty, a kernel one the valley of log-valley, a tree a depth and a
    share of the features. An instance moves the optimum of every model by up to 0.4 of each width,
    and puts the models' least values in random order.
    Reference: Thornton, Hutter, Hoos & Leyton-Brown, "Auto-WEKA: combined selection and
    hyperparameter optimization of classification algorithms", KDD 2013, for such problems; the
    formula is defined here.
    """

    # Each model is a sum of squares, 0 only at its own best, plus what it costs, which is 0 only
    # for the first in order.
    name = "conditional-models"
    tags = ("analytic", "mixed", "conditional")
    space = centred(
        {
            "model": Categorical(("linear", "kernel", "tree")),
            "penalty": Float(1e-4, 1e2, log=True),
            "C": Float(1e-3, 1e3, log=True),
            "gamma": Float(1e-5, 1e1, log=True),
            "depth": Int(1, 21),
            "features": Float(0.0, 1.0),
        },
        conditions={
            "penalty": {"model": ["linear"]},
            "C": {"model": ["kernel"]},
            "gamma": {"model": ["kernel"]},
            "depth": {"model": ["tree"]},
            "features": {"model": ["tree"]},
        },
    )
    optimum = 0.0
    reach = 0.4

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        return [(0, -1.0, 0.0, -2.0, 11, 0.5)]

    def formula(self, x: list[Any]) -> float:
        model, penalty, c, gamma, depth, features = x
        if penalty is not None:
            loss = (penalty + 1) ** 2 / 10
        elif c is not None:
            loss = _valley(c, gamma) / 10
        else:
            loss = ((depth - 11) / 10) ** 2 + 4 * (features - 0.5) ** 2
        return float(_MODELS[model] + loss)


def _valley(c: float, gamma: float) -> float:
    a, b = c, gamma + 2
    return (a + b) ** 2 + (a - b) ** 2 / 100
