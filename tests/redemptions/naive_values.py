"""What a naive till knows: campaigns and codes, uses and redemptions, budgets and caps, as plain as can be."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

SHIPPING = 3_00  # of every cart
ZONE = ZoneInfo("Europe/Warsaw")


class Budget(NamedTuple):
    """At most so much of a measure, of all or of each customer, in each period."""

    measure: str
    per: str
    period: str
    most: int


@dataclass(eq=False)
class Campaign:
    """A campaign; `off` is what each of its codes takes off, None where the codes pay with their own money.

    Or it `ships` for nothing, or each of its codes `adds` something of that worth to the cart.
    """

    name: str
    main: "Campaign | None" = None
    off: int | None = None
    ships: bool = False
    adds: int = 0
    from_subtotal: int = 0
    most: int | None = None
    per_customer: int | None = None
    budgets: list[Budget] = field(default_factory=list)

    @property
    def levels(self) -> "list[Campaign]":
        """Itself, and the main campaign if it has one."""
        return [self] if self.main is None else [self, self.main]

    @property
    def asks_who(self) -> bool:
        """Whether something is limited for each customer."""
        budgets = [budget for level in self.levels for budget in level.budgets]
        return self.per_customer is not None or any(budget.per == "customer" for budget in budgets)


@dataclass(eq=False)
class Code:
    """A code, how often it may be used, and the money on it."""

    name: str
    campaign: Campaign
    most: int | None = None
    balance: int = 0


@dataclass
class Use:
    """One code of a redemption, with what it took off each line and the `shipping`. What is `gone` came back."""

    code: Code
    off: int
    by_line: list[int]
    shipping: int = 0
    gone: int = 0

    @property
    def left(self) -> int:
        return self.off - self.gone

    @property
    def paid(self) -> bool:
        """Whether it was taken from the code's own money."""
        return self.code.campaign.off is None


@dataclass(eq=False)
class Redemption:
    """A redemption or a hold of a `cart`; `lines` is what each line costs, added ones too, None once it came back."""

    customer: str | None
    cart: tuple[int, ...]
    lines: list[int | None]
    uses: list[Use]
    created_at: datetime
    state: str = "REDEEMED"
    expires_at: datetime | None = None
    gone: int = 0

    @property
    def counts(self) -> bool:
        return self.state in {"HELD", "REDEEMED"}

    @property
    def value(self) -> int:
        """What the goods cost that have not come back."""
        return sum(line for line in self.lines if line is not None)


class Cap(NamedTuple):
    """Something limited: whose it is, of which code or campaign, and for whom and when it counts."""

    owner: str
    of: str
    measure: str
    customer: str | None
    period: str
    most: int


def period_of(period: str, at: datetime) -> str:
    """A name of the day or week that the instant falls into in Warsaw; of all time."""
    day = at.astimezone(ZONE).date()
    if period == "DAY":
        return day.isoformat()
    if period == "WEEK":
        return "{}-W{}".format(*day.isocalendar())
    return "EVER"


def names_of(code: Code) -> set[str]:
    """Everything that a use of the code counts for."""
    main = code.campaign.main
    return {code.name, code.campaign.name, *(() if main is None else (main.name,))}
