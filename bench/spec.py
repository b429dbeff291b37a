"""What to run, as plain data: a sweep in, the specs of its runs out."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import orjson

from bench.core import Budget
from bench.errors import UserError
from bench.files import read
from bench.sweep_rules import (
    LIMITS,
    MAX_LABEL_LENGTH,
    NUMBERS,
    TOO_DEEP,
    entry_errors,
    key_errors,
    label_errors,
    names_a_folder,
    value_errors,
)


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
        repetitions: of a strategy: the first repetitions of the sweep that it runs in; None: all.
            It decides which runs there are, not their values, so a run's spec has None.
        workers, synchronous: of a strategy: those of its runs; None: as the sweep says. A run's
            spec has them as its own.
    """

    name: str
    label: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    code: str = ""
    repetitions: int | None = None
    workers: int | None = None
    synchronous: bool | None = None

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

    def alone(self) -> Entry:
        """Return the entry without what says nothing of what the strategy or problem does."""
        return replace(self, repetitions=None, workers=None, synchronous=None)


@dataclass(frozen=True, slots=True)
class RunSpec:
    """One strategy on one problem in one repetition: everything that decides the run's values.

    Args:
        strategy, problem: the entries.
        trials: the budget.
        repetition: from 0.
        seed: the master seed.
        workers: simulated workers, which evaluate at the same time (`bench.schedule`).
        synchronous: all of them finish before the strategy is asked again.
        evaluation_timeout: seconds an evaluation may take, or None.
        memory: megabytes it may hold with all it started, or None.
    """

    strategy: Entry
    problem: Entry
    trials: int
    repetition: int
    seed: int
    workers: int = 1
    synchronous: bool = False
    evaluation_timeout: float | None = None
    memory: float | None = None

    @property
    def is_limited(self) -> bool:
        """Whether an evaluation has a limit, so that it needs a process of its own."""
        return self.evaluation_timeout is not None or self.memory is not None

    @property
    def id(self) -> str:
        """A hash of the spec as it is recorded: 16 hexadecimal digits."""
        return run_id(self.to_dict())

    @property
    def place(self) -> tuple[Any, ...]:
        """What a run has in common with what it was before its strategy or problem was edited.

        Or before it had other limits.
        """
        entries = (self.strategy, self.problem)
        return (
            *((e.name, e.label) for e in entries), self.trials, self.repetition, self.seed,
            self.workers, self.synchronous,
        )  # fmt: skip

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
        repetitions: runs of each strategy on each problem, where its entry does not say fewer.
        seed: the master seed, 0 or more.
        run_timeout: seconds a run may take, or None; it does not decide values, so it is no part
            of a run's id.
        description: a sentence.
        workers: simulated workers of each run, where the strategy's entry does not say otherwise.
        synchronous: whether they wait for each other, likewise.
        evaluation_timeout: seconds an evaluation may take, or None. It decides which trials fail,
            so it is a part of the ids of runs.
        memory: megabytes that an evaluation with all it started, and the process of a run's
            strategy, may hold, or None; likewise.
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
    workers: int = 1
    synchronous: bool = False
    evaluation_timeout: float | None = None
    memory: float | None = None

    def __post_init__(self) -> None:
        values = {key: getattr(self, key) for key in (*NUMBERS, *LIMITS, "synchronous")}
        if errors := list(value_errors(values)):
            raise SpecError("\n".join(errors))
        if not names_a_folder(self.name):
            raise SpecError(
                f"'name' must be a plain name of {MAX_LABEL_LENGTH} characters or less, since its "
                f'folder gets this name, got {self.name!r}; for example name = "mine"'
            )
        if not self.strategies:
            raise SpecError("'strategies' must name at least one; see `tunebench list strategies`")
        if not self.problems and not self.suites:
            raise SpecError(
                "'problems' or 'suites' must name at least one; see `tunebench list problems`"
            )
        for key, entries in (("strategies", self.strategies), ("problems", self.problems)):
            labels = [entry.label or entry.name for entry in entries]
            if error := next(label_errors(key, labels), None):
                raise SpecError(error)
        self._check_repetitions()

    def _check_repetitions(self) -> None:
        for entry in self.strategies:
            if self.repetitions_of(entry) > self.repetitions:
                raise SpecError(
                    f"'strategies', entry {entry.name!r}: 'repetitions' must be those of the sweep "
                    f"({self.repetitions:,}) or fewer, got {entry.repetitions:,}; leave it out for "
                    "all of them"
                )

    def repetitions_of(self, strategy: Entry) -> int:
        """Return how many repetitions a strategy runs in on each problem.

        >>> slow = Entry("gp", repetitions=5)
        >>> sweep = Sweep("mine", (Entry("random"), slow), (Entry("branin"),), repetitions=20)
        >>> [sweep.repetitions_of(entry) for entry in sweep.strategies]
        [20, 5]

        Args:
            strategy: an entry of the sweep.
        """
        return self.repetitions if strategy.repetitions is None else strategy.repetitions

    def workers_of(self, strategy: Entry) -> tuple[int, bool]:
        """Return how many workers a run of a strategy has, and whether they wait for each other.

        >>> sweep = Sweep("mine", (Entry("random"), Entry("tpe", workers=8)), (Entry("branin"),))
        >>> [sweep.workers_of(entry) for entry in sweep.strategies]
        [(1, False), (8, False)]

        Args:
            strategy: an entry of the sweep.
        """
        workers = self.workers if strategy.workers is None else strategy.workers
        waits = self.synchronous if strategy.synchronous is None else strategy.synchronous
        # One worker has nobody to wait for, so it is the same run either way.
        return workers, waits and workers > 1

    @property
    def is_limited(self) -> bool:
        """Whether a run or an evaluation has a limit, which takes processes to hold."""
        return any(getattr(self, key) is not None for key in LIMITS)

    @property
    def fewer(self) -> dict[str, int]:
        """Label of a strategy -> its repetitions, of those with fewer than the sweep."""
        counts = {entry.label: self.repetitions_of(entry) for entry in self.strategies}
        return {label: count for label, count in counts.items() if count < self.repetitions}

    def expand(self) -> Iterator[RunSpec]:
        """Yield the specs, repetition by repetition, so that a part of a sweep is balanced."""
        known = [(e.alone(), self.repetitions_of(e), self.workers_of(e)) for e in self.strategies]
        # As one number has one id, 60 is 60.0.
        limits = [None if n is None else float(n) for n in (self.evaluation_timeout, self.memory)]
        for repetition in range(self.repetitions):
            for problem in self.problems:
                for strategy, count, workers in known:
                    if repetition < count:
                        yield RunSpec(
                            strategy, problem, self.trials, repetition, self.seed, *workers,
                            *limits,
                        )  # fmt: skip

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
        later = (*LIMITS, "workers", "synchronous")
        return data | {
            part.name: value
            for part in fields(self)
            if part.name in later and (value := getattr(self, part.name)) != part.default
        }

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
        errors = list(key_errors(values, Sweep.__dataclass_fields__))
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
            raise SpecError(f"{path}: {TOO_DEEP}") from None
        try:
            return Sweep.from_dict(data, name=path.stem, versions=False)
        except SpecError as error:
            lines = str(error).splitlines()
            raise SpecError("\n".join(f"{path}: {line}" for line in lines)) from None


def _entry(key: str, item: Any, versions: bool) -> Entry:
    if error := next(entry_errors(key, item, versions), None):
        raise SpecError(error)
    return Entry(item) if isinstance(item, str) else Entry(**item)
