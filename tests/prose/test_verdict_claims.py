"""Whatever the sweep, its verdict claims what the tests say."""

import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.curves.equivalents import equivalents, trials_saved
from bench.curves.leaderboard import leaderboard
from bench.inference.verdicts import swapped, verdicts
from bench.prose.phrases import interval, number
from bench.prose.verdict import MAX_SENTENCES, in_words

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


def sides_hold(text, words, table):
    """Who does better or worse on average, without significance, is undecided, with that sign."""
    signs = {(r["a"], r["b"]): np.sign(r["difference"]) for r in table.to_dict("records")}
    signs |= {(b, a): -sign for (a, b), sign in signs.items()}
    for line in re.findall("^.* on average, but .* significant", text, flags=re.MULTILINE):
        sides = re.findall(r"([\w, ]+) (?:does|do) (better than|worse than|as well as) (\w+)", line)
        assert sides
        for others, side, b in sides:
            sign = {"better than": -1, "worse than": 1, "as well as": 0}[side]
            for a in split(others):
                assert (words[a, b], signs[a, b]) == ("undecided", sign)


def numbers_hold(text, table):
    """A difference, its interval, p and its sample are those of the frame."""
    rows = {(row["a"], row["b"]): row for row in table.to_dict("records")}
    rows |= {(row["a"], row["b"]): row for row in swapped(table).to_dict("records")}
    found = re.findall(
        r"(?:^|\. )(\w+) is significantly (better|worse) than (\w+): its mean (\w+) regret is "
        r"([\d.,]+) (lower|higher) after 50 trials \((?:95 % interval ([^;]+); )?p ([=<]) ([\d.]+)"
        r"[^;]*; (\d+) problems?, (\d+) data sets?, (at least )?(\d+) repetitions?\)",
        text,
        flags=re.MULTILINE,
    )
    for a, word, b, kind, size, side, ends, sign, p, problems, sets, _, repetitions in found:
        row = rows[a, b]
        assert side == {"better": "lower", "worse": "higher"}[word]
        assert size == number(abs(row["difference"]))
        low, high = sorted(abs(row[end]) for end in ("low", "high"))
        # Both ends are on one side of 0, or nothing would be significant.
        assert ends == interval(low, high)
        assert float(p) == (0.001 if sign == "<" else round(row["p_holm"], 3))
        assert [int(problems), int(sets), int(repetitions)] == [
            row["n_problems"], row["n_datasets"], row["n_repetitions"],
        ]  # fmt: skip
        close = np.isclose(row["difference"], row["regret_difference"], rtol=1e-9, atol=1e-12)
        assert kind == ("normalised" if close else "bounded")


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
    found = [*verdict.sentences, *([verdict.legend] if verdict.legend else []), *verdict.details]
    text = "\n".join(found)
    assert 1 <= len(verdict.sentences) <= MAX_SENTENCES
    assert all(found)
    assert not re.search(r"\b(nan|inf|None)\b|unknown(?!:)|∞", text)
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
    first = verdict.sentences[0]
    everybody = re.match(r"(\S+) is significantly better than (both others|each of the \d)", first)
    if len(there) > 2:
        assert ([everybody[1]] if everybody else []) == winners
    elif winners:
        assert first.startswith(f"{winners[0]} is significantly better than ")
    sides_hold(text, words, table)
    numbers_hold(text, table)
    if set(words.values()) - {"undecided"}:
        assert re.search("significantly (better|worse) than|practically equal| leads", first)
    led = re.match(r"(\w+) leads on this problem set", first)
    if led:
        a = led[1]
        assert not any(words[b, a] == "better" for b in there - {a})
        by = re.search(r" lower after 50 trials than that of (\w+) \(", first)[1]
        assert words[a, by] == "better"
        assert by == "random" or "random" not in there
    if "random" in there and len(there) > 1 and not first.startswith("No comparison"):
        assert all(any(name in line for line in found) for name in there)
    if first.startswith("All "):
        assert all(words[pair] == "practically equal" for pair in combinations(sorted(there), 2))
    if first.startswith("No two of"):
        assert all(words[pair] == "undecided" for pair in combinations(sorted(there), 2))
