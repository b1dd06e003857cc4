"""Values of demand: what is asked, a group of attempts that one thing turned away, and what would mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.campaigns.values import CampaignChanges
from app.demand.causes import Cause
from app.vouchers.values import VoucherChanges


@dataclass(frozen=True, slots=True)
class DemandQuestion:
    """Refused attempts from an instant up to, not including, another; None is no condition.

    `campaign` may be a main campaign, `partner` is for whom the code's campaign ran then. `first` groups at most; those
    worth most in `currency` come first.
    """

    from_: datetime
    to: datetime
    currency: str
    campaign: UUID | None = None
    partner: UUID | None = None
    channel: str | None = None
    redemption_point: str | None = None
    first: int = 20


class Deed(StrEnum):
    """A mutation that mends something."""

    UPDATE_CAMPAIGN = "updateCampaign"
    LAUNCH_CAMPAIGN = "launchCampaign"
    UPDATE_VOUCHER = "updateVoucher"
    ENABLE_VOUCHER = "enableVoucher"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would let such attempts pass from now on: a deed on a campaign or a voucher, with what it changes.

    `version` is that of the campaign as it was looked at. What `can_be_simulated` is an edit of a campaign, but not of
    what a main one grants each customer: whose budget a refusal spoke of then, a simulation does not know.
    """

    sentence: str
    deed: Deed
    target: UUID
    changes: CampaignChanges | VoucherChanges | None = None
    version: int | None = None
    can_be_simulated: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stood in the way: the code and the subject of a reason, and the campaign and the partner of the voucher.

    `expected` is the number that the latest such reason names, `least` the smallest that was there instead: minor
    units of `currency` where it is money.
    """

    cause: Cause
    reason: str
    subject: str | None
    campaign: UUID | None
    main: UUID | None
    partner: UUID | None
    expected: int | None
    least: int | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """The attempts that one obstacle turned away, each counted in one group only: that of its hardest obstacle.

    In `sole_attempts` nothing else stood in the way. `customers` are known ones; `came_back` are the attempts whose
    customer redeemed something within a day. `value` is the carts' subtotals in minor units, by currency. `examples`
    are the attempts that were worth most, `vouchers` those tried most often.
    """

    obstacle: Obstacle
    attempts: int
    sole_attempts: int
    customers: int
    came_back: int
    value: Mapping[str, int]
    examples: tuple[UUID, ...]
    vouchers: tuple[UUID, ...]
    sentence: str = ""
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """The groups, those worth most first, made of `looked_at` attempts: the latest ones, if there were `too_many`."""

    groups: Sequence[Group]
    looked_at: int
    too_many: bool
