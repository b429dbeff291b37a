"""A result as a terminal and a notebook show it: verdict, leaderboard, curve."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.plots import style
from bench.prose.notes import failed_trials
from bench.prose.phrases import number
from bench.report import tables
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

MAX_ROWS = 30
"""Strategies of a leaderboard that are shown; the frame has all."""

MAX_CURVES = 14
"""Strategies that the curve of a notebook shows: as many as there are colours."""

LIGHT = "--ink:#1b1f24;--grid:#d8dee4;--paper:#ffffff"
DARK = "--ink:#e6edf3;--grid:#353c44;--paper:#0f1318"

# A notebook has a theme of its own, which counts before that of the system.
CSS = f"""
.tunebench{{{LIGHT};color:var(--ink);background:var(--paper);padding:.5rem 1rem}}
@media (prefers-color-scheme:dark){{.tunebench{{{DARK}}}}}
[data-jp-theme-light="true"] .tunebench,.vscode-light .tunebench{{{LIGHT}}}
[data-jp-theme-light="false"] .tunebench,.vscode-dark .tunebench{{{DARK}}}
.tunebench>div{{overflow-x:auto}}
.tunebench table{{border-collapse:collapse;margin:.5rem 0;color:inherit}}
.tunebench th,.tunebench td{{padding:.2rem .8rem .2rem 0;text-align:right;white-space:nowrap;
border-bottom:1px solid var(--grid);background:none;color:inherit}}
.tunebench th:first-child,.tunebench td:first-child{{text-align:left}}
.tunebench svg{{width:100%;height:auto}}
"""


def as_text(found: Analyses, verdict: Sequence[str], title: str) -> str:
    """Return title, verdict, reasons of failed trials and leaderboard as text.

    Args:
        found: the analyses.
        verdict: its sentences.
        title: of the sweep.
    """
    parts = [_headline(found, title), *verdict, *failed_trials(found.failures)]
    if found.panels:
        table, more = _table(found)
        parts += ["", table.to_string(index=False), *more]
    return "\n".join(parts)


def as_html(found: Analyses, verdict: Sequence[str], title: str) -> str:
    """Return title, verdict, leaderboard and curve as HTML; arguments as `as_text` has them."""
    parts = [f"<p><b>{html.escape(_headline(found, title))}</b></p>"]
    said = [*verdict, *failed_trials(found.failures)]
    parts += [f"<p>{html.escape(text)}</p>" for text in said]
    if found.panels:
        table, more = _table(found)
        rows = [_row("th", table.columns), *(_row("td", row) for row in table.to_numpy().tolist())]
        parts.append(f"<div><table>{''.join(rows)}</table></div>")
        parts += [f"<p>{html.escape(text)}</p>" for text in more]
        parts.append(_curve(found))
    return f'<style>{CSS}</style><div class="tunebench">{"".join(parts)}</div>'


def _headline(found: Analyses, title: str) -> str:
    source = found.source
    return (
        f"{title}: {many(len(source.strategies), 'strategy', 'strategies')} × "
        f"{many(len(source.problems), 'problem')}, {many(len(source.runs), 'run')}, "
        f"{many(len(source.trials), 'trial')}"
    )


def _table(found: Analyses) -> tuple[pd.DataFrame, list[str]]:
    """Return the leaderboard as text, and a line on what of it is left out."""
    board = found.board
    shown = board.head(MAX_ROWS)
    table = tables.texts(
        {
            "strategy": shown["strategy"],
            "mean rank": tables.each(shown["rank"], number),
            "regret": tables.each(shown["mean"], number),
            "95 %": tables.spans(shown["mean_low"], shown["mean_high"]),
            "best median": shown["n_best"].astype(str)
            + " of "
            + shown["n_all_problems"].astype(str),
        }
    )
    left = len(board) - len(shown)
    text = f"{many(left, 'more strategy is', 'more strategies are')} in leaderboard()."
    return table, [text] if left else []


def _row(kind: str, cells: Sequence[object]) -> str:
    return "<tr>" + "".join(f"<{kind}>{html.escape(str(c))}</{kind}>" for c in cells) + "</tr>"


def _curve(found: Analyses) -> str:
    """Return the curve over all problems as an SVG element."""
    from bench.report import figures
    from bench.report.sections.common import line_styles

    styles = dict(list(line_styles(found).items())[:MAX_CURVES])
    figure = figures.convergence(found.convergence, styles, unit=found.unit).figure
    style.settle(figure)
    svg = style.to_bytes(figure, "svg")
    # Several results in one notebook must not share ids.
    prefix = f"tb{hashlib.sha256(svg).hexdigest()[:8]}"
    return f"<div>{style.inline_svg(svg, prefix, 'Normalised regret against trials')}</div>"
