"""The reference of the sweep file has a row for each key of a sweep and of an entry."""

import sweep_file

from bench.spec import Sweep
from bench.sweep_schema import json_schema

TEXT = sweep_file.markdown(json_schema())


def test_every_key_has_a_row():
    sweep, _, entry = TEXT.partition("with these keys:")
    rows = [line.split("`")[1] for line in sweep.splitlines() if line.startswith("| `")]
    assert sorted(rows) == sorted(Sweep.__dataclass_fields__)
    rows = [line.split("`")[1] for line in entry.splitlines() if line.startswith("| `")]
    assert rows == ["name", "label", "settings", "repetitions", "workers", "synchronous"]


def test_a_row_says_kind_default_and_meaning():
    assert (
        "| `trials` | integer, 1 or more | 50 | The budget of each run, in full evaluations. |"
        in TEXT.splitlines()
    )
    assert "| `run_timeout` | number above 0 |  | Seconds that a run may take." in TEXT
    assert "| `suites` | list of names |" in TEXT
    assert "| `strategies` | list of names or tables |" in TEXT
