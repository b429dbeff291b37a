import pytest

from bench.captions import failures as texts
from bench.report.sections import failures

WHAT, RULES = "Failures, skips and short runs", "Two rules for failures"


def value(strategy, _problem, _repetition, trial):
    """Random's median is 1, the worst 1.5; tpe fails at first."""
    if strategy == "random":
        return (1.5, 0.5)[trial]
    return None if trial == 0 else 0.25


def test_nothing_to_tell(made, find, builder):
    section = failures.section(find(made(lambda *_: 1.0)), builder)
    assert section.sentence == texts.NO_FAILURES
    assert list(section.items) == []


def test_what_failed_is_counted_with_its_reason(made, find, builder, table, said):
    ends = {("tpe", "b", 1): ("crashed", "the worker died", 1),
            ("random", "b", 0): ("stopped early", "no more", 1)}  # fmt: skip
    frames = made(value, problems=("a", "b"), repetitions=2, ends=ends)
    section = failures.section(find(frames), builder)
    shown = table(section, WHAT, "kind", "strategy", "problems", "reason")
    assert {key: row["count"] for key, row in shown.items()} == {
        ("crashed", "tpe", "b", "the worker died"): "1",
        ("stopped early", "random", "b", "no more"): "1",
        ("trial failed", "tpe", "a and b", "it broke"): "4",
    }
    assert texts.rule(["trial failed", "crashed", "stopped early"]) in said(section)
    assert section.sentence == texts.counts(4, 14, 2, 8, short=False)


@pytest.mark.parametrize(("kind", "told"), [("stopped early", True), ("short", False)])
def test_why_a_run_ended_is_shown_only_where_it_is_recorded(made, find, builder, said, kind, told):
    ends = {("random", "a", 0): (kind, "some reason", 1)}
    section = failures.section(
        find(made(value, problems=("a",), repetitions=2, ends=ends)), builder
    )
    assert texts.rule([kind, "trial failed"]) in said(section)
    assert section.sentence == texts.counts(2, 7, 1, 4, short=not told)


@pytest.mark.slow
def test_of_many_rows_the_page_shows_some_and_the_file_all(made, find, builder, table, said):
    trials, runs = made(value, repetitions=failures.MAX_ROWS + 3)
    letters = [chr(ord("a") + i // 26) + chr(ord("a") + i % 26) for i in range(200)]
    trials["reason"] = trials["reason"].where(
        trials["reason"] == "", trials["repetition"].map(lambda r: f"no {letters[r]}")
    )
    section = failures.section(find((trials, runs)), builder)
    assert len(table(section, WHAT, "reason")) == failures.MAX_ROWS
    assert texts.all_rows(103) in said(section)
    (item,) = (item for item in section.items if getattr(item, "file", "") == "failures")
    assert len(item.raw) == failures.MAX_ROWS + 3


def test_reasons_that_differ_in_numbers_alone_are_one(made, find, builder, table):
    reasons = ["singular at -1.5e-07", "singular at 3", "x is singular at 3"]
    trials, runs = made(value, problems=("a", "b"), repetitions=3)
    trials["reason"] = trials["reason"].where(
        trials["reason"] == "", trials["repetition"].map(dict(enumerate(reasons)))
    )
    section = failures.section(find((trials, runs)), builder)
    shown = table(section, WHAT, "reason")
    assert {reason: (row["problems"], row["count"]) for reason, row in shown.items()} == {
        ("singular at -1.5e-07 (and 1 more with other numbers)",): ("a and b", "4"),
        ("x is singular at 3",): ("a and b", "2"),
    }
    (item,) = (item for item in section.items if getattr(item, "file", "") == "failures")
    assert len(item.raw) == 6


@pytest.mark.usefixtures("few_draws_will_do")
def test_the_two_rules_by_hand(made, find, builder, table, said):
    # tpe never gets a value in one of two runs: regret 1.5, the worst, or 1, one random draw.
    def half(strategy, problem, repetition, trial):
        return None if strategy == "tpe" and repetition else value(strategy, "", 0, trial)

    section = failures.section(find(made(half, repetitions=2)), builder)
    shown = table(section, RULES)
    assert shown["random"] == {
        "as the worst": "0.50", "as one random draw": "0.50", "failed trials": "0 %",
        "runs without a value": "0 %",
    }  # fmt: skip
    assert shown["tpe"] == {
        "as the worst": "0.88", "as one random draw": "0.62", "failed trials": "75 %",
        "runs without a value": "50 %",
    }  # fmt: skip
    assert texts.two_rules(True) in said(section)


def test_without_a_failure_the_two_rules_are_one_and_only_a_file(made, find, builder, said):
    ends = {("random", "p", 0): ("stopped early", "no more", 1)}
    section = failures.section(find(made(lambda *_: 1.0, ends=ends)), builder)
    (files,) = (item for item in section.items if item.kind == "files")
    assert [table.file for table in files.tables] == ["two-rules"]
    assert texts.two_rules(True) not in said(section)


@pytest.mark.parametrize(("random", "same"), [(0.7, False), (0.4, True)])
@pytest.mark.usefixtures("few_draws_will_do")
def test_it_is_said_if_the_order_hangs_on_the_rule(made, find, builder, said, random, same):
    # tpe has 0.875 by the one rule and 0.625 by the other.
    def half(strategy, problem, repetition, trial):
        if strategy == "random":
            return (1.5, 2 - 1.5)[trial] if repetition == 2 else (2 - random, random)[trial]
        return None if repetition % 2 else value(strategy, "", 0, trial)

    found = find(made(half, repetitions=4))
    assert texts.two_rules(same) in said(failures.section(found, builder))


def test_when_nothing_completed_there_are_no_rules_to_compare(made, find, builder):
    section = failures.section(find(made(lambda *_: None)), builder)
    assert [getattr(item, "label", "") for item in section.items].count(RULES) == 0
    assert any(getattr(item, "label", "") == WHAT for item in section.items)


@pytest.mark.slow
def test_a_long_reason_is_cut_on_the_page_and_whole_in_the_file(made, find, builder, table, said):
    trials, runs = made(value, problems=("a", "b"))
    long = "é" * 5_000_000
    trials["reason"] = trials["reason"].where(trials["reason"] == "", long)
    section = failures.section(find((trials, runs)), builder)
    assert [reason for (reason,) in table(section, WHAT, "reason")] == [
        "é" * failures.MAX_SHOWN_REASON_LENGTH + "…"
    ]
    assert texts.cut_reasons(failures.MAX_SHOWN_REASON_LENGTH) in said(section)
    (item,) = (item for item in section.items if getattr(item, "file", "") == "failures")
    assert set(item.raw["reason"]) == {long}
