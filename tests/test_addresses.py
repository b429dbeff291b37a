"""Addresses without passwords."""

import pytest

from bench.addresses import without_password


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://ann:secret@host/db", "postgresql://ann:***@host/db"),
        ("postgresql://ann:se/cret@host/db", "postgresql://ann:***@host/db"),
        ("postgresql://ann:a?b#c:d@host:1/db", "postgresql://ann:***@host:1/db"),
        ("postgresql://ann:a@b@host/db", "postgresql://ann:***@host/db"),
        ("postgresql://ann@corp:secret@host/db", "postgresql://ann@corp:***@host/db"),
        ("postgresql+psycopg2://:secret@/db", "postgresql+psycopg2://:***@/db"),
        ("postgresql://host/db?user=ann&password=secret", "postgresql://host/db?user=ann&password=***"),
        ("https://ann:secret@host:80/a?mail=x@y", "https://ann:***@host:80/a?mail=x@y"),
        ("https://token@host/path", "https://***@host/path"),
        ("http://token@host/path", "http://***@host/path"),
    ],
)  # fmt: skip
def test_passwords_are_not_shown(address, shown):
    assert without_password(address) == shown
    text = f"no answer from '{address}' (tried: {address} and ann@host)"
    assert without_password(text) == f"no answer from '{shown}' (tried: {shown} and ann@host)"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ann@host/db",
        "postgresql://ann@host:5432/db",
        "sqlite:////tmp/a:b@c.db",
        "http://127.0.0.1:5000",
        "https://host/a@b",
        "file:///tmp/a:b@c",
        "results/a:b@c",
        "mlflow:search",
    ],
)
def test_what_holds_no_password_stays(address):
    assert without_password(address) == address


@pytest.mark.parametrize("secret", ["p", "p/w", "p:w", "p%40w", "p@w", "p?w=1", "p#w", "12/34"])
def test_what_sqlalchemy_takes_for_a_password_is_hidden(secret):
    sqlalchemy = pytest.importorskip("sqlalchemy")
    address = f"postgresql://ann:{secret}@host/db"
    url = sqlalchemy.make_url(address)
    assert (url.username, url.database) == ("ann", "db")
    assert url.password
    assert without_password(address) == "postgresql://ann:***@host/db"
