"""The options of `run` that make problems of a data set and models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from bench import registry
from bench.spec import Entry, SpecError

_SETTINGS = {
    "target": click.option("--target", help="The column of --data to predict."),
    "metric": click.option("--metric", help="What is measured on --data [by its target]."),
    "positive": click.option("--positive", help="The class that f1 looks for [the rarer one]."),
    "groups": click.option("--groups", help="The column of --data whose rows stay together."),
    "drop": click.option("--drop", help="Columns of --data to leave out, separated by commas."),
    "cv": click.option("--cv", help="How --data is cut: k-fold, stratified, group, …"),
    "folds": click.option("--folds", type=int, help="Parts that --data is cut into [5]."),
    "repeats": click.option("--repeats", type=int, help="Times that --data is cut [2]."),
    "sep": click.option("--sep", help="What separates the values of --data [,]."),
    "decimal": click.option("--decimal", help="The decimal mark in --data [.]."),
    "thousands": click.option("--thousands", help="What groups digits in --data [nothing]."),
}
"""Name of the option -> the option; but for the metric it is that of the setting."""

OPTIONS = (*_SETTINGS.values(),)

NAMES = ("data", "model", *_SETTINGS)
"""Of all options about data."""


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
        listed = f"{', '.join(names)} and {last} speak" if names else f"{last} speaks"
        raise SpecError(f"{listed} of --data, which is not given; name a data set")
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
