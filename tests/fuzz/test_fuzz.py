"""A few inputs for each reader that is fuzzed; `python -m tests.fuzz` gives it thousands."""

import pytest
from hypothesis import strategies as st

from bench.spec import SpecError
from tests.fuzz.__main__ import READERS, WRONG
from tests.fuzz.reader import Misread, Reader, fuzz


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_files_that_nobody_meant_are_read_or_refused(reader):
    counts = fuzz(reader(), 40)
    assert counts.found == {}
    assert counts.kinds["refused"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_many_files_that_nobody_meant_are_read_or_refused(reader):
    counts = fuzz(reader(), 250, number=1)
    assert counts.found == {}
    assert counts.kinds["read"] > 0


class Lengths(Reader):
    """Reads how long a text is; not all is well with it."""

    name = "lengths"
    inputs = st.sampled_from(["", "a", "ab", "abc", "abcd"])
    refusals = (SpecError,)

    def write(self, folder, content):
        path = folder / "x"
        path.write_text(content)
        return path

    def read(self, path):
        text = path.read_text()
        if not text:
            raise SpecError("a text must have a character, got none; write one")
        if text == "a":
            raise SpecError("bad")
        return 1 / (3 - len(text))

    def check(self, path, content, found):
        if found < 0:
            raise Misread("a negative length")


def test_what_goes_wrong_is_counted_by_its_kind():
    counts = fuzz(Lengths(), 50)
    assert set(counts.found) >= {"unclear: bad", "misread: a negative length"}
    assert any("ZeroDivisionError" in what for what in counts.found)
    kinds = counts.kinds
    assert kinds["inputs"] == kinds["read"] + kinds["refused"] + kinds["tracebacks"]
    assert all(kinds[name] for name in WRONG if name != "hangs")
