"""A result as somebody cites it: sentences with their numbers, as text, BibTeX or Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.prose import escaping
from bench.prose.comparisons import Comparisons
from bench.prose.effects import effect, effect_new
from bench.prose.phrases import listed
from bench.prose.undecided_pairs import needed, together
from bench.words import many

_ESCAPED = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    # The default font of LaTeX prints "<" as "¡"; of the others it has no character in text.
    "<": "$<$", ">": "$>$", "−": "$-$", "×": r"$\times$", "±": r"$\pm$", "≤": r"$\leq$",
    "≥": r"$\geq$", "∞": r"$\infty$", "µ": r"$\mu$", "\N{NO-BREAK SPACE}": "~",
    **{sign: f"$^{{{plain}}}$" for sign, plain in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True)},
}  # fmt: skip
"""Characters that mean something in BibTeX, or that LaTeX prints only in formulas."""


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited of a result.

    Args:
        title: of the sweep.
        sentences: what is claimed, each true when quoted alone.
        made_with: distributions with their versions that made the trials; empty where unknown.
        seeds: the master seeds; empty where unknown.
        version: of tunebench, which computes the sentences.
        command: what prints them again.
        fingerprint: of the trials.
        n_trials: how many these are.
    """

    title: str
    sentences: tuple[str, ...]
    made_with: tuple[str, ...]
    seeds: tuple[int, ...]
    version: str
    command: str
    fingerprint: str
    n_trials: int


def of_pair(sweep: Comparisons, a: str, b: str) -> tuple[str, ...]:
    """Return sentences on two strategies: the difference, what it would take, new data sets.

    Args:
        sweep: that has both.
        a: the strategy that the sentences are about.
        b: the strategy it is compared with.
    """
    for name in (a, b):
        if name in sweep.absent:
            return (f"{name} has no run that can be compared.",)
    pair = sweep.all[a, b]
    if not pair.problems:
        return (together([pair]),)
    found = [effect(pair, sweep), needed([pair]) if pair.open else "", effect_new(pair, sweep)]
    return tuple(text for text in found if text)


def as_sentences(citation: Citation) -> str:
    """Return a line a sentence, then the versions, the fingerprint and the command."""
    return "\n".join([*citation.sentences, *_origin(citation), f"Command: {citation.command}"])


def as_markdown(citation: Citation) -> str:
    """Return the same as one paragraph, the command as code."""
    text = " ".join([*citation.sentences, *_origin(citation)])
    return f"{escaping.markdown(text)} Command: {escaping.code(citation.command)}"


def as_bibtex(citation: Citation) -> str:
    """Return an entry for a bibliography.

    It has no year: a result does not record when it was made.
    """
    key = re.sub(r"[^A-Za-z0-9]+", "-", citation.title).strip("-").lower() or "result"
    note = " ".join([*citation.sentences, *_origin(citation)])
    fields = {
        "author": "{The tunebench authors}",
        "title": f"Result of the tunebench sweep {{{_escaped(citation.title)}}}",
        "version": _escaped(citation.version),
        "howpublished": rf"\texttt{{{_escaped(citation.command)}}}",
        "note": _escaped(note),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@misc{{tunebench-{key}-{citation.fingerprint[:8]},", *lines, "}"])


def _origin(citation: Citation) -> Sequence[str]:
    """Return sentences on versions, seeds and the fingerprint."""
    found = []
    if citation.made_with:
        seeds = ", ".join(map(str, citation.seeds))
        kind = "master seed" if len(citation.seeds) == 1 else "master seeds"
        seed = f" ({kind} {seeds})" if seeds else ""
        libraries = listed(citation.made_with, len(citation.made_with))
        found.append(f"The trials were made with {libraries}{seed}.")
    found.append(f"The verdict was computed by tunebench {citation.version}.")
    found.append(
        f"The fingerprint of the {many(citation.n_trials, 'trial')} is {citation.fingerprint}."
    )
    return found


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(char, char) for char in text)
