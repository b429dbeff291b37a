"""The columns of a tidy table of another tool, each of its kind, wherever they were read from."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bench.errors import UserError
from bench.sweep_rules import MAX_LABEL_LENGTH, lookalikes

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]

REQUIRED = ("strategy", "problem", "repetition", "trial_number", "value")
OPTIONAL = ("direction", "metric", "dataset", "optimum", "status", "reason", "fidelity",
            "continued_from", "test_value", "evaluation_s", "ask_s", "tell_s")  # fmt: skip
TEXTS = ("strategy", "problem", "direction", "metric", "dataset", "status", "reason")
LABELS = ("strategy", "problem", "dataset")

MEANS = {
    "trial": "trial_number", "trials": "trial_number", "cost": "evaluation_s",
    "seconds": "evaluation_s", "data_set": "dataset", "score": "value", "seed": "repetition",
}  # fmt: skip
"""What columns that are called otherwise may mean; they are asked about, and not taken."""

OPTUNA = {"number", "state", "datetime_start", "datetime_complete", "duration"}
"""Columns of Optuna's `Study.trials_dataframe`, of which somebody may have dropped some."""


class TidyError(UserError):
    """A table that is no tidy one; the message says which rule, where, and what to do."""


@contextmanager
def together() -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Give what catches a `TidyError`; all that were caught are raised as one, a line each."""
    found: list[str] = []

    @contextmanager
    def check() -> Iterator[None]:
        try:
            yield
        except TidyError as error:
            found.append(str(error))

    yield check
    if found:
        raise TidyError("\n".join(found))


@dataclass(frozen=True, slots=True, eq=False)
class TidyTable:
    """The columns of a tidy table, each of `rows` entries.

    Args:
        called: what errors name it, "table trials.csv".
        rows: how many.
        texts: column -> categories, none of a missing entry.
        numbers: column -> numbers, NaN where there is none.
        ignored: the names of all other columns.
    """

    called: str
    rows: int
    texts: dict[str, pd.Categorical]
    numbers: dict[str, Array]
    ignored: tuple[str, ...]

    def error(self, rule: str, got: str, way: str) -> TidyError:
        """Return what to raise where a rule is broken."""
        return TidyError(f"{self.called}: {rule}, {got}; {way}")

    def row(self, bad: npt.NDArray[np.bool_]) -> str:
        """Return the first of some rows, and how many more there are, in words."""
        more = int(bad.sum()) - 1
        return f"row {int(bad.argmax()) + 1:,}" + (f" and {more:,} more" if more else "")

    def known_words(self, name: str, words: Sequence[str]) -> None:
        """Refuse any other text in a column.

        Raises:
            TidyError: there is one.
        """
        if name not in self.texts:
            return
        for word in self.texts[name].categories:
            if word not in words:
                rule = f"a {name} must be {', '.join(words[:-1])} or {words[-1]}"
                raise self.error(rule, f"got {word!r}", "write one of them")

    def within(self, name: str, good: npt.NDArray[np.bool_], rule: str, way: str) -> None:
        """Refuse the numbers of a column that are not good.

        Raises:
            TidyError: there is one.
        """
        if not good.all():
            value = self.numbers[name][~good][0]
            got = f"got {value:g} in {self.row(~good)}"
            raise self.error(f"column {name!r} must {rule}", got, way)


def take_columns(
    called: str,
    names: Sequence[str],
    column: Callable[[str], Any],
    reading: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> TidyTable:
    """Take the columns that a report takes.

    Args:
        called: what errors name the table.
        names: of all its columns.
        column: gives one of them, of Arrow.
        reading: turns what is raised while a column is read into an error that says so.

    Raises:
        TidyError: a column is missing, or has an entry of another kind.
    """
    known = known_columns(called, names)
    texts: dict[str, pd.Categorical] = {}
    numbers: dict[str, Array] = {}
    rows = -1
    with together() as check:
        for name, stands_as in known.items():
            with reading():
                arrow = column(stands_as)
            rows = len(arrow)
            if rows == 0:
                raise TidyError(f"{called}: must have rows, it has none; write a row a trial")
            with check(), reading():
                if name in TEXTS:
                    texts[name] = _texts(called, name, arrow)
                else:
                    numbers[name] = _numbers(called, name, arrow)
    ignored = tuple(name for name in names if name not in known.values())
    return TidyTable(called, rows, texts, numbers, ignored)


def known_columns(called: str, names: Sequence[str]) -> dict[str, str]:
    """Return column -> what it is called in the file, for all that a report takes."""
    for name in (*REQUIRED, *OPTIONAL):
        if names.count(name) > 1:
            raise TidyError(
                f"{called}: each column must occur once, {name!r} occurs "
                f"{names.count(name)} times; drop all but one"
            )
    known = {name: name for name in (*REQUIRED, *OPTIONAL) if name in names}
    missing = [name for name in REQUIRED if name not in known]
    if missing and "number" in names and len(OPTUNA & {*names}) >= 2:
        raise _optuna(called, names, missing)
    if missing:
        free = [name for name in names if name not in known.values()]
        guesses = {name: [f for f in free if _alike(f, name)] for name in missing}
        hint = "".join(
            f"; rename {found[0]!r} to {name!r}?" for name, found in guesses.items() if found
        )
        if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
            hint = "; columns must be separated by commas, so save the table again"
        gone = "all" if len(missing) == len(REQUIRED) else ", ".join(missing)
        raise TidyError(
            f"{called}: must have the columns {', '.join(REQUIRED)}, "
            f"{gone} {'is' if len(missing) == 1 else 'are'} missing among "
            f"{_few(names)}{hint or '; add what is missing'}"
        )
    return known


def _optuna(called: str, names: Sequence[str], missing: Sequence[str]) -> TidyError:
    """Return what to do with the trials of an Optuna study."""
    steps = []
    if "trial_number" in missing:
        steps.append("rename 'number' to 'trial_number'")
    several = [name for name in names if name.startswith("values_")]
    if "value" in missing and several:
        steps.append(f"rename one of {_few(several)}, since one value is compared, to 'value'")
    added = [name for name in ("strategy", "problem", "repetition") if name in missing]
    if added:
        steps.append(
            f"add {', '.join(map(repr, added))}, the same in all rows of a study (its sampler, its "
            "objective, which run of them it is)"
        )
    if "state" in names:
        steps.append(
            "turn 'state' into 'status' (COMPLETE is completed, FAIL and PRUNED are failed)"
        )
    if "duration" in names:
        steps.append("'duration' in seconds is 'evaluation_s'")
    return TidyError(
        f"{called}: must have the columns {', '.join(REQUIRED)}, it has those of Optuna's "
        f"`study.trials_dataframe()`, {', '.join(missing)} "
        f"{'is' if len(missing) == 1 else 'are'} missing; {'; '.join(steps)}; or load it by the "
        "name of its study, as in tb.load({'tpe/svm/0': frame})"
    )


def _alike(name: str, wanted: str) -> bool:
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    return MEANS.get(plain) == wanted or bool(
        difflib.get_close_matches(plain, [wanted], cutoff=0.75)
    )


def likely(name: str) -> str:
    """Return the column a report would take that a name may mean, or nothing."""
    return next((wanted for wanted in OPTIONAL if _alike(name, wanted)), "")


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:12])
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _texts(called: str, name: str, arrow: Any) -> pd.Categorical:
    import pandas as pd
    import pyarrow as pa

    kind = arrow.type
    if not (pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type)):
        plain = arrow.cast(kind.value_type) if pa.types.is_dictionary(kind) else arrow
        try:
            arrow = plain.cast(pa.string()).dictionary_encode()
        except pa.ArrowNotImplementedError:
            raise _other_kind(called, name, kind, "strings") from None
    whole = arrow.unify_dictionaries().combine_chunks()
    codes = whole.indices.fill_null(-1).to_numpy().astype(np.int64)
    labels = [str(label) for label in whole.dictionary.to_pylist()]
    used = np.bincount(codes[codes >= 0], minlength=len(labels)) > 0
    labels = [label if there else "" for label, there in zip(labels, used, strict=True)]
    kept = list(dict.fromkeys(label for label in labels if label.strip()))
    for label in kept:
        if name == "reason":
            break
        if len(label) > MAX_LABEL_LENGTH or not label.isprintable():
            raise TidyError(
                f"{called}: a {name} must be printable and have {MAX_LABEL_LENGTH} characters "
                f"or less, got {label[:MAX_LABEL_LENGTH]!r}; give it a short one in plain letters"
            )
    if name in LABELS and (twins := lookalikes(kept)):
        raise TidyError(
            f"{called}: each {name} must have a unique label, got {twins[0]!a} and "
            f"{twins[1]!a}; write it one way, or give one another name"
        )
    codes_of = {label: code for code, label in enumerate(kept)}
    moved = np.array([*(codes_of.get(label, -1) for label in labels), -1])
    small = moved.astype(np.min_scalar_type(-max(len(kept), 1)))
    return pd.Categorical.from_codes(small[codes], kept)


def _numbers(called: str, name: str, arrow: Any) -> Array:
    import pyarrow as pa

    kind = arrow.type.value_type if pa.types.is_dictionary(arrow.type) else arrow.type
    if pa.types.is_boolean(kind):
        raise _other_kind(called, name, kind, "numbers")
    try:
        found = arrow.cast(pa.float64(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise _other_kind(called, name, kind, "numbers") from None
        return _parsed(called, name, arrow)
    values: Array = found.to_numpy()
    return values


def _other_kind(called: str, name: str, kind: Any, wanted: str) -> TidyError:
    return TidyError(
        f"{called}: column {name!r} must hold {wanted}, it holds {kind}; "
        f"write {wanted}, and leave what is missing empty"
    )


def _parsed(called: str, name: str, arrow: Any) -> Array:
    """Return the numbers that texts stand for, or say where one stands for none."""
    import pandas as pd

    texts = pd.Series(arrow.to_pylist(), dtype=object).fillna("").str.strip()
    values: Array = pd.to_numeric(texts.replace("", "nan"), errors="coerce").to_numpy(dtype=float)
    bad = np.isnan(values) & ~texts.str.lower().isin(["", "nan", "na", "n/a", "null"]).to_numpy()
    if bad.any():
        place = int(bad.argmax())
        raise TidyError(
            f"{called}: column {name!r} must hold numbers, got {texts[place][:40]!r} in row "
            f"{place + 1:,}; write a number, and leave what is missing empty"
        )
    return values
