"""The command `pack`."""

from __future__ import annotations


def test_pack_folds_finished_runs(call, finished):
    output = call("pack", finished.folder).stdout
    assert output.startswith(f"4 runs in {finished.pack_path} (")
    assert list((finished.folder / "runs").glob("*.jsonl")) == []
    assert "2 completed" in call("status", finished.folder).stdout


def test_one_run_is_one_run(call, finished):
    for path in sorted((finished.folder / "runs").glob("*.jsonl"))[1:]:
        path.unlink()
    assert call("pack", finished.folder).stdout.startswith(f"1 run in {finished.pack_path} (")
