import math
import re

import pytest

from bench.prose import method as texts
from bench.prose.samples import Sample
from bench.report.sections import method
from bench.simulations import committed


def value(strategy, _problem, repetition, trial):
    return {"random": 1.0, "tpe": 0.5, "gp": 0.6, "grid": 0.7}[strategy] + 0.01 * repetition


def definitions(found):
    terms, *_ = method.section(found).items
    return [text for _, text in terms.pairs]


def verdict_texts(found):
    """What the Method says of both kinds of verdicts."""
    return [texts.these(found.verdicts), texts.new(found.verdicts)]


@pytest.fixture
def found(made, find):
    return find(made(value, ("random", "tpe", "gp"), tuple("abcd"), repetitions=5))


def test_the_method_of_a_plain_sweep(found):
    these, new = verdict_texts(found)
    assert definitions(found) == [
        texts.INCUMBENT,
        texts.repetition(True),
        texts.REGRET,
        texts.BOUNDED,
        texts.seconds(True, True),
        texts.INTERVALS,
        these,
        new,
    ]


def test_each_test_is_reported_with_its_n_and_correction(found):
    these, new = verdict_texts(found)
    assert "n = 5 " in these
    assert "n = 4 data sets" in new
    for text in (these, new):
        assert "3 pairs" in text
        assert "α = 0.05" in text


def test_a_number_of_trials_that_was_asked_for_is_named_as_such(made, find):
    assert texts.when("after 1 trial", True) in definitions(find(made(value), trials=1))


def test_cheaper_evaluations_are_reported(made, find):
    trials, runs = made(value, budget=3)
    cheap = (trials["strategy"] == "tpe") & (trials["trial_number"] < 2)
    trials.loc[cheap, "fidelity"] = 0.5
    assert texts.cheaper(["tpe"], []) in definitions(find((trials, runs)))


def test_problems_on_the_same_data_are_counted_once(made, find):
    frames = made(value, ("random", "tpe"), ("a", "b", "c"), repetitions=2)
    found = find(frames, changed={"datasets": {"a": "wine", "b": "wine"}})
    assert texts.observations(Sample(3, 2, 0)) in definitions(found)
    assert set(verdict_texts(found)) <= set(definitions(found))
    assert "n = 2 data sets" in verdict_texts(found)[1]


def test_functions_are_counted_beside_the_data_sets(made, find):
    frames = made(value, ("random", "tpe"), ("a", "b", "c"), repetitions=2)
    found = find(frames, changed={"functions": frozenset("ab")})
    assert texts.observations(Sample(3, 3, 2)) in definitions(found)
    assert "n = 1 data set and 2 functions, " in verdict_texts(found)[1]


def test_pairs_that_cannot_be_tested_are_not_counted(made, find):
    ends = {("gp", p, r): ("skipped", "", 0) for p in "abcd" for r in range(2)}
    found = find(made(value, ("random", "tpe", "gp"), tuple("abcd"), repetitions=2, ends=ends))
    assert set(verdict_texts(found)) <= set(definitions(found))
    assert all(re.search(r"over 1 pair\b", text) for text in verdict_texts(found))


def test_what_is_not_tested_is_not_reported_as_a_test(made, find):
    found = find(made(value))
    assert math.isnan(found.friedman["p"].iloc[0])
    assert set(verdict_texts(found)) <= set(definitions(found))
    assert not any("Holm" in text for text in verdict_texts(found))


@pytest.mark.parametrize("given", [{"strategies": ("tpe",)}, {"value": lambda *_: None}])
def test_one_strategy_or_no_value_means_no_test(made, find, given):
    assert texts.NO_TEST in definitions(find(made(**{"value": value, **given})))


def test_what_does_not_concern_the_sweep_is_left_out(made, find):
    plain = definitions(find(made(value), changed={"timed": False}))
    assert texts.seconds(True, True) not in plain
    assert all(plain)
    assert texts.unordered(["grid"]) not in plain
    assert texts.unordered(["grid"]) in definitions(find(made(value, ("random", "grid"))))
    table = definitions(find(made(value), changed={"seeds": ()}))
    assert {texts.repetition(False), texts.seconds(True, False)} <= set(table)


def test_runs_without_checksums_are_reported(find, made):
    frames = made(value, ("random", "tpe"), ("a",), repetitions=2)
    whole = [texts.unchecked(count, 4) for count in (1, 4)]
    assert not set(whole) & set(definitions(find(frames)))
    frames[1].loc[0, "checked"] = False
    assert whole[0] in definitions(find(frames))
    frames[1]["checked"] = False
    assert whole[1] in definitions(find(frames))
    # A table of somebody's has no files of ours.
    assert not set(whole) & set(definitions(find(frames, changed={"seeds": ()})))


def test_how_often_intervals_and_verdicts_are_wrong_is_in_a_part_that_opens(found, made, find):
    held, errors = texts.held(committed("coverage")), texts.errors(committed("words"))
    _, details = method.section(found).items
    assert details.summary == texts.SIMULATIONS
    assert [note.text for note in details.items] == [held, errors]
    _, alone = method.section(find(made(value, ("tpe",)))).items
    assert [note.text for note in alone.items] == [held]
    (terms,) = method.section(find(made(lambda *_: None))).items
    assert terms.kind == "terms"
