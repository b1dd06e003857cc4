"""A till so plain that one can see that it is right: lists, loops, and one request after the other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from tests.redemptions.naive_values import SHIPPING, Cap, Code, Redemption, Use, names_of, period_of


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
        left, shipping, here = sum(lines), SHIPPING, Counter[Cap]()
        told: dict[int, tuple[int, set[str]]] = {}
        names = [name for name, _ in asked]
        # What the order comes to at most, with all that any of them may add.
        value = sum(lines) + sum(self.codes[name].campaign.adds for name in names if name in self.codes)
        # What pays with its own money pays what all others leave.
        for place in sorted(range(len(asked)), key=lambda place: self._pays(names[place])):
            name, most = asked[place]
            off, why = 0, set[str]()
            if name in names[:place]:
                why = {"DUPLICATE_CODE"}
            elif name not in self.codes:
                why = {"CODE_NOT_FOUND"}
            else:
                room = shipping if self.codes[name].campaign.ships else left
                amounts = (room, sum(lines), value)
                off, why = self._judge(self.codes[name], most, amounts, customer, at, here, besides)
            told[place] = (0 if why else off, why)
            if not why and self.codes[name].campaign.ships:
                shipping -= off
            elif not why and not self.codes[name].campaign.adds:
                left -= off
        return [told[place] for place in range(len(asked))]

    def _pays(self, name: str) -> bool:
        return name in self.codes and self.codes[name].campaign.off is None

    def _judge(  # what is known is a lot, and nothing of it belongs together
        self,
        code: Code,
        most: int | None,
        amounts: tuple[int, int, int],
        customer: str | None,
        at: datetime,
        here: Counter[Cap],
        besides: Redemption | None,
    ) -> tuple[int, set[str]]:
        (left, subtotal, value), campaign = amounts, code.campaign
        caps = list(self.caps(code, customer))
        before = {cap: self.used(cap, at, besides) + here[cap] for cap in caps}
        why = {cap.owner for cap in caps if before[cap] >= cap.most}
        if customer is None and campaign.asks_who:
            why.add("CUSTOMER_REQUIRED")
        if subtotal < campaign.from_subtotal:
            why.add("MINIMUM_SPEND_NOT_REACHED")
        off = campaign.adds or (left if campaign.ships else min(campaign.off or 0, left))
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
        more = {"REDEMPTIONS": 1, "DISCOUNT": off, "ORDER_VALUE": value}
        why = {cap.owner for cap in caps if before[cap] + more[cap.measure] > cap.most}
        if not why:
            # The value of this order counts once, whatever the number of its codes.
            here.update({cap: more[cap.measure] for cap in caps if cap.measure != "ORDER_VALUE"})
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

    def bought(self, cart: Sequence[int], uses: Sequence[Use]) -> list[int | None]:
        """What each line of the cart costs, and behind them what the codes add."""
        return [*cart, *[use.code.campaign.adds for use in uses if use.code.campaign.adds]]

    def swap(self, hold: Redemption, cart: tuple[int, ...], uses: list[Use]) -> None:
        """A hold is redeemed for another cart: what it held of money goes back first."""
        for use in hold.uses:
            if use.paid:
                use.code.balance += use.left
        for use in uses:
            if use.paid:
                use.code.balance -= use.off
        hold.cart, hold.lines, hold.uses, hold.state = cart, self.bought(cart, uses), uses, "REDEEMED"
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
            for use in redemption.uses:
                use.gone += use.shipping
