"""How figures look: colours, lines, type; through Figure objects, without pyplot's global state."""

from __future__ import annotations

import html
import io
import itertools
import math
import re
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from bench.mpl import fonts, matplotlib_defaults

INK, GRID, PAPER = "#1b1f24", "#d8dee4", "#ffffff"

BLUE, VERMILION = "#0072b2", "#d55e00"
"""Of Okabe & Ito's colours the two furthest apart, for what comes in two kinds."""

OPAQUE = 0.8
"""Of the ends of `diverging`: ink on paper and both colours has a contrast of 4.5 then, by day and
by night."""

# Found by search: each two are as far apart in OKLab as could be, no two of one hue, for normal
# sight and for the three kinds of colour blindness, on white paper and on black.
COLOURS = (
    "#905900", INK, "#43b16f", "#f490b1", "#90bc00", "#16bcf4", "#9b00ff", "#de640b", "#7a85c8",
    "#d32164", "#007a7a", "#a66fff", "#b100bc", "#ff21b1",
)  # fmt: skip
# Lines differ too, so that later strategies, and grey prints, can be distinguished.
DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 1.5)),
    (0, (1.2, 1.2)),
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (9, 2)),
)

FAINT: Mapping[str, Any] = {"color": "#99a1aa", "linestyle": "-", "linewidth": 1.0, "zorder": 1.8}
"""Of a curve that is there for comparison only: behind the others, without a band."""

WIDTH = 6.0
"""Inches of a figure with one panel: on a telephone its text can be read without scrolling."""

DPI = 200

MAX_PIXELS = 15_000_000
"""Of an image, which has fewer than `DPI` then: cells of a matrix take 36 bytes a pixel to draw."""

PIXELS = 0.8, 1.7
"""A page gives a point of a figure: with fewer, text of ten points could not be read."""

RC: Any = {
    "font.family": fonts.FAMILY,
    "font.size": 11,
    "axes.titlesize": 13,
    # Not bold: a second font to embed would be a sixth of what a figure costs to write.
    "axes.titlelocation": "left",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "figure.facecolor": PAPER,
    "figure.constrained_layout.w_pad": 0.1,
    "figure.constrained_layout.h_pad": 0.08,
    # A label is not a formula, also with dollars in it.
    "text.parse_math": False,
    # Without these two an SVG differs from one drawing to the next.
    "svg.hashsalt": "tunebench",
    "svg.fonttype": "path",
    # Publishers turn away the Type 3 fonts that are the default.
    "pdf.fonttype": 42,
}


UNDATED = {"svg": "Date", "png": "Software", "pdf": "CreationDate"}
"""Kind of file -> what would differ from one drawing or machine to the next."""

SETTLED = (
    "default",
    "random",
    "sobol",
    "grid",
    "gp",
    "tpe",
    "tpe-independent",
    "hyperopt-tpe",
    "exhaustive",
    "successive-halving",
    "hyperband",
    "asha",
    "tpe-hyperband",
    "stepwise",
    "from-default",
    "halton",
    "latin-hypercube",
    "extra-trees",
    "nsga2",
    "random-forest",
    "hyperopt-anneal",
    "differential-evolution",
    "cmaes",
    "smac",
    "bayesian-optimization",
    "cfo",
    "optuna-gp",
    "blendsearch",
    "botorch",
)
"""Strategies that look the same in every report, whoever else is in it.

The first has the first colour, and so on. `random` has ink, since all others are compared with it.
A strategy that joins the catalog is added at the end.
"""


@contextmanager
def applied() -> Iterator[ModuleType]:
    """Draw with our settings, and matplotlib's own where we have none; give matplotlib."""
    matplotlib = matplotlib_defaults.load()
    with matplotlib.rc_context(matplotlib_defaults.settings() | RC), warnings.catch_warnings():
        # A letter that no font has is a box, and the page says so.
        warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from font")
        yield matplotlib


