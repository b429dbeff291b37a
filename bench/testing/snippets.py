"""Runs what a Markdown document shows: its commands, its Python, the files that it says to save."""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([\w./-]+\.\w+)`[^`]*:$")

SHOWN = frozenset(
    {"text", "{include}", "{toctree}", "{image}", "{eval-rst}", "{code-cell}", "{code-block}"}
)
"""Kinds of blocks that are no snippet, that the build of the site runs, or that need more here."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a document.

    Args:
        kind: its language.
        code: its lines.
        line: where it starts in the document, from 1.
        file: what the sentence before it says to save it as; "" if none does.
    """

    kind: str
    code: str
    line: int
    file: str = ""


def blocks(text: str) -> Iterator[Block]:
    r"""Yield the fenced blocks of a document.

    A sentence such as "Save this as `halton.py`:" directly before a block names its file.

    Example:
        >>> [block] = blocks("Save this as `a.csv`:\n\n```csv\nx,y\n```\n")
        >>> block.kind, block.file
        ('csv', 'a.csv')
    """
    for found in _FENCE.finditer(text):
        before = text[: found.start()].rstrip().rpartition("\n")[2]
        named = _FILE.search(before)
        line = text.count("\n", 0, found.start()) + 1
        kind = found[1].split()[0] if found[1].split() else ""
        yield Block(kind, found[2], line, named[1] if named else "")


class SnippetError(AssertionError):
    """A snippet that does not do what the document says."""


class Session:
    """Runs the blocks of one document, one after the other, in the working directory.

    Args:
        main: the command line that `tunebench …` means.
        targets: of make; they are not run.
    """

    def __init__(self, main: click.Command, targets: frozenset[str] = frozenset()) -> None:
        self._main, self._targets = main, targets
        self._names: dict[str, Any] = {"__name__": "__main__"}
        self._code = 0

    def run(self, block: Block) -> Block:
        """Run a block, and return it with the output that its commands really have.

        Raises:
            SnippetError: it fails, or nobody can run a block of its kind.
        """
        if block.kind in SHOWN:
            return block
        if block.kind == "console":
            return replace(block, code="".join(self._commands(block)))
        if block.kind == "pycon":
            self._doctest(block)
        elif block.file:
            path = Path(block.file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.code, encoding="utf-8")
        elif block.kind == "python":
            with redirect_stdout(StringIO()):
                exec(compile(block.code, f"line {block.line}", "exec"), self._names)
        else:
            raise SnippetError(
                f"a block must be one that can be run, line {block.line} has kind "
                f"{block.kind!r}; say before it which file it is, or call it text"
            )
        return block

    def _commands(self, block: Block) -> Iterator[str]:
        # A line that begins with the prompt is a command, to the end of its continued lines.
        for part in re.split(r"^(?=\$ )", block.code, flags=re.MULTILINE):
            if not part:
                continue
            found = re.match(r"\$ ((?:.*\\\n)*.*\n)((?:.*\n)*)", part)
            if found is None:
                raise SnippetError(f"a command must begin with '$ ', got {part!r}")
            output = self._command(found[1].replace("\\\n", " ").strip())
            yield f"$ {found[1]}" + (found[2] if matches(found[2], output) else output)

    def _command(self, command: str) -> str:
        if command == "echo $?":
            code, self._code = self._code, 0
            return f"{code}\n"
        if self._code:
            raise SnippetError(f"exit code {self._code} before {command!r}; show it with echo $?")
        program, *arguments = shlex.split(command)
        if program == "make" and set(arguments) <= self._targets:
            return ""
        if command == "source .venv/bin/activate":
            return ""
        if program != "tunebench":
            raise SnippetError(f"a command must be one of tunebench or make, got {command!r}")
        result = CliRunner().invoke(self._main, arguments, prog_name="tunebench")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self._code = result.exit_code
        if self._code == 2:
            raise SnippetError(f"{command}: {result.output}")
        # Blanks at an end are no part of what a document shows.
        return "".join(f"{line.rstrip()}\n" for line in result.output.splitlines())

    def _doctest(self, block: Block) -> None:
        test = doctest.DocTestParser().get_doctest(block.code, self._names, "", "", block.line)
        runner, said = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS), StringIO()
        runner.run(test, out=said.write, clear_globs=False)
        self._names.update(test.globs)
        if runner.failures:
            raise SnippetError(said.getvalue())

    def end(self) -> None:
        """Hold that the last command succeeded, or that its exit code was shown."""
        if self._code:
            raise SnippetError(f"the last command must succeed, its exit code was {self._code}")


def matches(shown: str, output: str) -> bool:
    r"""Say whether an output is what a document shows of it.

    A document may show nothing; `…` stands for any text, on a line of its own for any lines.

    Example:
        >>> matches("4 runs in … s\n", "4 runs in 1.2 s\n")
        True
        >>> matches("4 runs in … s\n", "5 runs in 1.2 s\n")
        False
    """
    if not shown:
        return True
    pattern = "".join(
        "(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n"
        for line in shown.rstrip("\n").split("\n")
    )
    return re.fullmatch(pattern, output) is not None


def renewed(text: str, run: Session) -> str:
    """Return a document with the outputs that its commands really have.

    Args:
        text: the document.
        run: a fresh session.
    """
    for block in list(blocks(text)):
        done = run.run(block)
        if done.code != block.code:
            text = text.replace(f"```{block.kind}\n{block.code}```", f"```console\n{done.code}```")
    run.end()
    return text
