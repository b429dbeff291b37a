"""Suites: named selections of problems."""

from __future__ import annotations

from dataclasses import dataclass

from problems._catalogue import Use
from problems._real_tables import measured


@dataclass(frozen=True, slots=True)
class Suite:
    """A selection of problems that can be named in a sweep.

    Args:
        name: what users type.
        sentence: what it is for.
        citation: what to cite for its problems.
        problems: their names.
        reasoning: why this problem set, where that is not plain.
    """

    name: str
    sentence: str
    citation: str
    problems: tuple[str, ...]
    reasoning: str = ""


_DIXON_SZEGO = 'Dixon & Szegő, "The global optimization problem: an introduction", 1978'
_BERGSTRA = 'Bergstra & Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 13, 2012'
_SKLEARN = 'Pedregosa et al., "Scikit-learn: Machine Learning in Python", JMLR 12, 2011'
_TABLES = (
    'Klein & Hutter, "Tabular Benchmarks for Joint Architecture and Hyperparameter Optimization", '
    "2019, for the idea; tunebench for the tables"
)

_ANALYTIC = (
    "ackley5",
    "branin",
    "conditional-models",
    "easom",
    "ellipsoid",
    "ellipsoid-rotated",
    "goldstein-price",
    "hartmann3",
    "hartmann6",
    "integer-valley",
    "levy",
    "log-valley",
    "mixed-quadratic",
    "quadratic-low-effective",
    "rastrigin",
    "rosenbrock",
    "six-hump-camel",
    "sphere",
    "step",
    "styblinski-tang",
)
_LIVE = (
    "adaboost-breast-cancer",
    "adaboost-diabetes",
    "adaboost-imbalanced",
    "boosting-breast-cancer",
    "boosting-diabetes",
    "boosting-friedman",
    "boosting-imbalanced",
    "elastic-net-diabetes",
    "elastic-net-sparse-linear",
    "forest-breast-cancer",
    "forest-diabetes",
    "forest-imbalanced",
    "forest-wine",
    "kernel-ridge-diabetes",
    "kernel-ridge-friedman",
    "knn-diabetes",
    "knn-digits",
    "knn-iris",
    "knn-wine",
    "logistic-breast-cancer",
    "logistic-digits",
    "logistic-imbalanced",
    "logistic-many-features",
    "mlp-breast-cancer",
    "mlp-digits",
    "mlp-friedman",
    "mlp-wine",
    "pipeline-breast-cancer",
    "pipeline-imbalanced",
    "pipeline-many-features",
    "pipeline-wine",
    "rbf-svm-breast-cancer",
    "rbf-svm-friedman",
    "svm-breast-cancer",
    "svm-diabetes",
    "svm-digits",
    "svm-noisy-labels",
    "svm-wine",
    "tree-breast-cancer",
    "tree-diabetes",
    "tree-noisy-labels",
    "tree-wine",
)
_TABLE = (
    "table-boosting-diabetes",
    "table-boosting-friedman-trees",
    "table-elastic-net-diabetes",
    "table-elastic-net-sparse-linear",
    "table-elastic-net-sparse-linear-rows",
    "table-forest-diabetes",
    "table-forest-diabetes-trees",
    "table-kernel-ridge-diabetes",
    "table-logistic-imbalanced",
    "table-logistic-imbalanced-rows",
    "table-mlp-wine",
    "table-mlp-wine-epochs",
    "table-pipeline-wine",
    "table-rbf-svm-breast-cancer",
    "table-rbf-svm-breast-cancer-rows",
    "table-rbf-svm-friedman",
    "table-svm-digits-rows",
    "table-svm-wine",
    "table-tree-breast-cancer",
    "table-tree-noisy-labels-rows",
    "table-tree-wine",
)
_REAL = tuple(sorted(f"table-{table.name}" for table in measured()))
"""The tables of real data sets that are measured."""
_FIDELITY = (
    "table-boosting-friedman-trees",
    "table-elastic-net-sparse-linear-rows",
    "table-forest-diabetes-trees",
    "table-logistic-imbalanced-rows",
    "table-mlp-wine-epochs",
    "table-rbf-svm-breast-cancer-rows",
    "table-svm-digits-rows",
    "table-tree-noisy-labels-rows",
)


def _of_real_data(use: Use) -> tuple[str, ...]:
    return tuple(sorted(f"table-{table.name}" for table in measured() if table.use == use))


