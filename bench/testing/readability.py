"""How plain a text is: sentence length, sentences without a verb, words that the style rules out.

`python -m bench.testing.readability FILE ...` measures pages (HTML), documents (Markdown), modules
(the docstrings of Python files) and plain texts.
"""

from __future__ import annotations

import ast
import html
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

BANNED = {
    "told (for reported, known)": r"\b(un)?told\b",
    "would tell (for is needed to detect)": r"\b(would|will|could|can) tell\b",
    "tells nothing, tells apart": r"\btells? (nothing|apart|little|them apart)\b",
    "surely (for significant)": r"\b(not|but) surely\b",
    "decided otherwise, decided against": r"\bdecided (otherwise|against)\b",
    "these problems (for on this problem set)": r"\bthese problems\b",
    "new problems (for generalising to new data sets)": r"\bnew problems\b",
    "exhausted": r"\bexhausted\b",
    "nothing more to suggest (for no candidates left)": r"\bnothing more to suggest\b",
    "is_set (for unordered)": r"\bis_set\b",
    "whole number (for integer)": r"\bwhole numbers?\b",
    "truth value (for boolean)": r"\btruth values?\b",
    "dear (for expensive)": r"\bdear(er|est)?\b",
    "price (for cost)": r"\bprices?\b",
    "what it is made of (for data set)": r"\bwhat (it|they|each|these) (is|are) made of\b",
    "exists if (for active when)": r"\bexists if\b",
    "levels (for grid points)": r"\blevels\b",
    "anybody's trials (for results of other tools)": r"\b(any(body|one)|nobody)['’]s\b",
    "nobody is ahead": r"\bnobody is ahead\b",
    "best on (for n_best)": r"\bbest on\b(?! top)",
    "told apart (for differ significantly)": r"\bapart from each other\b",
}
"""What STYLE rules out, by what it is called there -> the pattern, in any case."""

AUXILIARIES = (
    "is are was were be been being am isn't aren't has have had having do does did doing can "
    "cannot could may might must shall should will would need needs don't doesn't didn't"
)
VERBS = (
    "accept add agree aim allow answer appear apply ask assume average avoid bear become begin "
    "behave belong bound break bring build calculate call carry change charge check choose cite "
    "clear click close combine come compare complete compute concern confirm consist contain "
    "continue contradict convert correct cost count cover create cross cut decide define depend "
    "derive describe detect determine differ distinguish divide do download draw drop end enter "
    "equal estimate evaluate exceed exclude exist exit expect explain export extend fail fall "
    "feed fill find finish fit fix follow force generalise get give go group grow guess happen "
    "harm help hide hold ignore improve impute include increase install interpret interrupt join "
    "jump keep know lack lead learn leave let lie limit link list load lock look lose lower make "
    "mark match matter maximise mean measure meet merge minimise miss move multiply name "
    "normalise note obey occur offer omit open optimise order overestimate overlap own pack pair "
    "pass pay pick place play plot point predict prepare prevent print produce propose protect "
    "prove publish put quote raise rank reach read rebuild receive recommend record reduce refer "
    "refit refuse reject rely remain remember remove rename renew repeat replace report reproduce "
    "request require resample resolve resume retry return rise rule run sample save say scale "
    "score search see seem select send separate set settle share shift show shrink shuffle sit "
    "skip solve sort spend split stand start state stay stop store stratify struggle suggest sum "
    "supply support suppose take tell tend test throw tie time touch train treat try tune turn "
    "use vary verify view visit wait want warn weigh win wish work wrap write yield"
)
IRREGULAR = (
    "became began broke brought built came chose chosen cut drawn drew driven fed fell fallen felt "
    "found gave given got gone went grew grown held kept knew known laid led left lost made meant "
    "met paid put ran read said saw seen sent shown stood stuck taken took taught thought threw "
    "thrown told won wrote written spent split"
)


def _forms() -> frozenset[str]:
    forms = {*AUXILIARIES.split(), *IRREGULAR.split()}
    for verb in VERBS.split():
        stem = verb.removesuffix("e")
        last = verb[-1]
        forms |= {verb, verb + "s", verb + "es", stem + "ed", stem + "ing", verb + last + "ed"}
        forms |= {verb[:-1] + "ies", verb[:-1] + "ied"} if last == "y" else set()
        forms |= {verb + last + "ing"}
    return frozenset(forms)


FORMS = _forms()


@dataclass(frozen=True, slots=True)
class Readability:
    """How plain a text is.

    Args:
        words: in its sentences.
        sentences: how many.
        without_verb: the sentences that have no verb.
        banned: phrases that the style rules out, as they stand in the text.
    """

    words: int
    sentences: int
    without_verb: tuple[str, ...]
    banned: tuple[str, ...]

    @property
    def mean_length(self) -> float:
        """Words a sentence, 0 without one."""
        return self.words / self.sentences if self.sentences else 0.0

    @property
    def share_without_verb(self) -> float:
        """The share of sentences without a verb, 0 without a sentence."""
        return len(self.without_verb) / self.sentences if self.sentences else 0.0


