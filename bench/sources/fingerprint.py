"""A fingerprint of the trials of a result: what a citation names so that others can check it."""

from __future__ import annotations

import hashlib

import numpy as np
import orjson
import pandas as pd

KEYS = ("strategy", "problem", "repetition", "trial_number")
"""What a trial is known by; rows are put into their order."""

MEASURED = ("fidelity", "value", "test_value")
"""Numbers that enter beside the keys and the status."""

LENGTH = 16
"""Hexadecimal digits that are shown."""


def fingerprint(trials: pd.DataFrame) -> str:
    """Return a hash of what trials measured, as `LENGTH` hexadecimal digits.

    Of each trial these enter: the labels of strategy and problem, repetition, trial number, status,
    fidelity, value and test value. Nothing else does: no clock, no reason of a failure, no
    configuration, no order of rows and no file format. So a folder of runs, its pack and the tidy
    table of its report have the same fingerprint, and a repeated sweep that measured the same
    values has it too.

    Args:
        trials: the tidy frame, as `bench.sources.source.Source.trials` holds it.
    """
    codes, digest = {}, hashlib.sha256()
    for name in ("strategy", "problem", "status"):
        # Only what differs is made a text and sorted, not a label of each of a million rows.
        places, found = pd.factorize(trials[name], use_na_sentinel=False)
        labels, order_of = np.unique(found.astype(str).to_numpy(dtype=object), return_inverse=True)
        codes[name] = order_of[places]
        digest.update(orjson.dumps([name, *labels.tolist()]))
    whole = {name: trials[name].to_numpy(dtype=np.int64) for name in KEYS[2:]}
    columns = {name: np.asarray(values, dtype=np.int64) for name, values in (codes | whole).items()}
    order = np.lexsort([columns[name] for name in reversed(KEYS)])
    for name, values in columns.items():
        digest.update(name.encode() + values[order].astype("<i8").tobytes())
    for name in MEASURED:
        numbers = trials[name].to_numpy(dtype=np.float64)[order] + 0.0  # no −0
        numbers[np.isnan(numbers)] = np.nan
        digest.update(name.encode() + numbers.astype("<f8").tobytes())
    return digest.hexdigest()[:LENGTH]
