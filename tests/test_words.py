"""What people read is in plain English: no word that the style rules out, sentences with verbs."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bench.cli import main
from bench.testing.readability import banned, literals, measure, of_file, of_module

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "results" / "quick" / "report" / "index.html"
# What begins with an underscore is built.
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "results/*.md", "docs/**/*.md")
    for path in ROOT.glob(pattern)
    if "/_" not in path.as_posix()
)
MODULES = sorted(
    path
    for pattern in ("tunebench/*.py", "bench/**/*.py", "strategies/*.py", "problems/*.py")
    for path in ROOT.glob(pattern)
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))

ALLOWED = {
    "bench/testing/readability.py": "it lists them",
    "tests/testing/test_readability.py": "it tests the list",
    "tests/test_words.py": "it names one",
    "bench/store/migrations.py": "records of older versions have it",
}
"""Files in which such words may stand, with the reason."""

NAMES = re.compile(r"goldstein.{0,5}price|tunebench run .*|--target price", re.IGNORECASE)
"""Names of others in which such a word stands: a function, a column of an example."""

LISTS = {"CHANGELOG.md": "it is a list of what changed, whose items are no sentences"}
"""Documents of which the words are tested and not the sentences, with the reason."""

MAX_MEAN_WORDS, MIN_SENTENCES = 20, 10
"""Words a sentence in a page or a document, the mean, where there are so many sentences."""

MAX_PAGE_WORDS = 3_900
"""Words of the published page, tables included: half of what the page once had."""


def place(path):
    return path.relative_to(ROOT).as_posix()


def ruled_out(texts):
    return [phrase for text in texts for phrase in banned(NAMES.sub("", text))]


@pytest.mark.parametrize("path", [PAGE, *DOCUMENTS], ids=place)
def test_pages_and_documents_are_plain(path):
    found = measure(NAMES.sub("", text) for text in of_file(path))
    assert found.banned == ()
    if place(path) in LISTS:
        return
    assert found.without_verb == ()
    if found.sentences >= MIN_SENTENCES:
        assert found.mean_length <= MAX_MEAN_WORDS


def test_the_page_is_short():
    page = PAGE.read_text(encoding="utf-8")
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    words = re.sub(r"<[^>]+>", " ", text).split()
    assert 1_000 < len(words) <= MAX_PAGE_WORDS


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_docstrings_and_messages_have_no_word_that_is_ruled_out(path):
    if place(path) in ALLOWED:
        return
    text = path.read_text(encoding="utf-8")
    assert ruled_out([*of_module(text), *literals(text)]) == []


@pytest.mark.parametrize("path", TESTS, ids=place)
def test_tests_are_named_in_the_words_of_the_field(path):
    if place(path) in ALLOWED:
        return
    names = re.findall(r"^\s*(?:def|class) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert ruled_out(name.replace("_", " ") for name in names) == []


def test_golden_texts_have_no_word_that_is_ruled_out():
    paths = sorted((ROOT / "tests" / "prose" / "golden").glob("*.txt"))
    assert paths
    found = {place(path): ruled_out([path.read_text(encoding="utf-8")]) for path in paths}
    assert {name: words for name, words in found.items() if words} == {}


def commands(group, path=()):
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", [*commands(main)], ids=" ".join)
def test_help_is_plain(path):
    result = CliRunner().invoke(main, [*path, "--help"], terminal_width=200)
    assert result.exit_code == 0
    text = result.output.partition("Example:")[0].partition("Usage:")[2]
    found = measure(part for part in text.split("\n\n")[1:] if part.strip())
    assert found.sentences > 0
    assert found.without_verb == ()
    assert ruled_out([result.output]) == []
