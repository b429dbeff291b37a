"""A small sweep in a folder of its own that faults meet, and what it left."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import orjson
import pandas as pd

from bench.spec import Entry, Sweep
from bench.testing.sweeps import run_here, values
from tests.campaign.objectives import EVERY, FAILING
from tests.campaign.waiting import PATIENCE, Command, Waited, until

OBJECTIVES = Path(__file__).with_name("objectives.py")
STRATEGIES = ("Random", "Climber")
REPETITIONS, TRIALS, SEED = 3, 14, 5
RUNS = len(STRATEGIES) * REPETITIONS

MARK = "CAMPAIGN_FAULT"
"""In the environment of every process of a fault: how those that are left are found."""

DASK_KEEPS = {"dask-scratch-space", *(f"dask-scratch-space/{n}.lock" for n in ("global", "purge"))}
"""What Dask has for all clusters of a machine and never removes."""

_FAILS_ALIKE = {"exit 0", "exit 1", "segfault", "hang", "leak"}
"""What a limit makes a failed trial of: the values are those of an evaluation that raises."""


Recorded = Mapping[str, tuple[bytes, ...]]
"""Run -> its trials, each as the line that was written, without the checksum."""


@dataclass
class Arena:
    """Everything of one fault.

    Args:
        place: an empty folder.
        rng: decides moments and places.
        how: what the objective does (`Unruly.how`).
        limits: of the sweep.
    """

    place: Path
    rng: random.Random
    how: str = ""
    limits: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.results, self.temporary = self.place / "results", self.place / "tmp"
        self.temporary.mkdir()
        self.violations: list[str] = []
        self.mark = f"{os.getpid()}-{self.place.name}"
        self.salt = self.rng.randrange(1000)
        self.started: list[Command] = []
        self.known_names = {"results", "tmp", "sweep.toml"}
        self.write_sweep()

    # --- the sweep

    def entries(self, how: str) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        strategies = tuple(Entry(f"bench.testing.toys:{name}", name) for name in STRATEGIES)
        settings = {"how": how, "salt": self.salt}
        return strategies, (Entry(f"{OBJECTIVES}:Unruly", "unruly", settings),)

    def write_sweep(self) -> None:
        strategies, (problem,) = self.entries(self.how)
        names = ", ".join(f'{{ name = "{e.name}", label = "{e.label}" }}' for e in strategies)
        lines = [
            f"trials = {TRIALS}", f"repetitions = {REPETITIONS}", f"seed = {SEED}",
            *(f"{name} = {number}" for name, number in self.limits.items()),
            f"strategies = [{names}]",
            "[[problems]]", f'name = "{problem.name}"', 'label = "unruly"',
            f'settings = {{ how = "{self.how}", salt = {self.salt} }}',
        ]  # fmt: skip
        (self.place / "sweep.toml").write_text("\n".join(lines) + "\n")

    def undisturbed(self) -> pd.DataFrame:
        """Return the values of the sweep that nothing disturbs."""
        fails = self.how in FAILING
        if self.how in _FAILS_ALIKE and self.limits.keys() & {"evaluation_timeout", "memory"}:
            return _undisturbed("raise", self.salt)
        return _undisturbed(self.how if fails else "", self.salt if fails else 0)

    # --- commands

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        known = {"TMPDIR": str(self.temporary), MARK: self.mark, "CAMPAIGN_PAUSE": "0.004"}
        return {**os.environ, **known, **more}

    def start(
        self,
        *arguments: str,
        before: Sequence[str] = (),
        **environment: str,
    ) -> Command:
        """Start a command of tunebench as the leader of a session, `run` unless another is given.

        Args:
            arguments: of `tunebench`; by default those that do the sweep.
            before: what starts it, in front of the interpreter.
            environment: what is set besides.
        """
        arguments = arguments or self.run_arguments()
        said = self.place / f"said-{len(self.started)}"
        self.known_names.add(said.name)
        with said.open("wb") as file:
            process = subprocess.Popen(
                [*before, sys.executable, "-m", "bench", *arguments],
                cwd=self.place,
                env=self.environment(environment),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        command = Command(process, said)
        self.started.append(command)
        return command

    def run_arguments(self, jobs: int | None = None, *more: str) -> tuple[str, ...]:
        jobs = jobs or self.rng.choice((1, 2, 2, 3))
        return "run", "sweep.toml", "--out", "results", "--jobs", str(jobs), *more

    def end(self, command: Command, codes: Sequence[int], seconds: float = PATIENCE) -> int:
        """Wait for the end of a command and judge how it ended."""
        until(f"the end of `{self.words(command)}`", lambda: not command.lives, seconds)
        code = command.process.returncode
        if code not in codes:
            self.violations.append(f"exit code {code}: {command.text[-300:]!r}")
        for sign in ("Traceback (most recent", "Exception ignored", "resource_tracker"):
            if sign in command.text:
                self.violations.append(f"a traceback: {command.text[-600:]!r}")
        if code == 2 and "error: " in (text := command.text):
            lines = text[text.index("error: ") :].strip().splitlines()
            if len(lines) > 1:
                self.violations.append(f"an error of {len(lines)} lines: {lines!r}")
        return code

    def words(self, command: Command) -> str:
        assert isinstance(command.process.args, list)
        return " ".join(map(str, command.process.args[-7:]))

    # --- moments

    def lines(self) -> int:
        """Return how many lines run files have, headers and ends included."""
        count = 0
        for path in self.run_files():
            with suppress(OSError):
                count += path.read_bytes().count(b"\n")
        return count

    def run_files(self) -> list[Path]:
        runs = self.results / "runs"
        return sorted([*runs.glob("*.part"), *runs.glob("*.jsonl")])

    def moment(self, command: Command, *, early: bool = True) -> None:
        """Wait for a random moment: at the start, among the trials, or at the end."""
        total = RUNS * (TRIALS + 2)
        place = self.rng.random()
        if early and place < 0.1:
            self.wait(command, "its libraries", lambda: _has_loaded(command.process.pid, "_umath"))
        elif early and place < 0.2:
            self.wait(command, "the lock", (self.results / ".lock").exists)
        else:
            wanted = self.rng.randint(1, total - 1)
            self.wait(command, f"{wanted} lines", lambda: self.lines() >= wanted)

    def wait(self, command: Command, what: str, condition: Callable[[], bool]) -> None:
        until(what, lambda: condition() or not command.lives)

    # --- processes

    def processes(self) -> dict[int, str]:
        """Return the command lines of the living processes of this fault."""
        found, mark = {}, f"{MARK}={self.mark}".encode()
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                environment = (place / "environ").read_bytes().split(b"\0")
                state = (place / "stat").read_bytes().rpartition(b")")[2].split()[0]
                if mark in environment and state not in (b"Z", b"X"):
                    words = (place / "cmdline").read_bytes().replace(b"\0", b" ")
                    found[int(place.name)] = words.decode(errors="replace")
        return found

    def workers(self) -> list[int]:
        """Return those that do runs."""
        return [
            pid for pid, words in self.processes().items() if "processes.worker import" in words
        ]

    def guards(self) -> list[int]:
        return [pid for pid, words in self.processes().items() if "ending.py" in words]

    def kill(self, pids: Sequence[int], number: int = signal.SIGKILL) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def check_no_process(self) -> None:
        """Hold that no process is left."""
        try:
            until("the end of all processes", lambda: not self.processes(), 30)
        except Waited:
            self.violations.append(f"left running: {sorted(self.processes().values())}")
            self.kill([*self.processes()])

    def clean_up(self) -> None:
        for command in self.started:
            with suppress(ProcessLookupError):
                os.killpg(command.process.pid, signal.SIGKILL)
        self.kill([*self.processes()])
        for command in self.started:
            command.process.wait()

    # --- what is there

    def recorded(self) -> Recorded:
        """Return what run files hold as far as whole lines go, read by nothing of tunebench."""
        found: dict[str, tuple[bytes, ...]] = {}
        for path in self.run_files():
            with suppress(OSError):
                trials = tuple(_trials(path.read_bytes()))
                if len(trials) >= len(found.get(path.stem, ())):
                    found[path.stem] = trials
        return found

    def check_kept(self, before: Recorded, *, but: Sequence[str] = ()) -> None:
        """Hold that what was recorded is there still."""
        now = self.recorded()
        for run, trials in before.items():
            if run not in but and now.get(run, ())[: len(trials)] != trials:
                self.violations.append(f"lost: {run} had {len(trials)} trials, {now.get(run)}")

    def resume(self, *, retry: bool = False, before: Sequence[str] = ()) -> Command:
        """Do the rest without the fault."""
        more = ("--retry", "crashed,timeout,failed") if retry else ()
        command = self.start(*self.run_arguments(None, *more), before=before)
        self.end(command, [0])
        return command

    def check_whole(self) -> None:
        """Hold that the sweep is done, once, with the values of an undisturbed one."""
        from bench.store import Store

        self.check_no_process()
        said = self.start("status", "results", "--json")
        self.end(said, [0])
        found = orjson.loads(said.text)
        if (found["n_runs"], found["n_done"], found["is_running"]) != (RUNS, RUNS, False):
            self.violations.append(f"status: {said.text!r}")
        store = Store(self.results)
        trials, runs = store.frames()
        if len(runs) != RUNS or runs["run"].duplicated().any():
            self.violations.append(f"runs counted: {len(runs)} of {RUNS}")
        if set(runs["status"]) != {"completed"}:
            self.violations.append(f"statuses: {sorted(set(runs['status']))}")
        if len(trials) != RUNS * TRIALS or trials.duplicated(["run", "trial_number"]).any():
            self.violations.append(f"trials counted: {len(trials)} of {RUNS * TRIALS}")
        self.check_values(values(store))
        self.check_folder()

    def check_values(self, measured: pd.DataFrame) -> None:
        run = ["strategy", "problem", "repetition"]
        kept = [*run, "trial_number", "config", "fidelity", "value", "test_value"]
        expected = self.undisturbed()
        if not self.how:
            # Of an evaluation whose process was killed the trial has failed, which is kept; what
            # its strategy did then is another trajectory.
            hit = measured.groupby(run)["status"].transform(lambda s: (s == "crashed").any())
            measured, expected = measured[~hit], expected[~hit]
        if not measured[kept].equals(expected[kept]):
            self.violations.append("values differ from the undisturbed ones")

    def check_folder(self) -> None:
        """Hold that nothing is left but results."""
        known = ("sweep.json", ".lock", "trials.parquet")
        inside = [p.relative_to(self.results) for p in self.results.rglob("*") if p.is_file()]
        odd = [
            str(path)
            for path in inside
            if path.suffix != ".jsonl"
            and str(path) not in known
            and path.parts[:2] != ("runs", "damaged")
        ]
        odd += [path.name for path in self.place.iterdir() if path.name not in self.known_names]
        left = [str(path.relative_to(self.temporary)) for path in self.temporary.rglob("*")]
        odd += [f"tmp/{name}" for name in left if name not in DASK_KEEPS]
        if odd:
            self.violations.append(f"files left: {odd}")


def _has_loaded(pid: int, library: str) -> bool:
    with suppress(OSError):
        return library in Path(f"/proc/{pid}/maps").read_text()
    return False


def _trials(content: bytes) -> Iterator[bytes]:
    for line in content.split(b"\n")[1:-1]:
        with suppress(orjson.JSONDecodeError):
            data = orjson.loads(line)
            if isinstance(data, dict) and "trial_number" in data:
                data.pop("crc32", None)
                yield orjson.dumps(data)


_one_at_a_time = threading.Lock()


@cache
def _values_of(how: str, salt: int) -> pd.DataFrame:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / "arena"
        place.mkdir()
        arena = Arena(place, random.Random(0), how)
        arena.salt = salt
        strategies, problems = arena.entries(how)
        sweep = Sweep(
            "sweep", strategies, problems, trials=TRIALS, repetitions=REPETITIONS, seed=SEED
        )
        return values(run_here(sweep, place / "results"))


def _undisturbed(how: str, salt: int) -> pd.DataFrame:
    with _one_at_a_time:
        return _values_of(how, salt)


@contextmanager
def arena(rng: random.Random, how: str = "", **limits: float) -> Iterator[Arena]:
    """Give the place of a fault, which is gone afterwards with all processes."""
    import tempfile

    place = Path(tempfile.mkdtemp(prefix="campaign-"))
    made = Arena(place, rng, how, limits)
    try:
        yield made
    finally:
        made.clean_up()
        shutil.rmtree(place, ignore_errors=True)


assert EVERY < TRIALS * RUNS, "something must happen in a sweep"
