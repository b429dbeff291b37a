"""The tools whose results can be read, and which of them wrote what is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.addresses import without_password
from bench.exchange import (
    coco_logs,
    cv_results,
    hyperopt_trials,
    ioh_logs,
    mlflow_runs,
    optuna_csv,
    optuna_objects,
    optuna_storage,
    ray_experiment,
    syne_experiment,
)
from bench.exchange.imported import ExchangeError, Imported, tidy_table
from bench.sources.source import Source
from bench.sources.tidy import from_frame


@dataclass(frozen=True, slots=True)
class Tool:
    """What reads the results of one tool.

    Args:
        reads: says whether a path or address is of this tool, and touches as little as that takes.
        read: returns what it holds; raises `ExchangeError`.
    """

    reads: Callable[[str], bool]
    read: Callable[[str], Imported]


_MODULES = (
    coco_logs,
    cv_results,
    optuna_csv,
    optuna_objects,
    optuna_storage,
    hyperopt_trials,
    ioh_logs,
    mlflow_runs,
    ray_experiment,
    syne_experiment,
)
TOOLS = tuple(Tool(module.reads, module.read) for module in _MODULES)


def tool_of(what: str) -> Tool | None:
    """Return the tool that wrote what a path or address leads to; None where no known one did."""
    return next((tool for tool in TOOLS if tool.reads(what)), None)


def from_tools(
    whats: Sequence[str], tools: Sequence[Tool | None], *, title: str, command: str
) -> Source:
    """Return the results of other tools as one source.

    Args:
        whats: paths and addresses.
        tools: of each, as `tool_of` gives it; looking for it again may take a second.
        title: of the page.
        command: what makes the report again.

    Raises:
        ExchangeError: one cannot be read.
        TidyError: together they break a rule of tidy tables.
    """
    parts = []
    for what, tool in zip(whats, tools, strict=True):
        if tool is None:
            raise ExchangeError(
                "results of other tools can only be combined with results of other tools, "
                f"{without_password(what)} is none; report it by itself"
            )
        parts.append(tool.read(what))
    return from_imported(parts, title=title, command=command)


def holds_objects(what: object) -> bool:
    """Say whether something is what `from_objects` takes; others are paths and addresses."""
    if isinstance(what, Mapping) or optuna_objects.is_study(what):
        return True
    return isinstance(what, list | tuple) and any(map(optuna_objects.is_study, what))


def from_objects(what: Any, *, title: str, command: str) -> Source:
    """Return results of other tools in memory as one source.

    Args:
        what: a study of Optuna, or several; or by names `strategy/problem/repetition` such studies,
            frames of their trials, `Trials` of hyperopt, and searches of scikit-learn.
        title: of the page.
        command: what makes the report again.

    Raises:
        ExchangeError: one cannot be taken.
    """
    if isinstance(what, Mapping):
        parts = [_named(str(name), thing) for name, thing in what.items()]
        if not parts:
            raise ExchangeError("results by names must be one or more, got none; name one")
    else:
        studies = [what] if optuna_objects.is_study(what) else list(what)
        if wrong := [thing for thing in studies if not optuna_objects.is_study(thing)]:
            raise ExchangeError(
                f"a list must hold studies of Optuna alone, got {type(wrong[0]).__name__} among "
                "them; load the others by names, as in {'grid/svm/0': search.cv_results_}"
            )
        parts = [optuna_objects.of_studies(studies)]
    return from_imported(parts, title=title, command=command)


def _named(name: str, thing: Any) -> Imported:
    if optuna_objects.is_study(thing):
        return optuna_objects.of_studies([thing], [name])
    if optuna_csv.is_frame(getattr(thing, "columns", ())):
        return optuna_csv.of_frame(name, thing)
    if hyperopt_trials.is_trials(thing):
        return hyperopt_trials.of_trials(name, list(thing.trials), called=f"trials of {name!a}")
    return cv_results.of_frame(name, thing)


def from_imported(parts: Sequence[Imported], *, title: str, command: str) -> Source:
    """Return what was read of other tools as one source; as `from_tools` has it."""
    trials, rules = tidy_table(parts)
    names = ", ".join(dict.fromkeys(part.tool for part in parts))
    return from_frame(
        trials,
        called=f"trials of {names}",
        title=title,
        command=command,
        notes=rules,
        untimed=f"the results of {names} do not have them",
    )
