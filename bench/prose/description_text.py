"""The facts of a strategy or a problem as texts."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from bench.prose.phrases import axis_label
from bench.prose.quantities import NONE

WIDTH = 100


def headed(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return heading and text of what people should know of a problem or a strategy.

    Args:
        facts: as `bench.description` gives them.
    """
    found = [(heading, str(text)) for heading, text in facts.get("about", {}).items()]
    if "metric" in facts:
        needs = f" ({', '.join(facts['needs'])})" if facts["needs"] else ""
        found.append(("metric", axis_label(facts["metric"], facts["direction"])))
        if facts.get("positive_class"):
            found.append(("positive class", facts["positive_class"]))
        found += [("warning", text) for text in facts.get("warnings", ())]
        found.append(("dimension", f"{facts['dimension']}{needs}"))
    if facts.get("optimum") is not None:
        found.append(("optimum", f"{facts['optimum']:.6g}"))
    found += _cheaper(facts)
    if facts["settings"]:
        items = facts["settings"].items()
        found.append(("settings", ", ".join(f"{name} = {json.dumps(v)}" for name, v in items)))
    for heading in ("requires", "supports", "tags"):
        if facts.get(heading):
            found.append((heading, ", ".join(facts[heading])))
    if facts.get("usage", facts["name"]) != facts["name"]:
        found.append(("named as", facts["usage"]))
    elif facts["unavailable"]:
        found.append(("unavailable", facts["unavailable"]))
    return [*found, ("version", str(facts["version"]))]


def _cheaper(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what there is to know of cheaper evaluations."""
    fidelity = facts.get("fidelity")
    if not fidelity:
        words = " or ".join(json.dumps(word) for word in facts.get("fidelities", ()))
        text = f"full evaluations only; cheaper ones with fidelity = {words}"
        return [("fidelity", text)] if words else []
    measured = ", ".join(f"{step:,}" for step in fidelity["measured"])
    some = f"measured at {measured}" if measured else f"at least {fidelity['lowest']:,}"
    goes_on = "; a run pays for the difference to a lower step" if fidelity["continues"] else ""
    found = [("fidelity", f"{fidelity['steps']:,} {fidelity['unit']}, {some}{goes_on}")]
    if known := facts.get("rank_correlations"):
        steps = ", ".join(f"{tau:.2f} at {step:,}" for step, tau in known.items())
        found.append(("rank correlation", f"{steps} (Kendall's τ with full evaluations)"))
    return found


def parameters(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a row of texts a parameter: its range, grid points, condition and default."""
    return [
        {
            "parameter": parameter["name"],
            "range": parameter["text"],
            "grid_points": ", ".join(parameter["grid_points"] or ()) or NONE,
            "active when": _condition(parameter["condition"]) or NONE,
            "default": _value(parameter["default"]) if "default" in parameter else NONE,
        }
        for parameter in facts["parameters"]
    ]


def terminal_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield the facts line by line, as a terminal shows them."""
    yield f"{facts['name']} ({facts['kind']})"
    for paragraph in (facts["sentence"], *facts["text"]):
        yield ""
        yield from textwrap.wrap(paragraph, WIDTH)
    yield ""
    yield from pairs_lines(headed(facts))
    if "parameters" in facts:
        yield ""
        if "example" in facts:
            yield (
                f"parameters on {facts['example']}; ranges and defaults may depend on rows, "
                "features and task:"
            )
        yield from _aligned(parameters(facts), ("parameter", "range", "default", "active when"))


def pairs_lines(pairs: list[tuple[str, str]]) -> Iterator[str]:
    """Yield headings and texts side by side, as a terminal shows them."""
    indent = max(len(heading) for heading, _ in pairs) + 2
    for heading, text in pairs:
        first, *rest = _wrapped(text, WIDTH - indent) or [NONE]
        yield f"{heading:<{indent}}{first}"
        yield from (" " * indent + line for line in rest)


def _wrapped(text: str, width: int) -> list[str]:
    """Return lines that end nowhere within a `name = value`."""
    held = text.replace(" = ", "\0=\0")
    lines = textwrap.wrap(held, width, break_long_words=False)
    return [line.replace("\0", " ") for line in lines]


def _aligned(rows: list[dict[str, str]], columns: tuple[str, ...]) -> Iterator[str]:
    """Yield rows under their headings; a last column without anything is left out."""
    shown = [name for name in columns if any(row[name] != NONE for row in rows)]
    table = [dict(zip(shown, shown, strict=True)), *rows]
    widths = {name: max(len(row[name]) for row in table) for name in shown}
    for row in table:
        yield "  ".join(f"{row[name]:<{widths[name]}}" for name in shown).rstrip()


def _condition(parents: Mapping[str, Any]) -> str:
    return " and ".join(
        f"{parent} is {' or '.join(map(str, values))}" for parent, values in parents.items()
    )


def _value(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
