"""The commands `status`, `pack` and `run-one`."""

from __future__ import annotations

import json


def test_status_counts_by_strategy(call, finished):
    data = json.loads(call("status", finished.folder, "--json").stdout)
    assert data == {
        "sweep": "tiny",
        "strategies": {"Random": {"completed": 2}, "Raises": {"failed": 2}},
        "damaged": [],
    }
    assert call("status", finished.folder).stdout.splitlines() == [
        "Random  2 completed",
        "Raises  2 failed",
    ]


def test_status_tells_what_is_missing_unfinished_and_damaged(call, finished):
    paths = sorted((finished.folder / "runs").glob("*.jsonl"))
    paths[0].unlink()
    paths[1].write_bytes(b"garbage\n")
    lines = paths[2].read_bytes().splitlines(keepends=True)
    paths[2].with_suffix(".part").write_bytes(b"".join(lines[:-1]))
    paths[2].unlink()
    data = json.loads(call("status", finished.folder, "--json").stdout)
    total = {}
    for kinds in data["strategies"].values():
        for kind, count in kinds.items():
            total[kind] = total.get(kind, 0) + count
    assert (total["missing"], total["unfinished"], sum(total.values())) == (2, 1, 4)
    assert data["damaged"] == [str(paths[1])]
    assert f"{paths[1]} is damaged" in call("status", finished.folder).stdout


def test_pack_folds_finished_runs(call, finished):
    output = call("pack", finished.folder).stdout
    assert output.startswith(f"4 runs in {finished.pack_path} (")
    assert list((finished.folder / "runs").glob("*.jsonl")) == []
    assert "2 completed" in call("status", finished.folder).stdout


def test_one_run_is_one_run(call, finished):
    for path in sorted((finished.folder / "runs").glob("*.jsonl"))[1:]:
        path.unlink()
    assert call("pack", finished.folder).stdout.startswith(f"1 run in {finished.pack_path} (")
