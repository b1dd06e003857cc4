"""Aside: work of the engine that would keep everybody else waiting is done in another thread, one piece at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

# So many verdicts on a cart of ordinary size take about as long as another thread takes to begin.
FEW_VERDICTS = 64

_WORKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")


async def aside(work: Callable[[], T], verdicts: int) -> T:
    """The result of pure work that comes to about so many verdicts; raises what it raises.

    However many ask, a process does one piece after the other: what is answered in passing goes on beside it.
    """
    if verdicts <= FEW_VERDICTS:
        return work()
    return await asyncio.get_running_loop().run_in_executor(_WORKER, work)
