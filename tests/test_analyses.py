import functools
from pathlib import Path

import pandas as pd
import pytest

from bench.analyses import Analyses
from bench.analysis.time.replay import SCHEDULES
from bench.curves import leaderboard
from bench.inference.estimates import OPPOSITE
from bench.measured import scales
from bench.overview import Overview
from bench.prose import notes
from bench.sources.source import from_folder
from bench.spec import Entry

QUICK = Path(__file__).resolve().parents[1] / "results" / "quick"


@pytest.fixture
def small(made):
    """Random is at 1, tpe at 0.5 after one trial and 0.25 after two."""
    return made(
        lambda s, p, r, t: 1.0 if s == "random" else 0.5 / (t + 1), problems=("a", "b"),
        repetitions=3, test=lambda *_: 1.0,
    )  # fmt: skip


def test_there_is_a_panel_for_each_problem_with_a_value(made, find):
    found = find(made(lambda s, p, *_: None if p == "b" else 1.0, problems=("a", "b", "c")))
    assert [panel.problem for panel in found.panels] == ["a", "c"]
    assert found.repetitions == 1
    assert found.when == "after 2 trials"


@pytest.mark.parametrize(("repetitions", "splits"), [(3, None), (7, (3, 3))])
def test_repetitions_share_the_splits_of_a_table(
    make_sweep, run_here, tmp_path, repetitions, splits
):
    problems = [Entry("table-knn-ecoli3"), Entry("branin")]
    sweep = make_sweep([Entry("random")], problems, trials=1, repetitions=repetitions)
    run_here(sweep, tmp_path / "r")
    assert Overview(from_folder(tmp_path / "r", command=""), None).splits == splits


def test_nothing_makes_no_panel(made, find):
    found = find(made(lambda *_: None))
    assert found.panels == []
    assert (found.repetitions, found.when, found.unordered) == (0, "", [])
    assert len(found.board) == 0
    assert len(found.verdicts) == 0


@pytest.mark.slow
@pytest.mark.usefixtures("few_draws_will_do")
def test_scores_are_taken_after_the_trials_asked_for(small, find):
    regret = {n: find(small, trials=n).board.set_index("strategy")["mean"] for n in (None, 1)}
    assert regret[None]["tpe"] == 0.25
    assert regret[1]["tpe"] == 0.5
    assert find(small, trials=1).when == "after 1 trial"
    late = find(small, trials=1)
    assert late.verdicts["difference"].tolist() == [0.5]
    assert find(small).verdicts["difference"].tolist() == [0.75]


@pytest.mark.usefixtures("few_draws_will_do")
def test_the_region_of_equivalence_is_the_one_asked_for(small, find):
    assert find(small, rope=0.01).verdicts["verdict"].tolist() == ["worse"]
    assert find(small, rope=0.9).verdicts["verdict"].tolist() == ["practically equal"]


def test_an_analysis_is_made_once_and_only_when_it_is_asked_for(small, find, monkeypatch):
    calls = []
    of = leaderboard.leaderboard
    monkeypatch.setattr(
        leaderboard, "leaderboard", lambda *given: calls.append(given) or of(*given)
    )
    found = find(small)
    assert calls == []
    assert found.board is found.board
    assert len(calls) == 1


def test_sets_are_those_of_any_problem_in_the_order_of_the_sweep(made, find):
    frames = made(lambda *_: 1.0, ("tpe", "grid", "random"), problems=("a", "b"))
    frames[1].loc[frames[1]["problem"] == "a", "unordered"] = False
    frames[1].loc[frames[1]["strategy"] == "random", "unordered"] = True
    assert find(frames).unordered == ["grid", "random"]
    assert find(made(lambda *_: 1.0)).unordered == []


