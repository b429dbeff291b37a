"""Data sets made from a recipe, whose truth is known because it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from problems._dataset import DataSet, Facts, hint, measured

PREFIX = "generated:"

Kind = Literal["classification", "regression", "friedman"]

# Knob -> its least and its greatest value; `rows` times features stays below a gigabyte.
_RANGES: dict[str, tuple[float, float]] = {
    "rows": (20, 100_000),
    "informative": (1, 100),
    "noise": (0, 1000),
    "label_noise": (0, 1),
    "imbalance": (0, 0.99),
    "classes": (2, 20),
    "seed": (0, 2**32 - 1),
}
_CLASSIFICATION_ONLY = ("imbalance", "classes")
_SOURCES: dict[Kind, str] = {
    "classification": 'Guyon, "Design of experiments for the NIPS 2003 variable selection '
    "benchmark\", 2003 (scikit-learn's make_classification)",
    "regression": "scikit-learn's make_regression",
    "friedman": 'Friedman, "Multivariate adaptive regression splines", Annals of Statistics 19, '
    "1991 (scikit-learn's make_friedman1)",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """The knobs of a generated data set; `generated:rows=300,noise=10` sets two of them.

    Args:
        task: "classification" (clusters at the corners of a cube), "regression" (linear) or
            "friedman" (Friedman's first function, which is not).
        rows: how many, 20 to 100,000.
        informative: features that decide the target, 1 to 100; Friedman's function has 5.
        noise: features that do not, 0 to 1000.
        label_noise: for classification the share of rows whose class is drawn by lot, else the
            noise of the target in standard deviations of the clean target; 0 to 1.
        imbalance: the largest class' share before label noise, the others share the rest
            equally; at most 0.99, 0 for classes of equal size. Classification only.
        classes: how many, 2 to 20. Classification only.
        seed: another one is another data set by the same recipe.
    """

    task: Kind = "classification"
    rows: int = 500
    informative: int = 5
    noise: int = 10
    label_noise: float = 0.0
    imbalance: float = 0.0
    classes: int = 2
    seed: int = 0


class Named(NamedTuple):
    """A recipe with a name of its own."""

    title: str
    text: str


NAMED: dict[str, Named] = {
    "imbalanced": Named(
        "Two classes, nine of ten rows in one of them",
        "generated:rows=600,informative=5,noise=5,imbalance=0.9",
    ),
    "noisy-labels": Named(
        "Two classes, three of ten labels drawn by lot",
        "generated:rows=500,informative=5,noise=5,label_noise=0.3",
    ),
    "many-features": Named(
        "Two classes, 5 informative features among 200",
        "generated:rows=300,informative=5,noise=195",
    ),
    "friedman": Named(
        "Friedman's first function, 5 informative features among 10",
        "generated:task=friedman,rows=500,noise=5,label_noise=0.2",
    ),
    "sparse-linear": Named(
        "A linear target, 5 informative features among 100",
        "generated:task=regression,rows=300,informative=5,noise=95,label_noise=0.5",
    ),
}
"""Name -> recipe, for the catalog."""


def parse(text: str) -> Recipe:
    """Return the recipe that `generated:knob=value,…` spells.

    Raises:
        ValueError: a knob that is unknown, given twice, out of its range, or without a meaning
            for the task.
    """
    given: dict[str, Any] = {}
    names = [field.name for field in fields(Recipe)]
    for part in text[len(PREFIX) :].split(","):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not part.strip():
            continue
        if not equals:
            raise ValueError(f"a knob is written name=value, got {part!r} in {text!r}")
        if name not in names:
            raise ValueError(
                f"a generated data set has no knob {name!r}; {hint(name, names, 'knobs')}"
            )
        if name in given:
            raise ValueError(f"a knob is given once, {name} is in {text!r} twice; leave one out")
        given[name] = value if name == "task" else _number(name, value)
    recipe = Recipe(**given)
    _check_task(recipe, given)
    return recipe


@lru_cache(maxsize=8)
def load_generated(recipe: Recipe) -> DataSet:
    """Return the data of a recipe; the same recipe gives the same data.

    Raises:
        ValueError: it leaves a class with fewer than 2 rows.
    """
    if recipe.task == "classification":
        return _classification(recipe)
    return _regression(recipe)


def generated_facts(name: str, recipe: Recipe) -> Facts:
    """Return the facts of a recipe's data, counted in them.

    Args:
        name: how the user named it.
        recipe: its recipe.
    """
    title = NAMED[name].title if name in NAMED else f"Generated {recipe.task}"
    return measured(
        load_generated(recipe),
        name=name,
        title=title,
        licence="none needed (generated)",
        reference=_SOURCES[recipe.task],
    )


def _number(name: str, text: str) -> int | float:
    least, greatest = _RANGES[name]
    whole = name not in ("label_noise", "imbalance")
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = np.nan
    if not least <= value <= greatest:
        kind = "an integer" if whole else "a number"
        raise ValueError(
            f"{name} must be {kind} from {least} to {greatest}, got {text!r}; "
            f"the default is {getattr(Recipe(), name)}"
        )
    return value


def _check_task(recipe: Recipe, given: Mapping[str, Any]) -> None:
    if recipe.task not in get_args(Kind):
        raise ValueError(f"task must be one of {', '.join(get_args(Kind))}, got {recipe.task!r}")
    if recipe.task != "classification":
        for name in _CLASSIFICATION_ONLY:
            if name in given:
                raise ValueError(
                    f"{name} is for task=classification only, got task={recipe.task}; leave it out"
                )
    if recipe.task == "friedman" and recipe.informative != 5:
        raise ValueError(
            f"Friedman's function has 5 informative features, got informative="
            f"{recipe.informative}; leave it out"
        )
    if recipe.task == "classification":
        if recipe.classes > 2**recipe.informative:
            raise ValueError(
                f"there is a corner for each class: classes must be at most 2^informative, got "
                f"{recipe.classes} classes and informative={recipe.informative}; raise informative"
            )
        if recipe.imbalance and recipe.imbalance < 1 / recipe.classes:
            raise ValueError(
                f"imbalance must be 0 or the largest of {recipe.classes} shares, "
                f"{1 / recipe.classes:.3g} or more, got {recipe.imbalance}"
            )


class Made(NamedTuple):
    """How scikit-learn makes the data of a recipe.

    Args:
        maker: the name of its function.
        arguments: of that.
        noise_seed: of the noise that is added to a target of numbers, None for classes.
    """

    maker: str
    arguments: dict[str, Any]
    noise_seed: int | None = None


def arguments_of(recipe: Recipe) -> Made:
    """Return how scikit-learn makes the data of a recipe."""
    features = recipe.informative + recipe.noise
    if recipe.task == "classification":
        share = recipe.imbalance or 1 / recipe.classes
        # Rounded, since scikit-learn cuts off: 600 rows times 1 - 0.9 would give 59 of them.
        rest = round((1 - share) / (recipe.classes - 1), 12)
        arguments = {
            "n_samples": recipe.rows,
            "n_features": features,
            "n_informative": recipe.informative,
            "n_redundant": 0,
            "n_repeated": 0,
            "n_classes": recipe.classes,
            # Two clusters a class, scikit-learn's default, where the cube has corners enough.
            "n_clusters_per_class": 2 if 2 * recipe.classes <= 2**recipe.informative else 1,
            "weights": [share] + [rest] * (recipe.classes - 1),
            "flip_y": recipe.label_noise,
            "random_state": recipe.seed,
        }
        return Made("make_classification", arguments)
    data_seed, noise_seed = np.random.SeedSequence(recipe.seed).generate_state(2).tolist()
    arguments = {"n_samples": recipe.rows, "n_features": features, "random_state": data_seed}
    if recipe.task == "friedman":
        return Made("make_friedman1", arguments, noise_seed)
    informative = {"n_informative": recipe.informative}
    return Made("make_regression", arguments | informative, noise_seed)


def _classification(recipe: Recipe) -> DataSet:
    from sklearn.datasets import make_classification

    X, y = make_classification(**arguments_of(recipe).arguments)
    smallest = int(np.bincount(y, minlength=recipe.classes).min())
    if smallest < 2:
        raise ValueError(
            f"every class must have 2 rows or more, the smallest of this recipe has {smallest}; "
            "raise rows or lower imbalance"
        )
    return DataSet(X, y.astype(np.int64), tuple(str(code) for code in range(recipe.classes)))


def _regression(recipe: Recipe) -> DataSet:
    from sklearn import datasets

    made = arguments_of(recipe)
    X, y = getattr(datasets, made.maker)(**made.arguments)
    # Added here, since scikit-learn's noise is in units of the target, not of its deviation.
    noise = np.random.default_rng(made.noise_seed).normal(size=recipe.rows)
    return DataSet(X, y + recipe.label_noise * float(np.std(y)) * noise)
