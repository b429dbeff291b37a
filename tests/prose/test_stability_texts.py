"""What the section of rank stability says, as a golden file."""

import pandas as pd

from bench.captions import stability
from bench.prose.samples import Sample
from bench.testing.golden import lines

FORTY, MIXED = Sample(45, 40, 0), Sample(15, 15, 3)


def halves(**first):
    return pd.DataFrame({"strategy": list(first), "n_first": list(first.values()), "n_draws": 100})


def kept(*rows):
    """A frame of pairs: kept, flipped, and both for new data sets (None: no verdict)."""
    columns = ["n_kept", "n_flipped", "n_kept_new", "n_flipped_new"]
    frame = pd.DataFrame(rows, columns=columns).astype("Int64")
    return frame.assign(n_draws=100, n_left_out=5)


def sizes(*rows):
    return pd.DataFrame(rows, columns=["n_datasets", "n_repetitions", "wrong_share"])


def test_stability(golden):
    small, large = (5, 1, 0.31), (40, 20, 0.004)
    parts = {
        "title": stability.TITLE,
        "tables": "; ".join([
            stability.HALVES, stability.LEFT_OUT, stability.WRONG, stability.WRONG_MEAN,
            stability.BUDGETS,
        ]),
        "label": stability.LABEL,
        "sentence": stability.sentence(
            halves(tpe=87.0, gp=12.5, random=0.5, grid=0.0), FORTY, {"gp": 3}
        ),
        "sentence, one": stability.sentence(halves(tpe=100.0, gp=0.0), MIXED, {}),
        "sentence, many": stability.sentence(
            halves(a=40.0, b=30.0, c=20.0, d=9.0, e=1.0), FORTY, {}
        ),
        "reading": stability.reading("after 50 trials", FORTY),
        "reading, functions too": stability.reading("after 50 trials", MIXED),
        "stable": stability.stable(kept((100, 0, 100, 0), (100, 0, 90, 1), (40, 3, None, None))),
        "stable, one": stability.stable(kept((100, 0, None, None))),
        "stable, none": stability.stable(kept((70, 20, None, None), (60, 30, None, None))),
        "stable, no pair": stability.stable(kept()),
        "pairs": stability.least_stable(3, 3, new=False, flips=True),
        "pairs, some": stability.least_stable(20, 91, new=True, flips=False),
        "wrong": stability.wrong(sizes(small, large), ("tpe", "gp")),
        "wrong, one size": stability.wrong(sizes(small), ("tpe", "gp")),
        "tables of the wrong winner": stability.WRONG_TABLES,
        "caption": stability.caption(pairs=4),
        "caption, no pair": stability.caption(pairs=0),
        "budgets, one": stability.first_by_budget([(20, "gp"), (50, "gp"), (100, "gp")]),
        "budgets, several": stability.first_by_budget([(20, "gp"), (50, "gp"), (100, "tpe")]),
        "budgets": stability.BUDGETS_READING,
        **{f"how {place}": text for place, text in enumerate(stability.HOW, start=1)},
    }  # fmt: skip
    golden("stability", lines(parts))
