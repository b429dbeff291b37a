"""Suites: named selections of problems."""

from __future__ import annotations

from dataclasses import dataclass

_ANALYTIC = ("branin", "hartmann6", "ackley5", "quadratic-low-effective")
_CHEAP_LIVE = ("svm-breast-cancer", "tree-wine", "elastic-net-diabetes")
_LIVE = (*_CHEAP_LIVE, "boosting-breast-cancer", "mlp-digits")


@dataclass(frozen=True, slots=True)
class Suite:
    """A selection of problems that can be named in a sweep.

    Args:
        name: what users type.
        sentence: what it is for.
        citation: what to cite for its problems.
        problems: their names.
    """

    name: str
    sentence: str
    citation: str
    problems: tuple[str, ...]


_DIXON_SZEGO = 'Dixon & Szegő, "The global optimization problem: an introduction", 1978'
_SKLEARN = 'Pedregosa et al., "Scikit-learn: Machine Learning in Python", JMLR 12, 2011'

SUITES: tuple[Suite, ...] = (
    Suite(
        "analytic",
        "Published test functions, shifted at every repetition, with exact regret.",
        f'{_DIXON_SZEGO}; Ackley, "A Connectionist Machine for Genetic Hillclimbing", 1987; '
        'Bergstra & Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 13, 2012',
        _ANALYTIC,
    ),
    Suite(
        "live",
        "Real models on data bundled with scikit-learn, by nested cross-validation.",
        _SKLEARN,
        _LIVE,
    ),
    Suite(
        "smoke",
        "One analytic and one live problem, to see in seconds that everything runs.",
        f"{_DIXON_SZEGO}; {_SKLEARN}",
        ("branin", "tree-wine"),
    ),
    Suite(
        "quick",
        "The problems that are cheap to evaluate, analytic and live.",
        f"see the suites analytic and live; {_SKLEARN}",
        (*_ANALYTIC, *_CHEAP_LIVE),
    ),
    Suite(
        "standard",
        "All problems of the suites analytic and live.",
        f"see the suites analytic and live; {_SKLEARN}",
        (*_ANALYTIC, *_LIVE),
    ),
)
