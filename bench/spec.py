"""What to run, as plain data: a sweep in, the specs of its runs out."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import orjson

from bench.core import Budget
from bench.errors import UserError
from bench.files import read

MAX_LABEL_LENGTH = 100
"""Characters of a name or a label."""


_TOO_DEEP = "its values must nest 100 deep or less, they nest deeper; write it plainer"


class SpecError(UserError, ValueError):
    """A sweep that contradicts its own rules; the message names the key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A strategy or problem as a sweep names it.

    Args:
        name: a name of the catalog, `package.module:Class` or `path/to/file.py:Class`.
        label: what it is called in this sweep and its results. Unless given it is the name; for
            `package.module:Class` and `path/to/file.py:Class` the registry fills in the class's.
        settings: constructor arguments; once resolved by the registry, all of them.
        version: of its meaning; filled in by the registry.
        code: a fingerprint of its source where it is no part of an installed distribution
            (`bench.code`); filled in by the registry.
    """

    name: str
    label: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    code: str = ""

    def __post_init__(self) -> None:
        if not self.label and ":" not in self.name:
            object.__setattr__(self, "label", self.name)
        # Labels are shown in one line, and name files.
        if len(self.label) > MAX_LABEL_LENGTH or not self.label.isprintable():
            raise SpecError(
                f"a label must be printable and have {MAX_LABEL_LENGTH} characters or less, "
                f"got {self.label!r}; give it a short one"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `Entry(**…)` takes back."""
        return _recorded(self, always=_ENTRY) | {"settings": dict(self.settings)}


