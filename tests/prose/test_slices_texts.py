"""What the section of slices says, as a golden file."""

import math

import pandas as pd

from bench.captions import slices
from bench.testing.golden import lines

NAN = math.nan


def test_slices(golden):
    row = {"problem": "tree-wine", "metric": "accuracy", "parameter": "max_depth",
           "small_low": 1.0, "small_high": 2.0, "small_train": 0.691, "small_validation": 0.65,
           "small_gap": 0.041, "large_low": 10.0, "large_high": 10.0, "large_train": 0.902,
           "large_validation": 0.8137, "large_gap": 0.0883, "held": "{}", "clear": True,
           "overfits": False}  # fmt: skip
    frame = pd.DataFrame([row, row | {"overfits": True}])
    held = '{"criterion": "gini", "max_features": 0.5}'
    golden("slices", lines({
        "title": slices.TITLE,
        "file": slices.FILE,
        "by problem": slices.BY_PROBLEM,
        "sentence": slices.sentence(frame),
        "sentence, one problem": slices.sentence(frame.head(1)),
        "gap": slices.gap(next(frame.itertuples())),
        "gap, held": slices.gap(next(frame.assign(held=held).itertuples())),
        "gap, not clear": slices.gap(next(frame.assign(held=held, clear=False).itertuples())),
        "reading": slices.READING,
        "marginal": slices.MARGINAL,
        "random": slices.RANDOM,
        "all strategies": slices.all_strategies(["p", "q"]),
        "label": slices.label("tree-wine", ["max_depth", "max_features"]),
        "how": "\n".join(slices.HOW),
    }))  # fmt: skip
