"""The best configurations of a sweep: `best`."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from bench import registry
from bench.cli.options import folder_argument
from bench.cli.terminal import say
from bench.core import Config, Evaluation
from bench.errors import UserError
from bench.shipped import is_shipped

if TYPE_CHECKING:
    import pandas as pd

    from bench.analyses import Analyses
    from bench.panels.panel import Panel
    from bench.spec import Entry, Sweep

MAX_IMPORTANCE_PROBLEMS = 6
"""Problems up to which the table ends in their importance; a forest takes up to a second."""


@click.command()
@folder_argument
@click.option("--problem", help="This problem only, by its label.")
@click.option("--strategy", help="This strategy only, by its label.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "code"]),
    default="table",
    show_default=True,
    help="A table for people, JSON for programs, or a program of scikit-learn.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write to this file, not to the terminal."
)
def best(
    folder: Path, problem: str | None, strategy: str | None, form: str, out: Path | None
) -> None:
    """Show the best configuration of each strategy on each problem in FOLDER.

    The validation value decides, the test value is reported beside it. With --format code the
    output is a program that needs scikit-learn alone: it builds the estimator, prints the recorded
    validation and test value beside those it gets, and fits the model on all rows.

    \b
    Example:
      tunebench best results/mine
      tunebench best results/mine --problem svm:table.csv --format code --out model.py
    """
    from bench.analyses import Analyses
    from bench.bundles.bundle import opened_results
    from bench.inference import ROPE
    from bench.sources.source import from_folder, opened

    with opened_results(folder) as place:
        found = Analyses(from_folder(place, command=""), trials=None, rope=ROPE)
        _, sweep = opened(place)
    for note in found.source.notes:
        say(note, err=True)
    rows = _chosen(found.best, problem, strategy, folder)
    if form == "code":
        text = _code(found, rows, sweep)
    else:
        text = _json(found, rows) if form == "json" else _table(found, rows, folder)
    if out is None:
        say(text.rstrip("\n"))
        return
    try:
        out.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"'--out' must be a file that can be written, {out} cannot be written "
            f"({error.strerror}); use another one"
        ) from None
    say(f"written: {out}")


def _chosen(
    rows: pd.DataFrame, problem: str | None, strategy: str | None, folder: Path
) -> pd.DataFrame:
    """Return the rows that were asked for."""
    if rows.empty:
        raise UserError(
            f"a best configuration needs a completed trial with its configuration, {folder} has "
            f"none; `tunebench status {folder}` shows what ran"
        )
    for column, label in (("problem", problem), ("strategy", strategy)):
        if label is None:
            continue
        names = list(rows[column].unique())
        if label not in names:
            raise UserError(
                f"'--{column}' must be a {column} with a completed trial, got {label!r}; "
                f"{registry.near(label, names)}"
            )
        rows = rows[rows[column] == label]
    return rows.assign(is_best=~rows["problem"].duplicated())


def _table(found: Analyses, rows: pd.DataFrame, folder: Path) -> str:
    from bench.captions import best as texts

    panels = {panel.problem: panel for panel in found.panels}
    blocks = [_block(part, panels[str(name)]) for name, part in rows.groupby("problem", sort=False)]
    models = found.models[found.models["problem"].isin(rows["problem"])]
    for _, group in models.groupby("group", sort=False):
        panel = panels[group["problem"].iloc[0]]
        if len(group) > 1:
            lines = texts.models(group, panel.metric, panel.sign)
            blocks.append(
                "\n".join(
                    [f"Models on {group['dataset'].iloc[0]}: {texts.in_short(group)}", *lines]
                )
            )
    names = list(rows["problem"].unique())
    if len(names) <= MAX_IMPORTANCE_PROBLEMS:
        frame = found.importance
        blocks += _importance(frame[frame["problem"].isin(names)])
    blocks.append(f"{texts.RULE}\n{texts.MEAN_TEST if rows['test_value'].notna().any() else ''}")
    command = ["tunebench", "best", str(folder), "--problem", _first(found, names)]
    blocks.append(f"As code: {shlex.join([*command, '--format', 'code', '--out', 'model.py'])}")
    return "\n\n".join(block.rstrip("\n") for block in blocks)


def _block(part: pd.DataFrame, panel: Panel) -> str:
    """Return the best of each strategy on one problem."""
    from tabulate import tabulate

    from bench.captions import best as texts
    from bench.prose.phrases import axis_label, number
    from bench.prose.quantities import duration, resolving

    values = [*part["value"], *part["test_value"].dropna(), *part["mean_value"]]
    show = resolving(values)
    columns: dict[str, list[str]] = {
        "strategy": list(part["strategy"]),
        "validation": [show(value) for value in part["value"]],
    }
    if part["test_value"].notna().any():
        columns["test"] = ["–" if math.isnan(v) else show(v) for v in part["test_value"]]
        ends = zip(part["mean_test"], part["test_low"], part["test_high"], strict=True)
        columns["mean test (95 %)"] = [texts.in_parentheses(*row, values) for row in ends]
    columns |= {
        "advantage": [number(value) for value in part["advantage"]],
        "repetition": part["repetition"].astype(str).tolist(),
        "trial_number": part["trial_number"].astype(str).tolist(),
        "evaluation": [duration(seconds) for seconds in part["evaluation_s"]],
    }
    table = tabulate(columns, headers="keys", tablefmt="plain", disable_numparse=True)
    configs = [
        f"{row.strategy}: {texts.configuration(str(row.config))}" for row in part.itertuples()
    ]
    title = f"{panel.problem}: {axis_label(panel.metric, panel.direction)}"
    return "\n".join([title, table, *configs])


def _importance(frame: pd.DataFrame) -> list[str]:
    from bench.captions import best as texts

    if frame.empty:
        return []
    lines = ["Importance of the parameters (90 % of the trees)"]
    for name, part in frame.groupby("problem", sort=False):
        lines.append(f"{name}: {texts.importance(part)}")
    return ["\n".join([*lines, *filter(None, [texts.unreliable(frame)])])]


def _json(found: Analyses, rows: pd.DataFrame) -> str:
    """Return what programs read; a number that is not there is null."""
    runs = found.source.runs.drop_duplicates("problem").set_index("problem")
    problems = []
    for name, part in rows.groupby("problem", sort=False):
        run = runs.loc[name]
        settings = json.loads(str(run["problem_settings"]))
        importance = found.importance[found.importance["problem"] == name]
        problems.append(
            {
                "problem": name, "name": run["problem_name"], "version": run["problem_version"],
                "settings": settings, "metric": run["metric"], "direction": run["direction"],
                "fingerprint": settings.get("fingerprint", ""),
                "strategies": [_row(row) for row in part.to_dict("records")],
                "importance": importance.drop(columns="problem").to_dict("records"),
            }
        )  # fmt: skip
    environment = next(iter(found.source.environments), {})
    models = found.models[found.models["problem"].isin(rows["problem"])]
    document = {
        "sweep": found.source.title,
        "seeds": list(found.source.seeds),
        "versions": {"python": environment.get("python"), **(environment.get("packages") or {})},
        "problems": problems,
        "models": models.to_dict("records"),
    }
    return json.dumps(_plain(document), indent=2, ensure_ascii=False)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{key: value for key, value in row.items() if key not in ("problem", "advantage")},
        "config": json.loads(row["config"]),
    }


def _plain(value: Any) -> Any:
    """Return what JSON can hold."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _code(found: Analyses, rows: pd.DataFrame, sweep: Sweep) -> str:
    """Return a program for one configuration."""
    row = _one(found, rows)
    entry = next(entry for entry in sweep.problems if entry.label == row["problem"])
    config: Config = json.loads(row["config"])
    test = None if math.isnan(row["test_value"]) else float(row["test_value"])
    recorded = Evaluation(float(row["value"]), test)
    return _header(found, row) + (
        _script(entry, config, int(row["problem_seed"]), recorded) or _literal(config)
    )


