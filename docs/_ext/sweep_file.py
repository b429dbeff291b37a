"""The reference of the sweep file, made of its schema."""

from collections.abc import Mapping
from typing import Any


def markdown(schema: Mapping[str, Any]) -> str:
    """Return a table of the keys of a sweep, and one of the keys of an entry.

    Args:
        schema: as `bench.sweep_schema.json_schema` gives it.
    """
    entry = schema["properties"]["strategies"]["items"]["anyOf"][1]
    return "\n".join(
        [
            "| key | value | default | meaning |",
            "|---|---|---|---|",
            *(_row(key, about) for key, about in schema["properties"].items()),
            "",
            "A strategy or a problem is a name, or a table with these keys:",
            "",
            "| key | value | default | meaning |",
            "|---|---|---|---|",
            *(_row(key, about) for key, about in entry["properties"].items()),
            "",
        ]
    )


def _row(key: str, about: Mapping[str, Any]) -> str:
    default = about.get("default", "")
    return f"| `{key}` | {_kind(about)} | {default} | {about['description']} |"


def _kind(about: Mapping[str, Any]) -> str:
    if about["type"] == "array":
        named = "anyOf" in about["items"]
        return "list of names or tables" if named else "list of names"
    if about["type"] == "integer":
        return f"integer, {about['minimum']} or more"
    if about["type"] == "number":
        return f"number above {about['exclusiveMinimum']}"
    return {"string": "string", "object": "table", "boolean": "boolean"}[about["type"]]
