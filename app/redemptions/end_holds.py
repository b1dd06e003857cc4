"""Ending holds without a redemption, one or hundreds: everything they reserve goes back, in one fixed order."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import orjson

from app.database import Connection, columns, statement
from app.events.kinds import EventKind
from app.pools.take import put_back
from app.redemptions.counted import caps_of, counted
from app.redemptions.counters import Counter, counter_id, lock
from app.redemptions.find_offers import find_offers
from app.redemptions.gifts import codes_of
from app.redemptions.rows import REDEMPTION, redemption_of
from app.redemptions.values import Redemption, RedemptionState
from app.wallets.move import Return, return_spent
from app.wallets.postings import Account

_END = statement(__package__, "end_holds.sql")
_LOOK = f"""
SELECT {REDEMPTION}, r.project_id
FROM redemptions r JOIN unnest($1::uuid[], $2::uuid[]) AS asked (project_id, id)
  ON r.project_id = asked.project_id AND r.id = asked.id
ORDER BY r.id
"""  # noqa: S608

_EVENTS = {
    RedemptionState.RELEASED: EventKind.HOLD_RELEASED,
    RedemptionState.EXPIRED: EventKind.HOLD_EXPIRED,
}


class Held(NamedTuple):
    """A hold, with its project."""

    project: UUID
    redemption: Redemption


class KeyRow(NamedTuple):
    """The row of an idempotency key, ready to be kept."""

    id: UUID
    project: UUID
    deed: str
    key: str
    request_hash: bytes
    answer_kind: str
    answer_id: UUID


async def look_at(connection: Connection, ids: Collection[tuple[UUID, UUID]]) -> list[Held]:
    """The redemptions, each named with its project, whose rows are locked; in the order of ids. One statement.

    A statement of its own: it sees what whoever had the locks before has done.
    """
    rows = await connection.fetch(_LOOK, *columns(list(ids), 2))
    return [Held(row["project_id"], redemption_of(row)) for row in rows]


async def end_holds(
    connection: Connection,
    holds: Sequence[Held],
    state: Literal[RedemptionState.RELEASED, RedemptionState.EXPIRED],
    now: datetime,
    *,
    reason: str | None = None,
    keys: Iterable[KeyRow] = (),
) -> list[Redemption]:
    """Give back what the holds count and hold, with an event for each; the redemptions as they are then.

    The transaction began with `begin_redeeming`, the rows of the holds are locked, all are HELD. The same number of
    statements for any number of holds: find, [lock counters], write, look for balances, [lock them, move them,
    [expire them]].
    """
    found = await find_offers(
        connection.fetch,
        vouchers={(hold.project, code.voucher_id) for hold in holds for code in hold.redemption.vouchers},
    )
    given_back: dict[Counter, int] = {}
    for project, redemption in holds:
        for key, amount in counted(redemption, caps_of(redemption, found.vouchers)).items():
            given_back[project, key] = given_back.get((project, key), 0) + amount
    await lock(connection, given_back)
    ended = [Held(project, _ended(redemption, state, reason)) for project, redemption in holds]
    await connection.execute(
        _END,
        now,
        *columns([(project, redemption.id, reason) for project, redemption in ended], 3),
        state.value,
        *columns(
            [(counter_id(project, key), amount) for (project, key), amount in given_back.items() if amount], 2
        ),
        *columns(list(keys), 7),
        *columns([_event(project, redemption) for project, redemption in ended], 3),
    )
    await put_back(
        connection, [(project, redemption.id) for project, redemption in ended if codes_of(redemption.gifts)]
    )
    await return_spent(
        connection,
        [Return(project, redemption.id, reason=reason) for project, redemption in ended],
        Account.HELD,
        now,
    )
    return [redemption for _, redemption in ended]


def _ended(hold: Redemption, state: RedemptionState, reason: str | None) -> Redemption:
    vouchers = tuple([replace(code, given_back=True) for code in hold.vouchers])
    return replace(hold, state=state, vouchers=vouchers, rollback_reason=reason)


def _event(project: UUID, redemption: Redemption) -> tuple[UUID, str, str]:
    payload = orjson.dumps(redemption.to_json()).decode()
    return project, _EVENTS[redemption.state].value, payload
