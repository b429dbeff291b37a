"""Objects beside names: who makes what, and what is recorded of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest

from bench.core import Suggestion
from bench.errors import UserError
from bench.execution.local import Local
from bench.execution.objects import IN_MEMORY, Objects, entry_of, pickled
from bench.registry import PROBLEMS, STRATEGIES, RegistryError
from bench.spec import Entry
from bench.store import Store, StoreError
from bench.testing.toys import Random, Sphere
from strategies.from_default import FromDefault
from strategies.tpe import TPE


def test_a_name_of_the_catalog_leads_there():
    objects = Objects({"x": Random()})
    assert type(objects.strategy(Entry("random"))) is type(STRATEGIES.create(Entry("random")))
    assert objects.problem(Entry("branin")).name == PROBLEMS.create(Entry("branin")).name


def test_each_run_has_a_strategy_of_its_own_and_all_share_the_problem():
    strategy, problem = Random(), Sphere()
    objects = Objects({"s": strategy}, {"p": problem})
    first, second = objects.strategy(Entry("s")), objects.strategy(Entry("s"))
    assert len({id(strategy), id(first), id(second)}) == 3
    assert objects.problem(Entry("p")) is problem


def test_an_entry_says_that_it_is_in_memory():
    entry = entry_of(Sphere(shift=0.5), "mine")
    assert entry.name == f"{IN_MEMORY}:mine"
    assert entry.label == "mine"
    assert entry.settings["shift"] == 0.5
    assert entry.version == Sphere().version
    assert Objects({}, {entry.name: Sphere()}).resolve(PROBLEMS, entry) == entry


def test_the_entry_of_an_object_has_the_strategy_inside_it_with_its_code():
    tpe = entry_of(FromDefault(TPE(n_startup_trials=3)), "x").settings["of"]
    assert tpe == {**tpe, "name": "tpe", "version": 1}
    assert tpe.keys() == {"name", "settings", "version"}
    assert tpe["settings"]["n_startup_trials"] == 3

    @dataclass
    class Mine(Random):
        def ask(self) -> Suggestion | None:
            return None

    own = entry_of(FromDefault(Mine()), "x").settings["of"]
    assert own == {**own, "name": "test-random", "settings": {}, "version": 1}
    assert len(own["code"]) == 16


def test_an_error_says_where_to_make_a_strategy_that_cannot_be_copied():
    strategy = Random()
    strategy.lock = threading.Lock()  # type: ignore[attr-defined]
    with pytest.raises(RegistryError, match="`start`"):
        Objects({"s": strategy}).strategy(Entry("s", "mine"))


def test_what_cannot_be_pickled_is_named():
    problem = Sphere()
    problem.lock = threading.Lock()  # type: ignore[attr-defined]
    with pytest.raises(UserError, match="mine cannot"):
        pickled(Objects({}, {f"{IN_MEMORY}:mine": problem}))


def test_objects_on_their_way_lie_in_the_folder_which_is_tidied_after_a_kill(tmp_path, monkeypatch):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    store = Store(tmp_path / "results")
    store.create({})
    before = sorted(store.folder.iterdir())
    with Local(store, 1, objects=Objects({"s": Random()})):
        assert list(temporary.iterdir()) == []
        assert sorted(store.folder.iterdir()) != before
        store.tidy()
        assert sorted(store.folder.iterdir()) == before
    with Local(store, 1, objects=Objects({"s": Random()})):
        pass
    assert sorted(store.folder.iterdir()) == before


def test_objects_that_find_no_room_are_refused_in_one_line(tmp_path):
    # No folder stands for whatever keeps it from being written.
    local = Local(Store(tmp_path / "gone"), 1, objects=Objects({"s": Random()}))
    with pytest.raises(StoreError, match="need a folder that can be written"):
        local.__enter__()
