"""Runs in the format of COCO's data folders, which `cocopp` and IOHinspector open."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.environment import version
from bench.exchange.imported import ExchangeError
from bench.exchange.outgoing import (
    Curve,
    Exported,
    Function,
    best_so_far,
    curves_of,
    functions_of,
    optima_of,
    partial_note,
    quoted,
    slugs,
    why_no_optimum,
)
from bench.exchange.ran import partial_runs
from bench.sources.source import Source, first_few
from bench.words import many

FAILED = 1e21
"""What COCO's own loggers write for an infinite value."""

PRECISION = 1e-8
"""The last target of COCO's functions."""

PROBLEM = "% problem: "
"""Before the label of a problem in the second line of an entry of an index file."""


def write(source: Source, folder: Path) -> Exported:
    """Write a folder for each strategy, in `bbob` and `other`.

    An index file (`.info`) has an entry for each dimension of a function, with the runs and their
    data files: `.dat` has the first evaluation of a run, each better one and the last, `.tdat` all.
    Columns of both: evaluations, evaluations of constraints (0), best value so far minus the
    optimum, the value, the best value so far. COCO minimises, so the sign of maximised values is
    changed. Format: `data_format = 'bbob-new2'` of coco-experiment 2.8.

    Args:
        source: the runs.
        folder: an empty one.

    Raises:
        ExchangeError: no problem has a known optimum.
    """
    written, left = _fit(source)
    if not written:
        raise ExchangeError(
            "COCO's format holds distances to the optimum, so problems must have a known optimum "
            f"and parameters, none has: {first_few(left)}; --to ioh needs no optimum"
        )
    names, count, curves = slugs(source.strategies), 0, curves_of(source)
    folders = []
    for strategy in source.strategies:
        for bbob, suite in ((True, "bbob"), (False, "other")):
            chosen = [function for function in written if function.bbob == bbob]
            for number in sorted({function.number for function in chosen}):
                entries = [
                    (function, found)
                    for function in chosen
                    if function.number == number and (found := curves(strategy, function))
                ]
                if entries:
                    target = f"{suite}/{names[strategy]}"
                    _write_function(folder / target, strategy, number, entries)
                    folders.append(target)
                    count += sum(len(found) for _, found in entries)
    lines = partial_runs(source)
    if left:
        lines.append(
            "left out, since COCO's format holds distances to the optimum: " + first_few(left)
        )
    if others := [function for function in written if not function.bbob]:
        shown = first_few(f"f{function.number} {function.problem}" for function in others)
        lines.append(f"problems that are not of BBOB have numbers of their own: {shown}")
        lines.append(
            "cocopp.main shows the folders in bbob only; cocopp.load also reads those in other"
        )
    lines += partial_note(source, "evaluations")
    # cocopp.main shows those in bbob, where there are any.
    first = min(folders, key=lambda name: not name.startswith("bbob/"))
    return Exported(
        f"{many(count, 'run')} of {many(len(written), 'problem')}, a folder for each strategy",
        int(source.trials["problem"].isin([function.problem for function in written]).sum()),
        tuple(lines),
        (
            "import cocopp",
            f'data = cocopp.load("{{}}/{first}")',
            "print(data[0].algId, data[0].detERT([1.0]))",
        ),
    )


def _fit(source: Source) -> tuple[list[Function], list[str]]:
    """Return the functions that can be written, and the problems that cannot, with the reason."""
    optima = optima_of(source)
    written, left = [], []
    for function in functions_of(source):
        why = why_no_optimum(optima[function.problem])
        if not why and not function.dimension:
            why = "how many parameters it has is not known"
        if why:
            left.append(f"{function.problem} ({why})")
        else:
            written.append(function)
    return written, left


def _write_function(
    folder: Path, strategy: str, number: int, entries: Sequence[tuple[Function, list[Curve]]]
) -> None:
    data = folder / f"data_f{number}"
    data.mkdir(parents=True, exist_ok=True)
    index = []
    for function, found in sorted(entries, key=lambda entry: entry[0].dimension):
        stem = f"bbobexp_f{number}_DIM{function.dimension}"
        with (data / f"{stem}.dat").open("w") as dat, (data / f"{stem}.tdat").open("w") as tdat:
            ends = []
            for curve in found:
                header = _header(function, curve)
                dat.write(header)
                tdat.write(header)
                for row, named in _rows(function, curve):
                    tdat.write(row)
                    if named:
                        dat.write(row)
                ends.append(_end(function, curve))
        suite = "suite = 'bbob', " if function.bbob else ""
        index.append(
            f"{suite}funcId = {number}, DIM = {function.dimension}, Precision = {PRECISION:.3e}, "
            f"algId = '{quoted(strategy)}', logger = 'tunebench {version('tunebench')}', "
            f"data_format = 'bbob-new2'\n{PROBLEM}{function.problem}\n"
            f"data_f{number}/{stem}.dat, {', '.join(ends)}\n"
        )
    (folder / f"bbobexp_f{number}.info").write_text("".join(index), encoding="utf-8")


def _header(function: Function, curve: Curve) -> str:
    optimum = -curve.optimum if function.maximize else curve.optimum
    return (
        f"% f evaluations | g evaluations | best noise-free fitness - Fopt ({optimum:.12e}) + "
        "sum g_i+ | measured fitness | best measured fitness or single-digit g-values | x1 | "
        "x2...\n"
    )


def _rows(function: Function, curve: Curve) -> Iterator[tuple[str, bool]]:
    """Yield the line of each evaluation, and whether it is the first, a better or the last one."""
    last = len(curve.values)
    sign = -1.0 if function.maximize else 1.0
    for number, best, new in best_so_far(curve.values, maximize=function.maximize):
        value = curve.values[number - 1]
        row = (
            f"{number} 0 {_distance(function, curve, best):+.16e} "
            f"{FAILED if math.isnan(value) else sign * value:+.16e} "
            f"{FAILED if math.isnan(best) else sign * best:+.16e}\n"
        )
        yield row, new or number in (1, last)


def _end(function: Function, curve: Curve) -> str:
    *_, (number, best, _) = best_so_far(curve.values, maximize=function.maximize)
    instance = curve.instance + (0 if function.bbob else 1)  # 0 means all of them to cocopp
    return f"{instance}:{number}|{_distance(function, curve, best):.1e}"


def _distance(function: Function, curve: Curve, best: float) -> float:
    if math.isnan(best):
        return FAILED
    # Below 0 by rounding only: the optimum is exact.
    return max(0.0, curve.optimum - best if function.maximize else best - curve.optimum)
