from bench.captions import environment as texts
from bench.report.page import Note, Terms
from bench.report.sections import environment


def value(*_):
    return 1.0


def test_what_ran_and_with_which_seed(made, find, table):
    frames = made(value, ("random", "tpe", "gp"), tuple("abcd"))
    section = environment.entries(find(frames))
    assert section.items[0].text == texts.seeds((1,))
    shown = table(section, texts.settings("strategy"))
    # A name that is the label itself is only in the files.
    assert shown["tpe"] == {"version": "1", "settings": "–", "library": ""}
    whole = table(section, texts.settings("strategy"), whole=True)
    assert whole["tpe"] == {"name": "tpe", **shown["tpe"]}
    assert list(table(section, texts.settings("problem"))) == ["a", "b", "c", "d"]
    assert [item.kind for item in section.items] == ["note", "table", "files"]
    frames[1]["strategy_name"] = frames[1]["strategy"].map(lambda name: f"own.py:{name}")
    named = environment.entries(find(frames))
    assert table(named, texts.settings("strategy"))["tpe"]["name"] == "own.py:tpe"
    several = environment.entries(find(made(value), changed={"seeds": (3, 7)}))
    assert several.items[0].text == texts.seeds((3, 7))


def test_environments_that_differ_are_all_reported(made, find):
    environments = (
        {"python": "3.11", "packages": {"numpy": "2", "scipy": "1"}, "git": None},
        {"python": "3.12", "packages": {"numpy": "2", "scipy": "1"}, "cores": 2},
    )
    section = environment.section(find(made(value), changed={"environments": environments}))
    (terms,) = (item for item in section.items if isinstance(item, Terms))
    assert terms.pairs == [
        ("python", "3.11 · or · 3.12"), ("packages", "numpy 2, scipy 1"), ("cores", "2"),
    ]  # fmt: skip
    commands = [item.text for item in section.items if isinstance(item, Note) and item.code]
    assert commands == ["tunebench report results/demo"]
