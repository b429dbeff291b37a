"""A result as somebody cites it: `cite`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from bench.cli.options import rope_option
from bench.cli.sources import look_at, source_of
from bench.cli.terminal import say
from bench.errors import UserError

if TYPE_CHECKING:
    from bench.analyses import Analyses
    from bench.prose.citation import Citation
    from bench.sources.source import Source

STYLES = ("sentence", "bibtex", "markdown")


@click.command()
@click.argument("path")
@click.option("--strategy", help="Cite the result of this strategy.  [default: the verdict]")
@click.option("--against", help="Compare it with this one.  [default: random]")
@click.option(
    "--trials",
    type=click.IntRange(min=1),
    help="Evaluate after this many trials.  [default: the budget]",
)
@rope_option
@click.option("--style", type=click.Choice(STYLES), default=STYLES[0], show_default=True)
def cite(
    path: str,
    strategy: str | None,
    against: str | None,
    trials: int | None,
    rope: float,
    style: str,
) -> None:
    """Print sentences that cite the result in a folder, a bundle or a table of trials.

    Each sentence has its number, interval, sample and significance; versions, a fingerprint of the
    trials and the command follow.

    \b
    Example:
      tunebench cite results/quick
      tunebench cite results/quick --strategy gp --against default
      tunebench cite results/quick --style bibtex
    """
    from bench.addresses import without_password
    from bench.analyses import Analyses
    from bench.inference import ROPE
    from bench.prose import citation

    options = [] if strategy is None else ["--strategy", strategy]
    options += [] if against is None else ["--against", against]
    options += [] if trials is None else ["--trials", str(trials)]
    options += [] if rope == ROPE else ["--rope", f"{rope:g}"]
    command = shlex.join(["tunebench", "cite", without_password(path), *options])
    source = source_of(look_at([path]))
    for note in source.notes:
        say(note, err=True)
    _check(strategy, against, trials, source)
    found = Analyses(source, trials=trials, rope=rope)
    names, sentences = _sentences(found, strategy, against)
    text = {
        "sentence": citation.as_sentences,
        "bibtex": citation.as_bibtex,
        "markdown": citation.as_markdown,
    }[style](_citation(source, names, sentences, command))
    say(text)


def _check(strategy: str | None, against: str | None, trials: int | None, source: Source) -> None:
    there = ", ".join(source.strategies)
    if against is not None and strategy is None:
        raise UserError(
            f"'--against' needs the strategy that is compared, got {against!r} alone; give "
            f"'--strategy' too, one of {there}"
        )
    for option, name in (("--strategy", strategy), ("--against", against)):
        if name is not None and name not in source.strategies:
            raise UserError(f"'{option}' must be in the sweep, got {name!r}; it has {there}")
    if strategy is not None and strategy == _other(strategy, against, source):
        raise UserError(
            f"'--against' must be another strategy, got {strategy!r} twice; the sweep has {there}"
        )
    budget = int(source.runs["budget"].max()) if len(source.runs) else 0
    if trials is not None and trials > budget:
        raise UserError(
            f"'--trials' must be within the budget, {budget} or less, got {trials}; leave it out "
            "for the end"
        )


def _other(strategy: str, against: str | None, source: Source) -> str:
    """Return whom a strategy is compared with."""
    from bench.panels.regret import RANDOM

    if against is not None:
        return against
    if RANDOM in source.strategies and strategy != RANDOM:
        return RANDOM
    others = [name for name in source.strategies if name != strategy]
    if len(others) == 1:
        return others[0]
    raise UserError(
        f"'--strategy' is compared with {RANDOM} by default, which is not another "
        f"strategy of this sweep; give '--against' one of {', '.join(others) or 'none'}"
    )


def _sentences(
    found: Analyses, strategy: str | None, against: str | None
) -> tuple[list[str], tuple[str, ...]]:
    """Return the strategies that are cited, and what is said of them."""
    from bench.prose.citation import of_pair

    source = found.source
    if strategy is not None:
        other = _other(strategy, against, source)
        return [strategy, other], of_pair(found.comparisons, strategy, other)
    said = found.verdict.said[:2]
    claims = [claim for part in said for claim in part.claims]
    named = {name for claim in claims for name in (claim.a, claim.b)}
    names = [name for name in source.strategies if name in named] or list(source.strategies)
    return names, tuple(part.text for part in said)


def _citation(
    source: Source, names: list[str], sentences: tuple[str, ...], command: str
) -> Citation:
    from bench.environment import version
    from bench.prose.citation import Citation
    from bench.sources.fingerprint import fingerprint

    packages = [environment.get("packages", {}) for environment in source.environments]
    made = [f"tunebench {one['tunebench']}" for one in packages if "tunebench" in one]
    runs = source.runs[source.runs["strategy"].astype(str).isin(names)]
    libraries = [str(name) for name in runs["library"].unique() if name] if source.seeds else []
    return Citation(
        title=source.title,
        sentences=sentences,
        made_with=tuple(dict.fromkeys([*made, *sorted(libraries)])),
        seeds=source.seeds,
        version=version("tunebench") or "unknown",
        command=command,
        fingerprint=fingerprint(source.trials),
        n_trials=len(source.trials),
    )
