"""Facts: what is known about the shopper and the counters, and the situation a unit looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from app.engine.cart import Cart
from app.engine.counter import CounterKey


@dataclass(frozen=True, slots=True)
class PastRedemptions:
    """How many redemptions, not rolled back, the customer has made in the project.

    `campaign` narrows it to one campaign, `since` to redemptions at or after an instant.
    """

    campaign: UUID | None = None
    since: datetime | None = None


POINTS = "points"

# Everything a rule may need to have looked up beforehand; a union as soon as there is a second kind.
Need: TypeAlias = PastRedemptions


class Balance(NamedTuple):
    """What can be taken from a voucher now: minor units of the currency `unit`, or points where it is POINTS."""

    unit: str
    available: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the shell has looked up: the answers to all needs, the counters of all limits, and balances by voucher.

    `used` may leave out a counter that nobody has used yet; where there is no limit there is no counter. A voucher
    that is left out of `balances` has none.
    """

    customer: UUID | None = None
    answers: Mapping[Need, int] = field(default_factory=dict)
    used: Mapping[CounterKey, int] = field(default_factory=dict)
    balances: Mapping[UUID, Balance] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a rule or a reward may look at. `now` is UTC, `zone` the campaign's IANA time zone.

    `balance` is what the voucher of the code holds, `asked` the most that may be taken from it (None: all of it): minor
    units of the cart's currency, or points.
    """

    cart: Cart
    facts: Facts
    now: datetime
    zone: str
    balance: int = 0
    asked: int | None = None