def test_the_fewest_repetitions_and_budgets_that_differ(sweep, find):
    parts = zip(sweep(repetitions=4), sweep(problems=("p",), repetitions=2, budget=9), strict=True)
    found = find([pd.concat(part, ignore_index=True) for part in parts])
    assert found.repetitions == 2
    budgets = [panel.budget for panel in found.panels]
    assert found.when == f"at the end of the budget ({min(budgets)} to 9 trials)"
    assert found.short == []
    late = Analyses(found.source, trials=9, rope=0.01)
    assert late.when == "after 9 trials"
    assert late.short == [panel.problem for panel in found.panels if panel.budget < 9]


def test_repetitions_are_those_that_all_have(made, find):
    frames = made(lambda *_: 1.0, repetitions=4)
    few = (frames[1]["strategy"] != "tpe") | (frames[1]["repetition"] < 2)
    runs = frames[1][few]
    found = find((frames[0][frames[0]["run"].isin(runs["run"])], runs))
    assert found.repetitions == 2


def test_recorded_references_are_for_our_own_sweeps_alone(small, find, monkeypatch):
    def unknown(runs):
        raise LookupError

    monkeypatch.setattr(scales, "scales", unknown)
    assert len(find(small, changed={"seeds": ()}).panels) == 2
    with pytest.raises(LookupError):
        find(small)


def test_problems_have_the_data_sets_of_the_source(small, find):
    found = find(small, changed={"datasets": {"a": "wine"}})
    assert [panel.dataset for panel in found.panels] == ["wine", "b"]
    assert found.sample == (2, 2, 0)
    found = find(small, changed={"functions": frozenset("a")})
    assert found.sample == (2, 2, 1)
    assert found.verdicts["n_functions"].tolist() == [1]


def test_curves_are_of_all_problems_on_each_clock(small, find):
    found = find(small)
    for frame in (found.on_trials, found.in_seconds, found.in_own_seconds):
        assert list(frame["problem"].unique()) == ["a", "b"]
        assert set(frame["strategy"]) <= {"random", "tpe"}
    tpe = found.on_trials[
        (found.on_trials["strategy"] == "tpe") & (found.on_trials["problem"] == "a")
    ]
    assert tpe["median"].tolist() == [0.5, 0.25]


def test_deadlines_are_of_each_schedule_and_of_one_that_is_asked_for(small, find, source):
    assert tuple(find(small).deadlines) == SCHEDULES
    for asked, wanted in (((10.0, 4), ((10.0, 4), *SCHEDULES)), ((1.0, 1), None)):
        found = Analyses(source(*small), trials=None, rope=0.01, schedule=asked)
        assert found.schedules[0] == asked
        assert set(found.schedules) == set(wanted or SCHEDULES)
        assert tuple(found.deadlines) == found.schedules


def test_when_scores_are_taken_in_words(made, find):
    parts = zip(*(made(lambda *_: 1.0, problems=(p,), budget=b) for p, b in (("a", 3), ("b", 5))),
                strict=True)  # fmt: skip
    both = [pd.concat(part, ignore_index=True) for part in parts]
    assert find(both).when == "at the end of the budget (3 to 5 trials)"
    assert find(both, trials=4).when == "after 4 trials"
    assert find(both, trials=4).short == ["a"]
    assert find(both).short == []
    assert find(made(lambda *_: 1.0)).when == "after 2 trials"


def test_strategies_that_do_not_differ_significantly_are_a_clique(made, find):
    place = {"random": 1.0, "gp": 0.5, "tpe": 0.1}
    found = find(made(lambda s, *_: place[s], tuple(place), ("a", "b", "c")))
    # Three data sets tell nothing apart.
    assert [sorted(clique) for clique in found.cliques] == [["gp", "random", "tpe"]]
    many = find(made(lambda s, *_: place[s], tuple(place), tuple("abcdefgh")))
    assert [clique for clique in many.cliques if len(clique) > 1] == []


