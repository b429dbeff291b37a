"""Commands on the catalog: `list`, `show` and `check`."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import TYPE_CHECKING, Any

import click

from bench import description, environment, registry
from bench.api.catalog import WHAT, rows_of
from bench.cli.options import as_json
from bench.cli.terminal import say
from bench.prose import data_text, description_text
from bench.registry import RegistryError

if TYPE_CHECKING:
    from bench import checks

DATA = "data:"
"""Before the name of a data set in `show`."""


@click.command("list")
@click.argument("what", type=click.Choice(WHAT))
@as_json
def list_(what: str, as_json: bool) -> None:
    """List strategies, problems, suites, sweeps or data sets.

    An entry that is unavailable here says how to get it.

    \b
    Example:
      tunebench list strategies
      tunebench list problems --json
      tunebench list data
    """
    rows = rows_of(what)
    if as_json:
        say(json.dumps(rows, indent=2))
        return
    width = max(len(_shown(row)) for row in rows)
    for row in rows:
        missing = f"  [unavailable: {row['unavailable']}]" if row.get("unavailable") else ""
        say(f"{_shown(row):<{width}}  {row['sentence']}{missing}")


def _shown(row: dict[str, Any]) -> str:
    """Return how something is named, with what follows the name where something must."""
    argument = row.get("argument")
    return f"{row['name']}:{argument.upper()}" if argument else str(row["name"])


@click.command()
@click.argument("name")
@as_json
def show(name: str, as_json: bool) -> None:
    """Describe a strategy, a problem or, as data:NAME, a data set.

    \b
    Example:
      tunebench show svm-breast-cancer
      tunebench show tpe --json
      tunebench show data:keel:sonar
    """
    found = _facts(name)
    if as_json:
        say(json.dumps(found, indent=2))
        return
    lines = data_text if found["kind"] == "data" else description_text
    for line in lines.terminal_lines(found):
        say(line)


def _facts(name: str) -> dict[str, Any]:
    if name.startswith(DATA):
        return description.of_data(name.removeprefix(DATA))
    names = [*registry.PROBLEMS.classes(), *registry.STRATEGIES.classes()]
    if ":" not in name and name not in names:
        raise RegistryError(
            f"no strategy or problem is called {name!r}; {registry.near(name, names)}"
        )
    try:
        found = description.of_problem(name)
        if "parameters" in found:
            return found | _rank_correlations(name)
        return found | description.of_example(name)
    except RegistryError as error:
        try:
            return description.of_strategy(name)
        except RegistryError as other:
            both = dict.fromkeys([str(error), str(other)])
            raise RegistryError("; ".join(both)) from None


def _rank_correlations(name: str) -> dict[str, Any]:
    """Return the rank correlation of each step, of a table with cheaper evaluations."""
    problem, _ = description.create(name)
    table = None if problem is None else description.table_of(problem)
    if table is None or not table.cheaper:
        return {}
    from bench.measured.rank_correlations import of_table

    known = {step: tau for step, tau in of_table(table).items() if tau == tau}
    return {"rank_correlations": known}


@click.group()
def check() -> None:
    """Check a strategy or a problem of your own.

    \b
    Example:
      tunebench check strategy my_strategy.py:MyStrategy
      tunebench check problem branin
    """


@check.command("strategy")
@click.argument("name")
@as_json
def check_strategy(name: str, as_json: bool) -> None:
    """Check that a strategy keeps its contract.

    NAME is a name of the catalog, package.module:Class or file.py:Class.

    \b
    Example:
      tunebench check strategy random
    """
    from bench import checks

    _print_checks(name, registry.STRATEGIES, checks.STRATEGY_CHECKS, as_json)


@check.command("problem")
@click.argument("name")
@as_json
def check_problem(name: str, as_json: bool) -> None:
    """Check that a problem keeps its contract.

    NAME is a name of the catalog, package.module:Class or file.py:Class.

    \b
    Example:
      tunebench check problem svm-breast-cancer
    """
    from bench import checks

    _print_checks(name, registry.PROBLEMS, checks.PROBLEM_CHECKS, as_json)


def _print_checks(name: str, catalog: registry.Catalog[Any], functions: Any, as_json: bool) -> None:
    from threadpoolctl import threadpool_limits

    from bench import checks

    cls = catalog.get(name)
    missing = registry.unavailable(cls)
    if missing is not None:
        raise RegistryError(f"{name!r} cannot be checked here: it {missing}")
    verdicts = []
    # The variables are for libraries that are loaded from now on, the limits for those that are.
    with environment.one_thread(), threadpool_limits(1):
        for verdict in checks.run_checks(cls, functions):
            verdicts.append(verdict)
            if not as_json:
                say(_verdict(verdict))
    failed = sum(verdict.reason is not None for verdict in verdicts)
    without = sum(not verdict.applies for verdict in verdicts)
    if as_json:
        say(json.dumps([dataclasses.asdict(verdict) for verdict in verdicts], indent=2))
    else:
        passed = len(verdicts) - failed - without
        say(f"{name}: {passed} checks passed, {failed} failed, {without} not applicable")
    sys.exit(1 if failed else 0)


def _verdict(verdict: checks.Verdict) -> str:
    if not verdict.applies:
        return f"-     {verdict.check}: not applicable: {verdict.note}"
    mark = "ok  " if verdict.reason is None else "FAIL"
    said = verdict.reason or verdict.note
    return f"{mark}  {verdict.check}" + (f": {said}" if said else "")
