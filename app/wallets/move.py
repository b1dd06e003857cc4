"""Moving: the only deed that changes balances, many vouchers at once, inside the caller's transaction.

Lock the buckets, decide with `app.wallets.postings`, write. Buckets are locked last of all, after the rows of
redemptions and the counters. Codes that are minted with a balance get their first posting from the mint (app/vouchers).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from app.database import Connection, columns, statement
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.ids import new_id
from app.wallets.postings import (
    Account,
    Bucket,
    Buckets,
    Deed,
    Movement,
    Posting,
    Taking,
    available,
    give_back,
    post,
)

_LOCK = statement(__package__, "lock_buckets.sql")
_TAKEN = statement(__package__, "taken.sql")
_WRITE = statement(__package__, "write_postings.sql")
_NAME = """
SELECT id, campaign_id, code, holder_id FROM vouchers
WHERE (project_id, id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
"""

TakenFrom = Literal[Account.HELD, Account.SPENT]
_BACK = {Account.HELD: Deed.RELEASE, Account.SPENT: Deed.REFUND}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a redemption has of a voucher's balance, in the order in which it was taken, net of what went back."""

    project: UUID
    voucher: UUID
    unit: str
    takings: tuple[Taking, ...]

    @property
    def amount(self) -> int:
        """All of it."""
        return sum(taking.amount for taking in self.takings)

    def without(self, gone: Iterable[Taking]) -> "Taken":
        """What is left when some of it went back."""
        parts = dict(gone)
        left = [Taking(bucket, amount - parts.get(bucket, 0)) for bucket, amount in self.takings]
        return replace(self, takings=tuple(taking for taking in left if taking.amount))


class Return(NamedTuple):
    """What shall go back of a redemption: of one voucher or (None) of all of them; an amount or (None) all of it."""

    project: UUID
    redemption: UUID
    voucher: UUID | None = None
    amount: int | None = None
    reason: str | None = None
    key: UUID | None = None


async def lock_buckets(
    connection: Connection, vouchers: Collection[tuple[UUID, UUID]]
) -> dict[UUID, list[Bucket]]:
    """Lock the balances of vouchers, each named with its project, until the transaction ends; by voucher.

    All their buckets, empty and expired ones too. A voucher without a balance is missing. One statement, or none
    when nothing is asked.
    """
    locked: dict[UUID, list[Bucket]] = {}
    for row in await connection.fetch(_LOCK, *columns(list(set(vouchers)), 2)) if vouchers else ():
        locked.setdefault(row["voucher_id"], []).append(Bucket(*row))
    return locked


async def move(
    connection: Connection, locked: Buckets, movements: Sequence[Movement], now: datetime
) -> list[Posting]:
    """Carry out the movements, one after the other, in buckets that are locked; gives the postings.

    What has expired in these vouchers is emptied, with an event for each; ring after the commit. One statement, and
    two more when something expired. Raises what `post` raises, and then nothing is written.
    """
    if not movements:
        return []
    posted = post(locked, movements, now)
    before = {bucket.id: bucket.amount_left for own in locked.values() for bucket in own}
    # In one order, so that two who put the first amount on the same vouchers wait for each other instead of locking up.
    after = [bucket for voucher in sorted(posted.buckets) for bucket in posted.buckets[voucher]]
    await connection.execute(
        _WRITE,
        now,
        *columns([_new_row(bucket) for bucket in after if bucket.id in posted.opened], 6),
        *columns(
            [
                (one.id, one.amount_left)
                for one in after
                if before.get(one.id, one.amount_left) != one.amount_left
            ],
            2,
        ),
        *columns([_posting_row(posting) for posting in posted.postings], 13),
    )
    await _tell_expiries(connection, posted.postings, now)
    return posted.postings


async def taken(
    connection: Connection, redemptions: Collection[tuple[UUID, UUID]], account: TakenFrom
) -> dict[tuple[UUID, UUID], Taken]:
    """What redemptions, each named with its project, hold or have spent; by redemption and voucher.

    The rows of the redemptions must be locked. One statement, or none when nothing is asked.
    """
    found: dict[tuple[UUID, UUID], Taken] = {}
    if not redemptions:
        return found
    rows = await connection.fetch(_TAKEN, *columns(list(set(redemptions)), 2), account.value)
    for project, redemption, voucher, bucket, unit, amount in rows:
        before = found.get((redemption, voucher))
        takings = () if before is None else before.takings
        found[redemption, voucher] = Taken(project, voucher, unit, (*takings, Taking(bucket, amount)))
    return found


async def return_spent(
    connection: Connection,
    returns: Sequence[Return],
    account: TakenFrom,
    now: datetime,
    removals: Sequence[Movement] = (),
) -> dict[tuple[UUID, UUID], int]:
    """Give back what redemptions hold (RELEASE) or have spent (REFUND), to the buckets it came from, last taken first.

    What came from a bucket that has expired meanwhile expires at once. Then the `removals` are made, as far as there is
    something to remove. Gives how much went back, by redemption and voucher. The rows of the redemptions must be
    locked; the buckets are locked here. Three statements; one where nothing was taken. Raises ValueError when more
    shall go back than there is.
    """
    left = await taken(connection, {(one.project, one.redemption) for one in returns}, account)
    movements: list[Movement] = []
    for one in returns:
        mine = [key for key in left if key[0] == one.redemption and one.voucher in (None, key[1])]
        if one.amount and len(mine) != 1:
            raise ValueError("an amount goes back to one voucher that it was taken from")
        for key in mine:
            amount = left[key].amount if one.amount is None else one.amount
            if amount:
                movements.append(_going_back(one, left[key], amount, _BACK[account]))
                left[key] = left[key].without(movements[-1].buckets)
    moved = [*movements, *removals]
    locked = await lock_buckets(connection, {(one.project, one.voucher) for one in moved})
    await move(connection, locked, [*movements, *_possible(removals, movements, locked, now)], now)
    back: Counter[tuple[UUID, UUID]] = Counter()
    for movement in movements:
        if movement.redemption is not None:
            back[movement.redemption, movement.voucher] += movement.amount
    return dict(back)


async def confirm(
    connection: Connection, redemptions: Collection[tuple[UUID, UUID]], now: datetime
) -> list[Posting]:
    """What redemptions hold becomes spent. No bucket changes and none is locked; their own rows must be.

    Two statements; one where nothing is held.
    """
    held = await taken(connection, redemptions, Account.HELD)
    movements = [
        Movement(of.project, of.voucher, of.unit, of.amount, Deed.CONFIRM, redemption, buckets=of.takings)
        for (redemption, _), of in held.items()
    ]
    return await move(connection, {}, movements, now)


def _possible(
    removals: Sequence[Movement], before: Sequence[Movement], locked: Buckets, now: datetime
) -> list[Movement]:
    """The removals as far as there is something to remove, after what went back before them."""
    there = {voucher: available(own, now) for voucher, own in locked.items()}
    posted = post(locked, before, now).buckets
    there.update({voucher: available(own, now) for voucher, own in posted.items()})
    possible = []
    for one in removals:
        amount = min(one.amount, there.get(one.voucher, 0))
        if amount:
            there[one.voucher] -= amount
            possible.append(one._replace(amount=amount))
    return possible


def _going_back(one: Return, of: Taken, amount: int, deed: Deed) -> Movement:
    return Movement(
        of.project,
        of.voucher,
        of.unit,
        amount,
        deed,
        one.redemption,
        reason=one.reason,
        key=one.key,
        buckets=tuple(give_back(of.takings, amount)),
    )


def _new_row(bucket: Bucket) -> tuple[object, ...]:
    return bucket.id, bucket.project, bucket.voucher, bucket.unit, bucket.amount_left, bucket.expires_at


def _posting_row(posting: Posting) -> tuple[object, ...]:
    bucket, amount, of = posting
    return (
        *(new_id(), of.project, of.voucher, bucket, of.unit, amount),
        *(of.deed.debit.value, of.deed.credit.value, of.deed.value),
        *(of.redemption, of.source_id, of.reason, of.key),
    )


async def _tell_expiries(connection: Connection, postings: Iterable[Posting], now: datetime) -> None:
    """An event for each voucher that lost something, with whoever holds it."""
    lost = list({posting.movement: None for posting in postings if posting.movement.deed is Deed.EXPIRE})
    if not lost:
        return
    rows = await connection.fetch(_NAME, *columns([(one.project, one.voucher) for one in lost], 2))
    named = {row["id"]: row for row in rows}
    events = []
    for movement in lost:
        voucher = named[movement.voucher]
        holder = voucher["holder_id"]
        payload = {
            "voucher": movement.voucher.hex,
            "campaign": voucher["campaign_id"].hex,
            "code": voucher["code"],
            "holder": None if holder is None else holder.hex,
            "unit": movement.unit,
            "amount": movement.amount,
        }
        events.append(NewEvent(movement.project, EventKind.BALANCE_EXPIRED, payload, now))
    await append(connection, events)
