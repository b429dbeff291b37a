"""What two machines must have in common."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib.metadata import version

from bench.execution import versions as module
from bench.execution.versions import CODE, differences, versions


def test_versions_are_those_of_python_the_code_and_distributions():
    found = versions(["numpy", "no-such-thing"])
    assert found.pop(CODE).isalnum()
    assert found == {
        "Python": "{}.{}".format(*sys.version_info),
        "numpy": version("numpy"),
        "no-such-thing": "none",
    }


def test_an_installation_without_the_package_can_be_asked(tmp_path):
    """By its source alone; there the code is another one."""
    code = f"{inspect.getsource(module)}\nprint(versions(['numpy']))"
    path = tmp_path / "ask.py"
    path.write_text(code)
    done = subprocess.run(
        [sys.executable, "-I", "-S", path], capture_output=True, text=True, check=True
    )
    assert f"'{CODE}': 'none', 'numpy': 'none'" in done.stdout


def test_an_edit_of_a_file_is_another_code(tmp_path, monkeypatch):
    for package in module.HOUSE:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    spec = {name: type("Spec", (), {"submodule_search_locations": [tmp_path / name]})
            for name in module.HOUSE}  # fmt: skip
    monkeypatch.setattr("importlib.util.find_spec", spec.__getitem__)
    before = versions([])[CODE]
    (tmp_path / "bench" / "__pycache__").mkdir()
    (tmp_path / "bench" / "__pycache__" / "x.pyc").write_text("compiled")
    assert versions([])[CODE] == before
    (tmp_path / "strategies" / "mine.py").write_text("A = 1\n")
    assert versions([])[CODE] != before


def test_a_difference_names_both_versions():
    here = {"Python": "3.11", "numpy": "2.4.6", "ioh": "none"}
    assert differences(here, dict(here)) == []
    assert differences(here, {"Python": "3.12", "numpy": "2.4.6", "ioh": "0.4"}) == [
        "Python 3.12 instead of 3.11", "ioh 0.4 instead of none",
    ]  # fmt: skip
