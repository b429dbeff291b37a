"""A storage of Optuna in a database, read without Optuna and without a change."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bench.addresses import without_password
from bench.exchange.databases import engine, is_address, is_sqlite
from bench.exchange.imported import ExchangeError, Imported
from bench.exchange.optuna_studies import FIXED, OptunaStudy, OptunaTrial, imported

if TYPE_CHECKING:
    import sqlalchemy

SCHEMAS = ("v3.0.0.d", "v3.2.0.a")
"""Revisions of the tables whose columns are those read here: of Optuna 3.0 to 5.0."""

_SPECIAL = {"INF_POS": float("inf"), "INF_NEG": float("-inf"), "NAN": float("nan")}

TABLES = {
    "alembic_version": {"version_num": "String"},
    "studies": {"study_id": "Integer", "study_name": "String"},
    "study_directions": {"study_id": "Integer", "objective": "Integer", "direction": "String"},
    "study_user_attributes": {"study_id": "Integer", "key": "String", "value_json": "String"},
    "trials": {"trial_id": "Integer", "study_id": "Integer", "number": "Integer",
               "state": "String", "datetime_start": "DateTime", "datetime_complete": "DateTime"},
    "trial_values": {"trial_id": "Integer", "objective": "Integer", "value": "Float",
                     "value_type": "String"},
    "trial_intermediate_values": {"trial_id": "Integer", "step": "Integer",
                                  "intermediate_value": "Float",
                                  "intermediate_value_type": "String"},
    "trial_system_attributes": {"trial_id": "Integer", "key": "String"},
}  # fmt: skip
"""The tables that are read, each with its columns and their types in SQLAlchemy."""


def reads(what: str) -> bool:
    """Say whether an address is that of a database, or a path that of an SQLite file."""
    return is_address(what) or is_sqlite(what)


def read(what: str) -> Imported:
    """Return the studies of a storage.

    A table is read with one query: Optuna's own door takes six for each study, and three times
    as long.

    Args:
        what: an address as Optuna takes it, or the path of an SQLite file.

    Raises:
        ExchangeError: it cannot be read, or is no storage of Optuna.
    """
    called = f"Optuna storage {without_password(what)}"
    with _connected(what, called) as connection:
        rows = _Rows(connection)
        revisions = [str(row[0]) for row in rows.of("alembic_version")]
        if not {*revisions} & {*SCHEMAS}:
            raise ExchangeError(
                f"{called} must have tables of revision {' or '.join(SCHEMAS)}, it has "
                f"{', '.join(revisions)[:100] or 'none'}; copy it and run `optuna storage upgrade` "
                "on the copy (results in MLflow are named mlflow:EXPERIMENT)"
            )
        return imported(_studies(rows), where=called)


class _Rows:
    """Reads tables of Optuna over a connection."""

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self._connection = connection

    def of(self, name: str, **equal: Any) -> Any:
        """Return the rows of a table whose columns have some values."""
        import sqlalchemy as sa

        kinds = {kind: getattr(sa, kind) for kind in ("Integer", "Float", "String", "DateTime")}
        table = sa.table(name, *(sa.column(c, kinds[kind]) for c, kind in TABLES[name].items()))
        query = sa.select(table)
        for column, value in equal.items():
            query = query.where(table.c[column] == value)
        return self._connection.execute(query).all()


def _studies(rows: _Rows) -> list[OptunaStudy]:
    directions, attributes = defaultdict[int, Any](list), defaultdict[int, Any](dict)
    for study, objective, direction in rows.of("study_directions"):
        directions[study].append((objective, direction))
    for study, key, value in rows.of("study_user_attributes"):
        attributes[study][key] = json.loads(value)
    trials = _trials(rows)
    return [
        OptunaStudy(
            str(name), [str(d) for _, d in sorted(directions[study])], attributes[study],
            trials[study],
        )
        for study, name in sorted(rows.of("studies"))
    ]  # fmt: skip


def _trials(rows: _Rows) -> dict[int, list[OptunaTrial]]:
    values = {
        trial: _SPECIAL.get(kind, value)
        for trial, _, value, kind in rows.of("trial_values", objective=0)
    }
    steps: dict[int, dict[int, float]] = defaultdict(dict)
    for trial, step, value, kind in rows.of("trial_intermediate_values"):
        steps[trial][step] = _SPECIAL.get(kind, value)
    enqueued = {trial for trial, _ in rows.of("trial_system_attributes", key=FIXED)}
    found: dict[int, list[OptunaTrial]] = defaultdict(list)
    for trial, study, number, state, start, end in rows.of("trials"):
        reported = steps.get(trial, {})
        found[study].append(
            OptunaTrial(
                number, state, values.get(trial), start, end, min(reported, default=None),
                max(reported, default=None), reported[max(reported)] if reported else float("nan"),
                trial in enqueued,
            )
        )  # fmt: skip
    return found


@contextmanager
def _connected(what: str, called: str) -> Iterator[sqlalchemy.Connection]:
    """Give a connection; what goes wrong with it is one line."""
    import sqlalchemy as sa

    try:
        database = engine(what, called)
        try:
            with database.connect() as connection:
                yield connection
        finally:
            database.dispose()
    except (sa.exc.SQLAlchemyError, OSError, ValueError, TypeError) as error:
        text = " ".join(str(getattr(error, "orig", None) or error).split())[:200]
        raise ExchangeError(
            f"{called} must be a database with studies of Optuna, it cannot be read "
            f"({without_password(text)}); check its address"
        ) from None
