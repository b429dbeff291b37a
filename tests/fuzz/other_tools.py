"""Files of other tools: journals, JSON, CSV and the folders of experiments."""

import functools
import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from bench.cli.sources import look_at, source_of
from bench.errors import UserError
from bench.sources.source import Source
from tests.fuzz.mutations import as_json, bytes_of, data_of
from tests.fuzz.reader import Misread, Reader

TRIALS = [
    {
        "state": 2,
        "tid": number,
        "result": {"status": "ok", "loss": number / 2, "true_loss": 1.0},
        "book_time": "2026-11-30 11:40:11.525000",
        "refresh_time": "2026-11-30 11:40:12.525000",
        "exp_key": None,
    }
    for number in range(3)
]
STUDY = """number,value,datetime_start,datetime_complete,duration,params_x,state
0,1.5,2026-11-30 11:40:11.525,2026-11-30 11:40:12,0 days 00:00:01,0.5,COMPLETE
1,,2026-11-30 11:40:13,2026-11-30 11:40:14,0 days 00:00:01,0.5,FAIL
2,0.5,2026-11-30 11:40:15,,0 days 00:00:01,0.5,PRUNED
"""
SEARCH = """,mean_fit_time,mean_score_time,param_x,params,split0_test_score,split1_test_score,\
mean_test_score,rank_test_score,n_resources
0,0.5,0.25,1,{'x': 1},0.5,0.75,0.625,1,10
1,0.5,0.25,2,{'x': 2},0.25,0.25,0.25,2,20
"""
TABLE = """loss,training_iteration,trial_id,time_total_s,config/x
0.5,4,a_00000,1.5,1
0.25,2,a_00002,0.5,2
"""
STATE = {
    "trial_data": [
        ['{"status": "TERMINATED", "experiment_tag": "0_x=1"}',
         '{"last_result": {"loss": 0.5, "training_iteration": 4, "time_total_s": 1.5}}'],
        ['{"status": "ERROR", "experiment_tag": "1_x=2"}', '{"last_result": {}}'],
    ],
    "runner_data": {"_metric": "loss"},
}  # fmt: skip
METADATA = {
    "metric_names": ["loss"],
    "metric_mode": "min",
    "scheduler_name": "ASHA",
    "scheduler_kwargs": {"max_t": 4, "time_attr": "epoch"},
}
RESULTS = "epoch,loss,st_worker_time,trial_id\n1,0.5,0.1,0\n2,0.25,0.2,0\n1,0.75,0.1,2\n"


@functools.cache
def _journal() -> bytes:
    """Return the journal of a study with a completed, a failed, a pruned and a running trial."""
    import optuna
    from optuna.storages.journal import JournalFileBackend, JournalStorage

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "journal"
        storage = JournalStorage(JournalFileBackend(str(path)))
        study = optuna.create_study(storage=storage, study_name="tpe/p/0")
        study.set_user_attr("repetition", 3)
        for state, value in (("COMPLETE", 1.5), ("FAIL", None), ("PRUNED", None)):
            trial = study.ask()
            trial.report(trial.suggest_float("x", 0, 1), 1)
            study.tell(trial, value, state=optuna.trial.TrialState[state])
        study.ask()
        return path.read_bytes()


def _zipped(content: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("results.csv", content)
    return data.getvalue()


def _of(*names: str) -> Callable[[Any], Any]:
    """Return what gives each of some files its content, and the first the one that is drawn."""
    return lambda content: (names, content)


class OtherTools(Reader):
    name = "other tools"
    refusals = (UserError,)
    inputs = st.one_of(
        st.deferred(lambda: bytes_of([_journal()])).map(_of("journal")),
        data_of([TRIALS]).map(as_json).map(_of("run.json")),
        bytes_of([as_json(TRIALS)]).map(_of("run.json")),
        bytes_of([text.encode() for text in (STUDY, SEARCH, TABLE)]).map(_of("run.csv")),
        bytes_of([TABLE.encode()]).map(_of("run.csv#loss:min")),
        data_of([STATE]).map(as_json).map(_of("experiment_state-1.json", "#:min")),
        bytes_of([as_json(STATE)]).map(_of("experiment_state-1.json", "#:min")),
        data_of([METADATA]).map(as_json).map(_of("metadata.json", "results.csv.zip")),
        bytes_of([RESULTS.encode()]).map(_zipped).map(_of("results.csv.zip", "metadata.json")),
        bytes_of([_zipped(RESULTS.encode())]).map(_of("results.csv.zip", "metadata.json")),
    )

    def write(self, folder: Path, content: tuple[tuple[str, ...], bytes]) -> Path:
        (name, *others), data = content
        path = folder / "tpe--p--0"
        path.mkdir()
        (path / name.partition("#")[0]).write_bytes(data)
        if others == ["metadata.json"]:
            (path / "metadata.json").write_bytes(as_json(METADATA))
        if others == ["results.csv.zip"]:
            (path / "results.csv.zip").write_bytes(_zipped(RESULTS.encode()))
        if others == ["#:min"]:
            return Path(f"{path}#:min")
        return path if others else path / name

    def read(self, path: Path) -> Source:
        return source_of(look_at([str(path)]))

    def check(self, path: Path, content: Any, found: Source) -> None:
        trials = found.trials
        good = (trials["status"] == "completed").to_numpy()
        if not np.isfinite(trials["value"][good].to_numpy(dtype=float)).all():
            raise Misread("a completed trial without a value")
        if not trials["value"][~good].isna().all():
            raise Misread("a failed trial with a value")
        if not trials["fidelity"].between(0, 1, inclusive="right").all():
            raise Misread("a fidelity that is none")
        if not pd.Series(found.runs["n_trials"]).gt(0).all():
            raise Misread("a run without a trial")
