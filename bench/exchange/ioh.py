"""Runs in the format of IOHprofiler, which IOHinspector and IOHanalyzer open."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.environment import version
from bench.exchange.outgoing import (
    Curve,
    Exported,
    Function,
    best_so_far,
    curves_of,
    functions_of,
    partial_note,
    slugs,
)
from bench.exchange.ran import partial_runs
from bench.sources.source import Source, first_few
from bench.words import many

SUITE = "tunebench"
"""The suite whose functions are called by the labels of their problems."""


def write(source: Source, folder: Path) -> Exported:
    """Write a folder for each strategy, with a JSON and a data file a problem.

    The data file has a line for each evaluation: its number and its value as the problem has it, in
    the direction of its metric. A failed evaluation has an infinite value, the worst there is. The
    instance is the number of the repetition. Format: that of `ioh.logger.Analyzer` 0.4.

    Args:
        source: the runs.
        folder: an empty one.
    """
    names, count, curves = slugs(source.strategies), 0, curves_of(source)
    functions = functions_of(source)
    files = slugs([function.problem for function in functions])
    for strategy in source.strategies:
        for function in functions:
            if found := curves(strategy, function):
                stem = f"f{function.number}_{files[function.problem]}"
                _write_function(folder / names[strategy], stem, strategy, function, found)
                count += len(found)
    lines = partial_runs(source) + partial_note(source, "evaluations")
    unknown = [function.problem for function in functions if not function.dimension]
    if unknown:
        lines.append(f"the dimension is written as 0 where it is not known: {first_few(unknown)}")
    if any(not f.bbob for f in functions):
        shown = first_few(f"f{f.number} {f.problem}" for f in functions if not f.bbob)
        lines.append(f"problems that are not of BBOB have numbers of their own: {shown}")
    return Exported(
        f"{many(count, 'run')} of {many(len(functions), 'problem')}, a folder for each strategy",
        len(source.trials),
        tuple(lines),
        (
            "import iohinspector",
            'manager = iohinspector.DataManager(); manager.add_folder("{}")',
            "print(manager.load(monotonic=True, include_meta_data=True))",
        ),
    )


def _write_function(
    folder: Path, stem: str, strategy: str, function: Function, found: Sequence[Curve]
) -> None:
    path = f"data_{stem}/IOHprofiler_f{function.number}_DIM{function.dimension}.dat"
    (folder / path).parent.mkdir(parents=True)
    worst = "-inf" if function.maximize else "inf"
    with (folder / path).open("w") as file:
        for curve in found:
            # IOHinspector tells runs apart by their first evaluation, so each has all its lines.
            file.write("evaluations raw_y\n")
            for number, value in enumerate(curve.values.tolist(), 1):
                file.write(f"{number} {worst if math.isnan(value) else f'{value:.17g}'}\n")
    meta = {
        "version": version("tunebench") or "unknown",
        "suite": SUITE,
        "function_id": function.number,
        "function_name": function.problem,
        "maximization": function.maximize,
        # No attributes of the experiment: IOHinspector evaluates their texts as Python.
        "algorithm": {"name": strategy, "info": "tunebench"},
        "attributes": ["evaluations", "raw_y"],
        "scenarios": [
            {
                "dimension": function.dimension,
                "path": path,
                "runs": [_run(function, curve) for curve in found],
            }
        ],
    }
    text = json.dumps(meta, indent=1, ensure_ascii=False)
    (folder / f"IOHprofiler_{stem}.json").write_text(text, encoding="utf-8")


def _run(function: Function, curve: Curve) -> dict[str, Any]:
    evals, best = 1, None
    for number, value, new in best_so_far(curve.values, maximize=function.maximize):
        if new:
            evals, best = number, value
    return {
        "instance": curve.repetition,
        "evals": len(curve.values),
        "best": {"evals": evals, "y": best, "x": []},
    }
