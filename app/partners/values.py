"""Values of this room: a partner, changes to one, and the rates of commission it was promised."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.unset import UNSET, Unset

MOST_RATES = 100  # that are shown of a partner, the latest ones


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody for whom campaigns run. `version` rises with every change.

    `commission_rate` is what it is promised now: percent of the order value, net of returns, 0 to 100.
    """

    id: UUID
    name: str
    commission_rate: Decimal
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PartnerRate:
    """A rate of commission in percent, which holds from the instant `since` until the next one begins."""

    rate: Decimal
    since: datetime


@dataclass(frozen=True, slots=True)
class PartnerChanges:
    """New values for some fields; UNSET ones stay."""

    name: str | Unset = UNSET
    commission_rate: Decimal | Unset = UNSET

    def told_of(self, partner: Partner) -> Partner:
        """The partner with the given fields; equal to the one before when they say nothing new."""
        return replace(
            partner,
            name=partner.name if self.name is UNSET else self.name,
            commission_rate=partner.commission_rate
            if self.commission_rate is UNSET
            else self.commission_rate,
        )
