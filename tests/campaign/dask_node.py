"""A scheduler, a worker or a nanny of a Dask cluster: a program that says its address.

    python dask_node.py scheduler HOST
    python dask_node.py worker|nanny HOST SCHEDULER

Of a nanny it says the process id of the worker that the nanny keeps. It is run as a file, since a
worker needs nothing of what starts it.
"""

import asyncio
import sys

from distributed import Nanny, Scheduler, Worker


async def serve(kind: str, host: str, *scheduler: str) -> None:
    if kind == "scheduler":
        node = Scheduler(host=host, port=0, dashboard_address=f"{host}:0")
    else:
        made = Worker if kind == "worker" else Nanny
        node = made(*scheduler, host=host, nthreads=1, memory_limit=0, local_directory=".",
                    dashboard_address=f"{host}:0")  # fmt: skip
    async with node:
        print(node.pid if kind == "nanny" else node.address, flush=True)
        await node.finished()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
