"""A till so plain that one can see that it is right: lists, loops, and one request after the other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Warsaw")


class Budget(NamedTuple):
    """At most so much of a measure, of all or of each customer, in each period."""

    measure: str
    per: str
    period: str
    most: int


@dataclass(eq=False)
class Campaign:
    """A campaign; `off` is what each of its codes takes off, None where the codes pay with their own money."""

    name: str
    main: "Campaign | None" = None
    off: int | None = None
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
    """One code of a redemption. What is `gone` came back with goods."""

    code: Code
    off: int
    by_line: list[int]
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
    """A redemption or a hold; `lines` is what each line costs, None once it has come back."""

    customer: str | None
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


class NaiveTill:
    """Everything that was ever redeemed, and the rules."""

    def __init__(self, codes: Sequence[Code]) -> None:
        self.codes = {code.name: code for code in codes}
        self.redemptions: list[Redemption] = []
        self.rejected = 0
        self.events: Counter[str] = Counter()

    def caps(self, code: Code, customer: str | None) -> Iterator[Cap]:
        """All that limits a code for a customer."""
        campaign, main = code.campaign, code.campaign.main
        if code.most is not None:
            yield Cap("VOUCHER_LIMIT_REACHED", code.name, "REDEMPTIONS", None, "EVER", code.most)
        if campaign.per_customer is not None and customer is not None:
            own = campaign.per_customer
            yield Cap("CUSTOMER_LIMIT_REACHED", campaign.name, "REDEMPTIONS", customer, "EVER", own)
        for level, whose in ((campaign, ""), (main, "MAIN_")):
            if level is None:
                continue
            if level.most is not None:
                owner = f"{whose}CAMPAIGN_LIMIT_REACHED"
                yield Cap(owner, level.name, "REDEMPTIONS", None, "EVER", level.most)
            for budget in level.budgets:
                if budget.per == "customer" and customer is None:
                    continue
                owner = "CUSTOMER" if budget.per == "customer" else f"{whose}CAMPAIGN"
                end = "LIMIT_REACHED" if budget.measure == "REDEMPTIONS" else "BUDGET_EXCEEDED"
                of = customer if budget.per == "customer" else None
                yield Cap(f"{owner}_{end}", level.name, budget.measure, of, budget.period, budget.most)

    def used(self, cap: Cap, at: datetime, besides: Redemption | None = None) -> int:
        """How far it is used in the period of an instant: added up from nought."""
        used = 0
        for redemption in self.redemptions:
            if not redemption.counts or redemption is besides:
                continue
            if cap.customer is not None and redemption.customer != cap.customer:
                continue
            if period_of(cap.period, redemption.created_at) != period_of(cap.period, at):
                continue
            uses = [use for use in redemption.uses if cap.of in names_of(use.code)]
            if cap.measure == "ORDER_VALUE":
                used += redemption.value if uses else 0
            else:
                used += sum(1 if cap.measure == "REDEMPTIONS" else use.left for use in uses)
        return used

    def uses_of(self, name: str, now: datetime) -> int:
        """How often a code, or the codes of a campaign, are used."""
        return self.used(Cap("", name, "REDEMPTIONS", None, "EVER", 0), now)

    def held_of(self, code: Code) -> int:
        """What holds hold of the code's money."""
        held = [redemption for redemption in self.redemptions if redemption.state == "HELD"]
        return sum(
            use.left for redemption in held for use in redemption.uses if use.code is code and use.paid
        )

    def judge(
        self,
        asked: Sequence[tuple[str, int | None]],
        lines: Sequence[int],
        customer: str | None,
        at: datetime,
        besides: Redemption | None = None,
    ) -> list[tuple[int, set[str]]]:
        """What each code takes off, or why it is refused; a code may be followed by the most to take of its money."""
        left, here = sum(lines), Counter[Cap]()
        told: dict[int, tuple[int, set[str]]] = {}
        names = [name for name, _ in asked]
        # What pays with its own money pays what all others leave.
        for place in sorted(range(len(asked)), key=lambda place: self._pays(names[place])):
            name, most = asked[place]
            off, why = 0, set[str]()
            if name in names[:place]:
                why = {"DUPLICATE_CODE"}
            elif name not in self.codes:
                why = {"CODE_NOT_FOUND"}
            else:
                off, why = self._judge(self.codes[name], most, left, sum(lines), customer, at, here, besides)
            told[place] = (0 if why else off, why)
            left -= 0 if why else off
        return [told[place] for place in range(len(asked))]

    def _pays(self, name: str) -> bool:
        return name in self.codes and self.codes[name].campaign.off is None

    def _judge(  # what is known is a lot, and nothing of it belongs together
        self,
        code: Code,
        most: int | None,
        left: int,
        subtotal: int,
        customer: str | None,
        at: datetime,
        here: Counter[Cap],
        besides: Redemption | None,
    ) -> tuple[int, set[str]]:
        campaign, caps = code.campaign, list(self.caps(code, customer))
        before = {cap: self.used(cap, at, besides) + here[cap] for cap in caps}
        why = {cap.owner for cap in caps if before[cap] >= cap.most}
        if customer is None and campaign.asks_who:
            why.add("CUSTOMER_REQUIRED")
        if subtotal < campaign.from_subtotal:
            why.add("MINIMUM_SPEND_NOT_REACHED")
        off = min(campaign.off or 0, left)
        if campaign.off is None:
            own = sum(use.left for use in besides.uses if use.code is code) if besides else 0
            balance = code.balance + own
            if balance == 0:
                why.add("BALANCE_EMPTY")
            elif most is not None and most > balance:
                why.add("BALANCE_TOO_LOW")
            off = min(balance if most is None else most, balance, left)
        elif most is not None:
            why.add("NOT_A_BALANCE")
        if why:
            return 0, why
        amounts = {"REDEMPTIONS": 1, "DISCOUNT": off, "ORDER_VALUE": subtotal}
        why = {cap.owner for cap in caps if before[cap] + amounts[cap.measure] > cap.most}
        if not why:
            # The value of this order counts once, whatever the number of its codes.
            here.update({cap: amounts[cap.measure] for cap in caps if cap.measure != "ORDER_VALUE"})
        return off, why

    def enter(self, redemption: Redemption) -> None:
        """A redemption, or hold, that was granted."""
        self.redemptions.append(redemption)
        self.events["REDEMPTION_HELD" if redemption.state == "HELD" else "REDEMPTION_GRANTED"] += 1
        for use in redemption.uses:
            if use.paid:
                use.code.balance -= use.off

    def end(self, redemption: Redemption, state: str) -> None:
        """A hold is released, or expires: everything goes back."""
        redemption.state = state
        self.events[f"HOLD_{state}"] += 1
        for use in redemption.uses:
            if use.paid:
                use.code.balance += use.left

    def swap(self, hold: Redemption, lines: list[int | None], uses: list[Use]) -> None:
        """A hold is redeemed for another cart: what it held of money goes back first."""
        for use in hold.uses:
            if use.paid:
                use.code.balance += use.left
        for use in uses:
            if use.paid:
                use.code.balance -= use.off
        hold.lines, hold.uses, hold.state = lines, uses, "REDEEMED"
        self.events["REDEMPTION_GRANTED"] += 1

    def expire(self, now: datetime) -> None:
        """Holds whose time is over end by themselves."""
        for redemption in self.redemptions:
            if (
                redemption.state == "HELD"
                and redemption.expires_at is not None
                and redemption.expires_at <= now
            ):
                self.end(redemption, "EXPIRED")

    def give_back(self, redemption: Redemption, lines: Sequence[int]) -> None:
        """These lines come back, with what was taken off them."""
        self.events["REDEMPTION_ROLLED_BACK"] += 1
        for place in lines:
            redemption.lines[place] = None
            for use in redemption.uses:
                use.gone += use.by_line[place]
                if use.paid:
                    use.code.balance += use.by_line[place]
        if all(line is None for line in redemption.lines):
            redemption.state = "ROLLED_BACK"


def names_of(code: Code) -> set[str]:
    """Everything that a use of the code counts for."""
    main = code.campaign.main
    return {code.name, code.campaign.name, *(() if main is None else (main.name,))}
