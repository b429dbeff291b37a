from __future__ import annotations

import dataclasses
import os

import pytest

from bench.spec import Entry, RunSpec, SpecError, Sweep

PLAIN = {"strategies": ["random"], "problems": ["branin"]}


def test_a_sweep_has_defaults_for_everything_but_strategies_and_problems():
    sweep = Sweep.from_dict(PLAIN)
    assert (sweep.name, sweep.trials, sweep.repetitions, sweep.seed) == ("sweep", 50, 10, 1)
    assert sweep.strategies == (Entry("random"),)
    assert sweep.strategies[0].label == "random"
    assert sweep.run_timeout is None


def test_toml_says_what_a_sweep_is(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        """
        description = "A test."
        trials = 7
        repetitions = 3
        seed = 0
        run_timeout = 1.5
        strategies = [
            "random",
            { name = "grid", label = "grid, centres", settings = { placement = "centres" } },
        ]
        problems = ["branin"]
        suites = ["live"]
        """
    )
    assert Sweep.from_toml(path) == Sweep(
        "mine",
        (Entry("random"), Entry("grid", "grid, centres", {"placement": "centres"})),
        (Entry("branin"),),
        ("live",),
        7,
        3,
        0,
        1.5,
        "A test.",
    )


def test_a_sweep_comes_back_from_plain_data():
    sweep = Sweep("s", (Entry("a", "b", {"c": 1}, 2),), (Entry("p"),), ("q",), 3, 4, 5, 6.5, "Why.")
    assert Sweep.from_dict(sweep.to_dict()) == sweep


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"trials": 0}, "'trials' must be an integer, 1 or more, got 0; for example"),
        ({"trials": -5}, "'trials' must be an integer, 1 or more, got -5"),
        ({"trials": 1.5}, "'trials' must be an integer, 1 or more, got 1.5"),
        ({"trials": True}, "'trials' must be an integer, 1 or more, got True"),
        ({"repetitions": 0}, "'repetitions' must be an integer, 1 or more, got 0"),
        ({"repetitions": "5"}, "'repetitions' must be an integer, 1 or more, got '5'"),
        ({"seed": -1}, "'seed' must be an integer, 0 or more, got -1"),
        ({"run_timeout": 0}, "'run_timeout' must be a number of seconds above 0, got 0"),
        ({"run_timeout": float("nan")}, "above 0, got nan; leave it out for no limit"),
        ({"run_timeout": "1h"}, "above 0, got '1h'"),
        (
            {"trails": 5},
            "unknown key 'trails'; did you mean 'trials'? a sweep has",
        ),
        ({"strategies": []}, "'strategies' must name at least one"),
        ({"problems": []}, "'problems' or 'suites' must name at least one"),
        ({"strategies": "random"}, "'strategies' must be a list of names or tables, got 'random'"),
        ({"strategies": [3]}, "'strategies' must hold names or tables like"),
        ({"strategies": [""]}, "'strategies' must hold names or tables like"),
        ({"problems": [{"label": "x"}]}, "'problems' must hold names or tables like"),
        (
            {"strategies": ["random", "random"]},
            "'strategies' must have each label once, got 'random' twice; drop one or give it",
        ),
        (
            {"problems": ["a", {"name": "b", "label": "a"}]},
            "'problems' must have each label once, got 'a' twice",
        ),
        (
            {"strategies": ["a", {"name": "a", "label": "a "}]},
            "'strategies' must have distinct labels, got 'a' and 'a '; drop one or",
        ),
        (
            {"problems": [{"name": "a", "setting": {}}]},
            "'problems', entry 'a': unknown key 'setting'; did you mean 'settings'? an entry",
        ),
        (
            {"problems": [{"name": "a", "settings": 3}]},
            "'problems', entry 'a': 'settings' must be a table, got 3",
        ),
        (
            {"problems": [{"name": "a", "label": 3}]},
            "'problems', entry 'a': 'label' must be a string, got 3",
        ),
        ({"trials": 10**20}, "'trials' must be 1,000,000,000 or less, got 100,000,"),
        ({"seed": 2**63}, "'seed' must be 9,223,372,036,854,775,807 or less"),
        ({"name": "../elsewhere"}, "'name' must be a plain name of 100 characters or less"),
        ({"name": ""}, "'name' must be a plain name of 100 characters or less"),
        ({"name": "a" * 101}, "'name' must be a plain name of 100 characters or less"),
        ({"problems": [{"name": "a", "label": "b\nc"}]}, "a label must be printable"),
        ({"problems": [{"name": "a", "label": "b" * 101}]}, "100 characters or less, got 'bbb"),
        ({"suites": "live"}, "'suites' must be a list of names, got 'live'"),
        ({"suites": [1]}, r"'suites' must be a list of names, got [1]"),
        ({"name": 3}, "'name' must be a string in quotes, got 3"),
    ],
)
def test_a_contradictory_sweep_is_refused_with_key_and_value(change, message):
    with pytest.raises(SpecError) as error:
        Sweep.from_dict(PLAIN | change)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"trials = ", "is not valid TOML: "),
        (b"trials = 5\ntrials = 6", "is not valid TOML: "),
        (b"\xff\xfe", "cannot be read as text: "),
        (b"trials = 0\nstrategies = ['a']\nproblems = ['b']", "'trials' must be"),
    ],
)
def test_a_bad_file_is_named(tmp_path, content, message):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(SpecError) as error:
        Sweep.from_toml(path)
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)


