"""Values of this room: a voucher, a publication, and what is asked and answered when they are made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.unset import UNSET, Unset
from app.vouchers.codes import CHARSET, PATTERN


class VoucherKind(StrEnum):
    """Who may use a code: many customers a GENERIC one, a single holder a UNIQUE one.

    Nobody types that of a PROMOTION: it stands for a cart promotion, which takes part by itself.
    """

    GENERIC = "GENERIC"
    UNIQUE = "UNIQUE"
    PROMOTION = "PROMOTION"


@dataclass(frozen=True, slots=True)
class Voucher:
    """A code of a campaign.

    `holder_id` is the customer whom a unique code was published to, at `published_at`; a generic code has
    no holder, and `published_at` is None. `expires_at` is exclusive. `max_redemptions`, when given, stands
    in the place of the offer's limit per voucher.
    """

    id: UUID
    campaign_id: UUID
    code: str
    kind: VoucherKind
    enabled: bool
    holder_id: UUID | None
    published_at: datetime | None
    starts_at: datetime | None
    expires_at: datetime | None
    max_redemptions: int | None
    metadata: Mapping[str, object]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class FirstBalance:
    """What each new voucher holds: minor units of a currency, or points (`unit`), until `expires_at` or for ever."""

    unit: str
    amount: int
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MintOrder:
    """Codes to be made: `count` drawn at random from `pattern`, or the given `codes`; one of the two.

    `kind`, dates, limit, metadata and balance are the same for all of them: each has that balance of its own. In
    `pattern` each `#` is drawn from `charset`.
    """

    count: int | None = None
    codes: tuple[str, ...] = ()
    pattern: str = PATTERN
    charset: str = CHARSET
    kind: VoucherKind = VoucherKind.UNIQUE
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    max_redemptions: int | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    balance: FirstBalance | None = None


class CodeOutcome(StrEnum):
    """What became of one given code."""

    CREATED = "CREATED"
    CODE_TAKEN = "CODE_TAKEN"
    INVALID_CODE = "INVALID_CODE"


@dataclass(frozen=True, slots=True)
class CodeResult:
    """The answer for one given code; `voucher` is the new voucher's id when it was CREATED."""

    code: str
    outcome: CodeOutcome
    voucher: UUID | None = None


@dataclass(frozen=True, slots=True)
class Minted:
    """How many vouchers were made of those `asked` for; `results` answers given codes one by one.

    Drawn codes fall short only when other mints filled the same pattern meanwhile.
    """

    count: int
    asked: int
    results: tuple[CodeResult, ...] = ()


@dataclass(frozen=True, slots=True)
class VoucherChanges:
    """New values for some fields of a voucher; UNSET ones stay, None empties (no date, no limit of its own)."""

    starts_at: datetime | Unset | None = UNSET
    expires_at: datetime | Unset | None = UNSET
    max_redemptions: int | Unset | None = UNSET
    metadata: Mapping[str, object] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class PublishOrder:
    """A named `code`, or the next `count` free codes of a `campaign`; one of the two.

    `channel` says how they reach the customer ("newsletter"). `source_id` is the caller's own id of this
    publishing: a second order with the same one gets the first answer again.
    """

    channel: str
    code: str | None = None
    campaign: UUID | None = None
    count: int = 1
    source_id: str | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Publication:
    """The record that a code was given to a customer; `created_by` is the key that asked for it."""

    id: UUID
    campaign_id: UUID
    voucher_id: UUID
    customer_id: UUID
    channel: str
    source_id: str | None
    metadata: Mapping[str, object]
    created_at: datetime
    created_by: UUID | None


@dataclass(frozen=True, slots=True)
class Published:
    """The publications of one order; `replayed` when they had been made before and nothing was given now."""

    publications: tuple[Publication, ...]
    replayed: bool
