"""Counters of limits and budgets: their names, how they are locked, and how far they have counted.

A counter exists only where a limit or a budget does. It always equals what the ledger holds against it (redeemed or
held, and not given back), so it may be deleted whenever nobody redeems: whoever needs it next counts it anew. That is
what changing a limit does, and it is why a limit that is set late is exact.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

import asyncpg

from app.database import Connection, columns, statement
from app.engine.counter import CounterKey
from app.engine.facts import Need
from app.ids import earliest_at, from_bytes

Fetch = Callable[..., Awaitable[list[asyncpg.Record]]]
Counter = tuple[UUID, CounterKey]  # with its project

_LEDGER = statement(__package__, "uses_in_ledger.sql")
_LOCK = statement(__package__, "lock_counters.sql").replace("/* uses_in_ledger */", _LEDGER)
_GATHER = statement(__package__, "gather.sql").replace("/* uses_in_ledger */", _LEDGER)

# A counter of this scope counts nothing. Its row is the lock of one customer's past: whoever judges by that past
# holds it, so two concurrent "first purchases" of a customer come one after the other.
PAST = "past"

_FROM_THE_BEGINNING = UUID(int=0)
# An id is made a moment before or after the time that its redemption bears.
_SLACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """A need of a rule, asked for one customer of a project."""

    project: UUID
    customer: UUID
    need: Need


# A batch names each of its counters at least twice: to lock it and to write it.
@lru_cache(maxsize=4_096)
def counter_id(project: UUID, key: CounterKey) -> UUID:
    """The id of a counter's row, the same in every process: a hash of project and key."""
    scope, subject, customer, measure, currency, window = key
    who = "" if customer is None else customer.hex
    when = "" if window is None else f"{window.starts.isoformat()}/{window.ends.isoformat()}"
    name = f"{project.hex} {subject.hex} {scope} {who} {measure.value} {currency or ''} {when}"
    return from_bytes(blake2b(name.encode(), digest_size=16).digest())


def past_of(customer: UUID) -> CounterKey:
    """The lock of a customer's past."""
    return CounterKey(PAST, customer, customer)


async def lock(connection: Connection, wanted: Iterable[Counter]) -> dict[Counter, int]:
    """Lock counters until the transaction ends; how far each has counted. One statement, or none for none.

    The transaction must have begun with `begin_redeeming`. Holds count until somebody has expired them.
    """
    ids = {counter_id(project, key): (project, key) for project, key in wanted}
    if not ids:
        return {}
    rows = [_row(id_, *ids[id_]) for id_ in sorted(ids)]
    return {ids[id_]: used for id_, used in await connection.fetch(_LOCK, rows)}


async def gather(
    fetch: Fetch,
    counters: Sequence[Counter],
    asked: Sequence[Asked],
    now: datetime,
    *,
    in_any_case: bool = False,
) -> tuple[dict[CounterKey, int], dict[Asked, int]]:
    """How far counters have counted at `now`, read without a lock, and the answers to needs.

    One statement, or none when nothing is asked, unless it shall be sent `in_any_case`.
    """
    if not counters and not asked and not in_any_case:
        return {}, {}
    keys = [_row(counter_id(project, key), project, key) for project, key in counters]
    needs = [(one.project, one.customer, one.need.campaign, one.need.since) for one in asked]
    used: dict[CounterKey, int] = {}
    answers: dict[Asked, int] = {}
    for is_need, place, amount in await fetch(_GATHER, *columns(keys, 10), *columns(needs, 4), now):
        if is_need:
            answers[asked[place - 1]] = amount
        else:
            used[counters[place - 1][1]] = amount
    return used, answers


def _row(id_: UUID, project: UUID, key: CounterKey) -> tuple[object, ...]:
    scope, subject, customer, measure, currency, window = key
    if window is None:
        return (
            id_,
            project,
            scope,
            subject,
            customer,
            measure.value,
            currency,
            None,
            None,
            _FROM_THE_BEGINNING,
        )
    since = earliest_at(window.starts - _SLACK)
    return (
        id_,
        project,
        scope,
        subject,
        customer,
        measure.value,
        currency,
        window.starts,
        window.ends,
        since,
    )
