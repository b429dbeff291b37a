"""What a verdict leaves out of its sentences, and what it does not repeat."""

import pytest

from bench.curves.equivalents import equivalents, trials_saved
from bench.curves.leaderboard import leaderboard
from bench.inference.verdicts import verdicts
from bench.prose.claims import Said, claimed
from bench.prose.comparisons import comparisons
from bench.prose.details import MAX_COMPARED, against, baseline, details


@pytest.fixture
def made(make_panels):
    """The comparisons of a sweep, and its trials saved."""

    def made(cells):
        panels = make_panels(cells)
        rows = trials_saved(equivalents(panels)).to_dict("records")
        sweep = comparisons(leaderboard(panels), verdicts(panels), "after 2 trials", 10)
        return sweep, {str(row["strategy"]): row for row in rows}

    return made


@pytest.mark.parametrize(
    ("names", "base"),
    [
        (("random", "tpe", "gp"), "random"),
        (("tpe", "random"), "random"),
        (("tpe", "gp", "sobol"), ""),
        (("tpe", "gp"), "gp"),
    ],
)
def test_whom_each_is_compared_with(names, base, drawn, made):
    sweep, _ = made(drawn(**{name: 0.1 * k for k, name in enumerate(names)}))
    assert baseline(sweep) == base


def test_each_strategy_is_compared_with_random(drawn, made):
    sweep, factors = made(drawn(random=0.5, tpe=0.2, gp=0.3, sobol=0.49))
    found = details(sweep, "tpe", factors, [])
    for name in ("tpe", "gp", "sobol"):
        pair = sweep.all[name, "random"]
        assert pair.these in claimed(found)
        assert any(text.text.startswith(f"{name} ") for text in found)


def test_of_many_findings_the_first_are_reported(drawn, made):
    names = {f"s{k}": 0.1 * k for k in range(8)}
    sweep, factors = made(drawn(random=2.0, **names))
    texts = [part.text for part in details(sweep, "s0", factors, [])]
    assert sum(" than random: its mean" in text for text in texts) == MAX_COMPARED
    assert "Section Pairs has 2 more findings on comparisons with random." in texts


def test_what_is_known_is_not_repeated(drawn, made):
    sweep, factors = made(drawn(random=0.5, tpe=0.2))
    whole = details(sweep, "tpe", factors, [])
    pair = sweep.all["tpe", "random"]
    first = against(pair, sweep, factors).text.split(" Tested")[0]
    assert any(first in part.text for part in whole)
    rest = details(sweep, "tpe", factors, [Said(first, (pair.these,))])
    assert not any(first in part.text for part in rest)
    # What stood beside it in a line is still told.
    assert any("Tested one by one, tpe" in part.text for part in rest)
