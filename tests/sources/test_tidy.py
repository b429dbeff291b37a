"""Anybody's table: what its rows become."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench.panels.panel import to_panels
from bench.sources.tidy import from_tidy
from bench.sources.tidy_columns import TidyError

NAMES = ["strategy", "problem", "repetition", "trial_number", "value"]


def test_ten_rows_become_what_analysis_takes(load, table):
    source = load(table)
    assert (source.title, source.strategies, source.problems) == (
        "trials", ("random", "tpe"), ("p", "q"),
    )  # fmt: skip
    assert (source.repetitions, source.seeds, source.timed) == (1, (), False)
    assert source.datasets == {"p": "p", "q": "q"}
    assert source.functions == {"p", "q"}
    assert source.trials["status"].astype(str).tolist() == [
        "completed", "completed", "failed", "completed", "completed", "completed",
    ]  # fmt: skip
    assert source.trials["fidelity"].tolist() == [1.0] * 6
    runs = source.runs.set_index(["strategy", "problem"])
    assert runs["budget"].to_dict() == {("random", "p"): 3, ("tpe", "p"): 3, ("random", "q"): 1}
    assert runs.loc[("tpe", "p"), "status"] == "short"
    assert runs.loc[("tpe", "p"), "reason"] == "the table has 2 trials of 3"
    assert set(runs["direction"]) == {"minimize"}
    panels = to_panels(
        source.trials, source.runs, strategies=source.strategies, problems=source.problems
    )
    np.testing.assert_array_equal(panels[0].best[:, 0], [[3, 1, 1], [2, 0.5, 0.5]])
    assert panels[0].failed.tolist() == [[1], [0]]
    assert panels[1].ran.tolist() == [[True], [False]]


def test_without_a_direction_it_is_reported_which_way_is_better(load, table):
    told = "there is no column direction, so lower values count as better"
    assert told in load(table).notes
    assert told not in load(table.assign(direction="maximize")).notes


def test_what_is_missing_left_out_or_unknown_is_named(load, table):
    table = pd.concat([table, pd.DataFrame([("random", "p", 1, 0, 1.0)], columns=NAMES)])
    source = load(table.assign(colour="red", **{"test-value": 1.0}))
    notes = source.notes
    assert "columns left out: colour, test-value ('test-value': is 'test_value' meant?)" in notes
    assert "no run of tpe on q" in notes
    assert "fewer than 2 repetitions: random on q (1)" in notes
    # All problems of tpe have one, which the first sentence of the page says.
    assert source.fewer == {"tpe": 1}
    assert any("evaluation_s, ask_s, tell_s" in note and "against time" in note for note in notes)


def test_the_order_of_rows_and_where_numbering_begins_do_not_matter(load, table):
    def content(source):
        keys = ["strategy", "problem", "repetition", "trial_number", "status"]
        return source.trials[[*keys, "value"]].astype({"strategy": str, "problem": str,
            "status": str}).sort_values(keys, ignore_index=True)  # fmt: skip

    wanted = content(load(table))
    pd.testing.assert_frame_equal(content(load(table[::-1])), wanted)
    pd.testing.assert_frame_equal(
        content(load(table.assign(trial_number=table["trial_number"] + 1))), wanted
    )
    shuffled = table.sample(frac=1, random_state=3).assign(repetition=0.0)
    pd.testing.assert_frame_equal(content(load(shuffled)), wanted)


def test_optional_columns_are_taken(load, table):
    given = {
        "direction": "maximize", "metric": "auc", "dataset": "wine", "optimum": 10.0,
        "status": ["completed", "failed", None, "completed", "completed", "completed"],
        "reason": ["so", "no memory\nleft", None, "", "", ""],
        "fidelity": [1, 1, 1, 1, 0.5, 1], "test_value": 7.0, "evaluation_s": 2.0, "ask_s": 0.25,
        "tell_s": 0.5,
    }  # fmt: skip
    source = load(table.assign(**given))
    assert source.timed
    assert source.datasets == {"p": "wine", "q": "wine"}
    assert source.functions == frozenset()
    assert source.trials["status"].astype(str).tolist()[:3] == ["completed", "failed", "failed"]
    assert source.trials["reason"].astype(str).tolist() == ["", "no memory\nleft", "", "", "", ""]
    # What a failed trial measured does not count.
    assert source.trials["value"].isna().tolist() == [False, True, True, False, False, False]
    assert source.trials["test_value"].isna().sum() == 2
    assert source.trials["fidelity"].tolist() == [1, 1, 1, 1, 0.5, 1]
    assert set(source.runs["metric"]) == {"auc"}
    assert set(source.runs["direction"]) == {"maximize"}
    assert set(source.runs["optimum"]) == {10.0}
    assert source.trials[["evaluation_s", "ask_s", "tell_s"]].drop_duplicates().values.tolist() == [
        [2.0, 0.25, 0.5]
    ]


def test_the_budget_is_what_was_spent(load, table):
    # random on p: two halves and a full evaluation; tpe: a quarter and a third.
    table = table.sort_values(["problem", "strategy", "trial_number"])
    shares = {("random", "p", 0): 0.5, ("random", "p", 1): 0.5, ("tpe", "p", 0): 0.25,
              ("tpe", "p", 1): 1 / 3}  # fmt: skip
    first = table["trial_number"].min()
    keys = zip(table["strategy"], table["problem"], table["trial_number"] - first, strict=True)
    runs = load(table.assign(fidelity=[shares.get(key, 1) for key in keys])).runs
    runs = runs.set_index(["strategy", "problem"])
    assert runs["budget"].to_dict() == {("random", "p"): 2, ("tpe", "p"): 2, ("random", "q"): 1}
    assert runs["n_trials"].to_dict() == {("random", "p"): 3, ("tpe", "p"): 2, ("random", "q"): 1}
    assert runs.loc[("tpe", "p"), "reason"] == "the table has 1 full evaluation of 2"
    assert runs.loc[("random", "p"), "status"] == "completed"


def test_values_beyond_all_bounds_are_reported_as_failures(load, table):
    source = load(table.assign(value=[np.inf, 1.0, None, 2.0, 1e200, 9.0]))
    assert (source.trials["status"] == "failed").sum() == 3
    assert "2 values are infinite or beyond ±1e+150: those trials count as failed" in source.notes


def test_labels_may_look_like_anything(load, table):
    table = table.assign(strategy=table["strategy"].replace({"random": "NA", "tpe": "1"}))
    assert load(table).strategies == ("NA", "1")


def test_an_optimum_that_has_gaps_is_reported(load, table):
    table = pd.concat([table, table.assign(repetition=1)])
    known = (table["problem"] == "q") | (table["repetition"] == 0)
    partly = "the optimum is not used, since it is not known in every repetition: p"
    assert partly in load(table.assign(optimum=np.where(known, 0.0, np.nan))).notes
    for optimum in (0.0, np.nan):
        assert not any("optimum" in note for note in load(table.assign(optimum=optimum)).notes)


def test_a_label_alone_may_have_blanks(load, table):
    table = table.assign(strategy=table["strategy"].replace("tpe", "tpe "))
    assert load(table).strategies == ("random", "tpe ")


@pytest.mark.parametrize(
    ("header", "note"),
    [
        (",strategy,problem,repetition,trial_number,value,,",
         "columns left out: one without a name"),
        ('0,strategy,problem,repetition,trial_number,value,"x\ny",x',
         "columns left out: 0, 'x\\ny', x"),
        (f"{'x' * 200},strategy,problem,repetition,trial_number,value,x,x",
         f"columns left out: '{'x' * 100}', x"),
    ],
)  # fmt: skip
def test_columns_that_are_left_out_are_named_in_one_line(tmp_path, header, note):
    path = tmp_path / "t.csv"
    path.write_text(f"{header}\n0,a,p,0,0,1,,\n", encoding="utf-8")
    assert from_tidy(path, command="").notes[0] == note


@pytest.mark.slow
def test_a_text_per_failure_is_no_burden(load):
    """A quarter of a second, not minutes: reasons may all differ."""
    rows = 20_000
    frame = pd.DataFrame(
        {"strategy": "a", "problem": "p", "repetition": 0, "trial_number": range(rows)}
    )
    frame = frame.assign(value=np.nan, reason=[f"broken at {n}" for n in range(rows)])
    trials = load(frame).trials
    assert trials["reason"].astype(str).tolist() == frame["reason"].tolist()


def test_all_wrong_columns_are_reported_at_once(load, table):
    wrong = table.assign(
        repetition=-1,
        trial_number=0.5,
        direction="up",
        status="done",
        fidelity=2.0,
        evaluation_s=-1.0,
    )
    with pytest.raises(TidyError) as told:
        load(wrong)
    lines = str(told.value).splitlines()
    assert all(line.startswith("table ") and "; " in line for line in lines)
    for word in (
        "a repetition",
        "a trial_number",
        "a direction",
        "a status",
        "'fidelity'",
        "'evaluation_s'",
    ):
        assert sum(word in line for line in lines) == 1, word
    assert len(lines) == 6


def test_all_columns_of_other_kinds_are_reported_at_once(load, table):
    with pytest.raises(TidyError) as told:
        load(table.assign(value="high", evaluation_s="dear", problem="a\tb"))
    lines = str(told.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("table ") for line in lines)


OPTUNA = ["number", "value", "datetime_start", "datetime_complete", "duration", "params_x", "state"]


@pytest.mark.parametrize(
    ("columns", "told", "untold"),
    [
        (OPTUNA, ["rename 'number' to 'trial_number'", "add 'strategy', 'problem', 'repetition'",
                  "turn 'state' into 'status'",
                  "'duration' in seconds is 'evaluation_s'"], ["'value'"]),
        (["", *OPTUNA], ["rename 'number' to 'trial_number'"], []),
        (["number", "values_0", "values_1", "state"], ["rename one of 'values_0', 'values_1'"], []),
        ([*OPTUNA, "strategy", "problem"], ["add 'repetition',"], ["add 'strategy'"]),
        (["number", "value", "state"], ["turn 'state' into 'status'"], ["duration"]),
    ],
)  # fmt: skip
def test_the_trials_of_an_optuna_study_are_recognised(tmp_path, columns, told, untold):
    path = tmp_path / "study.csv"
    pd.DataFrame([[1] * len(columns)] * 2, columns=columns).to_csv(path, index=False)
    with pytest.raises(TidyError, match=r"has those of Optuna's `study.trials_dataframe") as found:
        from_tidy(path, command="")
    text = str(found.value)
    steps = text.split("missing; ")[1]
    assert "\n" not in text
    assert "to 'strategy'" not in text
    assert [words for words in told if words not in steps] == []
    assert [words for words in untold if words in steps] == []