def test_a_version_is_no_key_of_a_sweep_file(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('strategies = [{ name = "random", version = 7 }]\nproblems = ["branin"]')
    with pytest.raises(SpecError, match="'strategies', entry 'random': unknown key 'version'"):
        Sweep.from_toml(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SpecError, match="cannot be read as text"):
        Sweep.from_toml(tmp_path / "none.toml")


def test_expand_gives_each_pair_in_each_repetition_one_repetition_after_the_other():
    sweep = Sweep("s", (Entry("a"), Entry("b")), (Entry("p"), Entry("q")), trials=3, repetitions=2)
    found = [(spec.repetition, spec.problem.name, spec.strategy.name) for spec in sweep.expand()]
    assert found == [(r, p, s) for r in (0, 1) for p in "pq" for s in "ab"]


SPEC = RunSpec(Entry("a", "A", {"k": 1}, 1), Entry("p", "P", {"j": 2}, 1), 10, 0, 1)


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(SPEC, strategy=Entry("b", "A", {"k": 1}, 1)),
        dataclasses.replace(SPEC, strategy=Entry("a", "B", {"k": 1}, 1)),
        dataclasses.replace(SPEC, strategy=Entry("a", "A", {"k": 2}, 1)),
        dataclasses.replace(SPEC, strategy=Entry("a", "A", {"k": 1}, 2)),
        dataclasses.replace(SPEC, problem=Entry("p", "P", {"j": 3}, 1)),
        dataclasses.replace(SPEC, problem=Entry("p", "P", {"j": 2}, 2)),
        dataclasses.replace(SPEC, trials=11),
        dataclasses.replace(SPEC, repetition=1),
        dataclasses.replace(SPEC, seed=2),
        dataclasses.replace(SPEC, workers=2),
        dataclasses.replace(SPEC, synchronous=True),
    ],
)
def test_whatever_decides_a_runs_values_is_in_its_id(other):
    assert other.id != SPEC.id


def test_an_id_does_not_hang_on_the_order_of_settings():
    one = dataclasses.replace(SPEC, strategy=Entry("a", "A", {"k": 1, "l": 2}, 1))
    other = dataclasses.replace(SPEC, strategy=Entry("a", "A", {"l": 2, "k": 1}, 1))
    assert one.id == other.id


def test_a_time_limit_decides_no_values_and_is_in_no_id():
    sweep = Sweep("s", (Entry("a"),), (Entry("p"),))
    limited = dataclasses.replace(sweep, run_timeout=5.0, name="t", description="d")
    assert [spec.id for spec in sweep.expand()] == [spec.id for spec in limited.expand()]


def test_a_spec_comes_back_from_plain_data():
    again = RunSpec.from_dict(SPEC.to_dict())
    assert again == SPEC
    assert again.id == SPEC.id
    assert len(SPEC.id) == 16


