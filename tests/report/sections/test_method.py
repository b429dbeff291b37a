import pytest

from bench.report.sections import method


def value(strategy, _problem, repetition, trial):
    return {"random": 1.0, "tpe": 0.5, "gp": 0.6, "grid": 0.7}[strategy] + 0.01 * repetition


def bullet(section, start):
    (found,) = (str(text) for text in section.items[0].texts if str(text).startswith(start))
    return found


THESE, NEW = "Verdicts for these problems", "Verdicts for new problems"


@pytest.fixture
def found(made, find):
    return find(made(value, ("random", "tpe", "gp"), tuple("abcd"), repetitions=5), rope=0.02)


def test_each_test_is_told_with_its_n_alpha_and_correction(found):
    section = method.section(found)
    these, new = bullet(section, THESE), bullet(section, NEW)
    for words in ("Student’s test", "n = 5 or more paired repetitions", "α = 0.05 two-sided",
                  "Holm’s correction over 3 pairs", "±0.02"):  # fmt: skip
        assert words in these
    for words in ("Wilcoxon’s signed-rank test", "n = 4 data sets", "α = 0.05 two-sided",
                  "Holm’s correction over 3 pairs", "±0.02", "0.95 or more"):  # fmt: skip
        assert words in new
    assert "Friedman’s test, n = 4 data sets" in bullet(section, "Over all strategies:")
    assert "α = 0.05, not corrected" in bullet(section, "Won, tied, lost:")
    assert bullet(
        section, "Scores, tests and verdicts are taken after 2 trials; values of single problems"
    )
    assert "the repetitions of each problem, 5 or more" in bullet(section, "Intervals of scores")
    assert bullet(section, "4 problems on 4 data sets:")


def test_a_number_of_trials_that_was_asked_for_is_told_as_such(made, find):
    section = method.section(find(made(value), trials=1))
    assert "after 1 trial, a number that was asked for; " in bullet(section, "Scores, tests")


def test_cheaper_evaluations_are_told_once(found, made, find):
    assert not any(str(text).startswith("Cheaper") for text in method.section(found).items[0].texts)
    trials, runs = made(value, budget=3)
    cheap = (trials["strategy"] == "tpe") & (trials["trial"] < 2)
    trials.loc[cheap, "fidelity"] = 0.5
    said = bullet(method.section(find((trials, runs))), "Cheaper evaluations (tpe): a trial counts")
    assert "a number of full-evaluation equivalents" in said


def test_problems_on_the_same_data_are_counted_once(made, find):
    frames = made(value, ("random", "tpe"), ("a", "b", "c"), repetitions=2)
    section = method.section(find(frames, changed={"datasets": {"a": "wine", "b": "wine"}}))
    assert bullet(section, "3 problems on 2 data sets:")
    assert "n = 2 data sets" in bullet(section, NEW)
    assert "Holm’s correction over 1 pair." in bullet(section, NEW)


def test_pairs_that_cannot_be_tested_are_not_counted(made, find):
    ends = {("gp", p, r): ("skipped", "", 0) for p in "abcd" for r in range(2)}
    found = find(made(value, ("random", "tpe", "gp"), tuple("abcd"), repetitions=2, ends=ends))
    section = method.section(found)
    assert "Holm’s correction over 1 pair." in bullet(section, THESE)
    assert "Holm’s correction over 1 pair." in bullet(section, NEW)


def test_what_is_not_tested_is_not_told_as_a_test(made, find):
    section = method.section(find(made(value)))
    assert bullet(section, THESE).endswith("no test, since no pair has two paired repetitions.")
    assert bullet(section, NEW).endswith("no test, since no pair has two data sets.")
    assert bullet(section, "Over all strategies:").endswith("Friedman’s could not be made.")


@pytest.mark.parametrize("given", [{"strategies": ("tpe",)}, {"value": lambda *_: None}])
def test_one_strategy_or_no_value_means_no_test(made, find, given):
    section = method.section(find(made(**{"value": value, **given})))
    assert bullet(section, "No hypothesis is tested on this page.")


def test_what_does_not_concern_the_sweep_is_not_told(made, find, said):
    plain = said(method.section(find(made(value), changed={"timed": False})))
    assert "a set of points" not in plain
    assert "The clock in seconds" not in plain
    assert "grid: a set of points" in said(method.section(find(made(value, ("random", "grid")))))
    assert "The clock in seconds" in said(method.section(find(made(value))))


def test_runs_without_checksums_are_told(find, made):
    frames = made(value, ("random", "tpe"), ("a",), repetitions=2)
    assert not any("checksums" in str(t) for t in method.section(find(frames)).items[0].texts)
    frames[1].loc[0, "checked"] = False
    assert bullet(
        method.section(find(frames)), "1 of 4 runs were recorded by a version that wrote no"
    )
    frames[1]["checked"] = False
    assert bullet(method.section(find(frames)), "All runs were recorded by a version")
    # A table of somebody's has no files of ours.
    section = method.section(find(frames, changed={"seeds": ()}))
    assert not any("checksums" in str(text) for text in section.items[0].texts)
