"""Whatever the sweep, its verdict claims what the tests say."""

import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.analysis.curves.equivalents import equivalents, trials_saved
from bench.analysis.curves.leaderboard import leaderboard
from bench.inference.verdicts import verdicts
from bench.prose.verdict import in_words

VALUES = st.sampled_from([None, 0.0, 0.1, 0.11, 0.5, 0.9, 3.0, 1e9])
NAMES = ["random", "tpe", "gp", "sobol"]


@st.composite
def sweeps(draw):
    names = draw(st.permutations(NAMES))[: draw(st.integers(1, 4))]
    repetitions = draw(st.integers(1, 8))
    shift = draw(st.booleans())
    cells = {}
    for k in range(draw(st.integers(1, 8))):
        values = st.lists(VALUES, min_size=repetitions, max_size=repetitions)
        cells[f"p{k}"] = {
            name: [v if v is None or not shift else place + v / 1e3 for v in draw(values)]
            for place, name in enumerate(names)
        }
    return (
        cells if any(v is not None for c in cells.values() for x in c.values() for v in x) else {}
    )


def split(names):
    return re.split(", | and ", names.strip())


def otherwise_holds(text, words):
    """Each pair that is decided otherwise is so by the verdicts."""
    for line in re.findall(r"^Decided otherwise: (.+)\.$", text, flags=re.MULTILINE):
        found = re.findall(r"(\S+) (beats|is practically equal to) ([^;]+)", line)
        assert found
        for a, verb, others in found:
            if not others.endswith(" for new problems"):
                word = "better" if verb == "beats" else "practically equal"
                assert all(words[a, b] == word for b in split(others))


def sides_hold(text, words, table):
    """Who is ahead or behind, but not surely, is undecided, with that sign."""
    signs = {(r["a"], r["b"]): np.sign(r["difference"]) for r in table.to_dict("records")}
    signs |= {(b, a): -sign for (a, b), sign in signs.items()}
    for line in re.findall("^.*, but not surely: .*$", text, flags=re.MULTILINE):
        for side, others in re.findall(r"(\w+) (?:of |with )?\w+, but not surely: ([^.;(]+)", line):
            sign = {"ahead": -1, "behind": 1, "level": 0}[side.lower()]
            for a in split(others):
                assert (words[a, "random"], signs[a, "random"]) == ("undecided", sign)
    for b, others in re.findall(r"^Not tested against (\S+) are (.+)\.$", text, flags=re.MULTILINE):
        assert all(words[a, b] == "undecided" for a in split(others))


@pytest.mark.slow
# The fixture is a function, the same for each example.
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sweeps())
def test_no_claim_without_a_test(make_panels, cells):
    panels = make_panels(cells) if cells else []
    board, table = leaderboard(panels), verdicts(panels)
    verdict = in_words(
        board, table, trials_saved(equivalents(panels)), when="after 50 trials", rope=0.01
    )
    found = [*verdict.sentences, *([verdict.legend] if verdict.legend else [])]
    text = "\n".join(found)
    assert found
    assert all(found)
    assert not re.search(r"\b(nan|inf|None)\b|unknown|∞", text)
    words = {(r["a"], r["b"]): r["verdict"] for r in table.to_dict("records")}
    words |= {
        (b, a): {"better": "worse", "worse": "better"}.get(w, w) for (a, b), w in words.items()
    }
    there = set(board.loc[board["mean"].notna(), "strategy"])
    there |= {
        name for r in table.to_dict("records") if r["n_problems"] for name in (r["a"], r["b"])
    }
    winners = [
        a for a in there if there - {a} and all(words[a, b] == "better" for b in there - {a})
    ]
    claimed = re.findall(r"^(\S+) is ahead of", text, flags=re.MULTILINE)
    assert claimed == winners
    for claim, word in [
        (r"(\S+) beats (\S+): ", "better"),
        (r"(\S+) is worse than (\S+): ", "worse"),
        (r"(\S+) and (\S+) are practically equal: ", "practically equal"),
        (r"(\S+) against (\S+): undecided", "undecided"),
        (r"(\S+) against (\S+): not tested", "undecided"),
    ]:
        for pair in re.findall(f"^{claim}", text, flags=re.MULTILINE):
            assert words[pair] == word
    for a, others in re.findall(
        r"^(\S+) against (\S+ and .+): undecided", text, flags=re.MULTILINE
    ):
        assert all(words[a, b] == "undecided" for b in re.split(", | and ", others))
    otherwise_holds(text, words)
    sides_hold(text, words, table)
    if set(words.values()) - {"undecided"}:
        assert re.search("is ahead of|beats|worse|practically equal[ :.]", "\n".join(found[:-1]))
    if "random" in there and len(there) > 1 and not found[0].startswith("Nothing"):
        assert all(any(name in line for line in found) for name in there)
    if "strategies are practically equal" in found[0]:
        assert all(words[pair] == "practically equal" for pair in combinations(sorted(there), 2))
