"""Counters: what is counted against limits and budgets, for whom, and in which period."""

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.engine.period import Window


class Measure(StrEnum):
    """What is counted."""

    REDEMPTIONS = "REDEMPTIONS"
    """Each redeemed code once."""
    DISCOUNT = "DISCOUNT"
    """What was taken off, in minor units."""
    ORDER_VALUE = "ORDER_VALUE"
    """The subtotal of the carts, in minor units; a cart with several codes once."""
    POINTS = "POINTS"
    """Points that were paid with."""

    @property
    def is_money(self) -> bool:
        """Whether it is counted in minor units of a currency."""
        return self is Measure.DISCOUNT or self is Measure.ORDER_VALUE


class Scope(StrEnum):
    """For whom it is counted; the values name counters."""

    VOUCHER = "voucher"
    CUSTOMER = "customer"
    CAMPAIGN = "campaign"


class CounterKey(NamedTuple):
    """The name of one counter.

    `scope` is 'voucher' (what is counted of a voucher), 'campaign' (of a campaign, own or main) or 'customer' (of one
    customer in a campaign, own or main); `subject` is the id of that voucher or campaign. `currency` belongs to
    measures of money; `window` is the calendar period, None for ever.
    """

    scope: str
    subject: UUID
    customer: UUID | None = None
    measure: Measure = Measure.REDEMPTIONS
    currency: str | None = None
    window: Window | None = None


class Cap(NamedTuple):
    """A counter, and the most it may count to."""

    key: CounterKey
    most: int


class Count(NamedTuple):
    """A counter, and how far something takes it."""

    key: CounterKey
    amount: int
