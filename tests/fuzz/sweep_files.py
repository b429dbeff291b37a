"""Sweeps as TOML files, written by hand or by programs."""

import json
import math
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from bench.spec import SpecError, Sweep
from tests.fuzz.mutations import bytes_of, data_of
from tests.fuzz.reader import Misread, Reader

SWEEPS: list[Any] = [
    {"strategies": ["random", "tpe"], "problems": ["branin"]},
    {
        "name": "mine", "description": "a sentence", "trials": 20, "repetitions": 5, "seed": 3,
        "run_timeout": 60.5, "evaluation_timeout": 5, "memory": 500.0, "workers": 4,
        "synchronous": True, "suites": ["quick"],
        "strategies": [
            "random",
            {"name": "tpe", "label": "tpe 5", "settings": {"n_startup_trials": 5}},
            {"name": "gp", "repetitions": 2, "workers": 2, "synchronous": False},
        ],
        "problems": [
            {"name": "svm-wine", "label": "svm", "settings": {"of": {"name": "a", "x": [1, 2.5]}}},
            "branin",
        ],
    },
]  # fmt: skip


def as_toml(data: Any) -> bytes:
    """Return data as TOML as far as it can be written, in inline tables."""
    lines = [f"{json.dumps(str(key))} = {_value(value)}" for key, value in data.items()]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        inside = ", ".join(f"{json.dumps(str(k))} = {_value(v)}" for k, v in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, list):
        depth, inner = 0, value
        while isinstance(inner, list) and len(inner) == 1:
            depth, inner = depth + 1, inner[0]
        if depth > 20:  # without recursion, which has its limits here
            return "[" * depth + _value(inner) + "]" * depth
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


class SweepFiles(Reader):
    name = "sweeps (TOML)"
    refusals = (SpecError,)
    inputs = st.one_of(
        data_of(SWEEPS).map(lambda data: as_toml(data) if isinstance(data, dict) else b""),
        bytes_of([as_toml(sweep) for sweep in SWEEPS]),
        st.binary(max_size=60),
        st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
        st.integers(50, 20_000).map(lambda count: b"settings = " + b"[" * count + b"]" * count),
    )

    def write(self, folder: Path, content: bytes) -> Path:
        path = folder / "fuzz.toml"
        path.write_bytes(content)
        return path

    def read(self, path: Path) -> Sweep:
        sweep = Sweep.from_toml(path)
        next(sweep.expand(), None)
        return sweep

    def check(self, path: Path, content: bytes, found: Sweep) -> None:
        given = tomllib.loads(content.decode())
        recorded = found.to_dict()
        if Sweep.from_dict(recorded) != found:
            raise Misread("written and read again it is another sweep")
        for key, value in given.items():
            if key in ("strategies", "problems"):
                names = [item if isinstance(item, str) else item["name"] for item in value]
                if names != [entry.name for entry in getattr(found, key)]:
                    raise Misread(f"{key} have other names")
                own = [item.get("settings", {}) if isinstance(item, dict) else {} for item in value]
                # As text, since a setting that is no number is not equal to itself.
                if repr(own) != repr([dict(entry.settings) for entry in getattr(found, key)]):
                    raise Misread(f"{key} have other settings")
            elif (list(value) if key == "suites" else value) != (
                list(found.suites) if key == "suites" else getattr(found, key)
            ):
                raise Misread(f"{key} is {getattr(found, key)!r}, the file says {value!r}")
