"""Counters of limits and budgets: their names, how they are locked, and how far they have counted.

A counter exists only where a limit or a budget does. It always equals what the ledger holds against it (redeemed or
held, and not given back), so it may be deleted whenever nobody redeems: whoever needs it next counts it anew. That is
what changing a limit does, and it is why a limit that is set late is exact.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any  # documents of gather.sql, whose columns stand there
from uuid import UUID

import asyncpg

from app.database import Connection, columns, statement
from app.engine.counter import CounterKey
from app.engine.facts import Balance, Card, CardOf, Facts, FreeCodes, Need
from app.engine.shopper import Shopper
from app.ids import earliest_at, from_bytes
from app.redemptions.needs import FROM_THE_BEGINNING, SLACK, Asked
from app.redemptions.profile import profile_of

Fetch = Callable[..., Awaitable[list[asyncpg.Record]]]
Counter = tuple[UUID, CounterKey]  # with its project

_LEDGER = statement(__package__, "uses_in_ledger.sql")
_LOCK = statement(__package__, "lock_counters.sql").replace("/* uses_in_ledger */", _LEDGER)
_NUMBERS = {"$1": "$19", "$2": "$20", "$3": "$18"}
_BALANCES = re.sub(r"\$[123]\b", lambda one: _NUMBERS[one[0]], statement("app.wallets", "balances_of.sql"))
# Most codes ask for nothing but their counters, and the whole statement costs PostgreSQL more than that part of it.
_USES = statement(__package__, "uses_at.sql").replace("/* uses_in_ledger */", _LEDGER)
_GATHER = (
    statement(__package__, "gather.sql")
    .replace("/* uses_at */", _USES.replace("$11", "$18"))
    .replace("/* balances_of */", _BALANCES)
)

# A counter of this scope counts nothing. Its row is the lock of one customer's past: whoever judges by that past
# holds it, so two concurrent "first purchases" of a customer come one after the other.
PAST = "past"


@dataclass(slots=True)
class Gathered:
    """What `gather` found: how far counters have counted, the answers to needs, profiles, cards and balances.

    Profiles and cards are by customer, balances by voucher.
    """

    used: dict[CounterKey, int] = field(default_factory=dict)
    answers: dict[Asked, int] = field(default_factory=dict)
    shoppers: dict[UUID, Shopper] = field(default_factory=dict)
    cards: dict[UUID, dict[UUID, Card]] = field(default_factory=dict)
    balances: dict[UUID, Balance] = field(default_factory=dict)

    def facts(self, customers: Iterable[UUID | None]) -> dict[UUID | None, Facts]:
        """All of it that each customer's codes are judged by."""
        own: dict[UUID | None, dict[Need, int]] = {}
        pools: dict[UUID, int] = {}
        for one, amount in self.answers.items():
            if isinstance(one.need, FreeCodes):
                pools[one.need.pool] = amount
            else:
                own.setdefault(one.customer, {})[one.need] = amount
        return {
            customer: Facts(
                customer=customer,
                answers=own.get(customer, {}),
                used=self.used,
                balances=self.balances,
                shopper=None if customer is None else self.shoppers.get(customer),
                cards={} if customer is None else self.cards.get(customer, {}),
                pools=pools,
            )
            for customer in customers
        }


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
    balances: Collection[tuple[UUID, UUID]] = (),
    in_any_case: bool = False,
) -> Gathered:
    """How far counters have counted at `now`, read without a lock, and the answers to needs.

    A customer whom nobody knows has done nothing, and has no profile. `balances` are those of vouchers, each named with
    its project; one without a balance is missing. One statement, or none when nothing is asked, unless it shall be sent
    `in_any_case`.
    """
    found = Gathered()
    if not counters and not asked and not balances and not in_any_case:
        return found
    keys = [_row(counter_id(project, key), project, key) for project, key in counters]
    if asked or balances or in_any_case:
        needs = [one.row(now) for one in asked]
        rows = await fetch(_GATHER, *columns(keys, 10), *columns(needs, 7), now, *columns(list(balances), 2))
    else:
        rows = await fetch(_USES, *columns(keys, 10), now)
    for is_need, place, document, amount in rows:
        if is_need is None:
            voucher, unit, available = document
            found.balances[voucher] = Balance(unit, available)
        elif not is_need:
            found.used[counters[place - 1][1]] = amount
        elif amount is not None:
            found.answers[asked[place - 1]] = amount
        elif document is not None:
            _keep(found, asked[place - 1], document, now)
    return found


def _keep(found: Gathered, one: Asked, document: Sequence[Any], now: datetime) -> None:
    if one.customer is None:
        raise ValueError(f"{one.need} is about a customer")
    if isinstance(one.need, CardOf):
        found.cards.setdefault(one.customer, {})[one.need.campaign] = Card(*document)
    else:
        found.shoppers[one.customer] = profile_of(document, now)


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
            FROM_THE_BEGINNING,
        )
    since = earliest_at(window.starts - SLACK)
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