SUITES: tuple[Suite, ...] = (
    Suite(
        "analytic",
        "Functions whose optimum is known, moved at every repetition.",
        f'{_DIXON_SZEGO}; Ackley, "A Connectionist Machine for Genetic Hillclimbing", 1987; '
        f"{_BERGSTRA}; `tunebench show` names the source of each",
        _ANALYTIC,
    ),
    Suite(
        "live",
        "Real models, fitted in every trial, by nested cross-validation; hours.",
        _SKLEARN,
        _LIVE,
    ),
    Suite(
        "tables",
        "Real models, every configuration measured beforehand; a trial takes microseconds.",
        f"{_SKLEARN}; {_TABLES}",
        (*_TABLE, *_REAL),
    ),
    Suite(
        "smoke",
        "One analytic and one live problem, to see in seconds that everything runs.",
        f"{_DIXON_SZEGO}; {_SKLEARN}",
        ("branin", "tree-wine"),
    ),
    Suite(
        "quick",
        "Three functions and a table each of four data sets, for a first picture in two minutes.",
        f"see the suites analytic and tables; {_SKLEARN}",
        (
            "branin",
            "hartmann6",
            "quadratic-low-effective",
            "table-rbf-svm-breast-cancer",
            "table-boosting-diabetes",
            "table-logistic-imbalanced",
            "table-rbf-svm-friedman",
        ),
        reasoning=(
            "A trial takes microseconds, so that there is time for enough repetitions to decide. "
            "Two tables are of classification and two of regression, with two to five parameters. "
            "Spaces with conditions are left out, on which a Gaussian process takes longest. The "
            "functions have few parameters, many, and some that do nothing. All are chosen by kind "
            "and cost, not by which strategy does well on them."
        ),
    ),
    Suite(
        "standard",
        "The one to cite: 38 real data sets, a table each; exact, cheap enough to repeat.",
        f"{_SKLEARN}; {_TABLES}; `tunebench show` names the source of each data set",
        _of_real_data("standard"),
        reasoning=(
            "One table a data set, so that data sets are the sample: 16 of two classes, nine of "
            "more, 13 of regression; 208 to 5,000 rows, 6 to 751 features. Ten models, with two "
            "to six tables each; six metrics, given by a rule for each kind of data; 2 to 11 "
            "parameters, 13 spaces with conditions. The optimum of a table is exact, so regret "
            "needs no guess. Chosen by kind, size and cost, not by which strategy does well on "
            "them."
        ),
    ),
    Suite(
        "standard-lite",
        "Eight real data sets, a table each, for CI and a first look; seconds.",
        f"{_SKLEARN}; {_TABLES}; `tunebench show` names the source of each data set",
        (
            "table-boosting-car-prices",
            "table-kernel-ridge-college",
            "table-knn-pd-speech",
            "table-logistic-email",
            "table-mlp-bdims",
            "table-pipeline-tic-tac-toe",
            "table-svm-ionosphere",
            "table-tree-hpc-data",
        ),
        reasoning=(
            "Eight models, each on a data set of its own: three of regression, four of two "
            "classes and one of four; 252 to 4,331 rows, 7 to 751 features, one with a class of "
            "9 %; 2 to 11 parameters, four spaces with conditions. Eight data sets show what "
            "works and how fast, they do not decide between strategies. Chosen by kind and cost, "
            "not by which strategy does well on them."
        ),
    ),
    Suite(
        "functions",
        "Eight functions for what tables lack; all minima are known, a trial is a formula.",
        "see the suite analytic",
        (
            "branin",
            "hartmann6",
            "ackley5",
            "rosenbrock",
            "log-valley",
            "quadratic-low-effective",
            "mixed-quadratic",
            "conditional-models",
        ),
        reasoning=(
            "Known minima between the grid points, many local minima, a curved valley, a "
            "log-scale valley, idle axes, choices that matter and conditions."
        ),
    ),
    Suite(
        "resources",
        "Eight tables with cheaper evaluations, to see when it pays to stop early.",
        f"{_SKLEARN}; {_TABLES}",
        _FIDELITY,
        reasoning=(
            "Eight models, each on a data set of its own: five by rows (data sets of 300, 569, "
            "1,797 and twice 4,000 rows), two by trees, one by epochs. Each table has every step "
            "by which halving with factor 3 reaches the full evaluation. Chosen by kind and cost, "
            "not by whether early stopping does well on them."
        ),
    ),
    Suite(
        "held-out",
        "Not to be tuned on: for the last look at a strategy that was developed on the others.",
        f"see the suites analytic and tables; {_SKLEARN}; {_TABLES}",
        (
            "table-tree-wine",
            "table-elastic-net-sparse-linear",
            "table-kernel-ridge-diabetes",
            "hartmann3",
            "levy",
            "rastrigin",
            "ellipsoid-rotated",
            "integer-valley",
            "step",
            *_of_real_data("held-out"),
        ),
        reasoning=(
            "Thirteen real data sets that are in no other selection, a table each, with three "
            "tables and six functions. Nothing of it is in `standard` or `quick`; what it has in "
            "common with them is the kinds of models, data and functions. `analytic` and `tables` "
            "hold it too: they list all there is."
        ),
    ),
)
