import numpy as np
import pandas as pd
import pytest

from bench.store import SCHEMA, Store, migrations
from bench.store.run_file import read_run

NAMES = {
    b'"unordered"': b'"is_set"', b'"trial_number"': b'"trial"',
    b'"evaluation_s"': b'"cost"', b'"evaluation_wall_s"': b'"evaluate_s"',
    b'{"status"': b'{"ended"', b'"n_trials"': b'"trials"', b'"run_s"': b'"seconds"',
    b'"ended":"stopped early"': b'"ended":"exhausted"',
}  # fmt: skip
"""What is in a run file, and what was there before schema 3."""


def test_the_clock_of_schema_1_is_what_the_loop_adds_up():
    started, finished = migrations.clock(*np.array([[1.0, 2, 3], [10, 20, 30], [0.5, 0.25, 0.125]]))
    assert started.tolist() == [1.0, 13.5, 36.75]
    assert finished.tolist() == [11.0, 33.5, 66.75]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("schema", [1, 2, 3])
def test_a_run_as_an_older_schema_wrote_it_reads_as_it_was(
    make_sweep, run_here, forged, schema, packed, tmp_path
):
    store = run_here(make_sweep(["Random", "Climber"], ["Sphere", "Flaky"]), tmp_path)
    before = store.frames()
    assert (before[0]["finished_s"] >= before[0]["started_s"]).all()
    for path in (tmp_path / "runs").iterdir():
        for number in range(len(read_run(path).trials) if schema == 1 else 0):
            line = path.read_bytes().splitlines()[number + 1]
            clock = line[line.index(b',"started_s"') : line.index(b',"worker":0') + 11]
            forged(path, clock, b"")
        changed = {b'"schema":4': b'"schema":%d' % schema} | (NAMES if schema < 3 else {})
        for new, old in changed.items():
            if new in path.read_bytes():
                forged(path, new, old)
        content = path.read_bytes()
        assert not [new for new in changed if new in content]
        assert (b"started_s" in content) == (schema > 1)
    assert read_run(path).header["schema"] == SCHEMA
    if packed:
        store.pack()
    after = Store(tmp_path).frames()
    for old, new in zip(before, after, strict=True):
        keys = ["run", *(["trial_number"] if "trial_number" in old else [])]
        pd.testing.assert_frame_equal(
            old.sort_values(keys, ignore_index=True), new.sort_values(keys, ignore_index=True)
        )


def test_trials_of_this_schema_stay_as_they_are():
    lines = [{"trial_number": 0, "anything": 1}]
    assert migrations.trial_lines(SCHEMA, lines) == lines
    assert migrations.trial_lines(1, []) == []
