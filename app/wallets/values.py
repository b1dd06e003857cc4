"""Values of this room: a holding, a balance, an entry of the ledger, and the answer to an adjustment."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.wallets.postings import Account, Deed


@dataclass(frozen=True, slots=True)
class Holding:
    """A voucher in a customer's wallet, since `published_at`; `exclusive` when nobody else may use it."""

    voucher_id: UUID
    published_at: datetime
    exclusive: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """What a voucher is worth by itself, in minor units of a currency or in points (`unit`).

    `available` can be spent now, `held` is reserved by holds that have not expired. `expiring` is the part of what is
    available that expires soonest, at `expires_at`; 0 and None when nothing of it expires.
    """

    unit: str
    available: int
    held: int = 0
    expiring: int = 0
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A posting as it stands in the ledger; `expires_at` is when the part of the balance that it moved expires.

    `source_id` and `reason` are the caller's own words, `key_id` is the API key that asked.
    """

    id: UUID
    voucher_id: UUID
    unit: str
    amount: int
    debit: Account
    credit: Account
    deed: Deed
    redemption_id: UUID | None
    source_id: str | None
    reason: str | None
    key_id: UUID | None
    expires_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A balance that was adjusted by `amount` (below zero: removed), and what can be spent of it now.

    `replayed` when it had been adjusted before, by a call with the same idempotency key.
    """

    voucher_id: UUID
    unit: str
    amount: int
    available: int
    replayed: bool = False
