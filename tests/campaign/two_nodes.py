"""A cluster of two nodes with networks of their own, which see each other over one wire."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec

from tests.campaign.arena import Arena
from tests.campaign.clusters import nodes, on
from tests.campaign.kinds import Kind
from tests.campaign.waiting import NotRunError

HOSTS = ("10.99.0.1", "10.99.0.2")


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotRunError(f"`{' '.join(command)}`: {done.stderr.strip()}")


@contextmanager
def two_networks() -> Iterator[dict[str, Sequence[str]]]:
    """Give host -> what starts a program in its network; both are gone afterwards.

    Raises:
        NotRunError: the system has no such networks, or lets us make none.
    """
    for program in ("ip", "unshare", "nsenter"):
        if shutil.which(program) is None:
            raise NotRunError(f"there is no program {program!r} here")
    # Each lives as long as its holder, which says that it is there and waits for its input to end.
    hold = ["unshare", "--net", "--", "sh", "-c", "echo there; exec cat > /dev/null"]
    holders = [
        subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL)
        for _ in HOSTS
    ]  # fmt: skip
    try:
        for holder in holders:
            assert holder.stdout is not None
            if holder.stdout.readline() != b"there\n":
                raise NotRunError("`unshare --net` is not allowed")
        enter = [["nsenter", f"--net=/proc/{holder.pid}/ns/net", "--"] for holder in holders]
        wire = ["ip", "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns"]
        _do(*enter[0], *wire, str(holders[1].pid))
        for inside, host in zip(enter, HOSTS, strict=True):
            _do(*inside, "ip", "address", "add", f"{host}/24", "dev", "wire")
            for device in ("wire", "lo"):
                _do(*inside, "ip", "link", "set", device, "up")
        yield dict(zip(HOSTS, enter, strict=True))
    finally:
        for holder in holders:
            holder.communicate()


def _sweep(arena: Arena) -> str:
    """Do a sweep from the first node on workers of both."""
    if find_spec("distributed") is None:
        raise NotRunError("distributed is not installed")
    with two_networks() as where, nodes(arena, where) as cluster:
        command = arena.start(*on(cluster), before=where[HOSTS[0]])
        code = arena.end(command, [0])
        said = [list((arena.place / f"home-{n}").rglob("*")) for n in (1, 2)]
    arena.check_whole()
    both = all(said)
    return f"exit {code}, workers of {'both' if both else 'one'} joined"


KINDS = [Kind("two nodes, each with its network", _sweep, weight=1, quick=False)]
