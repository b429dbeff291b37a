"""The command line in a folder of its own, and options of small sweeps."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bench.cli import main


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Call the command line in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments, code=0):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output
        # Nothing but an exit may come out: an exception would be a traceback to the user.
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


@pytest.fixture
def inline(parts_file):
    """The options of a small sweep."""
    names = {"--strategies": parts_file("Random").name, "--problems": parts_file("Sphere").name}
    options = names | {"--trials": 3, "--repetitions": 1, "--out": "results/mine", "--jobs": 1}
    return lambda **change: [
        text
        for option, value in (options | {f"--{k}": v for k, v in change.items()}).items()
        if value is not None
        for text in (option, value)
    ]


@pytest.fixture
def finished(make_sweep, run_here, tmp_path):
    return run_here(make_sweep(["Random", "Raises"], ["Sphere"]), tmp_path / "finished")


def options_on_flats(folder):
    """Write a file of one's own into a folder and give the options of a small sweep on it."""
    rows = [f"{size},{3 * size + (size * 7919) % 13},Linz" for size in range(20, 70)]
    text = "\n".join(["size,price,town", *rows])
    (folder / "flats.csv").write_text(text, encoding="utf-8")
    options = {"data": "flats.csv", "target": "price", "model": "tree,knn", "trials": 2}
    options |= {"strategies": "random", "repetitions": 1, "out": "results/flats", "jobs": 1}
    return lambda **change: [
        text
        for option, value in (options | change).items()
        if value is not None
        for text in (f"--{option}", value)
    ]


@pytest.fixture
def on_flats(tmp_path):
    """The options of a small sweep on a file of one's own."""
    return options_on_flats(tmp_path)


@pytest.fixture(scope="session")
def run_on_flats(tmp_path_factory):
    """A folder with the file and the results of two strategies and two models, to be copied."""
    folder = tmp_path_factory.mktemp("flats")
    options = options_on_flats(folder)(strategies="random,default", trials=4, repetitions=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = CliRunner().invoke(main, ["run", *map(str, options)])
    assert result.exit_code == 0, result.output
    return folder
