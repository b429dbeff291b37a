"""What came of a sweep: its rows, its verdict, its plots, its page."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.addresses import without_password
from bench.bundles.bundle import is_bundle, opened_results, report_command
from bench.errors import UserError
from bench.exchange.naming import title_of
from bench.exchange.tools import from_objects, from_tools, holds_objects, tool_of
from bench.panels.looks import Looks
from bench.sources.merge import from_folders, of_parts
from bench.sources.source import Part, Source, of_part, opened, read_part
from bench.sources.tidy import from_frame, from_tidy
from bench.sources.tidy_file import is_table
from bench.spec import Sweep
from bench.store import Store
from bench.store.columns import columns
from bench.store.pack_writer import write_pack
from bench.store.record import RunRecord
from bench.store.rows import TRIAL_COLUMNS

if TYPE_CHECKING:
    import optuna
    import pandas as pd
    from matplotlib.axes import Axes

    from bench.analyses import Analyses


class ResultError(UserError):
    """What a result cannot do; the message says what to do instead."""


class Result:
    """What came of a sweep; made by `run` and `load`.

    Args:
        source: its rows.
        part: the same as one sweep, None of a table and of several folders.
        records: gives the records of its runs, None where there are none to save.

    >>> from bench.api.run import run
    >>> result = run(strategies=["random", "sobol"], problems="branin", trials=4, repetitions=2)
    >>> result.strategies, result.problems
    (('random', 'sobol'), ('branin',))
    >>> list(result.leaderboard()["strategy"].sort_values())
    ['random', 'sobol']
    """

    def __init__(
        self,
        source: Source,
        *,
        part: Part | None = None,
        records: Callable[[], Iterable[RunRecord]] | None = None,
    ) -> None:
        self._source, self._part, self._records = source, part, records

    @property
    def trials(self) -> pd.DataFrame:
        """A row a trial, in the order of the sweep: strategy, problem, repetition, value, …."""
        return self._trials.copy(deep=False)

    @property
    def runs(self) -> pd.DataFrame:
        """A row a run, in the order of the sweep: strategy, problem, repetition, status, …."""
        return self._runs.copy(deep=False)

    @cached_property
    def _trials(self) -> pd.DataFrame:
        return self._in_order(self._source.trials, "repetition", "trial_number")

    @cached_property
    def _runs(self) -> pd.DataFrame:
        return self._in_order(self._source.runs, "repetition")

    def _in_order(self, frame: pd.DataFrame, *numbers: str) -> pd.DataFrame:
        """Return rows, which a store gives by a hash of their run, in the order of the sweep."""
        places = [
            frame[name].map({label: place for place, label in enumerate(labels)}).astype(int)
            for name, labels in (("problem", self.problems), ("strategy", self.strategies))
        ]
        keys = [*places, *(frame[name] for name in numbers)]
        order = np.lexsort([key.to_numpy() for key in reversed(keys)])
        return frame.iloc[order].reset_index(drop=True)

    @property
    def strategies(self) -> tuple[str, ...]:
        """The labels of the strategies."""
        return self._source.strategies

    @property
    def problems(self) -> tuple[str, ...]:
        """The labels of the problems."""
        return self._source.problems

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person must know beside the numbers: what failed, was skipped or left out."""
        from bench.prose.notes import failed_trials

        return (
            *self._source.notes,
            *failed_trials(self._found.failures),
            *self._found.warnings,
        )

    @property
    def verdict(self) -> str:
        """The verdict in sentences: who is better, by how much, how sure."""
        return " ".join(self.verdict_sentences)

    @property
    def verdict_sentences(self) -> tuple[str, ...]:
        """The sentences of the verdict, the most important first."""
        return self._found.verdict.sentences

    def leaderboard(self) -> pd.DataFrame:
        """Return the leaderboard, a row a strategy, the best first.

        Returns:
            strategy, group (of those that do not differ significantly), rank and mean normalised
            regret with the ends of their 95 % intervals, and more; see the table of the page.
        """
        return self._found.board.copy(deep=False)

    def best(self) -> pd.DataFrame:
        """Return the best configuration of each strategy on each problem, the best one first.

        The validation value decides, never the test value (`bench.analysis.best`).

        Returns:
            A row a problem and strategy: `config` (a dict), its repetition and trial number,
            `value` (validation) and `test_value`, the means of both over the repetitions, and
            `is_best` (whether it is the best of its problem).

        Raises:
            ResultError: the trials have no configurations.
        """
        if "config" not in self._source.trials:
            raise ResultError(
                "the best configuration needs the configurations of the trials, which only a "
                "results folder has: of a table, and of results of other tools, they are not read; "
                "load a folder that `tunebench run` wrote, or ask the other tool"
            )
        found = self._found.best
        configs = [json.loads(text) for text in found["config"]]
        return found.drop(columns=["advantage", "problem_seed"]).assign(config=configs)

    def plot(self, name: str = "convergence", ax: Axes | None = None) -> Axes:
        """Draw one of the plots of the page, and return its axes.

        Args:
            name: "convergence", "leaderboard", "ranks", "overhead", …: an unknown one lists all.
            ax: where to draw; a new figure of pyplot otherwise.

        Raises:
            PlotError: there is no such plot, or nothing to draw.
        """
        from bench.api.plots import draw

        return draw(self._found, name, ax)

    def report(self, folder: str | os.PathLike[str]) -> Path:
        """Write the report: a page with tables and figures.

        Args:
            folder: an earlier report in it is replaced; anything else in it is an error.

        Returns:
            The path of the page.
        """
        from bench.output.folder import check_replaceable
        from bench.report.build import build_report

        place = Path(folder)
        check_replaceable(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        return build_report(self._source, folder=place)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write a results folder, which `load` and `tunebench report` read.

        Args:
            folder: must be new or empty.

        Returns:
            Its path.

        Raises:
            ResultError: the result is no single sweep, or the folder holds something.
        """
        place = Path(folder)
        if self._part is None or self._records is None:
            raise ResultError(
                "a results folder holds one sweep, this result is a table or several folders; "
                "save its rows with trials.to_parquet(…), or copy the folders"
            )
        if place.exists() and not (place.is_dir() and not any(place.iterdir())):
            held = "holds something" if place.is_dir() else "is a file"
            raise ResultError(
                f"results are saved into a new folder, {place} {held}; name another one"
            )
        store, keep = Store(place.absolute()), set(self._part.columns.runs["run"])
        with store.changing(self._part.recorded, ()):
            ended = (r for r in self._records() if r.end is not None and r.id in keep)
            write_pack(store.pack_path, ended)
        return place

    def __repr__(self) -> str:
        from bench.api.show import as_text

        return as_text(self._found, self.verdict_sentences, self._source.title)

    def _repr_html_(self) -> str:
        from bench.api.show import as_html

        return as_html(self._found, self.verdict_sentences, self._source.title)

    @cached_property
    def _found(self) -> Analyses:
        # At the first use: what computes statistics takes a second to import.
        from bench.analyses import Analyses
        from bench.inference import ROPE

        return Analyses(self._source, trials=None, rope=ROPE)

    @property
    def part(self) -> Part:
        """The single sweep that this is.

        Raises:
            ResultError: it is none.
        """
        if self._part is None:
            raise ResultError(
                "a comparison takes results of one sweep each, got a table or several folders; "
                "load one folder"
            )
        return self._part


def load(
    what: str
    | os.PathLike[str]
    | pd.DataFrame
    | Sequence[str | os.PathLike[str]]
    | optuna.Study
    | Sequence[optuna.Study]
    | Mapping[str, Any],
) -> Result:
    """Return recorded results.

    Args:
        what: a results folder or a bundle; several, which are merged; a table of another tool's
            trials, CSV or Parquet; or such a table as a frame, with the columns strategy, problem,
            repetition, trial_number and value; files or addresses of other tools, one or several
            (Optuna, scikit-learn, hyperopt, MLflow, Ray Tune, Syne Tune); studies of Optuna, one or
            several; or, by names as "grid/svm-wine/0" (strategy, problem, repetition), such studies
            and `cv_results_`.

    Raises:
        UserError: it cannot be read; the message says why and what to do.

    >>> import pandas as pd
    >>> rows = {"strategy": "a", "problem": "p", "repetition": 0, "trial_number": [0, 1]}
    >>> load(pd.DataFrame(rows | {"value": [2.0, 1.0]})).problems
    ('p',)
    """
    if hasattr(what, "columns"):
        frame = from_frame(what, called="frame", title="frame", command="result.report(…)")
        return Result(frame)
    if holds_objects(what):
        return Result(from_objects(what, title="results", command="result.report(…)"))
    items: list[Any] = [what]
    if isinstance(what, Iterable) and not isinstance(what, str):
        items = list(what)
    if wrong := [item for item in items if not isinstance(item, str | os.PathLike)]:
        raise ResultError(
            "results are loaded from a folder, a table, a frame or a list of folders, got "
            f"{type(wrong[0]).__name__}; name the folder, or join frames with pandas.concat"
        )
    names = [os.fspath(item) for item in items]
    if not names:
        raise ResultError("results are loaded from a folder or several, got none; name one")
    command = f"tunebench report {' '.join(map(without_password, names))}"
    tools = [tool_of(name) for name in names]
    if tools[0] is not None:
        return Result(from_tools(names, tools, title=title_of(names[0]), command=command))
    paths = [Path(name) for name in names]
    if len(paths) == 1:
        if is_bundle(paths[0]):
            return _load_bundle(paths[0])
        is_file = is_table(paths[0])
        return Result(from_tidy(paths[0], command=command)) if is_file else load_folder(paths[0])
    with ExitStack() as stack:
        folders = [stack.enter_context(opened_results(path)) for path in paths]
        return Result(from_folders(folders, command=f"{command} --out …"))


def load_folder(folder: Path, *, notes: Sequence[str] = ()) -> Result:
    """Return the last sweep of a results folder.

    Args:
        folder: of the results.
        notes: to be shown with it.
    """
    part = read_part(folder)
    source = of_part(part, command=f"tunebench report {folder}")
    store, _ = opened(folder)
    return Result(_noted(source, notes), part=part, records=lambda: store.records([]))


def _load_bundle(path: Path) -> Result:
    with opened_results(path) as folder:
        part = read_part(folder)
        source = of_part(part, command=report_command(part.sweep.name))

    def records() -> Iterator[RunRecord]:
        with opened_results(path) as folder:
            yield from opened(folder)[0].records([])

    return Result(source, part=part, records=records)


def of_records(
    sweep: Sweep, records: Iterable[RunRecord], looks: Looks | None, *, notes: Sequence[str]
) -> Result:
    """Return the result of runs that are held in memory.

    Args:
        sweep: resolved.
        records: of its runs.
        looks: at it, None where nothing stops it early.
        notes: to be shown with it.
    """
    held = list(records)
    part = Part(Path(sweep.name), sweep, columns(None, held, wanted=TRIAL_COLUMNS), (), looks)
    source = of_part(part, command='result.report("…")')
    return Result(_noted(source, notes), part=part, records=lambda: held)


def among(result: Result, folder: Path) -> Result:
    """Return a result with those of a folder beside it.

    Args:
        result: a single sweep.
        folder: whose last sweep was measured under the same conditions.
    """
    parts = [read_part(folder), result.part]
    source = of_parts(parts, command=f"tunebench report {folder} … --out …")
    said = [note for note in result._source.notes if note not in result.part.notes]
    return Result(_noted(source, [note for note in said if note not in source.notes]))


def _noted(source: Source, notes: Sequence[str]) -> Source:
    return dataclasses.replace(source, notes=(*notes, *source.notes))