@dataclass(frozen=True, slots=True)
class RunSpec:
    """One strategy on one problem in one repetition: everything that decides the run's values."""

    strategy: Entry
    problem: Entry
    trials: int
    repetition: int
    seed: int

    @property
    def id(self) -> str:
        """A hash of the spec as it is recorded: 16 hexadecimal digits."""
        return run_id(self.to_dict())

    @property
    def place(self) -> tuple[Any, ...]:
        """What a run has in common with what it was before its strategy or problem was edited."""
        entries = (self.strategy, self.problem)
        return (*((e.name, e.label) for e in entries), self.trials, self.repetition, self.seed)

    @property
    def budget(self) -> Budget:
        """What the run may spend."""
        return Budget(self.trials)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `from_dict` takes back."""
        entries = {"strategy": self.strategy.to_dict(), "problem": self.problem.to_dict()}
        return _recorded(self, always=_RUN) | entries

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> RunSpec:
        """Return the spec that `to_dict` gave, of this version or an older one.

        Raises:
            TypeError: it has a field that this version does not know.
        """
        entries = {name: Entry(**data[name]) for name in ("strategy", "problem")}
        return RunSpec(**{**data, **entries})


_ENTRY = frozenset({"name", "label", "settings", "version"})
_RUN = frozenset({"strategy", "problem", "trials", "repetition", "seed"})
"""Fields that are always recorded. Those that joined later are left out while they have their
default, so that no run that does without them gets another id."""


def _recorded(item: Entry | RunSpec, *, always: frozenset[str]) -> dict[str, Any]:
    return {
        part.name: value
        for part in fields(item)
        if (value := getattr(item, part.name)) != part.default or part.name in always
    }


def run_id(spec: Mapping[str, Any]) -> str:
    """Return the id of a run: a hash of its spec as it is recorded, 16 hexadecimal digits.

    Args:
        spec: as `RunSpec.to_dict` gives it, in this version or any other.
    """
    data = orjson.dumps(dict(spec), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(data).hexdigest()[:16]


def without_code(data: Any) -> Any:
    """Return a recorded spec, or a part of one, without the fingerprints of code in it."""
    if isinstance(data, list):
        return [without_code(item) for item in data]
    if not isinstance(data, dict):
        return data
    is_entry = {"name", "settings", "version"} <= data.keys()
    return {k: without_code(v) for k, v in data.items() if not (is_entry and k == "code")}


def unknown_fields(spec: Mapping[str, Any]) -> list[str]:
    """Return the fields of a recorded spec that this version does not know."""
    known = {part.name for part in fields(RunSpec)}
    of_entry = {part.name for part in fields(Entry)}
    return [
        *(name for name in spec if name not in known),
        *(f"{kind}.{name}" for kind in ("strategy", "problem") for name in spec[kind]
          if name not in of_entry),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sweep:
    """Strategies × problems × repetitions under one budget.

    Args:
        name: what the results are called.
        strategies, problems: the entries, each label once.
        suites: names of suites whose problems are added.
        trials: the budget of each run.
        repetitions: runs of each strategy on each problem.
        seed: the master seed, 0 or more.
        run_timeout: seconds a run may take, or None; it does not decide values, so it is no part
            of a run's id.
        description: a sentence.
    """

    name: str
    strategies: tuple[Entry, ...]
    problems: tuple[Entry, ...] = ()
    suites: tuple[str, ...] = ()
    trials: int = 50
    repetitions: int = 10
    seed: int = 1
    run_timeout: float | None = None
    description: str = ""

    def __post_init__(self) -> None:
        numbers = {key: getattr(self, key) for key in (*NUMBERS, "run_timeout")}
        if errors := list(_number_errors(numbers)):
            raise SpecError("\n".join(errors))
        if not _names_a_folder(self.name):
            raise SpecError(
                f"'name' must be a plain name of {MAX_LABEL_LENGTH} characters or less, since a "
                f'folder is called so, got {self.name!r}; for example name = "mine"'
            )
        if not self.strategies:
            raise SpecError("'strategies' must name at least one; see `tunebench list strategies`")
        if not self.problems and not self.suites:
            raise SpecError(
                "'problems' or 'suites' must name at least one; see `tunebench list problems`"
            )
        for key, entries in (("strategies", self.strategies), ("problems", self.problems)):
            labels = [entry.label or entry.name for entry in entries]
            for label in labels:
                if labels.count(label) > 1:
                    raise SpecError(
                        f"'{key}' must have each label once, got {label!r} twice; "
                        "drop one or give it a label of its own"
                    )
            if twins := lookalikes(labels):
                raise SpecError(
                    f"'{key}' must have distinct labels, got {twins[0]!a} and "
                    f"{twins[1]!a}; drop one or give it another label"
                )

    def expand(self) -> Iterator[RunSpec]:
        """Yield the specs, repetition by repetition, so that a part of a sweep is balanced."""
        for repetition in range(self.repetitions):
            for problem in self.problems:
                for strategy in self.strategies:
                    yield RunSpec(strategy, problem, self.trials, repetition, self.seed)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `from_dict` takes back."""
        data: dict[str, Any] = {
            "name": self.name,
            "description": self.description,
            "trials": self.trials,
            "repetitions": self.repetitions,
            "seed": self.seed,
            "strategies": [entry.to_dict() for entry in self.strategies],
            "problems": [entry.to_dict() for entry in self.problems],
            "suites": list(self.suites),
        }
        if self.run_timeout is not None:
            data["run_timeout"] = self.run_timeout
        return data

    @staticmethod
    def from_dict(data: Mapping[str, Any], *, name: str = "sweep", versions: bool = True) -> Sweep:
        """Return the sweep that plain data (a parsed TOML file) describes.

        Args:
            data: what `to_dict` gave, or a file.
            name: of a sweep that has none.
            versions: entries may have one, as those of a resolved sweep do.

        Raises:
            SpecError: an unknown key, or a value of the wrong kind; a line for each, which names
                the key.
        """
        values = dict(data)
        errors = list(_key_errors(values))
        for key in ("strategies", "problems"):
            items, entries = values.get(key, []), []
            for item in items if isinstance(items, list) else ():
                try:
                    entries.append(_entry(key, item, versions))
                except SpecError as error:
                    errors.append(str(error))
            values[key] = tuple(entries)
        if errors:
            raise SpecError("\n".join(errors))
        values["suites"] = tuple(values.get("suites", ()))
        values.setdefault("name", name)
        return Sweep(**values)

    @staticmethod
    def from_toml(path: Path) -> Sweep:
        """Read a sweep file.

        Raises:
            SpecError: not readable, not TOML, or not a sweep.
        """
        try:
            data = tomllib.loads(read(path).decode("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SpecError(f"{path}: cannot be read as text: {error}") from None
        except tomllib.TOMLDecodeError as error:
            raise SpecError(f"{path}: is not valid TOML: {error}") from None
        except RecursionError:
            raise SpecError(f"{path}: {_TOO_DEEP}") from None
        try:
            return Sweep.from_dict(data, name=path.stem, versions=False)
        except SpecError as error:
            lines = str(error).splitlines()
            raise SpecError("\n".join(f"{path}: {line}" for line in lines)) from None


def lookalikes(labels: Iterable[str]) -> tuple[str, str] | None:
    """Return two labels that look the same, or None.

    They differ in nothing but blanks, or in how Unicode composes their letters.

    Args:
        labels: all different.
    """
    seen: dict[str, str] = {}
    for label in labels:
        normalised = " ".join(unicodedata.normalize("NFC", label).split())
        if normalised in seen:
            return seen[normalised], label
        seen[normalised] = label
    return None


def _names_a_folder(name: str) -> bool:
    plain = name.isprintable() and not set(name) & set('/\\:*?"<>|')
    return plain and 0 < len(name) <= MAX_LABEL_LENGTH and name.strip(". ") == name


def _meant(key: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(key, sorted(known), n=1)
    return f"did you mean '{near[0]}'? " if near else ""


def _key_errors(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the keys of a sweep, its entries left out."""
    known = set(Sweep.__dataclass_fields__)
    for key in values:
        if key not in known:
            yield f"unknown key '{key}'; {_meant(key, known)}a sweep has {', '.join(sorted(known))}"
    for key in ("name", "description"):
        if not isinstance(values.get(key, ""), str):
            yield f"'{key}' must be a string in quotes, got {values[key]!r}"
    suites = values.get("suites", [])
    if not isinstance(suites, list) or not all(isinstance(suite, str) for suite in suites):
        yield f"'suites' must be a list of names, got {suites!r}"
    for key in ("strategies", "problems"):
        if not isinstance(values.get(key, []), list):
            yield f"'{key}' must be a list of names or tables, got {values[key]!r}"
    yield from _number_errors(values)


NUMBERS = {
    "trials": (1, 10**9, 50),
    "repetitions": (1, 10**6, 10),
    "seed": (0, 2**63 - 1, 1),
}
"""Key -> the least, the most and an example."""


def _number_errors(values: Mapping[str, Any]) -> Iterator[str]:
    for key, (least, most, example) in NUMBERS.items():
        if key not in values:
            continue
        value = values[key]
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            yield (
                f"'{key}' must be an integer, {least} or more, got {value!r}; "
                f"for example {key} = {example}"
            )
        elif value > most:
            yield f"'{key}' must be {most:,} or less, got {value:,}; for example {key} = {example}"
    timeout = values.get("run_timeout")
    if timeout is not None and (
        isinstance(timeout, bool) or not isinstance(timeout, int | float) or not timeout > 0
    ):
        yield (
            f"'run_timeout' must be a number of seconds above 0, got {timeout!r}; "
            "leave it out for no limit"
        )


def _entry(key: str, item: object, versions: bool) -> Entry:
    if isinstance(item, str) and item:
        return Entry(item)
    if not isinstance(item, dict) or not isinstance(item.get("name"), str) or not item["name"]:
        raise SpecError(
            f"'{key}' must hold names or tables like {{ name = \"…\", settings = {{ … }} }}, "
            f"got {item!r}"
        )
    allowed = set(Entry.__dataclass_fields__)
    if not versions:  # which the code has and a resolved sweep records
        allowed -= {"version", "code"}
    for field_name in item:
        if field_name not in allowed:
            raise SpecError(
                f"'{key}', entry {item['name']!r}: unknown key '{field_name}'; "
                f"{_meant(field_name, allowed)}an entry has name, label, settings"
            )
    if not isinstance(item.get("settings", {}), dict):
        raise SpecError(
            f"'{key}', entry {item['name']!r}: 'settings' must be a table, got {item['settings']!r}"
        )
    try:
        orjson.dumps(item.get("settings"))
    except TypeError as error:
        # Of what else cannot be written the registry knows the setting.
        if "ecursion" in str(error):
            raise SpecError(f"'{key}', entry {item['name']!r}: {_TOO_DEEP}") from None
    if not isinstance(item.get("label", ""), str):
        raise SpecError(
            f"'{key}', entry {item['name']!r}: 'label' must be a string, got {item['label']!r}"
        )
    return Entry(**item)
