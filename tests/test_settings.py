from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from bench import Problem, Strategy, settings


@dataclass
class Thing:
    count: int = 1
    share: float = 0.5
    flag: bool = False
    word: str = "a"
    kind: Literal["x", "y"] = "x"
    several: list[int] = field(default_factory=list)
    hidden: int = field(default=0, init=False)


def test_settings_are_the_fields_that_can_be_given():
    assert settings.names(Thing) == ["count", "share", "flag", "word", "kind", "several"]
    assert settings.names(int) == []


def test_defaults_are_what_a_class_writes_down():
    assert settings.defaults(Thing) == {
        "count": 1, "share": 0.5, "flag": False, "word": "a", "kind": "x",
    }  # fmt: skip
    assert settings.defaults(int) == {}


def test_what_fits_is_let_through():
    fits = {"count": 3, "share": 2, "flag": True, "word": "", "kind": "y", "several": "anything"}
    settings.check(Thing, fits)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"cuont": 1}, "has no setting 'cuont'; it has count, flag, kind, several, share, word"),
        ({"count": 1.5}, "expects its setting 'count' to be an integer, got 1.5"),
        ({"count": True}, "expects its setting 'count' to be an integer, got True"),
        ({"share": "big"}, "expects its setting 'share' to be a number, got 'big'"),
        ({"flag": 1}, "expects its setting 'flag' to be true or false, got 1"),
        ({"word": 1}, "expects its setting 'word' to be a string, got 1"),
        ({"kind": "z"}, "expects its setting 'kind' to be one of x, y, got 'z'"),
    ],
)
def test_what_does_not_fit_is_refused(given, message):
    with pytest.raises(ValueError, match="^" + message.replace("(", r"\(")):
        settings.check(Thing, given)


def test_an_annotation_no_program_can_read_allows_anything():
    @dataclass
    class Odd:
        count: NotThere = 1  # type: ignore[name-defined]  # noqa: F821

    settings.check(Odd, {"count": "three"})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, 2**64])
def test_values_that_no_record_can_hold_are_refused(value: Any):
    with pytest.raises(ValueError, match="settings must be plain data"):
        settings.values(Thing(several=value))  # type: ignore[arg-type]


def test_an_integer_for_a_float_is_the_same_setting():
    assert settings.values(Thing(share=2)) == settings.values(Thing(share=2.0))  # type: ignore[arg-type]
    assert type(settings.values(Thing(share=2))["share"]) is float  # type: ignore[arg-type]


@dataclass
class Inner(Problem):
    name = "inner"
    version = 3
    share: float = 1

    def evaluate(self, config, *, seed, fidelity=1.0): ...


@dataclass
class Outer(Inner):
    name = "outer"
    of: Problem = field(default_factory=Inner)


def test_a_problem_inside_is_written_as_a_table():
    inner = {"name": "inner", "settings": {"share": 1.0}, "version": 3}
    assert settings.values(Outer()) == {"share": 1.0, "of": inner}
    twice = settings.values(Outer(of=Outer(share=2)))
    assert twice["of"] == {"name": "outer", "settings": {"share": 2.0, "of": inner}, "version": 3}


@dataclass
class Walk(Strategy):
    name = "walk"
    steps: int = 3

    def start(self, space, *, seed, budget): ...
    def ask(self): ...


@dataclass
class Around(Walk):
    name = "around"
    of: Strategy = field(default_factory=Walk)


def test_which_settings_are_parts():
    assert settings.parts(Outer) == {"of": Problem}
    assert settings.parts(Around) == {"of": Strategy}
    assert settings.parts(Thing) == settings.parts(int) == {}


def test_a_strategy_inside_is_written_as_a_table():
    inner = {"name": "walk", "settings": {"steps": 5}, "version": 1}
    assert settings.values(Around(of=Walk(5))) == {"steps": 3, "of": inner}


def test_a_problem_inside_that_no_record_can_hold_is_refused():
    with pytest.raises(ValueError, match="settings must be plain data"):
        settings.values(Outer(of=Inner(share=float("nan"))))


def test_a_setting_that_joined_later_is_recorded_only_where_it_is_not_its_default():
    @dataclass
    class Older:
        count: int = 1

    @dataclass
    class Newer(Older):
        sign: str = field(default=",", metadata={"record_default": False})

    assert settings.values(Newer()) == settings.values(Newer(sign=",")) == {"count": 1}  # type: ignore[arg-type]
    assert settings.values(Newer(sign=";")) == {"count": 1, "sign": ";"}  # type: ignore[arg-type]
    assert settings.names(Newer) == ["count", "sign"]
    assert settings.defaults(Newer) == {"count": 1, "sign": ","}
    settings.check(Newer, {"sign": ";"})


@dataclass
class Made:
    words: Any = field(
        default="", metadata={"record_default": False, "as_given": lambda made: " ".join(made)}
    )

    def __post_init__(self):
        self.words = tuple(self.words.split())


def test_a_setting_that_becomes_something_else_is_recorded_as_it_was_given():
    assert Made("a b").words == ("a", "b")
    assert settings.values(Made("a b")) == {"words": "a b"}  # type: ignore[arg-type]
    assert settings.values(Made()) == settings.values(Made("")) == {}  # type: ignore[arg-type]
    assert settings.defaults(Made) == {"words": ""}
