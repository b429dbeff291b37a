"""Anybody's table: what each broken rule says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench.sources.tidy_columns import TidyError


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
        "must have the columns strategy, problem, repetition, trial_number, value, value is "
        "missing among 'strategy', 'problem', 'repetition', 'trial_number'; add what",
    ),
    "a column has nearly its name": (
        lambda t: t.rename(columns={"strategy": "Strategy", "trial_number": "trials"}),
        "strategy, trial_number are missing among 'Strategy', 'problem', 'repetition', 'trials', "
        "'value'; rename 'Strategy' to 'strategy'?; rename 'trials' to 'trial_number'?",
    ),
    "a trial twice": (
        lambda t: pd.concat([t, t[3:4]]),
        "each trial must occur once, tpe on p, repetition 0 has trial 0 twice; drop one",
    ),
    "a gap": (
        lambda t: t.drop(index=1),
        "the trials of a run must be numbered without gaps from 0, random on p, repetition 0 lacks "
        "trial 1; renumber them, or add the failed ones",
    ),
    "a late start": (
        lambda t: t.assign(trial_number=t["trial_number"] + 2),
        "trials must be numbered from 0 or from 1, the lowest is 2; renumber",
    ),
    "a run that begins at 1": (
        lambda t: t.drop(index=3),
        "tpe on p, repetition 0 lacks trial 0",
    ),
    "half a trial": (
        every(trial_number=[0.5, 1, 2, 0, 1, 0]),
        "a trial_number must be an integer from 0 to 2.53, got 0.5 in row 1; number them",
    ),
    "a negative repetition": (every(repetition=-1), "got -1 in row 1 and 5 more; number them"),
    "a huge repetition": (every(repetition=2**60), "got 1152921504606846976 in row 1 and 5 more"),
    "no strategy": (
        lambda t: t.assign(strategy=[None, *t["strategy"][1:]]),
        "each row must name its strategy, row 1 does not; fill it in",
    ),
    "no trial": (
        every(trial_number=[None, 1, 2, 0, 1, 0]),
        "each row must have a trial_number, row 1 has none",
    ),
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
        "a status must be completed, failed, timeout, out of memory or crashed, got 'COMPLETE'; "
        "write one of them",
    ),
    "another direction": (every(direction="min"), "a direction must be minimize or maximize, got"),
    "two directions": (
        every(direction=["minimize", "maximize", *["minimize"] * 4]),
        "a problem must have one direction, p has '(mini|maxi)mize' and '.*'; split it into two",
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
    "a negative cost": (
        every(evaluation_s=-1.0),
        "column 'evaluation_s' must hold seconds, 0 or more, got -1 in",
    ),
    "an infinite test value": (every(test_value=np.inf), "column 'test_value' must be within"),
    "no fidelity at all": (every(fidelity=0.0), "column 'fidelity' must be above 0 and at most 1"),
    "two strategies that differ in a blank at the end": (
        every(strategy=["a", "a", "a", "a ", "a ", "b"]),
        "each strategy must have a unique label, got 'a' and 'a '; write it one way, or",
    ),
    "two problems that differ in a double blank": (
        every(problem=["a b", "a b", "a b", "a  b", "a  b", "b"]),
        "each problem must have a unique label, got 'a b' and 'a  b'; write it one way",
    ),
    "two strategies that Unicode composes in two ways": (
        every(strategy=["\xe4", "\xe4", "\xe4", "a\u0308", "a\u0308", "a\u0308"]),
        r"each strategy must have a unique label, got '\\xe4' and 'a\\u0308'; write it",
    ),
    "two data sets that look the same": (
        lambda t: t.assign(dataset=t["problem"].map({"p": "wine", "q": " wine"})),
        "each dataset must have a unique label, got 'wine' and ' wine'; write it one way",
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
