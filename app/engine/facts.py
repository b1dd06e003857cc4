"""Facts: what is known about the shopper and the counters, and the situation a unit looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from app.engine.cart import Cart


@dataclass(frozen=True, slots=True)
class PastRedemptions:
    """How many redemptions, not rolled back, the customer has made in the project.

    `campaign` narrows it to one campaign, `since` to redemptions at or after an instant.
    """

    campaign: UUID | None = None
    since: datetime | None = None


# Everything a rule may need to have looked up beforehand; a union as soon as there is a second kind.
Need: TypeAlias = PastRedemptions


class CounterKey(NamedTuple):
    """The name of one counter of uses.

    `scope` is 'voucher' (uses of a voucher), 'campaign' (uses of a campaign, own or main) or 'customer' (one
    customer's uses of a campaign); `subject` is the id of that voucher or campaign; `window_start` will tell
    the periods of limits per period apart.
    """

    scope: str
    subject: UUID
    customer: UUID | None = None
    window_start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the shell has looked up: the answers to all needs, and the counters of all limits.

    `used` may leave out a counter that nobody has used yet; where there is no limit there is no counter.
    """

    customer: UUID | None = None
    answers: Mapping[Need, int] = field(default_factory=dict)
    used: Mapping[CounterKey, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a rule or a reward may look at. `now` is UTC, `zone` the campaign's IANA time zone."""

    cart: Cart
    facts: Facts
    now: datetime
    zone: str
