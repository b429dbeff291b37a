"""Recorded problems that may be made, and those that lead to code of whoever sent them."""

from __future__ import annotations

import pytest

from bench.shipped import is_shipped

EVIL = "sent/evil.py:Evil"


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("branin", {"shifted": True}),
        ("branin", None),
        ("bbob:f8-d5", {"function": "f8-d5"}),
        ("table:trials.parquet", {}),
        ("shifted:branin", {"of": {"name": "branin", "settings": {}, "version": 1}}),
        ("shifted:noisy:branin", {}),
        ("shifted", {"of": "noisy:branin"}),
    ],
)
def test_what_comes_with_the_package_is_shipped(name, given):
    assert is_shipped(name, given)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        (EVIL, {}),
        ("evil.module:Evil", {}),
        ("branin:Evil", {}),
        (f"shifted:{EVIL}", {}),
        (f"shifted:noisy:{EVIL}", {}),
        (f"shifted:{EVIL}", {"of": "branin"}),
        (f"shifted:{EVIL}", {"of": {"name": "branin", "settings": {}}}),
        ("shifted", {"of": EVIL}),
        ("shifted:branin", {"of": EVIL}),
        ("shifted", {"of": {"name": EVIL}}),
        ("shifted", {"of": {"name": f"noisy:{EVIL}", "settings": {}}}),
        ("shifted", {"of": {"name": "noisy", "settings": {"of": EVIL}}}),
        ("shifted", {"of": {"name": "noisy", "settings": [EVIL]}}),
        ("shifted", {"of": {"name": 3}}),
        ("shifted", {"of": {"settings": {}}}),
        ("shifted", {"of": 3}),
        ("shifted", {"of": None}),
        ("shifted", {}),
        ("shifted", [EVIL]),
        ("shifted:" * 5000 + "branin", {}),
        (3, {}),
        ("no-such-problem", {}),
    ],
)
def test_what_leads_to_other_code_or_nowhere_is_not(name, given):
    assert not is_shipped(name, given)