def test_all_wrong_entries_of_a_file_are_reported_at_once(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(
        "trials = 0\nrepetitions = 'x'\nhello = 1\nname = 3\n"
        "strategies = [5, {name = 'a', label = 2}, 'random']\n"
        "problems = [{name = 'p', settings = 3}, {name = 'q', version = 2}]\n"
    )
    with pytest.raises(SpecError) as told:
        Sweep.from_toml(path)
    lines = str(told.value).splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    for word in ("'trials'", "'repetitions'", "'hello'", "'name' must", "got 5", "'label'",
                 "'settings' must", "'version'"):  # fmt: skip
        assert sum(word in line for line in lines) == 1, word
    assert len(lines) == 8


@pytest.mark.parametrize("depth", [300, 2_000])
@pytest.mark.parametrize("opening", ["{ a = ", "["])
def test_a_file_that_nests_too_deep_is_one_clear_line(tmp_path, depth, opening):
    path, end = tmp_path / "s.toml", {"[": "]"}.get(opening, "}")
    deep = opening * depth + "1" + end * depth
    path.write_text(
        f"strategies = ['random']\nproblems = [{{name = 'p', settings = {{ x = {deep} }} }}]\n"
    )
    with pytest.raises(SpecError, match="its values must nest 100 deep or less") as told:
        Sweep.from_toml(path)
    assert "\n" not in str(told.value)


def test_a_pipe_is_no_sweep_and_not_waited_for(tmp_path):
    path = tmp_path / "s.toml"
    os.mkfifo(path)
    with pytest.raises(SpecError, match="it is a pipe or a device"):
        Sweep.from_toml(path)


def test_a_strategy_may_have_fewer_repetitions_and_its_runs_keep_their_ids():
    few = Sweep.from_dict(
        PLAIN | {"strategies": ["random", {"name": "gp", "repetitions": 2}], "repetitions": 3}
    )
    all_ = Sweep.from_dict(PLAIN | {"strategies": ["random", "gp"], "repetitions": 3})
    runs = [(spec.strategy.label, spec.repetition) for spec in few.expand()]
    assert runs == [("random", 0), ("gp", 0), ("random", 1), ("gp", 1), ("random", 2)]
    ids = [spec.id for spec in all_.expand()]
    assert [spec.id for spec in few.expand()] == ids[:-1]
    assert (few.fewer, all_.fewer) == ({"gp": 2}, {})
    assert Sweep.from_dict(few.to_dict()) == few


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ({"repetitions": 4}, "must be those of the sweep (3) or fewer, got 4; leave it out"),
        ({"repetitions": 0}, "'repetitions' must be an integer, 1 or more, got 0"),
        ({"repetitions": True}, "'repetitions' must be an integer, 1 or more, got True"),
        ({"repetition": 2}, "did you mean 'repetitions'? an entry has name, label, settings, repe"),
    ],
)
def test_repetitions_of_a_strategy_are_checked(strategy, message):
    with pytest.raises(SpecError) as error:
        Sweep.from_dict(PLAIN | {"strategies": [{"name": "gp"} | strategy], "repetitions": 3})
    assert message in str(error.value)
    assert "'gp'" in str(error.value)


def test_repetitions_are_of_a_strategy_not_of_a_problem():
    with pytest.raises(SpecError, match="unknown key 'repetitions'"):
        Sweep.from_dict(PLAIN | {"problems": [{"name": "branin", "repetitions": 1}]})


def test_a_strategy_may_have_workers_of_its_own():
    sweep = Sweep.from_dict(
        PLAIN
        | {
            "strategies": [
                "random",
                {"name": "tpe", "workers": 1},
                {"name": "gp", "workers": 8, "synchronous": False},
            ],
            "workers": 4,
            "synchronous": True,
            "repetitions": 1,
        }
    )
    runs = {spec.strategy.label: (spec.workers, spec.synchronous) for spec in sweep.expand()}
    assert runs == {"random": (4, True), "tpe": (1, False), "gp": (8, False)}
    assert [spec.strategy for spec in sweep.expand()] == [Entry(name) for name in runs]
    assert Sweep.from_dict(sweep.to_dict()) == sweep


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"workers": 0}, "'workers' must be an integer, 1 or more, got 0; for example workers = 4"),
        ({"workers": True}, "'workers' must be an integer, 1 or more, got True"),
        ({"workers": 10**5}, "'workers' must be 10,000 or less, got 100,000"),
        ({"synchronous": 1}, "'synchronous' must be true or false, got 1"),
    ],
)
def test_workers_are_checked(change, message):
    for data in (PLAIN | change, PLAIN | {"strategies": [{"name": "random"} | change]}):
        with pytest.raises(SpecError) as error:
            Sweep.from_dict(data)
        assert message in str(error.value)
    with pytest.raises(SpecError, match="unknown key"):
        Sweep.from_dict(PLAIN | {"problems": [{"name": "branin"} | change]})
