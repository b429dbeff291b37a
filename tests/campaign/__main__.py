"""Draws random faults, runs a small sweep through each, and prints a table of what came of them.

    python -m tests.campaign [--faults 300] [--seed 0] [--jobs 2] [--kind TEXT] [--out FILE]

After each fault the sweep is resumed without it and must be whole: nothing recorded is lost,
nothing counts twice, no process, no temporary file is left, no traceback was shown, and all values
equal those of an undisturbed sweep to the last bit. Exits with 1 where one is not.

It moves into mount and network namespaces of its own, where the system has them, so that full disks
and folders that cannot be written are nobody else's; without them those kinds are not run.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.processes.interrupts import ENDING
from tests.campaign import (
    clusters,
    damage,
    machine,
    misbehaviour,
    operations,
    signals,
    two_nodes,
)
from tests.campaign.kinds import Kind, Seen, draw, fault
from tests.campaign.table import as_csv, as_text

KINDS: list[Kind] = [
    kind
    for module in (signals, damage, machine, operations, misbehaviour, clusters, two_nodes)
    for kind in module.KINDS
]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--faults", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="faults at a time")
    parser.add_argument("--kind", default="", help="only kinds whose name has this text")
    parser.add_argument("--quick", action="store_true", help="only kinds that take seconds")
    parser.add_argument("--one", type=int, help="the seed of a fault to repeat, of one --kind")
    parser.add_argument("--out", type=Path, help="a CSV file for the table")
    given = parser.parse_args()
    kinds = [k for k in KINDS if given.kind in k.name and (k.quick or not given.quick)]
    faults = draw(kinds, given.faults, given.seed)
    if given.one is not None:
        faults = [(kinds[0], given.one)]
    # Whoever starts this may ignore some: `nohup` the hang-up, a shell behind `&` Ctrl-C.
    for number in ENDING:
        usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, usual)
    began = time.monotonic()
    found: list[Seen] = []
    with ThreadPoolExecutor(given.jobs) as pool:
        for seen in pool.map(lambda drawn: fault(*drawn), faults):
            found.append(seen)
            for violation in seen.violations:
                print(f"VIOLATION {seen.kind.name} --one {seen.seed}: {violation}", flush=True)
            if given.out:  # a campaign that is ended has its table, too
                given.out.write_text(as_csv(found))
            if sys.stderr.isatty():
                print(f"\r{len(found)}/{len(faults)}", end="", file=sys.stderr)
    print(as_text(found))
    print(f"{len(found)} faults in {time.monotonic() - began:.0f} s, seed {given.seed}")
    return int(any(seen.violations for seen in found))


def move_into_namespaces() -> None:
    """Run this program again in namespaces of its own, where the system allows them."""
    if "CAMPAIGN_NAMESPACES" in os.environ:
        return
    os.environ["CAMPAIGN_NAMESPACES"] = ""
    for options in (["--mount"], ["--user", "--map-root-user", "--mount"]):
        enter = ["unshare", *options, "--"]
        try:
            done = subprocess.run([*enter, "true"], capture_output=True, check=False)
        except FileNotFoundError:
            return
        if done.returncode == 0:
            os.environ["CAMPAIGN_NAMESPACES"] = "mount"
            os.execvp("unshare", [*enter, sys.executable, "-m", "tests.campaign", *sys.argv[1:]])


if __name__ == "__main__":
    move_into_namespaces()
    sys.exit(main())
