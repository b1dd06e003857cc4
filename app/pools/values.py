"""Values of this room: a pool, what is in it, and what became of codes that were put into it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

LONGEST_CODE = 255
MOST_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool of codes that are good somewhere else."""

    id: UUID
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Stock:
    """How many codes of a pool are free, and how many have been given away or set aside for a hold."""

    free: int = 0
    given: int = 0


@dataclass(frozen=True, slots=True)
class Filled:
    """How many codes were `added`, and how many of those that were sent were there already."""

    pool: UUID
    added: int
    already_there: int
