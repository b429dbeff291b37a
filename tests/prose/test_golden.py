"""Golden files: a difference fails, a missing file fails, one flag writes them."""

from pathlib import Path

import pytest

from bench.testing.golden import FOLDER, hold

HERE = Path(__file__).parent


def test_what_is_written_is_held_against_what_is_said(tmp_path):
    path = tmp_path / FOLDER / "a.txt"
    hold(path, "one\ntwo", renew=True)
    assert path.read_text(encoding="utf-8") == "one\ntwo\n"
    hold(path, "one\ntwo", renew=False)
    with pytest.raises(pytest.fail.Exception, match="-two\n\\+three"):
        hold(path, "one\nthree", renew=False)
    # A comparison writes nothing.
    assert path.read_text(encoding="utf-8") == "one\ntwo\n"


def test_a_missing_file_is_not_made_without_the_flag(tmp_path):
    path = tmp_path / FOLDER / "a.txt"
    with pytest.raises(pytest.fail.Exception, match="is missing; write it with --renew-golden"):
        hold(path, "one", renew=False)
    assert not path.exists()


def test_every_golden_file_has_a_test():
    sources = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    files = list((HERE / FOLDER).iterdir())
    assert files
    for path in files:
        assert path.suffix == ".txt"
        assert f'"{path.stem}"' in sources, path.name
