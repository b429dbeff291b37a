"""The reference of the data sets that were chosen, made of what is recorded of them."""

from collections.abc import Mapping, Sequence
from typing import Any

HEAD = (
    *("data", "what", "task", "rows", "features", "categorical", "missing", "classes", "largest"),
    "table",
)


def markdown(
    rule: str,
    rows: Sequence[Mapping[str, Any]],
    left_out: Mapping[str, str],
    tables: Mapping[str, str],
) -> str:
    """Return the rule, a table for each suite, and a table of what was not chosen.

    Args:
        rule: of the choice.
        rows: as `bench.description.data_sets` gives them.
        left_out: name -> why it was not chosen.
        tables: name -> its table, of those that are measured.
    """
    lines = [f"> {rule}"]
    for use in ("standard", "held-out"):
        chosen = [row for row in rows if row["use"] == use]
        lines += ["", f"## For the suite {use}: {len(chosen)}", "", *_table(chosen, tables)]
    lines += [
        "",
        "`largest` is the largest class' share of the rows. `table` is what its evaluations are "
        "recorded in, where they were measured.",
        "",
        "## Licences and references",
        "",
        "| data | licence | reference |",
        "|---|---|---|",
        *(f"| `{r['name']}` | {r['licence']} | {r['reference']} |" for r in rows if r["use"]),
        "",
        "## Columns that are left out",
        "",
        "| data | column | why |",
        "|---|---|---|",
        *(
            f"| `{row['name']}` | `{column}` | {why} |"
            for row in rows
            for column, why in row["dropped"].items()
        ),
        "",
        "## Looked at and not chosen",
        "",
        "| data | why |",
        "|---|---|",
        *(f"| `{name}` | {why} |" for name, why in left_out.items()),
        "",
    ]
    return "\n".join(lines)


def _table(rows: Sequence[Mapping[str, Any]], tables: Mapping[str, str]) -> list[str]:
    return [
        f"| {' | '.join(HEAD)} |",
        "|---" * len(HEAD) + "|",
        *(
            f"| `{row['name']}` | {row['title']} | {row['task']} | {row['rows']:,} "
            f"| {row['features']} | {row['categorical']} | {'yes' if row['missing'] else ''} "
            f"| {row['classes'] or ''} | {_share(row)} | {_code(tables.get(row['name'], ''))} |"
            for row in rows
        ),
    ]


def _share(row: Mapping[str, Any]) -> str:
    return f"{row['largest_share']:.0%}" if row["classes"] else ""


def _code(name: str) -> str:
    return f"`{name}`" if name else ""
