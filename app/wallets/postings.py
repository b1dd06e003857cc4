"""Postings, pure: what a movement takes from the buckets of a balance, what comes back to them, what expires.

A voucher's balance lies in buckets, and what expires soonest is spent first. Every change is a posting of an amount
from one account of the voucher (`debit`) to another (`credit`), so all accounts together always sum to zero.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.ids import new_id

_NEVER = datetime.max.replace(tzinfo=UTC)


class Account(StrEnum):
    """Where the amounts of a voucher are: ISSUED is their source, EXPIRED and REMOVED are sinks."""

    ISSUED = "ISSUED"
    BALANCE = "BALANCE"
    HELD = "HELD"
    SPENT = "SPENT"
    EXPIRED = "EXPIRED"
    REMOVED = "REMOVED"


class Deed(StrEnum):
    """Why an amount moves. The value is what postings store."""

    ISSUE = "ISSUE"
    REMOVE = "REMOVE"
    SPEND = "SPEND"
    HOLD = "HOLD"
    CONFIRM = "CONFIRM"
    RELEASE = "RELEASE"
    REFUND = "REFUND"
    EXPIRE = "EXPIRE"

    @property
    def debit(self) -> Account:
        """The account that the amount leaves."""
        return _ACCOUNTS[self][0]

    @property
    def credit(self) -> Account:
        """The account that the amount goes to."""
        return _ACCOUNTS[self][1]

    @property
    def sign(self) -> int:
        """What the deed does to the balance: +1 adds, -1 takes, 0 leaves it as it is."""
        return (self.credit is Account.BALANCE) - (self.debit is Account.BALANCE)


_ACCOUNTS = {
    Deed.ISSUE: (Account.ISSUED, Account.BALANCE),
    Deed.REMOVE: (Account.BALANCE, Account.REMOVED),
    Deed.SPEND: (Account.BALANCE, Account.SPENT),
    Deed.HOLD: (Account.BALANCE, Account.HELD),
    Deed.CONFIRM: (Account.HELD, Account.SPENT),
    Deed.RELEASE: (Account.HELD, Account.BALANCE),
    Deed.REFUND: (Account.SPENT, Account.BALANCE),
    Deed.EXPIRE: (Account.BALANCE, Account.EXPIRED),
}
_TAKES_SOONEST = frozenset((Deed.REMOVE, Deed.SPEND, Deed.HOLD))


class Bucket(NamedTuple):
    """A part of a voucher's balance that expires together; from `expires_at` on it gives nothing."""

    id: UUID
    project: UUID
    voucher: UUID
    unit: str
    amount_left: int
    expires_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it has expired."""
        return self.expires_at is not None and self.expires_at <= now


Buckets = Mapping[UUID, Sequence[Bucket]]  # by voucher; a voucher without a balance is not in it


class Taking(NamedTuple):
    """An amount of one bucket."""

    bucket: UUID
    amount: int


class Movement(NamedTuple):
    """An amount (above zero) that one deed moves in one voucher; `post` turns it into postings.

    SPEND, HOLD and REMOVE take from the buckets that expire soonest. ISSUE adds what expires at `expires_at`. For the
    other deeds `buckets` say from or to where. `source_id` and `reason` are the caller's own words, `key` is the API
    key that asked.
    """

    project: UUID
    voucher: UUID
    unit: str
    amount: int
    deed: Deed
    redemption: UUID | None = None
    source_id: str | None = None
    reason: str | None = None
    key: UUID | None = None
    expires_at: datetime | None = None
    buckets: tuple[Taking, ...] = ()


class Posting(NamedTuple):
    """The part of a movement that concerns one bucket: a row of the ledger."""

    bucket: UUID
    amount: int
    movement: Movement


class Posted(NamedTuple):
    """What movements come to: postings in their order, all buckets as they stand then, and which of them are new."""

    postings: list[Posting]
    buckets: dict[UUID, list[Bucket]]
    opened: frozenset[UUID]


def available(buckets: Iterable[Bucket], now: datetime) -> int:
    """How much can be taken out of the buckets."""
    return sum(bucket.amount_left for bucket in buckets if not bucket.is_due(now))


def take(buckets: Iterable[Bucket], amount: int, now: datetime) -> list[Taking]:
    """Take an amount, from what expires soonest first; raises ValueError when there is less than that."""
    live = [bucket for bucket in buckets if bucket.amount_left > 0 and not bucket.is_due(now)]
    live.sort(key=lambda bucket: (bucket.expires_at or _NEVER, bucket.id))
    return _draw([Taking(bucket.id, bucket.amount_left) for bucket in live], amount)


def give_back(takings: Sequence[Taking], amount: int) -> list[Taking]:
    """The part of `takings` that goes back, the last one first; raises ValueError when it is more than all."""
    return _draw(takings[::-1], amount)


def expired(buckets: Iterable[Bucket], now: datetime) -> list[Taking]:
    """What is left in buckets that have expired."""
    return [
        Taking(bucket.id, bucket.amount_left)
        for bucket in buckets
        if bucket.is_due(now) and bucket.amount_left
    ]


def expiry(buckets: Sequence[Bucket], now: datetime) -> Movement | None:
    """The movement that empties the expired ones among the buckets of one voucher; None when they are empty."""
    due = expired(buckets, now)
    if not due:
        return None
    project, voucher, unit = buckets[0].project, buckets[0].voucher, buckets[0].unit
    return Movement(
        project, voucher, unit, sum(taking.amount for taking in due), Deed.EXPIRE, buckets=tuple(due)
    )


def post(
    buckets: Buckets, movements: Iterable[Movement], now: datetime, name: Callable[[], UUID] = new_id
) -> Posted:
    """Carry out movements one after the other; then whatever is due in the vouchers that they touched expires.

    `name` gives the id of a bucket that is opened. Raises ValueError for a movement that cannot be: of nothing, in
    another unit than the balance's, more than there is, or of other buckets than are given.
    """
    after = {voucher: {bucket.id: bucket for bucket in own} for voucher, own in buckets.items()}
    postings: list[Posting] = []
    opened: set[UUID] = set()
    touched: dict[UUID, None] = {}
    for movement in movements:
        own = after.setdefault(movement.voucher, {})
        before = len(own)
        postings += _carry_out(own, movement, now, name)
        opened.update(list(own)[before:])
        touched[movement.voucher] = None
    for voucher in touched:
        due = expiry(list(after[voucher].values()), now)
        if due is not None:
            postings += _carry_out(after[voucher], due, now, name)
    standing = {voucher: list(own.values()) for voucher, own in after.items()}
    return Posted(postings, standing, frozenset(opened))


def _carry_out(
    own: dict[UUID, Bucket], movement: Movement, now: datetime, name: Callable[[], UUID]
) -> list[Posting]:
    if movement.amount <= 0:
        raise ValueError("a movement is of more than nothing")
    if any(bucket.unit != movement.unit for bucket in own.values()):
        raise ValueError("a balance has one unit")
    if movement.deed is Deed.ISSUE:
        takings = [Taking(_bucket_for(own, movement, name), movement.amount)]
    elif movement.deed in _TAKES_SOONEST:
        takings = take(own.values(), movement.amount, now)
    else:
        takings = list(movement.buckets)
        if sum(taking.amount for taking in takings) != movement.amount:
            raise ValueError("the parts of a movement sum to the whole")
    for bucket, amount in takings if movement.deed.sign else ():
        if bucket not in own:
            raise ValueError("what moves must be among the buckets")
        left = own[bucket].amount_left + movement.deed.sign * amount
        if left < 0:
            raise ValueError("a bucket never falls below zero")
        own[bucket] = own[bucket]._replace(amount_left=left)
    return [Posting(bucket, amount, movement) for bucket, amount in takings]


def _bucket_for(own: dict[UUID, Bucket], movement: Movement, name: Callable[[], UUID]) -> UUID:
    """The bucket that expires when the issued amount does; a new one if there is none."""
    for bucket in own.values():
        if bucket.expires_at == movement.expires_at:
            return bucket.id
    new = Bucket(name(), movement.project, movement.voucher, movement.unit, 0, movement.expires_at)
    own[new.id] = new
    return new.id


def _draw(sources: Iterable[Taking], amount: int) -> list[Taking]:
    """`amount` out of the sources in their order."""
    drawn = []
    left = amount
    for bucket, most in sources:
        if left == 0:
            break
        part = min(most, left)
        drawn.append(Taking(bucket, part))
        left -= part
    if left:
        raise ValueError("there is less than that")
    return drawn
