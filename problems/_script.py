"""A program that builds the estimator of a trial and measures it again, without this package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Evaluation
from problems._dataset import DataSet
from problems._script_data import Place, load_code
from problems._script_scores import score_code
from problems._script_splits import split_code
from problems._source import Code, source_of
from problems._splits import Splitter

_SHORT = {"numpy": "np", "pandas": "pd"}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a trial was measured with.

    Args:
        estimator: the whole unfitted one.
        place: where the data are.
        data: the data.
        splitter: how the rows are cut.
        score: what was measured.
        seed: of the repetition.
        inner: the seed of the inner parts where it is not that of the repetition.
    """

    estimator: Any
    place: Place
    data: DataSet
    splitter: Splitter
    score: Any
    seed: int
    inner: int | None = None


def script(measured: Measured, recorded: Evaluation) -> str:
    """Return the program, formatted as Black would.

    Args:
        measured: what the trial was measured with.
        recorded: what came out, which the program prints beside what it gets.

    Raises:
        ValueError: a metric or a class that the program cannot have.
    """
    data, groups = measured.data, bool(measured.place.groups)
    load = load_code(measured.place, data)
    score = score_code(measured.score, measured.estimator, len(data.labels))
    split = split_code(
        measured.splitter, rows=len(data.y), groups=groups, seed=measured.seed,
        inner=measured.inner,
    )  # fmt: skip
    model = _model(measured)
    needed = [Code(imports={("numpy", "")}), load, model, split, score]
    blocks = [load, model, split, score, Code(_main(measured, recorded))]
    lines = [*_imports(set().union(*(code.imports for code in needed)))]
    # Constants stand right below the imports, functions two lines below what is before them.
    for code in blocks:
        lines += ["", *([] if code is load and data.names else [""]), *code.lines]
    return "\n".join([*lines, ""])


def _model(measured: Measured) -> Code:
    data = measured.data
    numbers = tuple(place for place in range(data.X.shape[1]) if place not in data.categorical)
    columns = {numbers: "NUMBERS", data.categorical: "CATEGORIES"} if data.names else {}
    code = source_of(
        measured.estimator, before="return ", indent=4, columns=columns, names=data.names
    )
    if data.categorical and ("sklearn.compose", "ColumnTransformer") not in code.imports:
        raise ValueError(
            "a program needs categories that a ColumnTransformer encodes, the model takes their "
            "codes; write the program by hand"
        )
    code.lines = [
        "def make_model():",
        '    """Return the estimator, not fitted yet."""',
        *code.lines,
    ]
    return code


def _main(measured: Measured, recorded: Evaluation) -> list[str]:
    both = ", groups" if measured.place.groups else ""
    at = ".iloc" if measured.data.names else ""
    return [
        "def measure(X, y, fit, test):",
        '    """Return the score on some rows of a model that is fitted to others."""',
        f"    model = make_model().fit(X{at}[fit], y[fit])",
        f"    return score(model, X{at}[test], y[test])",
        "",
        "",
        'if __name__ == "__main__":',
        f"    X, y{both} = load()",
        f"    train, test, folds = split(y{both})",
        "    value = np.mean([measure(X, y, fit, part) for fit, part in folds])",
        f'    print(f"validation: {{value:.6g}} (recorded: {recorded.value:.6g})")',
        *_test(recorded),
        "    model = make_model().fit(X, y)  # on all rows: the one to use",
    ]


def _test(recorded: Evaluation) -> list[str]:
    if recorded.test_value is None:
        return []
    return [
        "    test_value = measure(X, y, train, test)",
        f'    print(f"test: {{test_value:.6g}} (recorded: {recorded.test_value:.6g})")',
    ]


def _imports(wanted: set[tuple[str, str]]) -> list[str]:
    whole = sorted(module for module, name in wanted if not name)
    lines = [f"import {module} as {_SHORT[module]}" for module in whole]
    modules = sorted({module for module, name in wanted if name})
    for module in modules:
        names = sorted(name for found, name in wanted if found == module and name)
        line = f"from {module} import {', '.join(names)}"
        if len(line) > 88:
            inside = [f"    {name}," for name in names]
            lines += [f"from {module} import (", *inside, ")"]
        else:
            lines.append(line)
    return lines
