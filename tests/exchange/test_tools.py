"""Paths and addresses of any kind: which tool reads them, and how the others are refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.api.result import load
from bench.cli import main
from bench.errors import UserError
from bench.exchange import tools
from bench.exchange.tools import TOOLS, Tool, tool_of

RUN = [{"tid": 0, "result": {"status": "ok", "loss": 1.0}}]
SEARCH = "params,mean_test_score\n{},0.5\n"


@pytest.mark.parametrize(
    "name", ["empty", "empty.csv", "empty.json", "folder", "pipe", "none", "sweep.json#loss:min"]
)
def test_what_no_tool_wrote_is_refused_in_a_line(tmp_path, name):
    path = tmp_path / name
    if name.startswith("empty"):
        path.touch()
    if name == "folder":
        path.mkdir()
    if name == "pipe":
        os.mkfifo(path)
    assert tool_of(str(path)) is None
    with pytest.raises(UserError) as found:
        load(path)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize("what", ["", "\0", "x" * 5000, "sqlite", "a\nb", "\ud800", "#", "a#b:min"])
def test_odd_names_are_of_no_tool(what):
    assert [tool for tool in TOOLS if tool.reads(what)] == []


@pytest.mark.parametrize("command", ["report", "export"])
def test_a_command_looks_once_at_each_path(tmp_path, monkeypatch, command):
    looked = []
    monkeypatch.setattr(tools, "TOOLS", (Tool(lambda what: bool(looked.append(what)), None),))
    paths = [str(tmp_path / name) for name in "ab"]
    for path in paths:
        Path(path).mkdir()
    options = ["--out", str(tmp_path / "c"), *(["--to", "ioh"] if command == "export" else [])]
    result = CliRunner().invoke(main, [command, *paths, *options])
    assert "sweep.json" in result.output
    assert looked == paths
    looked.clear()
    with pytest.raises(UserError, match=r"sweep\.json"):
        load(paths)
    assert looked == paths


def test_results_of_several_tools_make_one_result(tmp_path):
    (tmp_path / "tpe--p--0.json").write_text(json.dumps(RUN))
    (tmp_path / "grid--q--0.csv").write_text(SEARCH)
    found = load([tmp_path / "tpe--p--0.json", tmp_path / "grid--q--0.csv"])
    assert (found.strategies, found.problems) == (("tpe", "grid"), ("p", "q"))
    assert "scikit-learn: scores are better the higher they are" in found.notes


def test_directions_of_one_problem_must_agree(tmp_path):
    (tmp_path / "tpe--p--0.json").write_text(json.dumps(RUN))
    (tmp_path / "grid--p--0.csv").write_text(SEARCH)
    with pytest.raises(UserError, match="a problem must have one direction"):
        load([tmp_path / "tpe--p--0.json", tmp_path / "grid--p--0.csv"])


def test_results_of_tools_and_folders_are_not_mixed(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(RUN))
    with pytest.raises(UserError, match="can only be combined with results of other tools"):
        load([tmp_path / "run.json", tmp_path])
