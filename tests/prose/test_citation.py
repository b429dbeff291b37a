"""Citations in each style; their numbers are those of the frame."""

import re
from dataclasses import replace

import pytest

from bench.curves.leaderboard import leaderboard
from bench.inference.verdicts import verdicts
from bench.prose.citation import Citation, as_bibtex, as_markdown, as_sentences, of_pair
from bench.prose.comparisons import comparisons
from bench.prose.phrases import interval, number

CITED = Citation(
    title="quick & dirty_1",
    sentences=("tpe is significantly better than random.", "100 % of {it} is $5."),
    made_with=("tunebench 0.1.0", "optuna 5.0.0"),
    seeds=(1,),
    version="0.1.0",
    command="tunebench cite results/quick --strategy tpe",
    fingerprint="2b8f316a9b82b5f6",
    n_trials=4865,
)
FOREIGN = replace(CITED, made_with=(), seeds=())


def test_a_citation_in_each_style(golden):
    parts = [
        "\n".join([f"# {name}", style(cited)])
        for name, style, cited in (
            ("sentence", as_sentences, CITED),
            ("markdown", as_markdown, CITED),
            ("bibtex", as_bibtex, CITED),
            ("a foreign table", as_sentences, FOREIGN),
            ("two seeds", as_sentences, replace(CITED, seeds=(1, 2))),
        )
    ]
    golden("citation", "\n\n".join(parts))


@pytest.mark.parametrize("style", [as_sentences, as_markdown, as_bibtex])
def test_each_style_has_claim_fingerprint_and_command(style):
    text = style(CITED)
    for part in (CITED.sentences[0], CITED.fingerprint, CITED.command, "optuna 5.0.0"):
        assert part in text
    assert "made with" not in style(FOREIGN)


def test_markdown_shows_labels_and_signs_as_they_are():
    cited = replace(CITED, sentences=("my_best_one is better than a<b> (p < 0.001).",))
    text = as_markdown(replace(cited, command="tunebench cite my_results"))
    assert text.startswith(r"my\_best\_one is better than a&lt;b> (p < 0.001). ")
    assert text.endswith(" Command: `tunebench cite my_results`")


def test_bibtex_is_one_entry_with_balanced_braces():
    text = as_bibtex(CITED)
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")
    assert text.startswith("@misc{tunebench-quick-dirty-1-2b8f316a,")
    assert r"100 \% of \{it\} is \$5." in text
    assert not re.search(r"(?<!\\)[&%$#_]", text)


def test_bibtex_writes_signs_so_that_latex_prints_them():
    claim = "the difference is −0.005 (p < 0.001), 2 × 10⁻⁶ or ≥ 7 µs."
    (note,) = re.findall("note = {(.*)}", as_bibtex(replace(CITED, sentences=(claim,))))
    assert note.startswith(
        r"the difference is $-$0.005 (p $<$ 0.001), "
        r"2 $\times$ 10$^{-}$$^{6}$ or $\geq$ 7 $\mu$s. "
    )
    assert note.isascii()


def sweep_of(make_panels, cells):
    panels = make_panels(cells)
    table = verdicts(panels)
    return comparisons(leaderboard(panels), table, "after 2 trials", 10), table


def test_the_numbers_of_a_pair_are_those_of_the_frame(make_panels, drawn):
    sweep, table = sweep_of(make_panels, drawn(random=0.5, tpe=0.2))
    (row,) = table.to_dict("records")
    sign = 1 if row["a"] == "random" else -1
    text, new = of_pair(sweep, "tpe", "random")
    ends = sorted((sign * row["low"], sign * row["high"]))
    assert text == (
        "tpe is significantly better than random: its mean normalised regret is "
        f"{number(sign * row['difference'])} lower after 2 trials (95 % interval "
        f"{interval(*ends)}; p < 0.001; 8 problems, 8 data sets, 10 repetitions)."
    )
    # 0.5 − 0.2 with a standard deviation of 0.05, 80 pairs: 0.30 ± 1.99 · 0.0071 / √80 · …
    assert abs(sign * row["difference"] - 0.3) < 0.02
    ends = sorted((sign * row["low_new"], sign * row["high_new"]))
    assert f"95 % interval {interval(*ends)}" in new
    (back, _) = of_pair(sweep, "random", "tpe")
    assert back.startswith("random is significantly worse than tpe: its mean normalised regret is ")


def test_a_difference_by_hand(make_panels):
    # Differences of −0.1 and −0.3 in turn: mean −0.2, standard error 0.2 / √(2·…) of ten pairs.
    cells = {"p": {"random": [0.5] * 10, "tpe": [0.4, 0.2] * 5}}
    sweep, _ = sweep_of(make_panels, cells)
    (text, _) = of_pair(sweep, "tpe", "random")
    # s = 0.1 · √(10/9), se = s / √10 = 0.0333, t(0.975, 9) = 2.262: ± 0.0754
    assert "is 0.20 lower after 2 trials (95 % interval 0.12 to 0.28; " in text


def test_an_undecided_pair_is_cited_with_what_it_would_take(make_panels, drawn):
    sweep, _ = sweep_of(make_panels, drawn(sd=0.3, random=0.5, tpe=0.47))
    first, more, *_ = of_pair(sweep, "tpe", "random")
    assert first.startswith("tpe and random do not differ significantly: ")
    assert "repetition" in more
    assert "would be needed" in more


def test_what_never_met_is_cited_as_such(make_panels):
    cells = {
        "p": {"a": [0.5, 0.4], "b": [0.1, 0.3], "never": [None, None], "c": [None, None]},
        "q": {"a": [None, None], "b": [0.2, 0.1], "never": [None, None], "c": [0.3, 0.2]},
    }
    sweep, _ = sweep_of(make_panels, cells)
    assert of_pair(sweep, "a", "never") == ("never has no run that can be compared.",)
    assert of_pair(sweep, "a", "c") == ("a has no problem in common with c.",)
