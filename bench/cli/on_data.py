"""The options of `run` that make problems of a data set and models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from bench import registry
from bench.spec import Entry, SpecError, Sweep

_SETTINGS = {
    "target": click.option("--target", help="Column to predict."),
    "metric": click.option(
        "--metric", show_default="chosen by the target", help="Metric to tune, such as roc_auc."
    ),
    "positive": click.option(
        "--positive", show_default="the rarer one", help="Positive class, for f1."
    ),
    "groups": click.option("--groups", help="Column whose rows stay in one fold."),
    "drop": click.option("--drop", help="Columns to leave out, separated by commas."),
    "cv": click.option(
        "--cv", help="Cross-validation: k-fold, stratified, group, hold-out, time-series."
    ),
    "folds": click.option(
        "--folds", type=int, show_default="5", help="Folds of the cross-validation."
    ),
    "repeats": click.option(
        "--repeats", type=int, show_default="2", help="Repeats of the cross-validation."
    ),
    "sep": click.option("--sep", show_default=",", help="Separator of the columns in the file."),
    "decimal": click.option("--decimal", show_default=".", help="Decimal mark in the file."),
    "thousands": click.option(
        "--thousands", show_default="none", help="Thousands separator in the file."
    ),
}
"""Name of the option -> the option; but for the metric it is that of the setting."""

OPTIONS = (*_SETTINGS.values(),)

NAMES = ("data", "model", *_SETTINGS)
"""Of all options about data."""


def tunes_models(sweep: Sweep) -> bool:
    """Return whether a problem of a sweep is a model on a data set that the sweep names.

    Args:
        sweep: any.
    """
    names = (entry.name for entry in sweep.problems)
    return any(registry.PROBLEMS.get(name).argument == "data" for name in names)


def entries(given: Mapping[str, Any]) -> tuple[Entry, ...]:
    """Return the problems that the options about data ask for.

    Args:
        given: option -> value, for those that were given.

    Raises:
        SpecError: options without data, data without a model, or a model that takes none.
    """
    if not given:
        return ()
    if "data" not in given:
        *names, last = [f"--{name}" for name in given]
        listed = f"{', '.join(names)} and {last} describe" if names else f"{last} describes"
        raise SpecError(f"{listed} --data, which is missing; name a data set")
    if not given.get("model"):
        raise SpecError(
            "--data needs a model to tune on it, --model; for example --model svm "
            "(`tunebench list problems` shows them as svm:DATA)"
        )
    for name in given["model"]:
        if registry.PROBLEMS.get(name).argument != "data":
            classes = registry.PROBLEMS.classes().items()
            models = [name for name, cls in classes if cls.argument == "data"]
            raise SpecError(
                f"--model must be a model that takes data, got {name!r}; use one of "
                f"{', '.join(models)}"
            )
    settings = {name: value for name, value in given.items() if name not in ("model", "metric")}
    if "metric" in given:
        settings["scoring"] = given["metric"]
    label = Path(given["data"]).name
    return tuple(Entry(name, f"{name}:{label}", settings) for name in given["model"])
