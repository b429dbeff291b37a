"""Python's search for cycles is off while results are read, and afterwards as it was."""

import gc
from collections.abc import Iterator

import pytest

from bench.store.collecting import without_collecting


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = gc.isenabled()
    yield
    (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("before", [True, False])
def test_it_is_off_inside_and_afterwards_as_it_was(before: bool) -> None:
    (gc.enable if before else gc.disable)()
    with without_collecting():
        assert not gc.isenabled()
    assert gc.isenabled() == before


def test_also_after_an_error() -> None:
    gc.enable()
    with pytest.raises(ValueError, match="damaged"), without_collecting():
        raise ValueError("damaged")
    assert gc.isenabled()
