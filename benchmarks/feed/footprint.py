"""The memory of a process, and how many files it may open."""

import resource
from pathlib import Path


def kibibytes(process: int) -> int | None:
    """What of the process's memory is in the machine's. Linux only; None where there is no /proc."""
    told = Path(f"/proc/{process}/smaps_rollup")
    if not told.exists():
        return None
    [line] = [line for line in told.read_text().splitlines() if line.startswith("Rss:")]
    return int(line.split()[1])


def may_open(wanted: int) -> bool:
    """Raise this process's limit of open files, which its children inherit, if need be; whether that is enough."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft == resource.RLIM_INFINITY or soft >= wanted
