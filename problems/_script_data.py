"""Code that reads a data set as `problems._data` does, with scikit-learn and pandas alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from problems import _script_installed
from problems._bundled import BUNDLED, LOADERS
from problems._dataset import DataSet
from problems._dialect import MISSING, Dialect
from problems._generated import NAMED, Recipe, arguments_of, parse
from problems._openml import PREFIX as OPENML
from problems._source import Code, call_lines, source_of, text_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where a data set is and what its columns are.

    Args:
        data, target, groups: as in `LiveProblem`.
        dialect: of a text file.
    """

    data: str
    target: str
    groups: str
    dialect: Dialect


def columns_of(data: DataSet) -> tuple[list[str], list[str]]:
    """Return the names of the columns that hold numbers, and of those that hold categories."""
    numbers = [name for place, name in enumerate(data.names) if place not in data.categorical]
    return numbers, [data.names[place] for place in data.categorical]


def load_code(place: Place, data: DataSet) -> Code:
    """Return the function `load()`: features, target, and the groups where there are some.

    Args:
        place: where it is.
        data: what it is.
    """
    if data.names:
        return _table(place, data)
    if place.data in BUNDLED:
        return _bundled(place.data)
    return _generated(parse(NAMED[place.data].text if place.data in NAMED else place.data))


def _bundled(name: str) -> Code:
    loader, settings = LOADERS[name]
    arguments = ["return_X_y=True", *(f"{key}={value!r}" for key, value in settings.items())]
    lines = [*_head(), *call_lines("return ", loader, arguments)]
    return Code(lines, {("sklearn.datasets", loader)})


def _generated(recipe: Recipe) -> Code:
    made = arguments_of(recipe)
    arguments = []
    for name, value in made.arguments.items():
        arguments.append(f"{name}={source_of(value).lines[0]}")
    code = Code(_head(), {("sklearn.datasets", made.maker)})
    if made.noise_seed is None:
        code.lines += call_lines("return ", made.maker, arguments)
        return code
    code.imports.add(("numpy", ""))
    code.lines += [
        *call_lines("X, y = ", made.maker, arguments),
        f"    noise = np.random.default_rng({made.noise_seed}).normal(size=len(y))",
        f"    return X, y + {recipe.label_noise} * float(np.std(y)) * noise",
    ]
    return code


def _table(place: Place, data: DataSet) -> Code:
    numbers, categories = columns_of(data)
    target = place.target or data.target
    code = Code(
        [
            *source_of(numbers, before="NUMBERS = ").lines,
            *source_of(categories, before="CATEGORIES = ").lines,
            "",
            "",
            *_head(),
        ]
    )
    # Classes that look like numbers are numbers, and pandas reads them as such.
    named = [] if all(label.isdigit() for label in data.labels) else [target]
    texts = [*categories, *named, *([place.groups] if place.groups else [])]
    if place.data.startswith(_script_installed.PREFIXES):
        code.lines += _script_installed.read(place.data, target, data, texts, code)
    else:
        code.lines += _read(place, texts, code)
    code.lines.append("    X = table[NUMBERS + CATEGORIES].astype(dict.fromkeys(NUMBERS, float))")
    y = f"table[{text_of(target)}].to_numpy()" if data.labels else (
        f"table[{text_of(target)}].to_numpy(dtype=float)"
    )  # fmt: skip
    if not place.groups:
        code.lines.append(f"    return X, {y}")
        return code
    code.lines += [
        f"    groups = table[{text_of(place.groups)}]",
        '    numbers = pd.to_numeric(groups, errors="coerce")',
        "    groups = groups if numbers.isna().any() else numbers",
        f"    return X, {y}, groups.to_numpy()",
    ]
    return code


def _read(place: Place, texts: Sequence[str], code: Code) -> list[str]:
    """Return the lines that read the table."""
    name = place.data
    if name.startswith(OPENML):
        code.imports.add(("sklearn.datasets", "fetch_openml"))
        if place.groups:
            code.imports.add(("pandas", ""))
        arguments = [f"data_id={name.removeprefix(OPENML)}", "target_column=None", "as_frame=True",
                     'parser="liac-arff"']  # fmt: skip
        lines = call_lines("table = ", "fetch_openml", arguments)
        lines[-1] += ".data"
        return lines
    code.imports.add(("pandas", ""))
    if name.lower().endswith(".parquet"):
        code.imports.add(("pyarrow.parquet", "read_table"))
        # The index that pandas keeps may be what rows are grouped by.
        return [f"    table = read_table({text_of(name)}).to_pandas(ignore_metadata=True)"]
    sep = place.dialect.sep
    if sep == "," and ".tsv" in name.lower():
        sep = "\t"
    arguments = [text_of(name)]
    if sep != ",":
        arguments.append(f"sep={text_of(sep)}")
    if place.dialect.decimal != ".":
        arguments.append(f"decimal={text_of(place.dialect.decimal)}")
    if place.dialect.thousands:
        arguments.append(f"thousands={text_of(place.dialect.thousands)}")
    (missing,) = source_of(list(MISSING), before="MISSING = ").lines
    lines = [f"    {missing}"]
    arguments += ["keep_default_na=False", "na_values=MISSING"]
    if texts:
        kinds = f"dict.fromkeys({source_of(list(texts)).lines[0]}, str)"
        if len(texts) > 1 or len(kinds) > 60:
            lines += source_of(list(texts), before="texts = ", indent=4).lines
            kinds = "dict.fromkeys(texts, str)"
        arguments.append(f"dtype={kinds}")
    return [*lines, *call_lines("table = ", "pd.read_csv", arguments)]


def _head() -> list[str]:
    return ["def load():", '    """Return the data as they were tuned on."""']
