import pandas as pd

from bench.analysis.repeats import repeated_shares


def trials(rows):
    return pd.DataFrame(
        rows, columns=["strategy", "problem", "repetition", "fidelity", "config"]
    ).assign(value=1.0)


def test_shares_by_hand():
    found = repeated_shares(
        trials([
            ("tpe", "p", 0, 1.0, "a"), ("tpe", "p", 0, 1.0, "b"), ("tpe", "p", 0, 1.0, "a"),
            ("tpe", "p", 0, 1.0, "a"),
            # Another run, another problem and another fidelity are no repetition.
            ("tpe", "p", 1, 1.0, "a"), ("tpe", "q", 0, 1.0, "a"), ("tpe", "p", 0, 0.5, "a"),
            ("tpe", "p", 0, 0.5, "b"),
            ("grid", "p", 0, 1.0, "a"), ("grid", "p", 0, 1.0, "b"),
        ])
    )  # fmt: skip
    assert found.to_dict() == {"tpe": 2 / 8, "grid": 0.0}


def test_configurations_that_are_not_recorded_have_no_share():
    frame = trials([("tpe", "p", 0, 1.0, None), ("tpe", "p", 0, 1.0, None)])
    assert repeated_shares(frame).empty
    assert repeated_shares(frame.drop(columns="config")).empty
