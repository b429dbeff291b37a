"""A snippet that does not do what its document says is found."""

import click
import pytest

from bench.testing.snippets import Block, Session, SnippetError, blocks, matches, renewed


@click.command()
@click.option("--code", type=int, default=0)
@click.option("--name", default="x")
def main(code, name):
    click.echo(f"hello {name}  ")
    click.echo("done")
    raise SystemExit(code)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def session():
    return Session(main, frozenset({"quick"}))


def console(code):
    return Block("console", code, 1)


def test_blocks_have_kind_line_and_file():
    text = "# A\n\nThe file `a/b.toml`:\n\n```toml\nx = 1\n```\n\nText.\n```python\n1\n```\n"
    assert list(blocks(text)) == [
        Block("toml", "x = 1\n", 5, "a/b.toml"),
        Block("python", "1\n", 10),
    ]


def test_a_file_is_saved(session, tmp_path):
    session.run(Block("toml", "x = 1\n", 1, "a/b.toml"))
    assert (tmp_path / "a" / "b.toml").read_text() == "x = 1\n"


def test_python_goes_on_where_it_was(session):
    session.run(Block("python", "x = 1\n", 1))
    session.run(Block("pycon", ">>> x + 1\n2\n", 1))
    with pytest.raises(SnippetError, match="Expected:\n    3\nGot:\n    2"):
        session.run(Block("pycon", ">>> x + 1\n3\n", 1))
    with pytest.raises(ZeroDivisionError):
        session.run(Block("python", "1 / 0\n", 1))


def test_output_that_is_right_stays_as_it_is_written(session):
    block = console("$ tunebench --name \\\n    y\nhello …\ndone\n$ make quick\n")
    assert session.run(block) == block


def test_output_that_is_wrong_is_renewed(session):
    done = session.run(console("$ tunebench\nbye x\n$ tunebench\n…\n"))
    assert done.code == "$ tunebench\nhello x\ndone\n$ tunebench\n…\n"


def test_a_document_is_renewed_where_it_is_wrong(session):
    text = "A\n\n```console\n$ tunebench\nbye\n```\n\nB\n\n```text\nbye\n```\n"
    right = text.replace("$ tunebench\nbye", "$ tunebench\nhello x\ndone")
    assert renewed(text, session) == right
    assert renewed(right, session) == right


def test_an_exit_code_must_be_shown(session):
    with pytest.raises(SnippetError, match="exit code 3 before 'tunebench'"):
        session.run(console("$ tunebench --code 3\n$ tunebench\n"))
    with pytest.raises(SnippetError, match="its exit code was 3"):
        session.end()
    done = session.run(console("$ echo $?\n3\n$ tunebench\n"))
    assert done.code.startswith("$ echo $?\n3\n")
    session.end()


@pytest.mark.parametrize(
    "block",
    [
        console("$ tunebench --code 2\n"),
        console("$ rm -r /nowhere\n"),
        console("$ make nothing\n"),
        console("tunebench\n"),
        Block("yaml", "a: 1\n", 1),
        Block("", "tunebench\n", 1),
    ],
)
def test_what_cannot_be_run_is_refused(session, block):
    with pytest.raises(SnippetError):
        session.run(block)


@pytest.mark.parametrize(
    ("shown", "output", "same"),
    [
        ("", "a\n", True),
        ("a\n", "a\n", True),
        ("a\n", "a\nb\n", False),
        ("a\n…\n", "a\n", True),
        ("a\n…\nc\n", "a\nb\nb\nc\n", True),
        ("a\n…\nc\n", "a\nb\n", False),
        ("a … c\n", "a b\nc\n", False),
        ("(a)\n", "a\n", False),
    ],
)
def test_an_ellipsis_stands_for_any_text(shown, output, same):
    assert matches(shown, output) == same
