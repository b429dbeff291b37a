"""What is damaged is reported, set aside and repeated; other schemas are refused."""

from __future__ import annotations

import orjson
import pandas as pd
import pytest

from bench.execution.local import run_locally
from bench.execution.plan import make_plan
from bench.run import RunStatus
from bench.sources.source import opened
from bench.store import Store, StoreError
from bench.testing.records import run_files


def changed(line, **parts):
    return orjson.dumps(orjson.loads(line) | parts)


def with_fact(line, **facts):
    return changed(line, facts=orjson.loads(line)["facts"] | facts)


def without_label(line):
    spec = orjson.loads(line)["spec"]
    return changed(line, spec=spec | {"problem": spec["problem"] | {"label": None}})


DEEP = b"[" * 300 + b"]" * 300
"""Data that can be read and not be written again."""

GARBAGE = {
    "no json": lambda lines: [*lines[:2], b'{"trial_number": 1, "conf', *lines[3:]],
    "other bytes": lambda lines: [*lines[:2], b"\x00\xff\x00", *lines[3:]],
    "a lost line": lambda lines: [*lines[:2], *lines[3:]],
    "a doubled line": lambda lines: [*lines[:2], lines[1], *lines[2:]],
    "a number": lambda lines: [*lines[:2], b"3", *lines[3:]],
    "a list": lambda lines: [*lines[:-1], b"[]"],
    "an empty line": lambda lines: [*lines[:2], b"", *lines[3:]],
    "a trial without a config": lambda lines: [*lines[:2], b'{"trial_number": 1}', *lines[3:]],
    "no header": lambda lines: lines[1:],
    "nothing": lambda _: [],
    "another run's header": lambda lines: [
        lines[0].replace(orjson.loads(lines[0])["run"].encode(), b"f" * 16),
        *lines[1:],
    ],
    "a header without a run": lambda lines: [b'{"schema": 1}', *lines[1:]],
    "no facts": lambda lines: [changed(lines[0], facts={}), *lines[1:]],
    "no spec": lambda lines: [changed(lines[0], spec=5), *lines[1:]],
    "another spec": lambda lines: [
        changed(lines[0], spec=orjson.loads(lines[0])["spec"] | {"repetition": 7}),
        *lines[1:],
    ],
    "a label that is none": lambda lines: [without_label(lines[0]), *lines[1:]],
    "an optimum in words": lambda lines: [with_fact(lines[0], optimum="low"), *lines[1:]],
    "a direction that is none": lambda lines: [with_fact(lines[0], direction="up"), *lines[1:]],
    "tags that are no texts": lambda lines: [with_fact(lines[0], tags=[1]), *lines[1:]],
    "no library": lambda lines: [with_fact(lines[0], library=None), *lines[1:]],
    "a test value in words": lambda lines: [lines[0], changed(lines[1], test_value=""), *lines[2:]],
    "a value beyond all bounds": lambda lines: [
        lines[0],
        changed(lines[1], status="completed", value=1e200),
        *lines[2:],
    ],
    "a fidelity in words": lambda lines: [lines[0], changed(lines[1], fidelity="x"), *lines[2:]],
    "a cost below 0": lambda lines: [lines[0], changed(lines[1], evaluation_s=-1.0), *lines[2:]],
    "a time that no float holds": lambda lines: [
        lines[0],
        changed(lines[1], finished_s=2**53 + 1),
        *lines[2:],
    ],
    "a fold value that no float holds": lambda lines: [
        lines[0],
        changed(lines[1], fold_values=[2**53 + 1, 0.5]),
        *lines[2:],
    ],
    "a worker that no column holds": lambda lines: [
        lines[0],
        changed(lines[1], worker=2**31),
        *lines[2:],
    ],
    "fold values in words": lambda lines: [
        lines[0],
        changed(lines[1], fold_values="x"),
        *lines[2:],
    ],
    "a fold value in words": lambda lines: [
        lines[0],
        changed(lines[1], fold_values=[0.5, "x"]),
        *lines[2:],
    ],
    "a truth value for a value": lambda lines: [
        lines[0],
        changed(lines[1], status="completed", value=True),
        *lines[2:],
    ],
    "another environment in words": lambda lines: [
        changed(lines[0], resumed_in="abc"),
        *lines[1:],
    ],
    "other environments in a number": lambda lines: [changed(lines[0], resumed_in=3), *lines[1:]],
    "an attempt in words": lambda lines: [changed(lines[0], attempts=["x"]), *lines[1:]],
    "an attempt without a status": lambda lines: [changed(lines[0], attempts=[{}]), *lines[1:]],
    "a seed that is none": lambda lines: [with_fact(lines[0], problem_seed=True), *lines[1:]],
    "a reason that is none": lambda lines: [
        lines[0],
        changed(lines[1], status="failed", reason=3),
        *lines[2:],
    ],
    "no environment": lambda lines: [changed(lines[0], environment=5), *lines[1:]],
    "an environment that nests too deep": lambda lines: [
        changed(lines[0], environment={"x": "HERE"}).replace(b'"HERE"', DEEP),
        *lines[1:],
    ],
    "a part of a number": lambda lines: [lines[0], changed(lines[1], trial_number=0.5), *lines[2:]],
    "a truth value for a number": lambda lines: [
        lines[0],
        changed(lines[1], trial_number=False),
        *lines[2:],
    ],
    "a configuration in words": lambda lines: [lines[0], changed(lines[1], config="x"), *lines[2:]],
    "a configuration of lists": lambda lines: [
        lines[0],
        changed(lines[1], config={"x": [1]}),
        *lines[2:],
    ],
    "a configuration that nests too deep": lambda lines: [
        lines[0],
        changed(lines[1], config="HERE").replace(b'"HERE"', b'{"x":' + DEEP + b"}"),
        *lines[2:],
    ],
    "an unknown part that nests too deep": lambda lines: [
        lines[0],
        changed(lines[1], more="HERE").replace(b'"HERE"', DEEP),
        *lines[2:],
    ],
    "a value in words": lambda lines: [
        lines[0],
        changed(lines[1], status="completed", value="abc"),
        *lines[2:],
    ],
    "an unknown status": lambda lines: [lines[0], changed(lines[1], status="bogus"), *lines[2:]],
}


