"""Facts: what is known about the shopper and the counters, and the situation a unit looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, TypeAlias
from uuid import UUID

from app.engine.cart import Cart
from app.engine.counter import CounterKey
from app.engine.occasion import NOWHERE, Occasion
from app.engine.shopper import Shopper


@dataclass(frozen=True, slots=True)
class PastRedemptions:
    """How many redemptions, not rolled back, the customer has made in the project.

    `campaign` narrows it to one campaign, `since` to redemptions at or after an instant, `within` to those that are no
    older than that.
    """

    campaign: UUID | None = None
    since: datetime | None = None
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class PastSpend:
    """What the customer has paid for redemptions in `currency`, in minor units: totals less what was returned.

    `within` narrows it to redemptions that are no older than that.
    """

    currency: str
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class PastEvents:
    """How many custom events called `name` the company has told of the customer, no older than `within`."""

    name: str
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """1 when the customer is on the static list `segment`, else 0."""

    segment: UUID


@dataclass(frozen=True, slots=True)
class Profile:
    """The customer's own data; the answer is `Facts.shopper`."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether the customer is in the segment; a code asks what the segment itself asks for, instead of this."""

    segment: UUID


@dataclass(frozen=True, slots=True)
class CardOf:
    """The customer's own gift voucher or loyalty card of the campaign; the answer is in `Facts.cards`."""

    campaign: UUID


@dataclass(frozen=True, slots=True)
class FreeCodes:
    """How many codes of somebody else's are free in the pool, whoever asks; the answer is in `Facts.pools`."""

    pool: UUID


@dataclass(frozen=True, slots=True)
class OwnDiscount:
    """What the code itself takes off; nobody need look it up, but the rule is judged after the reward."""


POINTS = "points"

# Everything a rule may need to have looked up beforehand.
Need: TypeAlias = (
    PastRedemptions
    | PastSpend
    | PastEvents
    | Listed
    | Profile
    | Membership
    | CardOf
    | FreeCodes
    | OwnDiscount
)


class Balance(NamedTuple):
    """What can be taken from a voucher now: minor units of the currency `unit`, or points where it is POINTS."""

    unit: str
    available: int


class Card(NamedTuple):
    """A gift voucher or loyalty card of a customer; `unit` is what it holds, None while it has never held anything.

    `held` is how much of it there is now.
    """

    voucher: UUID
    unit: str | None
    held: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What the shell has looked up: the answers to all needs, the counters of all limits, and balances by voucher.

    `used` may leave out a counter that nobody has used yet; where there is no limit there is no counter. A voucher
    that is left out of `balances` has none. `shopper` is there when a rule asks for the customer's Profile. `cards` are
    the customer's own by campaign, `pools` how many codes are free in each, as far as rewards ask for them.
    """

    customer: UUID | None = None
    answers: Mapping[Need, int] = field(default_factory=dict)
    used: Mapping[CounterKey, int] = field(default_factory=dict)
    balances: Mapping[UUID, Balance] = field(default_factory=dict)
    shopper: Shopper | None = None
    cards: Mapping[UUID, Card] = field(default_factory=dict)
    pools: Mapping[UUID, int] = field(default_factory=dict)


class Audience(Protocol):
    """Certain customers, as a rule asks about them: a segment (app/engine/segment.py)."""

    @property
    def name(self) -> str:
        """What the company calls them."""

    def holds(self, situation: "Situation") -> bool:
        """Whether the customer of the situation, who must be known, is one of them."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a rule or a reward may look at. `now` is UTC, `zone` the campaign's IANA time zone.

    `balance` is what the voucher of the code holds, `asked` the most that may be taken from it (None: all of it): minor
    units of the cart's currency, or points. `holder` is whose the voucher is. `remaining` is what each line still costs
    after the codes before this one (None: as much as at first), `remaining_shipping` the same of the shipping.
    `own_discount` is what the code itself would take off, for rules that need OwnDiscount. `segments` are those that
    the code's rule asks about, as far as there are such.
    """

    cart: Cart
    facts: Facts
    now: datetime
    zone: str
    balance: int = 0
    asked: int | None = None
    occasion: Occasion = NOWHERE
    holder: UUID | None = None
    remaining: tuple[int, ...] | None = None
    remaining_shipping: int | None = None
    own_discount: int = 0
    segments: Mapping[UUID, Audience] = field(default_factory=dict)

    @property
    def running_subtotal(self) -> int:
        """What the lines still cost after the codes before this one, in minor units."""
        return self.cart.subtotal if self.remaining is None else sum(self.remaining)

    @property
    def running_total(self) -> int:
        """What lines and shipping still cost after the codes before this one, in minor units."""
        shipping = self.cart.shipping if self.remaining_shipping is None else self.remaining_shipping
        return self.running_subtotal + shipping
