"""Counters of uses: their names, how they are locked, and how far they have counted.

A counter exists only where a limit does. It always equals the uses in the ledger that are not rolled back, so
it may be deleted whenever nobody holds its lock: the next redemption that needs it counts it anew. That is what
changing a limit does, and it is why a limit that is set late is exact.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

import asyncpg

from app.database import Connection, columns, statement
from app.engine.facts import CounterKey, Need

Fetch = Callable[..., Awaitable[list[asyncpg.Record]]]

_LOCK = statement(__package__, "lock_counters.sql")
_GATHER = statement(__package__, "gather.sql")

# A counter of this scope counts nothing. Its row is the lock of one customer's past: whoever judges by that past
# holds it, so two concurrent "first purchases" of a customer come one after the other.
PAST = "past"


@dataclass(frozen=True, slots=True)
class Asked:
    """A need of a rule, asked for one customer of a project."""

    project: UUID
    customer: UUID
    need: Need


def counter_id(project: UUID, key: CounterKey) -> UUID:
    """The id of a counter's row, the same in every process: a hash of project, scope, subject, customer, window."""
    window = b"" if key.window_start is None else key.window_start.isoformat().encode()
    parts = (key.scope.encode(), key.subject.bytes, key.customer.bytes if key.customer else b"", window)
    return UUID(bytes=blake2b(b"\0".join((project.bytes, *parts)), digest_size=16).digest())


def past_of(customer: UUID) -> CounterKey:
    """The lock of a customer's past."""
    return CounterKey(PAST, customer, customer)


async def lock(
    connection: Connection, wanted: Iterable[tuple[UUID, CounterKey]]
) -> tuple[dict[tuple[UUID, CounterKey], int], set[tuple[UUID, CounterKey]]]:
    """Lock counters, each with its project, until the transaction ends: their uses, and those that were just born.

    What was born stands at 0 and must be counted with `gather`, in a later statement than this one.
    """
    ids = {counter_id(project, key): (project, key) for project, key in wanted}
    rows = [
        (id_, project, key.scope, key.subject, key.customer, key.window_start)
        for id_, (project, key) in sorted(ids.items())
    ]
    used: dict[tuple[UUID, CounterKey], int] = {}
    born = set()
    for id_, count, is_new in await connection.fetch(_LOCK, *columns(rows, 6)) if rows else ():
        name = ids[id_]
        used[name] = count
        if is_new and name[1].scope != PAST:
            born.add(name)
    return used, born


async def gather(
    fetch: Fetch,
    counters: Sequence[tuple[UUID, CounterKey]],
    asked: Sequence[Asked],
    born: Collection[tuple[UUID, CounterKey]] = (),
    *,
    in_any_case: bool = False,
) -> tuple[dict[CounterKey, int], dict[Asked, int]]:
    """The uses of counters (from the ledger where there is no row, or it was just `born`) and the answers to needs.

    One statement, or none when nothing is asked, unless it shall be sent `in_any_case`.
    """
    if not counters and not asked and not in_any_case:
        return {}, {}
    keys = [
        (counter_id(project, key), project, key.scope, key.subject, key.customer, (project, key) in born)
        for project, key in counters
    ]
    needs = [(one.project, one.customer, one.need.campaign, one.need.since) for one in asked]
    used: dict[CounterKey, int] = {}
    answers: dict[Asked, int] = {}
    for is_need, place, amount in await fetch(_GATHER, *columns(keys, 6), *columns(needs, 4)):
        if is_need:
            answers[asked[place - 1]] = amount
        else:
            used[counters[place - 1][1]] = amount
    return used, answers
