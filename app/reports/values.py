"""Values of this room: about whom figures are kept, by which stretch of time, and which figures."""

from datetime import datetime
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID


class Grain(IntEnum):
    """The stretches of time, in the project's zone, by which figures are kept. The number is what is stored."""

    MINUTE = 0
    HOUR = 1
    DAY = 2


class Subject(IntEnum):
    """Whom or what a figure is about. The number is what is stored."""

    TOTAL = 0
    """The whole project; its subject is ''."""
    CAMPAIGN = 1
    """A campaign, by its id as 32 hexadecimal digits; so are main campaigns and partners."""
    MAIN_CAMPAIGN = 2
    """A main campaign with all its sub-campaigns, or a campaign that has no main one."""
    PARTNER = 3
    CATEGORY = 4
    REWARD = 5


class Measure(IntEnum):
    """What is counted; amounts are minor units of the row's currency. The number is the place in a list of figures."""

    REDEMPTIONS = 0
    """Orders that were redeemed, or whose hold was confirmed: each once, however many of the subject's codes it had."""
    ORDER_VALUE = 1
    """Their subtotals before any discount, without shipping: each whole and once."""
    DISCOUNT = 2
    """What the subject's own codes took off."""
    RETURNED_ORDER_VALUE = 3
    RETURNED_DISCOUNT = 4
    ROLLBACKS = 5
    """Orders undone as a whole, at once or with their last part."""
    REJECTED = 6
    """Attempts that were refused where a code of the subject had a reason; of the whole project: all."""
    AT_STAKE = 7
    """The subtotals of those attempts: each whole and once."""
    VALIDATIONS_GRANTED = 8
    """Validations that found all well: orders for the whole project, and for every other subject its own codes."""
    VALIDATIONS_REJECTED = 9
    NEW_CUSTOMERS = 10
    """Customers whose first redemption in the project this was, in the order of the log."""
    COMMISSION = 11
    """What partners are owed, less what was taken back; of partners and of the whole project only."""


class Place(NamedTuple):
    """Where figures belong: the key of a row. `start` is the instant at which the stretch of time begins.

    `redemption_point` is '' where there was none.
    """

    project: UUID
    grain: Grain
    start: datetime
    kind: Subject
    subject: str
    currency: str
    channel: str
    redemption_point: str


Figures = list[int]
"""A number for each measure."""


def no_figures() -> Figures:
    """Nothing has been counted."""
    return [0] * len(Measure)
