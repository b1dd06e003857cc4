"""The explanation: of one code every condition that was looked at, with what it wants and what it found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.engine.give import Given
from app.engine.reason import Reason, Value, each_once
from app.engine.unit import Reward, Rule


class Level(StrEnum):
    """Who imposes a condition."""

    REQUEST = "REQUEST"
    """The request itself: it names each code once."""
    VOUCHER = "VOUCHER"
    """The code: its state, its time, its holder, its own limit, its balance."""
    CAMPAIGN = "CAMPAIGN"
    """The code's own campaign, with the offer that it promises."""
    MAIN_CAMPAIGN = "MAIN_CAMPAIGN"
    """The main campaign above."""
    PROJECT = "PROJECT"
    """The project: its policy for several codes on one cart, its segments."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition, and those that it is made of.

    `kind` is the kind of a rule or reward, or the path of what is looked at (`campaign.state`); `sentence` says what is
    wanted. `expected` and `actual` are what there should be and what there is, as far as these can be told. `reasons`
    say why it does not hold: those of all conditions inside it that must hold for it to hold. `rule` and `reward` are
    the units, with their parameters.
    """

    kind: str
    sentence: str
    level: Level
    reasons: tuple[Reason, ...] = ()
    expected: Value | None = None
    actual: Value | None = None
    rule: Rule | None = None
    reward: Reward | None = None
    conditions: tuple["Condition", ...] = ()

    @property
    def passed(self) -> bool:
        """Whether it holds."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one code was granted, refused or left out, at the instant `now`.

    All `conditions` hold exactly when it was granted; `reasons` are exactly those of the verdict. `offer_version` is
    the version of the offer that was judged. `gives` is what the reward gives, or would give if all other conditions
    held; None where it could not be given, or there is none. Amounts are minor units of `currency`.
    """

    code: str
    voucher: UUID | None
    campaign: UUID | None
    main: UUID | None
    offer_version: int | None
    now: datetime
    currency: str
    granted: bool
    skipped: bool
    conditions: tuple[Condition, ...]
    gives: Given | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons of all conditions, in order, each once."""
        return each_once([reason for condition in self.conditions for reason in condition.reasons])
