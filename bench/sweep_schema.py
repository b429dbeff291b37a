"""The JSON schema of a sweep file, by which an editor completes and checks one."""

from __future__ import annotations

from typing import Any

import orjson

from bench.spec import Sweep
from bench.sweep_rules import LIMITS, MAX_LABEL_LENGTH, NUMBERS

FILE = "sweep.schema.json"
"""In the folder of `bench`, written by `pytest tests/test_sweep_schema.py --renew-golden`."""

_IN_A_FOLDER = r'[^/\\:*?"<>|\u0000-\u001f]'
_AT_ITS_ENDS = r'[^/\\:*?"<>|\u0000-\u001f. ]'

_MEANING = {
    "name": "What the results are called. Unless given it is the name of the file.",
    "description": "A sentence about the sweep.",
    "strategies": "The strategies to compare; `tunebench list strategies` lists them.",
    "problems": "The problems to tune; `tunebench list problems` lists them.",
    "suites": "Suites whose problems are added; `tunebench list suites` lists them.",
    "trials": "The budget of each run, in full evaluations.",
    "repetitions": "Runs of each strategy on each problem; 20 or more for a result to cite.",
    "seed": "The master seed. The same seed gives the same values.",
    "run_timeout": "Seconds that a run may take. Without it there is no limit.",
    "evaluation_timeout": "Seconds that an evaluation may take; one that takes longer has failed.",
    "memory": "Megabytes that an evaluation may hold; one that holds more has failed.",
    "workers": "Simulated workers of each run, which evaluate at the same time on its clock.",
    "synchronous": "Whether the workers of a run wait for each other (batches).",
}
_OF_ENTRY = {
    "name": "A name of the catalog, package.module:Class or path/to/file.py:Class.",
    "label": "What the entry is called in the results. Unless given it is the name.",
    "settings": "Settings of the class; `tunebench show NAME` lists them with their defaults.",
    "repetitions": "Of a strategy: its repetitions, if they are fewer than those of the sweep.",
    "workers": "Of a strategy: simulated workers of its runs, if not those of the sweep.",
    "synchronous": "Of a strategy: whether its workers wait for each other, if not as the sweep.",
}


def json_schema() -> dict[str, Any]:
    """Return the schema of a sweep file, as plain data.

    A schema cannot say everything: that labels differ from each other and that names exist is
    checked when the file is read.

    Returns:
        A JSON schema of draft 7.

    Example:
        >>> json_schema()["properties"]["trials"]["default"]
        50
    """
    kinds: dict[str, dict[str, Any]] = {
        "name": {
            "type": "string",
            "maxLength": MAX_LABEL_LENGTH,
            "pattern": f"^{_AT_ITS_ENDS}({_IN_A_FOLDER}*{_AT_ITS_ENDS})?$",
        },
        "description": {"type": "string"},
        "strategies": _entries(*_OF_ENTRY) | {"minItems": 1},
        "problems": _entries("name", "label", "settings"),
        "suites": {"type": "array", "items": {"type": "string"}},
        **{key: {"type": "number", "exclusiveMinimum": 0} for key in LIMITS},
        "synchronous": {"type": "boolean", "default": False},
    }
    for key, (least, most, _) in NUMBERS.items():
        default = Sweep.__dataclass_fields__[key].default
        kinds[key] = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A sweep of tunebench",
        "description": "Strategies × problems × repetitions under one budget.",
        "type": "object",
        "additionalProperties": False,
        "required": ["strategies"],
        "anyOf": [
            {"required": [key], "properties": {key: {"minItems": 1}}}
            for key in ("problems", "suites")
        ],
        "properties": {key: {"description": text} | kinds[key] for key, text in _MEANING.items()},
    }


def text() -> str:
    """Return the schema as the text of its file."""
    return orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2).decode() + "\n"


def _entries(*keys: str) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        "name": {"type": "string", "minLength": 1},
        "label": {"type": "string", "maxLength": MAX_LABEL_LENGTH},
        "settings": {"type": "object"},
        "synchronous": {"type": "boolean"},
    }
    for key in ("repetitions", "workers"):
        least, most, _ = NUMBERS[key]
        kinds[key] = {"type": "integer", "minimum": least, "maximum": most}
    described = {key: {"description": _OF_ENTRY[key]} | kinds[key] for key in keys}
    table = {
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": described,
    }
    return {"type": "array", "items": {"anyOf": [described["name"], table]}}
