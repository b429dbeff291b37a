"""The measure of plain text: sentences, verbs, words that the style rules out."""

import re
import subprocess
import sys

import pytest

from bench.testing.readability import (
    banned,
    has_verb,
    literals,
    measure,
    of_document,
    of_file,
    of_module,
    of_page,
    sentences,
)


def test_sentences_end_where_a_new_one_begins():
    assert sentences("Grid is worse. It costs 0.5 s, e.g. on branin! A title") == [
        "Grid is worse.",
        "It costs 0.5 s, e.g. on branin!",
    ]
    assert sentences("Source: Hansen et al. 2010. It is exact for a table.") == [
        "It is exact for a table."
    ]
    assert sentences("See Schneider et al. 2025 for a proof. (Sobol is one, too.) Done.") == [
        "See Schneider et al. 2025 for a proof.",
        "(Sobol is one, too.)",
    ]


@pytest.mark.parametrize(
    ("sentence", "verb"),
    [
        ("TPE needs fewer trials than random search.", True),
        ("Median and quartiles over repetitions.", False),
        ("One BLAS thread a worker.", False),
        ("Curves are medians.", True),
        ("The grid denied it.", False),
    ],
)
def test_a_sentence_has_a_verb_that_the_list_knows(sentence, verb):
    assert has_verb(sentence) is verb


def test_what_the_style_rules_out_is_found_in_any_case():
    text = "Nobody is ahead on These problems; 5 more repetitions would tell. The price is 3."
    assert banned(text) == ["would tell", "These problems", "price", "Nobody is ahead"]
    assert banned("On this problem set, tpe and gp do not differ significantly.") == []


def test_counts_are_those_of_a_text_counted_by_hand():
    found = measure(["Grid is worse than random search. Median over repetitions.", "Nothing"])
    assert (found.sentences, found.words, found.mean_length) == (2, 9, 4.5)
    assert found.without_verb == ("Median over repetitions.",)
    assert found.share_without_verb == 0.5
    nothing = measure([])
    assert (nothing.mean_length, nothing.share_without_verb) == (0, 0)


def test_a_page_is_its_paragraphs_without_tables_pictures_and_scripts():
    page = (
        "<title>Told</title><script>var told;</script><p>One <b>is</b> &lt; two.</p>"
        "<table><tr><td>told</td></tr></table><ul><li>First.</li><li><p>Second.</p></li></ul>"
        "<p>Type <code>price</code> here.</p>"
    )
    found = [text.split() for text in of_page(page) if text.strip()]
    assert found == [
        ["One", "is", "<", "two."], ["First."], ["Second."], ["Type", "Code", "here."],
    ]  # fmt: skip


def test_a_document_is_its_paragraphs_without_code_tables_and_headings():
    text = (
        "# Told\n\nFirst line\nof one [link](https://x.y/told).\n\n```sh\ntold\n```\n\n"
        "| told | b |\n|---|---|\n\n- item **one**\n- item `price` two\n"
    )
    found = [part.strip() for part in of_document(text) if part.strip()]
    assert found == ["First line of one link.", "item one", "item Code two"]


def test_a_module_is_its_docstrings_without_arguments_and_examples():
    doc = "Return it.\n\n    Args:\n        x: told.\n\n    >>> told\n    "
    text = f'"""It is one."""\ndef f():\n    """{doc}"""\n'
    assert list(of_module(text)) == ["It is one.", "Return it."]


def test_literals_are_what_code_can_say_and_how_it_is_named():
    text = 'def is_told(x):\n    raise ValueError(f"a price is {x} or less")\n\nkey = "told"\n'
    assert list(literals(text)) == ["is told", "a price is … or less"]


def test_the_command_measures_files(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("Nobody is ahead here. Median over all.\n", encoding="utf-8")
    assert of_file(path) == ["Nobody is ahead here. Median over all."]
    done = subprocess.run(
        [sys.executable, "-m", "bench.testing.readability", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    head, row, *wrong = done.stdout.splitlines()
    assert head.split()[:3] == ["words", "sentences", "mean"]
    assert re.split(r"\s+", row.strip())[:5] == ["7", "2", "3.5", "50.0%", "1"]
    assert wrong == [f"{path}: no verb: Median over all.", f"{path}: banned: Nobody is ahead"]
