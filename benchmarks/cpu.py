"""CPU time of processes, as the kernel counts it. Linux only; None where there is no /proc."""

import os
from collections.abc import Mapping
from pathlib import Path

_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")


def seconds_of(root: int) -> float | None:
    """User and system time of a process, of its children, and of those children that have ended."""
    if not (_PROC / str(root) / "stat").exists():
        return None
    ticks = 0
    for entry in _PROC.iterdir():
        if entry.name.isdecimal() and (fields := _fields(entry)) is not None:
            mine = int(entry.name) == root
            if mine or int(fields[1]) == root:
                # utime, stime; for the parent also those of children it has waited for.
                ticks += sum(int(field) for field in fields[11 : 15 if mine else 13])
    return ticks / _TICK


def seconds_of_all(roots: Mapping[str, int]) -> dict[str, float | None]:
    """The same for several processes, by name."""
    return {name: seconds_of(root) for name, root in roots.items()}


def _fields(entry: Path) -> list[str] | None:
    """What follows the name in `stat`, which may itself hold blanks: state, parent, …"""
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return None
