"""Running: what the codes so far have left over of cart, limits and budgets, and how a code is judged on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from app.engine.cart import Cart
from app.engine.counter import Cap, Count, CounterKey, Measure
from app.engine.evaluation import Verdict
from app.engine.facts import Facts, Situation
from app.engine.gift import GiftKind
from app.engine.give import NOTHING_GIVEN, Given, give
from app.engine.limits import refusals_of_budgets, refusals_of_currency, refusals_of_limits
from app.engine.occasion import Occasion
from app.engine.offer import Offer, Presented
from app.engine.payment import asked_of, available_to, refusals_of_payment
from app.engine.reason import Reason, each_once
from app.engine.stacking import Base
from app.engine.standing import refusals_of_standing, unknown
from app.engine.sum_up import refused
from app.engine.waiting import without_late_remedies, without_vain_waits


@dataclass(slots=True)
class Running:
    """What the codes so far have left over: of each line, of the shipping, and of limits and budgets.

    `order_value` is what the order comes to at most, for the budgets that count it.
    """

    cart: Cart
    facts: Facts
    now: datetime
    occasion: Occasion
    remaining: list[int]
    shipping: int
    order_value: int
    used_here: dict[CounterKey, int] = field(default_factory=dict)

    @classmethod
    def on(cls, cart: Cart, facts: Facts, now: datetime, occasion: Occasion, order_value: int) -> Self:
        """Before the first code: the whole cart is left."""
        lines = [line.amount for line in cart.lines]
        return cls(cart, facts, now, occasion, lines, cart.shipping, order_value)

    def situation(self, code: Presented, base: Base = Base.RUNNING) -> Situation:
        """What the units of the code's offer look at."""
        pays = code.credits is not None or code.points is not None or code.pays_from_balance
        is_running = base is Base.RUNNING
        return Situation(
            cart=self.cart,
            facts=self.facts,
            now=self.now,
            zone="UTC" if code.campaign is None else code.campaign.zone,
            balance=available_to(code, self.facts) if pays else 0,
            asked=asked_of(code) if pays else None,
            occasion=self.occasion,
            holder=code.holder,
            remaining=tuple(self.remaining) if is_running else None,
            remaining_shipping=self.shipping if is_running else None,
            segments=code.segments,
        )

    def judge(
        self,
        code: Presented,
        caps: tuple[Cap, ...],
        base: Base = Base.RUNNING,
        *,
        as_first: bool = False,
    ) -> Verdict:
        """The answer for a code; nothing is taken yet. `as_first`: as if no code had used limits up before it."""
        if code.voucher is None:
            return refused(code, (unknown(code.code),), self.cart)
        facts, offer = self.facts, code.offer
        used_here = {} if as_first else self.used_here
        reasons = refusals_of_standing(code, facts.customer, self.now)
        has_budgets = code.has_budgets
        if caps:
            reasons += refusals_of_limits(code, caps, facts.used, used_here, self.now)
        if has_budgets:
            reasons += refusals_of_currency(code, self.cart.currency)
        given = NOTHING_GIVEN
        if offer is not None:
            given = self._judge_offer(code, offer, reasons, base)
        if reasons or offer is None:
            reasons = without_vain_waits(reasons, lambda: self._over(code, caps, used_here, base))
            return refused(code, without_late_remedies(code, each_once(reasons)), self.cart)
        counts = self._counts(caps, given)
        # Without budgets all caps are limits: something is left of each, and a code takes one.
        if has_budgets and (over := refusals_of_budgets(code, caps, counts, facts.used, used_here, self.now)):
            return refused(code, without_late_remedies(code, each_once(over)), self.cart)
        return Verdict(
            code=code.code,
            voucher=code.voucher,
            campaign=None if code.campaign is None else code.campaign.id,
            main=None if code.main is None else code.main.id,
            offer_version=offer.version,
            granted=True,
            reasons=(),
            discount=given.discount,
            line_discounts=given.lines,
            counts=counts,
            spent=given.spent,
            spent_unit=given.spent_unit,
            shipping_discount=given.shipping,
            added=given.added,
            gifts=given.gifts,
            is_automatic=code.is_automatic,
        )

    def _judge_offer(self, code: Presented, offer: Offer, reasons: list[Reason], base: Base) -> Given:
        """What the offer gives, if it can give at all; reasons against it are noted."""
        situation = self.situation(code, base)
        if offer.rule is not None and not offer.after_discount:
            reasons += offer.rule.refusals(situation)
        if code.credits is not None or code.points is not None or offer.is_payment:
            reasons += refusals_of_payment(code, self.facts, self.cart.currency)
        own = offer.reward.refusals(situation)
        reasons += own
        # What a rule asks about the discount is asked of a code that is refused for something else, too.
        must_know = not own and (not reasons or offer.after_discount)
        given = NOTHING_GIVEN
        if must_know and base is Base.RUNNING:
            given = give(code, offer.reward, situation)
        elif must_know:
            given = give(code, offer.reward, situation, tuple(self.remaining), self.shipping)
        if offer.rule is not None and offer.after_discount:
            reasons += offer.rule.refusals(replace(situation, own_discount=given.lowers_by))
        return given

    def _counts(self, caps: tuple[Cap, ...], given: Given) -> tuple[Count, ...]:
        return tuple([Count(key, amount_counted(key.measure, given, self.order_value)) for key, _ in caps])

    def _over(
        self, code: Presented, caps: tuple[Cap, ...], used_here: Mapping[CounterKey, int], base: Base
    ) -> list[Reason]:
        """The budgets that this cart would exceed if nothing had been used of them before it."""
        situation = self.situation(code, base)
        if code.offer is None or code.offer.reward.refusals(situation):
            return []
        counts = self._counts(caps, give(code, code.offer.reward, situation))
        return refusals_of_budgets(code, caps, counts, {}, used_here, self.now)

    def take(self, verdict: Verdict) -> None:
        """Leave what the code was granted to nobody else."""
        for place, off in enumerate(verdict.line_discounts):
            self.remaining[place] -= off
        self.shipping -= verdict.shipping_discount
        for gift in verdict.gifts:
            if gift.kind is GiftKind.EXTERNAL_CODE:
                free = {**self.facts.pools, gift.source: self.facts.pools[gift.source] - gift.amount}
                self.facts = replace(self.facts, pools=free)
            elif (card := self.facts.cards.get(gift.source)) is not None:
                card = card._replace(held=card.held + gift.amount)
                self.facts = replace(self.facts, cards={**self.facts.cards, gift.source: card})
        for key, amount in verdict.counts:
            self.used_here[key] = self.used_here.get(key, 0) + amount


def amount_counted(measure: Measure, given: Given, order_value: int) -> int:
    """How far a code that gives this takes a counter, when the order comes to `order_value`."""
    if measure is Measure.REDEMPTIONS:
        return 1
    if measure is Measure.DISCOUNT:
        return given.discount
    return order_value if measure is Measure.ORDER_VALUE else given.points