def measure(paragraphs: Iterable[str]) -> Readability:
    """Measure paragraphs of plain text.

    Args:
        paragraphs: each of whole sentences; a sentence does not go on in the next one.

    Returns:
        The counts.

    >>> found = measure(["Grid is worse than random. Ahead, but not surely: tpe."])
    >>> found.sentences, found.mean_length, found.without_verb, found.banned
    (2, 5.0, ('Ahead, but not surely: tpe.',), ('but surely',))
    """
    words, count, without, found = 0, 0, [], []
    for paragraph in paragraphs:
        found += banned(paragraph)
        for sentence in sentences(paragraph):
            count += 1
            words += len(sentence.split())
            if not has_verb(sentence):
                without.append(sentence)
    return Readability(words, count, tuple(without), tuple(found))


def banned(text: str) -> list[str]:
    """Return the phrases of a text that the style rules out."""
    return [m[0] for pattern in BANNED.values() for m in re.finditer(pattern, text, re.IGNORECASE)]


def has_verb(sentence: str) -> bool:
    """Return whether a sentence has a word that can be a verb: a lower bound of what is wrong."""
    return any(word in FORMS for word in re.findall(r"[a-z']+", sentence.lower()))


END = re.compile(r"(?:(?<=[.?!…])|(?<=[.?!…][)”\"']))\s+(?=[A-Z(“\"'`0-9])")
ABBREVIATIONS = ("e.g.", "i.e.", "et al.", "cf.", "vs.", "etc.", "Eq.", "Sec.", "no.")

LABEL = re.compile(r"(Sources?|Reference|Elsewhere): ")
"""What an entry begins with that is no sentence: where something comes from, or other names."""


def sentences(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph: what ends in a mark and has three words or more."""
    parts: list[str] = []
    for part in END.split(" ".join(paragraph.split())):
        if parts and parts[-1].endswith(ABBREVIATIONS):
            parts[-1] += f" {part}"
        else:
            parts.append(part)
    return [
        part
        for part in parts
        if not LABEL.match(part) and len(part.split()) >= 3 and re.search(r"[.?!…][)”\"']*$", part)
    ]


BLOCK = re.compile(r"<(p|li|summary|figcaption|dd)\b[^>]*>(.*?)</\1>", re.DOTALL)


def of_page(text: str) -> Iterator[str]:
    """Yield the paragraphs of a page of HTML: no tables, no pictures, no code."""
    text = re.sub(r"<(script|style|svg|table|pre)\b.*?</\1>", " ", text, flags=re.DOTALL)
    text = re.sub(r"<(code|kbd)\b.*?</\1>", "Code", text, flags=re.DOTALL)
    for found in BLOCK.finditer(text):
        # An item of a list may hold paragraphs of its own.
        inner = re.sub(r"</?(p|li|ul|ol|div)\b[^>]*>", "\n", found[2])
        yield from html.unescape(re.sub(r"<[^>]+>", " ", inner)).split("\n")


def of_document(text: str) -> Iterator[str]:
    """Yield the paragraphs of a document of Markdown: no code, no tables, no headings."""
    text = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"`[^`]*`", "Code", text)
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )", text):
        lines = [line for line in block.splitlines() if not line.startswith(("|", "#", "    "))]
        yield re.sub(r"^\s*([-*>]|\d+\.)\s+|\*\*|__", "", " ".join(lines))


SECTIONS = ("Args:", "Returns:", "Raises:", "Yields:", "Attributes:")


def of_module(text: str) -> Iterator[str]:
    """Yield the paragraphs of the docstrings of a Python module: no examples, no arguments."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(text)):
        doc = ast.get_docstring(node) if isinstance(node, documented) else None
        for block in (doc or "").split("\n\n"):
            if block and not block.startswith((*SECTIONS, "    ", ">>>")):
                yield re.sub(r"`[^`]*`", "Code", block)


def literals(text: str) -> Iterator[str]:
    """Yield what a Python module can say: texts in its code of three words or more, and names.

    Values in f-strings stand as dots; the names are those of functions and classes, in words.
    """
    tree = ast.parse(text)
    parts = {
        part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
            )
        elif node in parts:
            continue
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if len(node.value.split()) >= 3:
                yield node.value
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name.replace("_", " ")


READERS = {".html": of_page, ".md": of_document, ".py": of_module}
"""The ending of a file -> what yields its paragraphs; other files are plain text, line by line."""


def of_file(path: Path) -> list[str]:
    """Return the paragraphs of a file, read by its ending."""
    text = path.read_text(encoding="utf-8")
    reader = READERS.get(path.suffix)
    return list(reader(text)) if reader else text.splitlines()


def main(paths: list[str]) -> None:
    """Print a line for each file, then what is wrong."""
    print(f"{'words':>6} {'sentences':>9} {'mean':>5} {'no verb':>8} {'banned':>6}  file")
    wrong: list[str] = []
    for path in map(Path, paths):
        found = measure(of_file(path))
        said = literals(path.read_text(encoding="utf-8")) if path.suffix == ".py" else ()
        wrong += [f"{path}: said: {phrase}: {text}" for text in said for phrase in banned(text)]
        print(
            f"{found.words:6} {found.sentences:9} {found.mean_length:5.1f} "
            f"{found.share_without_verb:8.1%} {len(found.banned):6}  {path}"
        )
        wrong += [f"{path}: no verb: {sentence}" for sentence in found.without_verb]
        wrong += [f"{path}: banned: {phrase}" for phrase in found.banned]
    print("\n".join(wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