ENDINGS = {
    "no end": lambda lines: lines[:-1],
    "an end too early": lambda lines: [*lines[:-2], lines[-1]],
    "half an end": lambda lines: [*lines[:-1], lines[-1][:20]],
    "an unknown end": lambda lines: [*lines[:-1], lines[-1].replace(b'"completed"', b'"eaten"')],
    "an end without words": lambda lines: [*lines[:-1], changed(lines[-1], reason=3)],
    "an end without seconds": lambda lines: [*lines[:-1], changed(lines[-1], run_s="x")],
    "an end with trials in words": lambda lines: [*lines[:-1], changed(lines[-1], n_trials="8")],
    "an end with a part of a trial": lambda lines: [
        *lines[:-1],
        changed(lines[-1], n_trials=float(len(lines) - 2)),
    ],
    "an end that says little": lambda lines: [*lines[:-1], b'{"n_trials": 4}'],
    "something after the end": lambda lines: [*lines, lines[-1]],
}


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [*GARBAGE.values(), *ENDINGS.values()], ids=[*GARBAGE, *ENDINGS])
def test_a_damaged_run_is_reported_and_the_others_stay(done, spoil, unchecked):
    path, *others = run_files(done)
    # With checksums any change is told; without, what the lines hold.
    lines = unchecked(path.read_bytes()).splitlines()
    path.write_bytes(b"".join(line + b"\n" for line in spoil(lines)))
    damaged = []
    records = list(done.records(damaged))
    assert [(p, bool(reason)) for p, reason in damaged] == [(path, True)]
    assert sorted(record.id for record in records) == [other.stem for other in others]
    with pytest.raises(StoreError, match=r"is damaged: .*`tunebench run` repeats it"):
        list(done.records())


@pytest.mark.parametrize("spoil", GARBAGE.values(), ids=GARBAGE)
def test_a_damaged_unfinished_run_is_reported_too(folder, spoil, write_unfinished, unchecked):
    store = Store(folder)
    store.create({})
    path = write_unfinished(store, 4)
    lines = unchecked(path.read_bytes()).splitlines()
    path.write_bytes(b"".join(line + b"\n" for line in spoil(lines)))
    damaged = []
    assert list(store.records(damaged)) == []
    assert [p for p, _ in damaged] == [path]


@pytest.mark.slow
def test_a_finished_file_cut_anywhere_is_damaged(done):
    path = run_files(done)[0]
    whole = path.read_bytes()
    for cut in range(1, len(whole), 97):
        path.write_bytes(whole[:-cut])
        damaged = []
        list(done.records(damaged))
        assert [p for p, _ in damaged] == [path]


