"""A report on the problems with some tags holds those, and says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.sources.by_tag import by_tag
from bench.sources.source import ReportError, Source


@pytest.fixture
def source(load, table) -> Source:
    return replace(
        load(table),
        tags={"p": ("mixed", "few rows"), "q": ("mixed",)},
        repetitions=3,
        fewer={"tpe": 1},
        wanted=8,
        notes=("a note",),
    )


def test_only_problems_with_all_of_the_tags_are_kept(source):
    both, one = by_tag(source, ["mixed"]), by_tag(source, ["mixed", "few rows"])
    assert (both.problems, one.problems) == (("p", "q"), ("p",))
    assert set(one.trials["problem"]) == set(one.runs["problem"]) == {"p"}
    assert (len(one.trials), len(one.runs)) == (5, 2)
    assert list(one.trials["problem"].cat.categories) == ["p"]
    assert list(one.trials.index) == list(range(5))
    assert one.notes == ("only 1 problem of 2: mixed and few rows (--by)", "a note")
    assert one.title == f"{source.title}: mixed and few rows"


def test_the_runs_that_are_wanted_are_those_of_the_problems_that_are_kept(source):
    # 3 of random and 1 of tpe on each problem.
    assert by_tag(source, ["few rows"]).wanted == 4
    # Of folders with other repetitions each it is not known: those that are there.
    assert by_tag(replace(source, wanted=7), ["few rows"]).wanted == 2


def test_a_tag_that_no_problem_has_is_refused_with_those_there_are(source):
    with pytest.raises(ReportError, match=r"got 'tag'; there are mixed \(2\), few rows \(1\)$"):
        by_tag(source, ["tag"])
    with pytest.raises(ReportError, match="has any: leave it out"):
        by_tag(replace(source, tags={}), ["mixed"])
    apart = replace(source, tags={"p": ("few rows",), "q": ("mixed",)})
    with pytest.raises(ReportError, match="must leave a problem, none is few rows and mixed"):
        by_tag(apart, ["few rows", "mixed"])