FRAMES = [
    name
    for name, of in vars(Analyses).items()
    if isinstance(of, functools.cached_property)
    and name
    not in (
        "boards_by_kind", "cliques", "comparisons", "deadlines", "early_stopping", "exact", "folds",
        "order", "selection_runs", "untested", "verdict",
        # Of sweeps that have data sets enough.
        "halves", "leave_out", "wrong_winner",
    )
]  # fmt: skip


def test_the_verdict_is_of_the_frames(small, find):
    found = find(small)
    first = found.verdict.said[0].claims
    words = {(row["a"], row["b"]): row["verdict"] for row in found.verdicts.to_dict("records")}
    words |= {(b, a): OPPOSITE[word] for (a, b), word in words.items()}
    assert first
    assert all(words[claim.a, claim.b] == claim.relation for claim in first)
    assert found.comparisons.repetitions == found.source.repetitions
    assert "own time" in " ".join(found.verdict.sentences)


@pytest.mark.slow
@pytest.mark.parametrize("name", FRAMES)
def test_every_analysis_gives_a_frame(small, find, name):
    frame = getattr(find(small), name)
    assert isinstance(frame, pd.DataFrame)
    # There are no models of data, no tables of the package and no run on several workers here, and
    # each optimum is known.
    empty = {"missing", "failures", "cv_tests", "models", "importance", "workers", "oracle",
             "other_metrics", "slices", "budgets"}  # fmt: skip
    assert len(frame) or name in empty


def test_one_more_schedule_comes_first_and_a_usual_one_only_once(small, source):
    of = source(*small)
    found = Analyses(of, trials=None, rope=0.01, schedule=(5.0, 4))
    assert tuple(found.deadlines) == ((5.0, 4), *SCHEDULES)
    usual = Analyses(of, trials=None, rope=0.01, schedule=SCHEDULES[1])
    assert usual.schedules == (SCHEDULES[1], SCHEDULES[0], *SCHEDULES[2:])


def test_values_better_than_the_optimum_are_reported(made, find):
    (text, *_) = find(made(lambda s, p, r, t: 0.5 + t, optimum=1.0)).warnings
    assert text == notes.beyond_optimum(["p"])
    assert find(made(lambda *_: 0.5, optimum=0.2)).warnings == []


def test_problems_without_a_scale_are_reported(made, find):
    (text,) = find(made(lambda *_: 0.3, optimum=0.3)).warnings
    assert text == notes.no_scale(["p"])
    assert find(made(lambda *_: 0.5, optimum=0.3)).warnings == []


def test_all_problems_have_a_name_that_none_of_them_has(made, find):
    assert find(made(lambda *_: 1.0)).whole == "all problems"
    named = find(made(lambda *_: 1.0, problems=("all problems",)))
    assert named.whole == "all problems together"


@pytest.mark.slow
def test_what_is_known_exactly_of_tables_counts_in_every_analysis():
    found = Analyses(from_folder(QUICK, command=""), trials=None, rope=0.01)
    there = found.targets.set_index(["problem", "target_budget"])["n_repetitions"]
    # Twenty trials of one repetition could tell no target after 200.
    assert there["table-logistic-imbalanced", 200] == 30
    assert there["hartmann6", 200] == 0
    reached = found.ert.dropna(subset="ert").groupby("target_budget")["problem"].unique()
    told = (
        found.targets[found.targets["n_repetitions"] > 0]
        .groupby("target_budget")["problem"]
        .unique()
    )
    assert {n: set(names) for n, names in reached.items()} == {
        n: set(names) for n, names in told.items()
    }


@pytest.mark.slow
def test_break_even_over_problems_counts_the_problems_that_the_page_shows():
    found = Analyses(from_folder(QUICK, command=""), trials=None, rope=0.01)
    shown = found.breakeven_costs.groupby(["strategy", "other"])["case"].value_counts()
    whole = found.breakeven.set_index(["strategy", "other"])
    for (strategy, other, case), count in shown.items():
        assert whole.loc[(strategy, other), f"n_{case}"] == count
