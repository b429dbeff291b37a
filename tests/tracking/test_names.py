"""Names: what every tracker takes, and never one for two."""

from hypothesis import given
from hypothesis import strategies as st

from bench.tracking.names import cut, key_of


@given(st.text(max_size=300), st.text(max_size=300))
def test_two_names_never_have_one_key(a, b):
    assert (key_of(a) == key_of(b)) == (a == b)


@given(st.text(max_size=700))
def test_a_key_is_what_mlflow_takes(name):
    key = key_of(name)
    assert 0 < len(key) <= 250
    assert not key.startswith(".")
    assert all(char.isascii() and (char.isalnum() or char in "_-. ") for char in key)


def test_a_plain_name_stays():
    assert [key_of(name) for name in ("max_depth", "C", "a.b-c 2")] == ["max_depth", "C", "a.b-c 2"]


def test_a_name_with_a_slash_an_emoji_and_six_hundred_characters_keeps_its_beginning():
    key = key_of("lr/🎉" + 600 * "x")
    assert key.startswith("lr__xxx")
    assert len(key) == 250


def test_text_is_cut_to_a_length():
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"
    assert cut("a\x00b\udc80", 99) == "a\\x00b\\udc80"