def _one(found: Analyses, rows: pd.DataFrame) -> dict[str, Any]:
    """Return the row to write a program for: of several models that of the best."""
    names = list(rows["problem"].unique())
    if set(names) <= set(found.models.loc[found.models["group"] == 0, "problem"]):
        names = [_first(found, names)]
    if len(names) > 1:
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        raise UserError(
            f"'--format code' writes a program for one problem, there are {len(names)}; name one "
            f"with '--problem': {shown}"
        )
    part = rows[(rows["problem"] == names[0]) & rows["is_best"]]
    return cast(dict[str, Any], part.iloc[0].to_dict())


def _first(found: Analyses, names: Sequence[str]) -> str:
    """Return the first of some problems: of models on one data set the best by validation."""
    ranked = [str(name) for name in found.models["problem"] if name in names]
    return ranked[0] if set(ranked) == set(names) else names[0]


def _script(entry: Entry, config: Config, seed: int, recorded: Evaluation) -> str:
    # Whoever sent the results may have named a file of theirs; it has no program here.
    if not is_shipped(entry.name, entry.settings):
        return ""
    problem = registry.PROBLEMS.create(entry)
    if problem.version != entry.version:
        raise UserError(
            f"a program needs the problem as it was run, {entry.label} was version {entry.version} "
            f"and is version {problem.version} now; run the sweep again"
        )
    try:
        return problem.script(config, seed=seed, recorded=recorded)
    except ValueError as error:
        raise UserError(f"{entry.label}: {error}; '--format json' has the configuration") from None


def _header(found: Analyses, row: dict[str, Any]) -> str:
    """Return the comment on top of a program."""
    run = found.source.runs.drop_duplicates("problem").set_index("problem").loc[row["problem"]]
    environment = next(iter(found.source.environments), {})
    packages, python = environment.get("packages") or {}, f"Python {environment.get('python')}"
    made = [
        f"{name} {packages[name]}" for name in ("tunebench", "scikit-learn") if name in packages
    ]
    lines = [
        f"The best configuration of {row['problem']}: {row['strategy']}, repetition "
        f"{row['repetition']}, trial {row['trial_number']}.",
        f"Validation {run['metric']} {row['value']:.6g}, optimistic as the best of many trials."
        + ("" if math.isnan(row["test_value"]) else f" Test: {row['test_value']:.6g}."),
        f"Measured with {', '.join([*made, python])}.",
    ]
    # A label may hold what would end the comment.
    return "".join(f"# {' '.join(line.split())}\n" for line in lines) + "\n"


def _literal(config: Config) -> str:
    """Return a configuration as Python."""
    rows = "".join(f"    {json.dumps(name)}: {value!r},\n" for name, value in config.items())
    return f"config = {{\n{rows}}}\n"
