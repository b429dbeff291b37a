"""Anybody's table: what it becomes, and what each broken rule says."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.panels.panel import to_panels
from bench.sources.tidy import from_tidy
from bench.sources.tidy_file import TidyError, is_table

ROWS = [
    ("random", "p", 0, 0, 3.0),
    ("random", "p", 0, 1, 1.0),
    ("random", "p", 0, 2, None),
    ("tpe", "p", 0, 0, 2.0),
    ("tpe", "p", 0, 1, 0.5),
    ("random", "q", 0, 0, 9.0),
]
NAMES = ["strategy", "problem", "repetition", "trial", "value"]


@pytest.fixture
def table():
    return pd.DataFrame(ROWS, columns=NAMES)


@pytest.fixture(params=["csv", "parquet"])
def load(request, tmp_path):
    """Write a table and load it, in either format."""

    def load(frame, name="trials"):
        path = tmp_path / f"{name}.{request.param}"
        if request.param == "csv":
            frame.to_csv(path, index=False)
        else:
            frame.to_parquet(path, index=False)
        return from_tidy(path, command="tunebench report trials")

    return load


def test_ten_rows_become_what_analysis_takes(load, table):
    source = load(table)
    assert (source.title, source.strategies, source.problems) == (
        "trials", ("random", "tpe"), ("p", "q"),
    )  # fmt: skip
    assert (source.repetitions, source.seeds, source.timed) == (1, (), False)
    assert source.datasets == {"p": "p", "q": "q"}
    assert source.trials["status"].astype(str).tolist() == [
        "completed", "completed", "failed", "completed", "completed", "completed",
    ]  # fmt: skip
    assert source.trials["fidelity"].tolist() == [1.0] * 6
    runs = source.runs.set_index(["strategy", "problem"])
    assert runs["budget"].to_dict() == {("random", "p"): 3, ("tpe", "p"): 3, ("random", "q"): 1}
    assert runs.loc[("tpe", "p"), "ended"] == "short"
    assert runs.loc[("tpe", "p"), "reason"] == "the table has 2 trials of 3"
    assert set(runs["direction"]) == {"minimize"}
    panels = to_panels(
        source.trials, source.runs, strategies=source.strategies, problems=source.problems
    )
    np.testing.assert_array_equal(panels[0].best[:, 0], [[3, 1, 1], [2, 0.5, 0.5]])
    assert panels[0].failed.tolist() == [[1], [0]]
    assert panels[1].ran.tolist() == [[True], [False]]


def test_without_a_direction_it_is_told_which_way_is_better(load, table):
    told = "there is no column direction, so lower values count as better"
    assert told in load(table).notes
    assert told not in load(table.assign(direction="maximize")).notes


def test_what_is_missing_left_out_or_unknown_is_named(load, table):
    table = pd.concat([table, pd.DataFrame([("random", "p", 1, 0, 1.0)], columns=NAMES)])
    notes = load(table.assign(colour="red", **{"test-value": 1.0})).notes
    assert "columns left out: colour, test-value ('test-value': is 'test_value' meant?)" in notes
    assert "no run of tpe on q" in notes
    assert "fewer than 2 repetitions: tpe on p (1), random on q (1)" in notes
    assert any("cost, ask_s, tell_s" in note and "against time" in note for note in notes)


def test_the_order_of_rows_and_where_numbering_begins_do_not_matter(load, table):
    def content(source):
        keys = ["strategy", "problem", "repetition", "trial", "status"]
        return source.trials[[*keys, "value"]].astype({"strategy": str, "problem": str,
            "status": str}).sort_values(keys, ignore_index=True)  # fmt: skip

    wanted = content(load(table))
    pd.testing.assert_frame_equal(content(load(table[::-1])), wanted)
    pd.testing.assert_frame_equal(content(load(table.assign(trial=table["trial"] + 1))), wanted)
    shuffled = table.sample(frac=1, random_state=3).assign(repetition=0.0)
    pd.testing.assert_frame_equal(content(load(shuffled)), wanted)


def test_optional_columns_are_taken(load, table):
    given = {
        "direction": "maximize", "metric": "auc", "data set": "wine", "optimum": 10.0,
        "status": ["completed", "failed", None, "completed", "completed", "completed"],
        "reason": ["so", "no memory\nleft", None, "", "", ""],
        "fidelity": [1, 1, 1, 1, 0.5, 1], "test_value": 7.0, "cost": 2.0, "ask_s": 0.25,
        "tell_s": 0.5,
    }  # fmt: skip
    source = load(table.assign(**given))
    assert source.timed
    assert source.datasets == {"p": "wine", "q": "wine"}
    assert source.trials["status"].astype(str).tolist()[:3] == ["completed", "failed", "failed"]
    assert source.trials["reason"].astype(str).tolist() == ["", "no memory\nleft", "", "", "", ""]
    # What a failed trial measured does not count.
    assert source.trials["value"].isna().tolist() == [False, True, True, False, False, False]
    assert source.trials["test_value"].isna().sum() == 2
    assert source.trials["fidelity"].tolist() == [1, 1, 1, 1, 0.5, 1]
    assert set(source.runs["metric"]) == {"auc"}
    assert set(source.runs["direction"]) == {"maximize"}
    assert set(source.runs["optimum"]) == {10.0}
    assert source.trials[["cost", "ask_s", "tell_s"]].drop_duplicates().values.tolist() == [
        [2.0, 0.25, 0.5]
    ]


def test_the_budget_is_what_was_spent(load, table):
    # random on p: two halves and a full evaluation; tpe: a quarter and a third.
    table = table.sort_values(["problem", "strategy", "trial"])
    shares = {("random", "p", 0): 0.5, ("random", "p", 1): 0.5, ("tpe", "p", 0): 0.25,
              ("tpe", "p", 1): 1 / 3}  # fmt: skip
    first = table["trial"].min()
    keys = zip(table["strategy"], table["problem"], table["trial"] - first, strict=True)
    runs = load(table.assign(fidelity=[shares.get(key, 1) for key in keys])).runs
    runs = runs.set_index(["strategy", "problem"])
    assert runs["budget"].to_dict() == {("random", "p"): 2, ("tpe", "p"): 2, ("random", "q"): 1}
    assert runs["trials"].to_dict() == {("random", "p"): 3, ("tpe", "p"): 2, ("random", "q"): 1}
    assert runs.loc[("tpe", "p"), "reason"] == "the table has 1 full evaluation of 2"
    assert runs.loc[("random", "p"), "ended"] == "completed"


def test_values_beyond_all_bounds_are_failures_and_told(load, table):
    source = load(table.assign(value=[np.inf, 1.0, None, 2.0, 1e200, 9.0]))
    assert (source.trials["status"] == "failed").sum() == 3
    assert "2 values are infinite or beyond ±1e+150: those trials count as failed" in source.notes


def test_labels_may_look_like_anything(load, table):
    table = table.assign(strategy=table["strategy"].replace({"random": "NA", "tpe": "1"}))
    assert load(table).strategies == ("NA", "1")


def changed(row, **values):
    def change(table):
        table = table.astype(object)
        for name, value in values.items():
            if name not in table:
                table[name] = None
            table.loc[row, name] = value
        return table

    return change


def every(**values):
    return lambda table: table.assign(**values)


BROKEN = {
    "a column is missing": (
        lambda t: t.drop(columns="value"),
        "must have the columns strategy, problem, repetition, trial, value, value is missing "
        "among 'strategy', 'problem', 'repetition', 'trial'; add what",
    ),
    "a column has nearly its name": (
        lambda t: t.rename(columns={"strategy": "Strategy", "trial": "trials"}),
        "strategy, trial are missing among 'Strategy', 'problem', 'repetition', 'trials', 'value'; "
        "rename 'Strategy' to 'strategy'?; rename 'trials' to 'trial'?",
    ),
    "a trial twice": (
        lambda t: pd.concat([t, t[3:4]]),
        "each trial must be there once, tpe on p, repetition 0 has trial 0 twice; drop one",
    ),
    "a gap": (
        lambda t: t.drop(index=1),
        "the trials of a run must be numbered without gaps from 0, random on p, repetition 0 lacks "
        "trial 1; renumber them, or add the failed ones",
    ),
    "a late start": (
        lambda t: t.assign(trial=t["trial"] + 2),
        "trials must be numbered from 0 or from 1, the lowest is 2; renumber",
    ),
    "a run that begins at 1": (
        lambda t: t.drop(index=3),
        "tpe on p, repetition 0 lacks trial 0",
    ),
    "half a trial": (
        every(trial=[0.5, 1, 2, 0, 1, 0]),
        "a trial must be a whole number from 0 to 2.53, got 0.5 in row 1; number them",
    ),
    "a negative repetition": (every(repetition=-1), "got -1 in row 1 and 5 more; number them"),
    "a huge repetition": (every(repetition=2**60), "got 1152921504606846976 in row 1 and 5 more"),
    "no strategy": (
        lambda t: t.assign(strategy=[None, *t["strategy"][1:]]),
        "each row must name its strategy, row 1 does not; fill it in",
    ),
    "no trial": (every(trial=[None, 1, 2, 0, 1, 0]), "each row must have a trial, row 1 has none"),
    "a long label": (
        every(strategy="x" * 101),
        "a strategy must be printable and have 100 characters or less, got 'xxx",
    ),
    "a label of two lines": (every(problem="a\nb"), r"must be printable and have 100 .* 'a\\nb'"),
    "a word for a value": (
        every(value=["1", "2", "", "abc", "3", "4"]),
        "column 'value' must hold numbers, got 'abc' in row 4; write a number",
    ),
    "completed without a value": (
        every(status="completed"),
        "a completed trial must have a value within ±1e\\+150, got nan in row 3; give it its value",
    ),
    "another status": (
        every(status="COMPLETE"),
        "a status must be completed or failed, got 'COMPLETE'; write one of them",
    ),
    "another direction": (every(direction="min"), "a direction must be minimize or maximize, got"),
    "two directions": (
        every(direction=["minimize", "maximize", *["minimize"] * 4]),
        "a problem must have one direction, p has '(mini|maxi)mize' and '.*'; make two problems",
    ),
    "two metrics": (every(metric=["a", "b", *"aaaa"]), "a problem must have one metric, p has 'a'"),
    "two data sets": (every(dataset=["a", "b", *"aaaa"]), "a problem must have one dataset"),
    "two optima": (
        every(optimum=[0.0, 0.0, 0.0, 0.1, 0.1, 0.0]),
        "a problem must have one optimum in a repetition, p, repetition 0, has 0 and 0.1; give",
    ),
    "an infinite optimum": (
        every(optimum=-np.inf),
        "column 'optimum' must be within ±1e.150, got -inf",
    ),
    "a negative cost": (every(cost=-1.0), "column 'cost' must hold seconds, 0 or more, got -1 in"),
    "an infinite test value": (every(test_value=np.inf), "column 'test_value' must be within"),
    "no fidelity at all": (every(fidelity=0.0), "column 'fidelity' must be above 0 and at most 1"),
    "two strategies that differ in a blank at the end": (
        every(strategy=["a", "a", "a", "a ", "a ", "b"]),
        "each strategy must be one that can be told apart, got 'a' and 'a '; write it one way, or",
    ),
    "two problems that differ in a double blank": (
        every(problem=["a b", "a b", "a b", "a  b", "a  b", "b"]),
        "each problem must be one that can be told apart, got 'a b' and 'a  b'; write it one way",
    ),
    "two strategies that Unicode composes in two ways": (
        every(strategy=["\xe4", "\xe4", "\xe4", "a\u0308", "a\u0308", "a\u0308"]),
        r"each strategy must be one that can be told apart, got '\\xe4' and 'a\\u0308'; write it",
    ),
    "two data sets that look the same": (
        lambda t: t.assign(dataset=t["problem"].map({"p": "wine", "q": " wine"})),
        "each dataset must be one that can be told apart, got 'wine' and ' wine'; write it one way",
    ),
    "a blank that is none": (every(strategy="a\xa0b"), "printable .* give it a short one in plain"),
    "truth for a value": (every(value=["true", "", "", "", "", ""]), "'value' must hold numbers"),
    "no rows": (lambda t: t[:0], "must have rows, it has none; write a row a trial"),
}


@pytest.mark.parametrize(("change", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_one_clear_line(load, table, change, message):
    with pytest.raises(TidyError, match=message.replace("?;", r"\?;")) as told:
        load(change(table))
    text = str(told.value)
    assert text.startswith("table ")
    assert "\n" not in text
    assert "; " in text


NO_TABLES = {
    "a file of another kind": ("a.txt", b"a,b\n", "a table must end in .csv or .parquet, "),
    "an empty file": ("a.csv", b"", "must be CSV with a header and rows, it has one line"),
    "a header without an end": ("a.csv", b"strategy,problem,repetition,trial,value",
                                "must be CSV with a header and rows, it has one line"),
    "a header alone": ("a.csv", b"strategy,problem,repetition,trial,value\n", "must have rows"),
    "no CSV": ("a.csv", b"\xff\xfe\x00\x01" * 9, r"a.csv: must (be CSV|have the columns)"),
    "rows of other lengths": ("a.csv", b"strategy,problem,repetition,trial,value\na,b\n",
                              "must be CSV in UTF-8 with a header, it cannot be read"),
    "no UTF-8": ("a.csv", b"strategy,problem,repetition,trial,value\n\xe4,b,0,0,1\n",
                 "must be CSV in UTF-8 with a header, it cannot be read"),
    "semicolons": ("a.csv", b"strategy;problem;repetition;trial;value\na;b;0;0;1\n",
                   "columns are separated by commas here"),
    "a column twice": ("a.csv", b"strategy,problem,repetition,trial,value,value\na,b,0,0,1,1\n",
                       "each column must be there once, 'value' is there 2 times; drop"),
    "no Parquet": ("a.parquet", b"PAR1 and nothing more", "must be Parquet, it cannot be read"),
    "an empty Parquet": ("a.parquet", b"", "must be Parquet, it cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "message"), NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_table_is_one_clear_line(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TidyError, match=message) as told:
        from_tidy(path, command="")
    assert "\n" not in str(told.value)


NO_NUMBERS = {
    "lists": (pa.array([[1.0]] * 6), "list<"),
    "structs": (pa.array([{"a": 1.0}] * 6), "struct<"),
    "bytes": (pa.array([b"\xff"] * 6), "binary"),
    "truth": (pa.array([True] * 6), "bool"),
    "truth of a dictionary": (pa.array([True] * 6).dictionary_encode(), "bool"),
}


@pytest.fixture
def with_column(tmp_path, table):
    def make(name, values):
        arrow = pa.Table.from_pandas(table.drop(columns=[name], errors="ignore"))
        path = tmp_path / "t.parquet"
        pq.write_table(arrow.append_column(name, values), path)
        return path

    return make


@pytest.mark.parametrize(("values", "kind"), NO_NUMBERS.values(), ids=NO_NUMBERS)
@pytest.mark.parametrize("name", ["value", "trial", "cost"])
def test_a_column_of_parquet_that_holds_no_numbers(with_column, name, values, kind):
    with pytest.raises(TidyError, match=f"column '{name}' must hold numbers, it holds {kind}"):
        from_tidy(with_column(name, values), command="")


@pytest.mark.parametrize("name", ["strategy", "reason"])
def test_a_column_of_parquet_that_holds_no_texts(with_column, name):
    for kind in ("lists", "structs"):
        with pytest.raises(TidyError, match=f"column '{name}' must hold texts, it holds "):
            from_tidy(with_column(name, NO_NUMBERS[kind][0]), command="")
    with pytest.raises(TidyError, match=r"must be Parquet, it cannot be read \(Invalid UTF8"):
        from_tidy(with_column(name, NO_NUMBERS["bytes"][0]), command="")


def test_an_optimum_that_has_gaps_is_told(load, table):
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
        (",strategy,problem,repetition,trial,value,,", "columns left out: one without a name"),
        ('0,strategy,problem,repetition,trial,value,"x\ny",x', "columns left out: 0, 'x\\ny', x"),
        (f"{'x' * 200},strategy,problem,repetition,trial,value,x,x",
         f"columns left out: '{'x' * 100}', x"),
    ],
)  # fmt: skip
def test_columns_that_are_left_out_are_named_in_one_line(tmp_path, header, note):
    path = tmp_path / "t.csv"
    path.write_text(f"{header}\n0,a,p,0,0,1,,\n", encoding="utf-8")
    assert from_tidy(path, command="").notes[0] == note


def test_a_path_means_a_table_by_its_ending_or_since_it_is_a_file(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").touch()
    for name in ("gone.csv", "gone.PARQUET", "file", "x" * 300 + ".csv"):
        assert is_table(tmp_path / name)
    for name in ("gone", "folder.csv", "x" * 300):
        assert not is_table(tmp_path / name)


def test_a_file_that_is_not_there_is_said_to_be_none(tmp_path):
    for name in ("gone.csv", "gone.parquet"):
        message = rf"{name}: must be a file that can be read, it cannot \(No such file"
        with pytest.raises(TidyError, match=message):
            from_tidy(tmp_path / name, command="")


def test_the_name_of_a_file_need_not_be_utf_8(tmp_path, table):
    table.to_csv(tmp_path / "a.csv", index=False)
    table.to_parquet(tmp_path / "a.parquet")
    for suffix in (".csv", ".parquet"):
        path = tmp_path / os.fsdecode(b"\xff" + suffix.encode())
        (tmp_path / f"a{suffix}").rename(path)
        assert from_tidy(path, command="").strategies == ("random", "tpe")


def test_a_pack_is_no_table(make_sweep, run_here, tmp_path):
    store = run_here(make_sweep(["Random"], ["Sphere"]), tmp_path / "done")
    store.pack()
    with pytest.raises(TidyError, match="it is the pack of a results folder; name the folder, "):
        from_tidy(store.pack_path, command="")


def test_a_text_per_failure_is_no_burden(load):
    """A quarter of a second, not minutes: reasons may all differ."""
    rows = 20_000
    frame = pd.DataFrame({"strategy": "a", "problem": "p", "repetition": 0, "trial": range(rows)})
    frame = frame.assign(value=np.nan, reason=[f"broken at {n}" for n in range(rows)])
    trials = load(frame).trials
    assert trials["reason"].astype(str).tolist() == frame["reason"].tolist()


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    path = tmp_path / "bom.csv"
    path.write_bytes(b"\xef\xbb\xbfstrategy,problem,repetition,trial,value\na,b,0,0,1\n")
    assert from_tidy(path, command="").strategies == ("a",)


def test_numbers_of_parquet_may_be_of_any_kind(tmp_path, table):
    path = tmp_path / "kinds.parquet"
    kinds = {"strategy": "category", "repetition": np.int8, "trial": np.uint16}
    table.assign(problem=7).astype(kinds | {"value": "float32"}).drop(index=5).to_parquet(path)
    source = from_tidy(path, command="")
    assert source.problems == ("7",)
    assert source.trials["value"].tolist()[:2] == [3.0, 1.0]


LONG = "Traceback:\n" + "a line\n" * 20


@pytest.mark.parametrize("rows", [3, 12_000])
def test_texts_with_line_breaks_are_read_however_large_the_file_is(tmp_path, rows):
    table = pd.DataFrame(
        {
            "strategy": np.where(np.arange(rows) % 3 == 0, "a", "b"),
            "problem": "p",
            "repetition": np.arange(rows),
            "trial": 0,
            "value": [None if k % 2 else 0.5 for k in range(rows)],
            "reason": [f"{LONG}{k}" if k % 2 else "" for k in range(rows)],
            "note, with a comma": 'and a "quote"\n',
        }
    )
    path = tmp_path / "t.csv"
    table.to_csv(path, index=False)
    assert (path.stat().st_size > 2**20) == (rows == 12_000)
    source = from_tidy(path, command="")
    assert len(source.trials) == rows
    assert {str(r) for r in source.trials["reason"]} == {"", *table["reason"]}


def test_a_row_of_megabytes_is_read(tmp_path, table):
    path = tmp_path / "t.csv"
    table.assign(value=None, reason="x\n" * 2_000_000).to_csv(path, index=False)
    reasons = from_tidy(path, command="").trials["reason"]
    assert {len(str(reason)) for reason in reasons} == {4_000_000}


def test_all_wrong_columns_are_told_at_once(load, table):
    wrong = table.assign(
        repetition=-1, trial=0.5, direction="up", status="done", fidelity=2.0, cost=-1.0
    )
    with pytest.raises(TidyError) as told:
        load(wrong)
    lines = str(told.value).splitlines()
    assert all(line.startswith("table ") and "; " in line for line in lines)
    for word in ("a repetition", "a trial", "a direction", "a status", "'fidelity'", "'cost'"):
        assert sum(word in line for line in lines) == 1, word
    assert len(lines) == 6


def test_all_columns_of_other_kinds_are_told_at_once(load, table):
    with pytest.raises(TidyError) as told:
        load(table.assign(value="high", cost="dear", problem="a\tb"))
    lines = str(told.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("table ") for line in lines)


OPTUNA = ["number", "value", "datetime_start", "datetime_complete", "duration", "params_x", "state"]


@pytest.mark.parametrize(
    ("columns", "told", "untold"),
    [
        (OPTUNA, ["rename 'number' to 'trial'", "add 'strategy', 'problem', 'repetition'",
                  "turn 'state' into 'status'", "'duration' in seconds is 'cost'"], ["'value'"]),
        (["", *OPTUNA], ["rename 'number' to 'trial'"], []),
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


def test_more_rows_than_memory_holds_are_refused_before_they_are_read(tmp_path):
    path = tmp_path / "t.parquet"
    names = ("strategy", "problem", "repetition", "trial", "value")
    constant = pa.array(np.zeros(5_000_001, np.int8))
    table = pa.table(dict.fromkeys(names, constant))
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for _ in range(10):
            writer.write_table(table)
    assert path.stat().st_size < 2**20
    with pytest.raises(TidyError, match=r"must have 50,000,000 rows or fewer, it has 50,000,010;"):
        from_tidy(path, command="")


def test_a_pipe_is_no_table_and_not_waited_for(tmp_path):
    path = tmp_path / "t.csv"
    os.mkfifo(path)
    with pytest.raises(TidyError, match=r"it cannot \(it is a pipe or a device\); check its name"):
        from_tidy(path, command="")