def line_styles(strategies: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return strategy -> colour and line style.

    Those that are settled look the same everywhere, and `from-default:X` has the colour of a
    settled X with another line; the others take the colours that are left, in order, and where
    none is left share one with another line.
    """
    place = {name: (i, i) for i, name in enumerate(SETTLED) if name in strategies}
    for i, name in enumerate(SETTLED):
        if (behind_default := f"from-default:{name}") in strategies:
            place[behind_default] = (i, i + 1)
    taken = {_colour(colour) for colour, _ in place.values()}
    # With another line than whoever has that colour elsewhere.
    free = [(i, i + 2) for i in range(len(COLOURS)) if i not in taken]
    # Not where the line of a colour's second turn is that of one that is left.
    later = itertools.count(max(len(SETTLED), 2 * len(COLOURS)))
    for name in strategies:
        if name not in place:
            place[name] = free.pop(0) if free else (i := next(later), i)
    return {
        name: {
            "color": COLOURS[_colour(place[name][0])],
            "linestyle": DASHES[place[name][1] % len(DASHES)],
        }
        for name in strategies
    }


def with_faint(
    styles: Mapping[str, Mapping[str, Any]], kept: Collection[str]
) -> dict[str, Mapping[str, Any]]:
    """Return the styles with one faint grey line for all strategies but some.

    Args:
        styles: strategy -> line properties.
        kept: the strategies that keep theirs.
    """
    return {name: line if name in kept else FAINT for name, line in styles.items()}


def is_faint(line: Mapping[str, Any]) -> bool:
    """Return whether a line is one of those that are there for comparison only."""
    return line == FAINT


def diverging() -> Any:
    """Return colours from vermilion to blue through none, so that the paper is in the middle."""
    import numpy as np
    from matplotlib.colors import ListedColormap, to_rgba

    # The colour-blind distinguish them too.
    ramp = np.linspace(-OPAQUE, OPAQUE, 64)
    return ListedColormap([to_rgba(BLUE if step > 0 else VERMILION, abs(step)) for step in ramp])


def _colour(place: int) -> int:
    """Return the place of a colour; beyond the last one they come again, without ink."""
    if place < len(COLOURS):
        return place
    again = [i for i, colour in enumerate(COLOURS) if colour != INK]
    return again[(place - len(COLOURS)) % len(again)]


def themed(colour: str) -> str:
    """Return a colour as a page uses it, where ink is light in the dark."""
    return "var(--ink)" if colour == INK else colour


def shown(label: str, width: int = 50) -> str:
    """Return a label as figures show it: whole, in lines of at most that many characters."""
    lines = [""]
    for piece in re.findall(rf"[^/: -]{{1,{width - 1}}}[/: -]?|[/: -]", label):
        if lines[-1] and len(lines[-1] + piece) > width:
            lines.append("")
        lines[-1] += piece
    text = "\n".join(lines)
    # matplotlib leaves out what starts with "_"; behind a space of no width it does not.
    return f"\u200b{text}" if text.startswith("_") else text


def file_names(labels: Sequence[str]) -> dict[str, str]:
    """Return label -> file name without suffix, one each.

    A label may be `path/to/file.py:Class` or hold any other sign that a file name must not.
    """
    names: dict[str, str] = {}
    for label in labels:
        # Short enough for every system, with what is put behind it.
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", label)[:80].strip("-") or "unnamed"
        name, number = plain, 2
        while name.lower() in {other.lower() for other in names.values()}:
            name, number = f"{plain}-{number}", number + 1
        names[label] = name
    return names


def upright(label: str) -> str:
    """Return the label of a value axis, in two lines where one would be longer than the axis."""
    return label.replace(" (", "\n(") if len(label) > 28 else label


def settle(figure: Any) -> None:
    """Lay a figure out for good: once instead of for each format, and the same in all.

    Texts get the fonts of this machine that they need.
    """
    for text in _texts(figure):
        if more := fonts.families(text.get_text()):
            text.set_fontfamily([fonts.FAMILY, *more])
    engine = figure.get_layout_engine()
    if engine is None:
        return
    with applied():
        engine.execute(figure)
        figure.set_layout_engine(None)


def _texts(figure: Any) -> list[Any]:
    from matplotlib.text import Text

    return list(figure.findobj(Text))


def to_bytes(figure: Any, kind: str) -> bytes:
    """Return a figure as 'svg', 'png' or 'pdf', the same bytes each time."""
    buffer = io.BytesIO()
    metadata = {UNDATED[kind]: None}
    with applied() as matplotlib:
        if kind == "pdf" and any(fonts.families(text.get_text()) for text in _texts(figure)):
            # A font with curves of another kind, as those of East Asia are, is no Type 42.
            matplotlib.rcParams["pdf.fonttype"] = 3
        dpi = min(DPI, math.sqrt(MAX_PIXELS / math.prod(figure.get_size_inches())))
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata)
    return buffer.getvalue()


def inline_svg(svg: bytes, prefix: str, label: str) -> str:
    """Return an SVG to put into a page: themed, scaling, with ids of its own and a label.

    Args:
        svg: as `to_bytes` gives it.
        prefix: put before each id, unique in the page.
        label: what a screen reader says.
    """
    text = svg.decode()
    text = text[text.index("<svg") :]
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'href="#', f'href="#{prefix}-', text)
    text = re.sub(r"url\(#", f"url(#{prefix}-", text)
    for colour, variable in ((INK, "--ink"), (GRID, "--grid"), (PAPER, "--paper")):
        text = text.replace(colour, f"var({variable})")
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.DOTALL)
    # A hundredth of a point is below what any screen shows; the files keep all digits.
    text = re.sub(r"-?\d+\.\d{3,}", lambda found: _rounded(float(found[0])), text)
    text = re.sub(r"\s*\n\s*", "\n", text)
    text = re.sub(r'(<svg[^>]*?) width="([\d.]+)[^"]*"', _sized, text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    return text.replace("<svg", f'<svg role="img" aria-label="{html.escape(label)}"', 1)


def _sized(found: re.Match[str]) -> str:
    low, high = (f"{pixels * float(found[2]):.0f}px" for pixels in PIXELS)
    return f'{found[1]} style="min-width: {low}; max-width: {high}"'


def _rounded(number: float) -> str:
    # What is small may be the scale of a glyph, by which everything in it is multiplied.
    return f"{round(number, 2):g}" if abs(number) >= 1 else f"{number:.4g}"
