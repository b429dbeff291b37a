"""A problem inside a problem, a strategy inside a strategy: named, recorded, refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import registry
from bench.code import fingerprint
from bench.registry import PROBLEMS, STRATEGIES, RegistryError
from bench.spec import Entry
from bench.testing.refusals import refusal
from problems import tables


def inner(entry):
    """Return what the problem inside a resolved entry is recorded as."""
    return PROBLEMS.resolve(entry).settings["of"]


BRANIN = {"name": "branin", "settings": {"shifted": True}, "version": 1}


def test_a_problem_inside_is_named_by_a_name_or_a_table(parts):
    by_name = parts("Doubled", of="branin")
    assert inner(by_name) == BRANIN
    assert type(PROBLEMS.create(by_name).of) is PROBLEMS.get("branin")  # type: ignore[attr-defined]
    assert inner(parts("Doubled", of={"name": "branin"})) == BRANIN
    moved = {"name": "branin", "settings": {"shifted": False}}
    assert inner(parts("Doubled", of=moved)) == {**BRANIN, "settings": {"shifted": False}}
    assert PROBLEMS.create(parts("Doubled", of=moved)).of.shifted is False  # type: ignore[attr-defined]


def test_a_problem_inside_by_default_is_recorded_too(parts):
    expected = {"name": "test-sphere", "settings": {"shift": 0.0}, "version": 1}
    assert inner(parts("Doubled")) == expected


def test_a_problem_inside_may_come_from_a_file(parts, parts_file):
    name = parts_file("Sphere").name
    entry = parts("Doubled", of={"name": name, "settings": {"shift": 2}})
    code = fingerprint(PROBLEMS.get(name))
    assert inner(entry) == {"name": name, "settings": {"shift": 2.0}, "version": 1, "code": code}
    resolved = PROBLEMS.resolve(entry)
    assert PROBLEMS.create(resolved).of.shift == 2.0  # type: ignore[attr-defined]
    assert PROBLEMS.resolve(resolved) == resolved


def test_problems_are_nested_twice(parts, catalogued):
    catalogued("Doubled")
    table = {"name": "test-doubled", "settings": {"of": "branin", "factor": 3}}
    by_table = PROBLEMS.create(parts("Doubled", of=table))
    config = {"x1": 1.0, "x2": 2.0}
    plain = PROBLEMS.create(Entry("branin")).evaluate(config, seed=1).value
    assert by_table.evaluate(config, seed=1).value == 2 * (3 * plain)
    assert inner(parts("Doubled", of=table))["settings"] == {"of": BRANIN, "factor": 3.0}
    by_argument = PROBLEMS.create(Entry("test-doubled:test-doubled:branin"))
    assert by_argument.evaluate(config, seed=1).value == 2 * (2 * plain)


def test_an_argument_may_be_a_problem_whose_argument_is_a_file_elsewhere(tmp_path, monkeypatch):
    table = Path(tables.__file__).parent / "_tables" / "elastic-net-diabetes.parquet"
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "t.parquet").write_bytes(table.read_bytes())
    monkeypatch.chdir(tmp_path)
    far = PROBLEMS.resolve(Entry("noisy:noisy:table:there/t.parquet"))
    monkeypatch.chdir(tmp_path / "there")
    # Wherever the file lies, it is the same problem.
    assert PROBLEMS.resolve(Entry("noisy:noisy:table:t.parquet")).label == far.label
    assert far.label == "noisy:noisy:table:t.parquet"


def test_a_name_that_nests_too_deep_is_refused_at_once():
    with pytest.raises(RegistryError, match=r"a name must nest 20 problems or fewer.* nests 2000"):
        PROBLEMS.get("noisy:" * 2000 + "branin")


def test_a_problem_as_an_argument(parts_file, catalogued):
    catalogued("Doubled")
    entry = Entry("test-doubled:branin")
    assert PROBLEMS.get(entry.name)().of.name == "branin"  # type: ignore[attr-defined]
    assert inner(entry) == BRANIN
    file = Entry(f"test-doubled:{parts_file('Sphere').name}")
    assert PROBLEMS.get(file.name)().of.name == "test-sphere"  # type: ignore[attr-defined]
    resolved = PROBLEMS.resolve(file)
    assert resolved.settings["of"]["name"] == parts_file("Sphere").name
    assert PROBLEMS.resolve(resolved) == resolved


def test_a_problem_inside_that_leads_nowhere_is_reported(parts, catalogued):
    catalogued("Doubled")
    near = "no problem is called 'barnin'; did you mean branin"
    assert refusal(RegistryError, PROBLEMS.create, parts("Doubled", of="barnin")).startswith(near)
    assert refusal(RegistryError, PROBLEMS.get, "test-doubled:barnin").startswith(near)
    assert refusal(RegistryError, PROBLEMS.get, "test-doubled:").startswith(
        "no problem is called ''; "
    )
    wrong = {"name": "branin", "settings": {"shift": 1}}
    assert refusal(RegistryError, PROBLEMS.create, parts("Doubled", of=wrong)) == (
        "problem 'branin' has no setting 'shift'; it has shifted"
    )


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (3, "expects its setting 'of' to be a problem, its name or { name = \"…\", "),
        (["branin"], "expects its setting 'of' to be a problem"),
        ({"settings": {}}, "expects its setting 'of' to be a problem"),
        ({"name": 1}, "expects its setting 'of' to be a problem"),
        ({"name": "branin", "label": "b"}, "'of': a problem has name and settings, got"),
        ({"name": "branin", "settings": 3}, "'of': a problem has name and settings, got"),
    ],
)
def test_what_is_no_problem_inside_is_reported(parts, value, rule):
    text = refusal(RegistryError, PROBLEMS.create, parts("Doubled", of=value))
    assert rule in text
    assert repr(value) in text


def test_what_a_problem_inside_needs_the_outer_one_needs(parts, catalogued):
    catalogued("Doubled", "NeedsNothingToo")
    reason = "needs no_such_package_anywhere; pip install no_such_package_anywhere"
    name = "test-doubled:test-needs-nothing-too"
    assert registry.unavailable(PROBLEMS.get(name)) == reason
    table = Entry("test-doubled", "", {"of": "test-needs-nothing-too"})
    assert registry.unavailable(PROBLEMS.get(table.name)) is None
    assert registry.unavailable(PROBLEMS.create(table)) == reason


def test_a_strategy_inside_is_named_by_a_name_a_table_or_an_argument():
    settings = {"n_startup_trials": 4}
    table = {"name": "tpe", "settings": settings}
    resolved = STRATEGIES.resolve(Entry("from-default", settings={"of": table}))
    assert resolved.settings["of"] == {**table, "version": 1}
    assert STRATEGIES.create(resolved).of.n_startup_trials == 4  # type: ignore[attr-defined]
    by_name = STRATEGIES.create(Entry("from-default", settings={"of": "sobol"}))
    by_argument = STRATEGIES.create(Entry("from-default:sobol"))
    assert by_name.of == by_argument.of == STRATEGIES.get("sobol")()  # type: ignore[attr-defined]
    twice = STRATEGIES.create(Entry("from-default:from-default:sobol"))
    assert twice.of.of == by_name.of  # type: ignore[attr-defined]


def test_the_code_of_a_strategy_inside_is_part_of_what_is_run(parts_file):
    name = parts_file("Random").name
    resolved = STRATEGIES.resolve(Entry(f"from-default:{name}"))
    code = fingerprint(STRATEGIES.get(name))
    assert resolved.settings["of"] == {"name": name, "settings": {}, "version": 1, "code": code}
    assert code
    assert STRATEGIES.resolve(resolved) == resolved
    other = {**resolved.settings["of"], "code": "0" * 16}
    with pytest.raises(RegistryError, match="must stay as it is while a sweep runs, it was edited"):
        STRATEGIES.create(Entry("from-default", settings={"of": other}))


def test_a_strategy_inside_that_leads_nowhere_is_reported():
    near = "no strategy is called 'tpa'; did you mean tpe"
    assert refusal(RegistryError, STRATEGIES.get, "from-default:tpa").startswith(near)
    wrong = Entry("from-default", settings={"of": {"name": "tpe", "settings": {"startup": 1}}})
    rule = "strategy 'tpe' has no setting 'startup'; it has "
    assert refusal(RegistryError, STRATEGIES.create, wrong).startswith(rule)
    number = Entry("from-default", settings={"of": 3})
    assert "expects its setting 'of' to be a strategy, its name or" in refusal(
        RegistryError, STRATEGIES.create, number
    )
    problem = Entry("from-default", settings={"of": "branin"})
    assert "no strategy is called 'branin'" in refusal(RegistryError, STRATEGIES.create, problem)
    with pytest.raises(RegistryError, match="a name must nest 20 strategies or fewer"):
        STRATEGIES.get("from-default:" * 50 + "tpe")


def test_what_a_strategy_inside_lacks_the_outer_one_lacks(parts_file):
    needs = parts_file("NeedsNothing").name
    reason = "needs no_such_package_anywhere; pip install no_such_package_anywhere"
    assert registry.unavailable(STRATEGIES.get(f"from-default:{needs}")) == reason
    inside = Entry("from-default", settings={"of": needs})
    assert registry.unavailable(STRATEGIES.create(inside)) == reason

    class Remote(STRATEGIES.get("random")):  # type: ignore[misc]
        @classmethod
        def unavailable(cls):
            return "needs a licence; ask for one"

    held = STRATEGIES.get("from-default")(of=Remote())  # type: ignore[call-arg]
    assert registry.unavailable(held) == "needs a licence; ask for one"
