"""Recorded results that new strategies are measured against, under the same conditions."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from bench import environment
from bench.core import Problem
from bench.description import table_of
from bench.errors import UserError
from bench.execution.changes import changes
from bench.job import Job
from bench.sources.source import first_few, looks_of, opened
from bench.spec import Entry, Sweep
from bench.store.record import environments
from bench.sweep_rules import lookalikes
from bench.words import many

CONDITIONS = ("trials", "seed", "workers", "synchronous", "evaluation_timeout", "memory")
"""Fields of a sweep that must be those of its reference; of its repetitions it may have fewer."""

FACTS = ("problem_seed", "metric", "direction", "optimum", "median_draw")
"""Facts of a problem in a repetition that whoever measures it again must find again."""


class AgainstError(UserError):
    """A sweep that cannot stand beside its reference; the message names the difference."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Recorded results, without their trials.

    Args:
        folder: of the results.
        sweep: resolved, as it was recorded.
        facts: label of a problem and repetition -> what was recorded of them.
        versions: label of a problem -> distribution -> the versions it was measured with.
        processors: those that the runs were made on.
        n_runs: how many of its runs are finished.
    """

    folder: Path
    sweep: Sweep
    facts: Mapping[tuple[str, int], Mapping[str, Any]]
    versions: Mapping[str, Mapping[str, set[str]]]
    processors: frozenset[str]
    n_runs: int

    def unless(self, given: Collection[str]) -> dict[str, Any]:
        """Return what a sweep against it has where it does not say so: field of a sweep -> value.

        Args:
            given: the fields that it has.
        """
        names = {*CONDITIONS, "problems", "repetitions", "run_timeout"} - {*given}
        if "suites" in given:  # whoever names suites wants those alone
            names -= {"problems"}
        return {name: getattr(self.sweep, name) for name in names}

    def named(self, sweep: Sweep) -> Sweep:
        """Return a sweep in which the label of a problem means that of the reference.

        A fingerprint that the reference recorded is left out, so that the one of today's content
        is compared with it.

        Args:
            sweep: not resolved.
        """
        known = {entry.label: entry for entry in self.sweep.problems}
        problems = [
            known[entry.name] if _is_bare(entry) and entry.name in known else entry
            for entry in sweep.problems
        ]
        return replace(
            sweep,
            problems=tuple(
                replace(entry, settings=without_fingerprints(entry.settings)) for entry in problems
            ),
        )

    def check(self, sweep: Sweep) -> None:
        """Refuse a sweep whose runs could not be compared with those of the reference.

        Args:
            sweep: resolved.

        Raises:
            AgainstError: other conditions, another problem, or a label that is taken.
        """
        errors = [*self._other_conditions(sweep), *self._taken_labels(sweep)]
        if other := list(self._other_problems(sweep)):
            known = {entry.label for entry in self.sweep.problems}
            wrong = {label for label, _ in other}
            same = [e.label for e in sweep.problems if e.label in known and e.label not in wrong]
            errors += [error for _, error in other]
            if same:
                errors.append(f"'problems' that can be compared: {','.join(same)}")
        if errors:
            raise AgainstError("\n".join(errors))

    def check_jobs(self, jobs: Iterable[Job]) -> None:
        """Refuse runs on a problem that is not what the reference measured, whatever it says.

        Args:
            jobs: those that would be done.

        Raises:
            AgainstError: another seed, metric, direction, optimum or median draw.
        """
        for job in jobs:
            label, repetition = job.spec.problem.label, job.spec.repetition
            recorded = self.facts.get((label, repetition), {})
            now = {
                name: job.problem_seed if name == "problem_seed" else getattr(job.facts, name)
                for name in FACTS
            }
            for name, value in recorded.items():
                if not same(value, now[name]):
                    what = name.replace("_", " ")
                    raise AgainstError(
                        f"'problems' must be those that {self.folder} measured, {label} differs: "
                        f"its {what} in repetition {repetition} was {_shown(value)}, is "
                        f"{_shown(now[name])}; use the tunebench that measured the reference, or "
                        "leave the problem out"
                    )

    def lines(self, sweep: Sweep, problems: Mapping[str, Problem]) -> Iterator[str]:
        """Yield what a person must know of the comparison beforehand.

        Args:
            sweep: resolved and checked.
            problems: label -> instance, of those of the sweep.
        """
        theirs, labels = self.sweep, [entry.label for entry in self.sweep.strategies]
        yield (
            f"against {self.folder}: {many(len(labels), 'strategy', 'strategies')} "
            f"({first_few(labels)}), {many(self.n_runs, 'run')} on "
            f"{many(len(theirs.problems), 'problem')}, measured already"
        )
        if missing := sum(1 for _ in theirs.expand()) - self.n_runs:
            yield f"the reference lacks {many(missing, 'run')} of its sweep"
        if len(sweep.problems) < len(theirs.problems):
            yield (
                f"only {len(sweep.problems):,} of the {len(theirs.problems):,} problems of the "
                "reference: comparisons use these alone"
            )
        if sweep.repetitions < theirs.repetitions:
            yield f"only the first {sweep.repetitions:,} of {theirs.repetitions:,} repetitions"
        yield from self._other_libraries(problems)
        here = environment.describe()["cpu"]
        if self.processors and self.processors != {here}:
            yield (
                f"the reference was measured on {first_few(sorted(self.processors))}, this "
                f"machine has {here}: seconds do not compare"
            )

    def _other_conditions(self, sweep: Sweep) -> Iterator[str]:
        for name in CONDITIONS:
            value, wanted = getattr(sweep, name), getattr(self.sweep, name)
            if value != wanted:
                yield (
                    f"'{name}' must be that of {self.folder}, {_shown(wanted)}, got "
                    f"{_shown(value)}; leave it out"
                )
        if sweep.repetitions > self.sweep.repetitions:
            yield (
                f"'repetitions' must be those of {self.folder}, {self.sweep.repetitions:,}, or "
                f"fewer, got {sweep.repetitions:,}; leave it out"
            )

    def _taken_labels(self, sweep: Sweep) -> Iterator[str]:
        taken = [entry.label for entry in self.sweep.strategies]
        found = [
            repr(label)
            for label in (entry.label for entry in sweep.strategies)
            if label in taken or lookalikes([*taken, label])
        ]
        if found:
            own = '{ name = "…", label = "…" }'
            yield (
                f"'strategies' must be other ones than those of {self.folder}, it has "
                f"{first_few(found)}; name yours alone, under a label of its own: `name` of its "
                f"class, or a label in a sweep file, {own}"
            )

    def _other_problems(self, sweep: Sweep) -> Iterator[tuple[str, str]]:
        """Yield label and error of each problem that is not one of the reference."""
        known = {entry.label: entry for entry in self.sweep.problems}
        for entry in sweep.problems:
            label, before = entry.label, known.get(entry.label)
            if before is None:
                yield (
                    label,
                    f"'problems' must be among those of {self.folder}, it has no {label!r}; it has "
                    f"{first_few(known)}",
                )
            elif what := _differences(entry, before):
                yield (
                    label,
                    f"'problems' must be those that {self.folder} measured, {label} differs: "
                    f"{what}; leave it out, or use the tunebench and the files that the reference "
                    "was measured with",
                )

    def _other_libraries(self, problems: Mapping[str, Problem]) -> Iterator[str]:
        """Yield the libraries of which problems were measured with another version."""
        found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for label, problem in problems.items():
            if table_of(problem) is not None:  # recorded values, whatever reads them
                continue
            for module in problem.requires:
                name = environment.DISTRIBUTIONS.get(module, module)
                here = environment.version(name) or "none"
                theirs = self.versions.get(label, {}).get(name, set())
                if theirs and theirs != {here}:
                    found[name, ", ".join(sorted(theirs)), here].append(label)
        for (name, versions, here), labels in found.items():
            yield (
                f"{name} {versions} measured {first_few(labels)} in the reference, here it is "
                f"{here}: values may differ for that reason"
            )


def read_reference(folder: Path) -> Reference:
    """Return what a results folder says of its last sweep, without reading its trials.

    Args:
        folder: of the results, packed or not.

    Raises:
        StoreError: no results folder, or a damaged one.
        AgainstError: it has no finished run, or stopped what was settled.
    """
    store, sweep = opened(folder)
    if looks_of(store) is not None:
        raise AgainstError(
            f"'against' must be a sweep with all its repetitions, {folder} stopped what was "
            "settled; do them first, by the same `tunebench run` without --stop-when-decided"
        )
    wanted = {spec.id for spec in sweep.expand()}
    facts: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
    versions: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    processors, count = set(), 0
    seen: set[tuple[str, bytes]] = set()
    for header in store.headers():
        if header["run"] not in wanted:
            continue
        count += 1
        label = header["spec"]["problem"]["label"]
        recorded = facts[label, header["spec"]["repetition"]]
        # A pair that was skipped knows less.
        recorded |= {n: v for n in FACTS if (v := header["facts"].get(n)) is not None}
        for made_in in environments(header):
            key = label, orjson.dumps(made_in)
            if key in seen:
                continue
            seen.add(key)
            processors.add(str(made_in.get("cpu", "")))
            for name, version in made_in.get("packages", {}).items():
                versions[label][name].add(version)
    if not count:
        raise AgainstError(
            f"'against' must be a folder with finished runs, {folder} has none of its sweep; "
            "run that sweep first"
        )
    return Reference(folder, sweep, facts, versions, frozenset(processors - {""}), count)


def _differences(now: Entry, before: Entry) -> str:
    """Return what differs between two problems of one label, in words; empty if nothing does."""
    if now.name != before.name:
        return f"name {before.name} → {now.name}"
    version = f"version {before.version} → {now.version}"
    return ", ".join(version if one == "its version" else one for one in changes(now, before))


def _is_bare(entry: Entry) -> bool:
    return not entry.settings and entry.label == entry.name


def without_fingerprints(data: Any) -> Any:
    """Return settings, at any depth, without the marks of the content they were planned with.

    >>> without_fingerprints({"data": "houses.csv", "fingerprint": "7c1f"})
    {'data': 'houses.csv'}

    Args:
        data: plain data.
    """
    if isinstance(data, list):
        return [without_fingerprints(item) for item in data]
    if not isinstance(data, Mapping):
        return data
    return {k: without_fingerprints(v) for k, v in data.items() if k != "fingerprint"}


def same(recorded: Any, now: Any) -> bool:
    """Return whether a recorded value is that of today, numbers to nine digits.

    >>> same([0.1 + 0.2, "a"], [0.3, "a"])
    True
    """
    if isinstance(recorded, list) and isinstance(now, list):
        return len(recorded) == len(now) and all(map(same, recorded, now))
    if isinstance(recorded, float) and isinstance(now, float):
        # Sums may end in another last digit on another processor.
        return math.isclose(recorded, now, rel_tol=1e-9, abs_tol=1e-12)
    return bool(recorded == now)


def _shown(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
