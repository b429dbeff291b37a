"""W&B offline: its files, read back with its own messages."""

from __future__ import annotations

import json
import struct
from collections import defaultdict
from typing import Any

import pytest

from bench.errors import UserError
from bench.testing.sweeps import make_sweep, run_here
from bench.tracking.to_wandb import place
from bench.tracking.track import track
from bench.tracking.tracker import Target, target

pytestmark = [pytest.mark.exchange, pytest.mark.slow]

BLOCK = 32 * 1024
HEADER = struct.Struct("<IHB")


def records(path):
    """Yield the messages of a .wandb file: blocks of 32 KiB as LevelDB's log has them."""
    from wandb.proto.wandb_internal_pb2 import Record

    content, place, parts = path.read_bytes(), 7, b""
    assert content[:4] == b":W&B"
    while place + HEADER.size <= len(content):
        if BLOCK - place % BLOCK < HEADER.size:
            place += BLOCK - place % BLOCK
            continue
        _, length, kind = HEADER.unpack_from(content, place)
        place += HEADER.size
        parts += content[place : place + length]
        place += length
        if kind in (1, 4):  # whole, or the last part
            found = Record()
            found.ParseFromString(parts)
            parts = b""
            yield found


def read(folder):
    """Give what was written, by name of the run."""
    found = {}
    for path in (place(folder / "tracking") / "wandb").glob("offline-run-*/*.wandb"):
        run: dict[str, Any] = {
            "history": defaultdict(dict),
            "summary": {},
            "ended": None,
            "config": {},
        }
        for record in records(path):
            kind = record.WhichOneof("record_type")
            if kind == "run":
                about = record.run
                run |= {
                    name: getattr(about, name)
                    for name in ("run_id", "display_name", "project", "run_group", "job_type")
                }
                run["tags"] = list(about.tags)
                for item in about.config.update:
                    run["config"][item.key] = json.loads(item.value_json)
            elif kind == "history":
                row = {
                    (item.key or ".".join(item.nested_key)): json.loads(item.value_json)
                    for item in record.history.item
                }
                run["history"][row["_step"]].update(row)
            elif kind == "summary":
                for item in record.summary.update:
                    run["summary"][item.key or ".".join(item.nested_key)] = item.value_json
            elif kind == "exit":
                run["ended"] = record.exit.exit_code
        assert run["run_id"] not in {one["run_id"] for one in found.values()}
        found[run["display_name"]] = run
    return found


@pytest.fixture(autouse=True)
def _offline(monkeypatch):
    for name in ("WANDB_MODE", "WANDB_API_KEY", "WANDB_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_a_sweep_is_written_offline_and_read_back(tmp_path):
    store = run_here(make_sweep(["Random", "Raises"], ["Sphere"]), tmp_path / "results")
    outcome, lines = track(store.folder, Target("wandb", "offline", "runs"))
    assert not outcome.missed, lines
    runs = read(store.folder)
    assert set(runs) == {
        "sweep: tiny", "Random on Sphere", "Raises on Sphere",
        *(f"{name} on Sphere, repetition {r}" for name in ("Random", "Raises") for r in (0, 1)),
    }  # fmt: skip
    assert {run["project"] for run in runs.values()} == {"tiny"}
    pair = runs["Random on Sphere"]
    assert (pair["run_group"], pair["job_type"]) == ("Random on Sphere", "strategy on problem")
    assert pair["config"]["strategy"] == "Random"
    assert float(pair["summary"]["mean_rank"]) == 1.0
    run = runs["Random on Sphere, repetition 1"]
    assert (run["run_group"], run["job_type"]) == ("Random on Sphere", "repetition")
    record = next(
        one for one in store.records()
        if (one.spec.strategy.label, one.spec.repetition) == ("Random", 1)
    )  # fmt: skip
    values = [trial["value"] for trial in record.by_number]
    assert [run["history"][step]["value"] for step in range(1, 9)] == values
    assert [run["history"][step]["best_value"] for step in range(1, 9)] == [
        min(values[:n]) for n in range(1, 9)
    ]
    assert {"regret", "evaluation_s", "strategy_s"} <= set(run["history"][8])
    assert run["config"]["tag.strategy"] == "Random"
    assert (run["ended"], runs["Raises on Sphere, repetition 0"]["ended"]) == (0, 1)

    # A process that died in one run leaves its folder without the mark: it is written anew.
    wandb_files = place(store.folder / "tracking") / "wandb"
    next(wandb_files.glob("offline-run-*/tunebench-sent")).unlink()
    next((store.folder / "tracking").glob("wandb-*.jsonl")).unlink()
    again, _ = track(store.folder, Target("wandb", "offline", "runs"))
    assert sum(again.sent.values()) == 7
    assert set(read(store.folder)) == set(runs)


def test_a_name_with_a_slash_and_an_emoji(tmp_path, parts):
    label = "a/b:c 🎉 " + 91 * "x"
    store = run_here(
        make_sweep([parts("Random", label)], ["Sphere"], trials=2), tmp_path / "results"
    )
    outcome, lines = track(store.folder, Target("wandb", "offline"))
    assert not outcome.missed, lines
    runs = read(store.folder)
    assert runs[f"{label} on Sphere"]["config"]["tag.strategy"] == label


def test_offline_unless_the_environment_says_otherwise(monkeypatch, tmp_path):
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    assert target("wandb") == Target("wandb", "offline")
    assert place(tmp_path) == tmp_path
    monkeypatch.setenv("WANDB_API_KEY", "x")
    assert target("wandb") == Target("wandb", "online")
    monkeypatch.setenv("WANDB_MODE", "offline")
    assert target("wandb") == Target("wandb", "offline")
    monkeypatch.setenv("WANDB_MODE", "disabled")
    with pytest.raises(UserError, match="must be online or offline to track, it is 'disabled'"):
        target("wandb")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path / "w"))
    assert place(tmp_path) == tmp_path / "w"
