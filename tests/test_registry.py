"""From names, files and modules to classes and their settings."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import pytest

import strategies
from bench import Strategy, registry
from bench.code import fingerprint
from bench.registry import PROBLEMS, STRATEGIES, RegistryError, unavailable
from bench.spec import Entry
from bench.testing.refusals import refusal


def test_every_public_module_is_in_the_catalog():
    assert STRATEGIES.get("random").__name__ == "RandomSearch"
    assert list(STRATEGIES.classes()) == sorted(STRATEGIES.classes())
    for catalog in (STRATEGIES, PROBLEMS):
        for name, cls in catalog.classes().items():
            assert cls.name == name
            assert issubclass(cls, catalog.base)


def test_an_unknown_name_lists_near_ones():
    assert refusal(RegistryError, STRATEGIES.get, "randon") == (
        "no strategy is called 'randon'; did you mean random?"
    )
    assert refusal(RegistryError, PROBLEMS.get, "barnin").startswith(
        "no problem is called 'barnin'; did you mean branin"
    )


def test_a_name_near_none_lists_all():
    text = refusal(RegistryError, STRATEGIES.get, "zzzzzzzzzz")
    assert text.startswith("no strategy is called 'zzzzzzzzzz'; there are ")
    assert all(name in text for name in STRATEGIES.classes())


def test_a_suite_is_found_by_name():
    name = next(iter(registry.suites()))
    assert registry.suite(name).name == name
    assert f"did you mean {name}" in refusal(RegistryError, registry.suite, f"{name}x")


def test_a_file_and_a_module_lead_to_classes(parts_file):
    assert STRATEGIES.get(parts_file("Random").name).__name__ == "Random"
    assert PROBLEMS.get(parts_file("Sphere").name).__name__ == "Sphere"
    assert STRATEGIES.get("strategies.random_search:RandomSearch") is STRATEGIES.get("random")


def test_a_relative_file_is_found_from_where_one_is(parts_file, tmp_path, monkeypatch):
    absolute = parts_file("Random").name
    monkeypatch.chdir(tmp_path)
    assert STRATEGIES.get("parts.py:Random") is STRATEGIES.get(absolute)


def test_two_files_of_one_name_are_two(tmp_path):
    source = (
        "from dataclasses import dataclass\n"
        "from bench import Strategy\n"
        "@dataclass\n"
        "class S(Strategy):\n"
        "    name: str = '{}'\n"
        "    def start(self, space, *, seed, budget): ...\n"
        "    def ask(self): ...\n"
    )
    found = []
    for folder in ("one", "two"):
        path = tmp_path / folder / "same.py"
        path.parent.mkdir()
        path.write_text(source.format(folder))
        found.append(STRATEGIES.create(Entry(f"{path}:S")).name)
    assert found == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("nowhere.py:Random", "cannot be imported: there is no file"),
        ("no_such_module:Random", "cannot be imported: No module named 'no_such_module'"),
        (":Random", "cannot be imported: "),
        (".relative:Random", "cannot be imported: "),
        ("strategies.random_search:Nothing", "must lead to a Strategy; strategies.random_search"),
        ("math:pi", "must lead to a Strategy; math has none"),
        ("bench:Strategy", "must define ask, start"),
    ],
)
def test_a_reference_that_leads_nowhere_says_why(name, rule):
    text = refusal(RegistryError, STRATEGIES.get, name)
    assert text.startswith(f"{name!r} ")
    assert rule in text


@pytest.mark.parametrize("content", ["1/0", "import no_such_package", "class", "raise SystemExit"])
def test_a_file_that_cannot_be_loaded_says_why(tmp_path, content):
    path = tmp_path / "broken.py"
    path.write_text(content)
    assert f"'{path}:S' cannot be imported: " in refusal(RegistryError, STRATEGIES.get, f"{path}:S")


def test_a_problem_is_no_strategy(parts):
    text = refusal(RegistryError, STRATEGIES.get, parts("Sphere").name)
    assert "must lead to a Strategy" in text
    assert "'Random'" in text


def test_settings_are_checked_by_name_and_by_the_class(parts):
    assert PROBLEMS.create(parts("Sphere", shift=2.0)).shift == 2.0  # type: ignore[attr-defined]
    assert refusal(
        RegistryError, PROBLEMS.create, Entry(parts("Sphere").name, "", {"shfit": 2.0})
    ).endswith("has no setting 'shfit'; it has shift")
    assert refusal(RegistryError, STRATEGIES.create, Entry("random", "", {"speed": 1})) == (
        "strategy 'random' has no setting 'speed'; it has none"
    )


def test_a_setting_that_a_class_refuses_is_reported_in_its_words(tmp_path):
    path = tmp_path / "picky.py"
    path.write_text(
        "from dataclasses import dataclass\n"
        "from bench import Strategy\n"
        "@dataclass\n"
        "class Picky(Strategy):\n"
        "    name = 'picky'\n"
        "    levels: int = 1\n"
        "    def __post_init__(self):\n"
        "        if self.levels < 1:\n"
        "            raise ValueError(f'levels must be 1 or more, got {self.levels}')\n"
        "    def start(self, space, *, seed, budget): ...\n"
        "    def ask(self): ...\n"
    )
    text = refusal(RegistryError, STRATEGIES.create, Entry(f"{path}:Picky", "", {"levels": 0}))
    assert text.endswith("settings: levels must be 1 or more, got 0")


def test_resolving_fills_in_defaults_and_version(parts):
    entry = parts("Raises", "mine", after=7)
    found = STRATEGIES.resolve(entry)
    settings = {"step": "ask", "after": 7}
    assert found == Entry(entry.name, "mine", settings, 1, fingerprint(STRATEGIES.get(entry.name)))


def test_settings_that_are_no_plain_data_are_refused(tmp_path):
    path = tmp_path / "odd.py"
    path.write_text(
        "from dataclasses import dataclass\n"
        "from bench import Strategy\n"
        "@dataclass\n"
        "class Odd(Strategy):\n"
        "    name = 'odd'\n"
        "    kinds: frozenset = frozenset()\n"
        "    def start(self, space, *, seed, budget): ...\n"
        "    def ask(self): ...\n"
    )
    text = refusal(RegistryError, STRATEGIES.resolve, Entry(f"{path}:Odd"))
    assert "settings must be plain data" in text


def claims(monkeypatch, *classes):
    """Let classes come in through entry points."""
    points = [SimpleNamespace(name="n", value="v", load=lambda cls=cls: cls) for cls in classes]
    monkeypatch.setattr(registry, "_entry_points", lambda group: points)


def test_entry_points_of_other_packages_are_in_the_catalog(monkeypatch, part):
    cls = type(part("Random"))
    claims(monkeypatch, cls)
    assert STRATEGIES.get("test-random") is cls


def test_two_claims_on_a_name_are_an_error_that_names_both(monkeypatch, part):
    other = type("Other", (type(part("Random")),), {"name": "random"})
    claims(monkeypatch, other)
    text = refusal(RegistryError, STRATEGIES.classes)
    assert "a name must belong to one strategy, 'random' is claimed by" in text
    assert "strategies.random_search:RandomSearch" in text
    assert ":Other" in text


def test_a_class_without_a_name_is_an_error(monkeypatch):
    class Nameless(Strategy):
        def start(self, space, *, seed, budget): ...

        def ask(self): ...

    claims(monkeypatch, Nameless)
    assert "must have a class attribute `name`" in refusal(RegistryError, STRATEGIES.classes)


def test_what_does_not_import_takes_nobody_else_with_it(monkeypatch):
    def load():
        raise ImportError("no module named nothing_here")

    point = SimpleNamespace(name="theirs", value="theirs:Theirs", load=load)
    monkeypatch.setattr(registry, "_entry_points", lambda group: [point])
    assert STRATEGIES.get("random").name == "random"
    place = "entry point theirs = theirs:Theirs"
    assert STRATEGIES.broken() == {place: "ImportError: no module named nothing_here"}
    assert f"{place} cannot be used" in refusal(RegistryError, STRATEGIES.get, "theirs")


@pytest.mark.parametrize("levels", [float("inf"), float("nan")])
def test_settings_that_are_not_finite_are_refused(parts, levels):
    text = refusal(
        RegistryError, PROBLEMS.resolve, Entry(parts("Sphere").name, "", {"shift": levels})
    )
    assert "settings must be plain data" in text


def file_with(tmp_path, *lines):
    path = tmp_path / "own.py"
    body = "".join(f"    {line}\n" for line in lines)
    path.write_text(
        "from dataclasses import dataclass\nfrom bench import Strategy\n\n@dataclass\n"
        f"class Own(Strategy):\n    name = 'own'\n{body}"
        "    def start(self, space, *, seed, budget): ...\n    def ask(self): ...\n"
    )
    return f"{path}:Own"


def test_a_class_that_raises_when_it_is_made_is_reported(tmp_path):
    name = file_with(tmp_path, "def __post_init__(self):", "    raise RuntimeError('not today')")
    text = refusal(RegistryError, STRATEGIES.create, Entry(name))
    assert text.endswith("own.py:Own' cannot be made: RuntimeError: not today")


def test_two_files_of_one_name_are_two_modules(tmp_path):
    (tmp_path / "other").mkdir()
    names = [file_with(folder) for folder in (tmp_path, tmp_path / "other")]
    one, other = map(STRATEGIES.get, names)
    assert one is not other
    assert sys.modules[one.__module__].__file__ != sys.modules[other.__module__].__file__


def test_requires_must_be_a_tuple(tmp_path):
    text = refusal(RegistryError, STRATEGIES.get, file_with(tmp_path, "requires = 'numpy'"))
    assert "`requires` must be a tuple of import names" in text
    assert "write ('numpy',)" in text


def test_a_reference_is_labelled_by_its_class(tmp_path):
    name = file_with(tmp_path)
    assert STRATEGIES.resolve(Entry(name)).label == "own"
    assert STRATEGIES.resolve(Entry(name, "mine")).label == "mine"


def test_an_error_says_the_way_out_of_a_file_without_a_class():
    assert refusal(RegistryError, STRATEGIES.get, "x.py").endswith("for example x.py:MyClass")


def test_a_module_that_raises_is_reported(tmp_path, monkeypatch):
    (tmp_path / "raises_at_import.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    text = refusal(RegistryError, STRATEGIES.get, "raises_at_import:X")
    assert text == "'raises_at_import:X' cannot be imported: ZeroDivisionError: division by zero"


def test_an_unfinished_class_of_the_catalog_is_reported_by_name(monkeypatch):
    class Unfinished(Strategy):
        name = "unfinished"

    point = SimpleNamespace(name="n", value="v", load=lambda: Unfinished)
    monkeypatch.setattr(registry, "_entry_points", lambda group: [point])
    assert "must define ask, start" in refusal(RegistryError, STRATEGIES.get, "unfinished")


def test_unavailable_says_what_to_install(part):
    assert registry.unavailable(type(part("Random"))) is None
    reason = registry.unavailable(type(part("NeedsNothing")))
    assert reason == "needs no_such_package_anywhere; pip install no_such_package_anywhere"
    nested = type("Nested", (type(part("Random")),), {"requires": ("no_such_package.inside",)})
    assert registry.unavailable(nested) == ("needs no_such_package; pip install no_such_package")


def test_a_name_with_an_argument_sets_a_setting(catalogued):
    catalogued("Lifted")
    problem = PROBLEMS.create(Entry("test-lifted:2.5"))
    assert (problem.name, problem.height) == ("test-lifted:2.5", "2.5")  # type: ignore[attr-defined]
    resolved = PROBLEMS.resolve(Entry("test-lifted:2.5"))
    assert resolved.label == "test-lifted:2.5"
    assert resolved.settings == {"shift": 0.0, "height": "2.5"}
    # Resolved once more, as a worker does, it is the same.
    assert PROBLEMS.resolve(resolved) == resolved
    assert PROBLEMS.create(Entry("test-lifted")).height == "1"  # type: ignore[attr-defined]


def test_an_argument_is_all_that_follows_the_first_colon(catalogued):
    catalogued("Lifted")
    assert PROBLEMS.create(Entry("test-lifted:a/b.py:C=1")).height == "a/b.py:C=1"  # type: ignore[attr-defined]
    assert PROBLEMS.create(Entry("test-lifted:")).height == ""  # type: ignore[attr-defined]


def test_a_setting_that_is_given_goes_before_the_argument(catalogued):
    catalogued("Lifted", "Doubled")
    assert PROBLEMS.create(Entry("test-lifted:2", "", {"height": "3"})).height == "3"  # type: ignore[attr-defined]
    problem = PROBLEMS.create(Entry("test-doubled:branin", "", {"of": "ackley5"}))
    assert problem.of.name == "ackley5"  # type: ignore[attr-defined]


def test_a_class_without_an_argument_takes_none():
    assert refusal(RegistryError, PROBLEMS.get, "branin:5") == (
        "'branin:5' cannot be imported: No module named 'branin'"
    )


def test_a_class_may_say_itself_that_it_cannot_be_used():
    class Remote(STRATEGIES.get("random")):  # type: ignore[misc]
        @classmethod
        def unavailable(cls):
            return "needs a licence; ask for one"

    class Confused(Remote):
        @classmethod
        def unavailable(cls):
            raise OSError("no bus")

    assert unavailable(Remote) == unavailable(Remote()) == "needs a licence; ask for one"
    assert unavailable(Confused) == "`unavailable` raised OSError: no bus"
    assert unavailable(STRATEGIES.get("random")) is None


def test_a_module_that_joins_a_catalog_is_found_by_the_same_process(tmp_path, monkeypatch):
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
    os.utime(tmp_path, (0, 0))  # clocks of folders are coarse: it may be made in the same tick
    assert "late" not in STRATEGIES.classes()
    (tmp_path / "late_in_the_day.py").write_text(
        "from strategies.random_search import RandomSearch\n\n\n"
        'class Late(RandomSearch):\n    name = "late"\n'
    )
    try:
        assert STRATEGIES.classes()["late"].__module__ == "strategies.late_in_the_day"
    finally:
        sys.modules.pop("strategies.late_in_the_day", None)