@pytest.mark.slow
def test_damaged_runs_are_set_aside_and_redone(done, make_sweep, values):
    before = values(done)
    path = run_files(done)[0]
    spoiled = path.read_bytes()[:-5]
    path.write_bytes(spoiled)
    stamps = {p: p.stat().st_mtime_ns for p in run_files(done) if p != path}
    sweep = make_sweep(["Random", "Climber"], ["Sphere", "Flaky", "Tree", "Numpy"])
    plan = make_plan(sweep, done)
    assert (len(plan.todo), plan.done) == (1, len(stamps))
    assert [p for p, _ in plan.damaged] == [path]
    run_locally(plan, done, jobs=1)
    assert (done.folder / "runs" / "damaged" / path.name).read_bytes() == spoiled
    pd.testing.assert_frame_equal(values(done), before)
    assert {p: p.stat().st_mtime_ns for p in stamps} == stamps


def test_another_schema_is_refused_in_a_run(done, forged):
    forged(run_files(done)[0], b'"schema":4', b'"schema":99')
    for reading in (lambda: list(done.records([])), lambda: done.rows(), lambda: done.pack()):
        with pytest.raises(
            StoreError, match=r"must have schema 1 to 4, .* has 99; use another folder"
        ):
            reading()


def test_another_schema_is_refused_in_the_sweep(done):
    done.sweep_path.write_bytes(b'{"schema": 99}')
    with pytest.raises(StoreError, match=r"must have schema 1 to 4, .* has 99"):
        done.sweep()


@pytest.mark.parametrize("content", [b"{", b"[]", b"3", b"\xff"])
def test_a_damaged_sweep_is_reported(done, content):
    done.sweep_path.write_bytes(content)
    with pytest.raises(StoreError, match=r"sweep.json is damaged .*; run the sweep again"):
        done.sweep()


def test_every_damaged_file_is_kept(done):
    path = run_files(done)[0]
    for content in (b"one\n", b"two\n", b"three\n"):
        path.write_bytes(content)
        assert done.set_aside(path).read_bytes() == content
    damaged = (done.folder / "runs" / "damaged").iterdir()
    assert {file.read_bytes() for file in damaged} == {b"one\n", b"two\n", b"three\n"}


def test_what_was_mended_meanwhile_is_not_set_aside(done):
    path = run_files(done)[0]
    assert done.set_aside(path) is None
    assert done.set_aside(path.with_suffix(".part")) is None
    assert path.exists()


def test_a_damaged_attempt_is_set_aside_and_the_finished_run_gone_on_from(done, begin):
    path = next(p for p in run_files(done) if len(p.read_bytes().splitlines()) > 2)
    record = next(record for record in done.records() if record.id == path.stem)
    path.with_suffix(".part").write_bytes(b"garbage\n")
    _, recorded = begin(done, record.job)
    assert len(recorded) == len(record.trials)
    assert (done.folder / "runs" / "damaged" / f"{path.stem}.part").read_bytes() == b"garbage\n"


def test_a_run_that_ended_a_moment_before_stays_as_it_is(done):
    record = next(record for record in done.records() if record.end.status is RunStatus.COMPLETED)
    before = {path: path.read_bytes() for path in run_files(done)}
    assert done.end(record.job, {}, RunStatus.TIMEOUT, "too late") == record.end
    assert {path: path.read_bytes() for path in run_files(done)} == before


def test_a_sweep_whose_settings_nest_too_deep_is_damaged(done):
    sweep = orjson.loads(done.sweep_path.read_bytes())
    for depth in (300, 2_000):
        deep = b"[" * depth + b"]" * depth
        sweep["problems"] = [{"name": "p", "label": "p", "version": 1, "settings": {"x": "HERE"}}]
        done.sweep_path.write_bytes(orjson.dumps(sweep).replace(b'"HERE"', deep))
        with pytest.raises(StoreError, match=r"sweep.json is damaged .*; run the sweep again"):
            opened(done.folder)


@pytest.mark.parametrize("schema", [[1], {}, None, "3"])
def test_a_schema_that_is_no_number_is_refused_like_another(done, forged, schema):
    text = orjson.dumps(schema)
    forged(run_files(done)[0], b'"schema":4', b'"schema":' + text)
    with pytest.raises(StoreError, match="must have schema 1 to 4, "):
        list(done.records([]))
    done.sweep_path.write_bytes(b'{"schema": ' + text + b"}")
    with pytest.raises(StoreError, match="must have schema 1 to 4, "):
        done.sweep()
