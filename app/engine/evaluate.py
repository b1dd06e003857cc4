"""Evaluate: codes, cart, facts and time in; the full answer out. Nothing here waits, writes or looks at a clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from app.engine.cart import Cart
from app.engine.counter import Cap, Count, CounterKey, Measure
from app.engine.evaluation import Evaluation, Verdict
from app.engine.facts import Facts, Situation
from app.engine.give import NOTHING_GIVEN, Given, give
from app.engine.limits import refusals_of_budgets, refusals_of_currency, refusals_of_limits
from app.engine.occasion import NOWHERE, Occasion
from app.engine.offer import Offer, Presented
from app.engine.payment import asked_of, available_to, refusals_of_payment
from app.engine.reason import CUSTOMER_REQUIRED, Reason
from app.engine.standing import refusals_of_standing, repeated, unknown
from app.engine.sum_up import refused, sum_up
from app.engine.unit import AddsLines

__all__ = ["Evaluation", "Verdict", "evaluate"]


def evaluate(
    presented: Sequence[Presented],
    cart: Cart,
    facts: Facts,
    now: datetime,
    *,
    occasion: Occasion = NOWHERE,
    counted_at: datetime | None = None,
    caps: Sequence[tuple[Cap, ...]] | None = None,
) -> Evaluation:
    """Judge every code for this cart, in order, each on what those before it left over.

    `now` must know its offset from UTC. A code of the same request uses up limits for those after it. Budgets of a
    period count in the one that `counted_at` falls into: now, unless a hold began earlier. `caps` are those of each
    code for this customer, currency and instant, if somebody has worked them out already.
    """
    if now.tzinfo is None:
        raise ValueError("now must know its offset from UTC")
    running = _Running(cart, facts, now, occasion, [line.amount for line in cart.lines], cart.shipping)
    seen: set[UUID | str] = set()
    verdicts: list[Verdict] = []
    order_value = _order_value(presented, running)
    for place, code in enumerate(presented):
        name = code.code if code.voucher is None else code.voucher
        if name in seen:
            verdicts.append(refused(code, (repeated(code.code),), cart))
            continue
        seen.add(name)
        own = code.caps(facts.customer, cart.currency, counted_at or now) if caps is None else caps[place]
        verdict = running.judge(code, own, order_value)
        verdicts.append(verdict)
        running.take(verdict)
    return sum_up(verdicts, cart)


@dataclass(slots=True)
class _Running:
    """What the codes so far have left over: of each line, of the shipping, and of limits and budgets."""

    cart: Cart
    facts: Facts
    now: datetime
    occasion: Occasion
    remaining: list[int]
    shipping: int
    used_here: dict[CounterKey, int] = field(default_factory=dict)

    def situation(self, code: Presented) -> Situation:
        """What the units of the code's offer look at."""
        pays = code.credits is not None or code.points is not None or code.pays_from_balance
        return Situation(
            cart=self.cart,
            facts=self.facts,
            now=self.now,
            zone="UTC" if code.campaign is None else code.campaign.zone,
            balance=available_to(code, self.facts) if pays else 0,
            asked=asked_of(code) if pays else None,
            occasion=self.occasion,
            holder=code.holder,
            remaining=tuple(self.remaining),
            remaining_shipping=self.shipping,
            segments=code.segments,
        )

    def judge(self, code: Presented, caps: tuple[Cap, ...], order_value: int) -> Verdict:
        """The answer for a code; nothing is taken yet."""
        if code.voucher is None:
            return refused(code, (unknown(code.code),), self.cart)
        facts, offer = self.facts, code.offer
        reasons = refusals_of_standing(code, facts.customer, self.now)
        has_budgets = code.has_budgets
        if caps:
            reasons += refusals_of_limits(code, caps, facts.used, self.used_here, self.now)
        if has_budgets:
            reasons += refusals_of_currency(code, self.cart.currency)
        given = NOTHING_GIVEN
        if offer is not None:
            given = self._judge_offer(code, offer, reasons)
        if reasons or offer is None:
            return refused(code, _each_once(reasons), self.cart)
        counts = tuple([Count(key, _amount(key.measure, given, order_value)) for key, _ in caps])
        # Without budgets all caps are limits: something is left of each, and a code takes one.
        if has_budgets and (
            over := refusals_of_budgets(code, caps, counts, facts.used, self.used_here, self.now)
        ):
            return refused(code, _each_once(over), self.cart)
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
        )

    def _judge_offer(self, code: Presented, offer: Offer, reasons: list[Reason]) -> Given:
        """What the offer gives, if it can give at all; reasons against it are noted."""
        situation = self.situation(code)
        if offer.rule is not None and not offer.after_discount:
            reasons += offer.rule.refusals(situation)
        if code.credits is not None or code.points is not None or offer.is_payment:
            reasons += refusals_of_payment(code, self.facts, self.cart.currency)
        own = offer.reward.refusals(situation)
        reasons += own
        # What a rule asks about the discount is asked of a code that is refused for something else, too.
        must_know = not own and (not reasons or offer.after_discount)
        given = give(code, offer.reward, situation) if must_know else NOTHING_GIVEN
        if offer.rule is not None and offer.after_discount:
            reasons += offer.rule.refusals(replace(situation, own_discount=given.lowers_by))
        return given

    def take(self, verdict: Verdict) -> None:
        """Leave what the code was granted to nobody else."""
        if not verdict.granted:
            return
        for place, off in enumerate(verdict.line_discounts):
            self.remaining[place] -= off
        self.shipping -= verdict.shipping_discount
        for key, amount in verdict.counts:
            self.used_here[key] = self.used_here.get(key, 0) + amount


def _order_value(presented: Sequence[Presented], running: _Running) -> int:
    """What the order comes to at most: with all that any of the codes may put into the cart."""
    value = running.cart.subtotal
    for code in presented:
        reward = None if code.offer is None else code.offer.reward
        if isinstance(reward, AddsLines):
            situation = running.situation(code)
            if not reward.refusals(situation):
                value += sum(line.amount for line in reward.added(situation))
    return value


def _amount(measure: Measure, given: Given, order_value: int) -> int:
    if measure is Measure.REDEMPTIONS:
        return 1
    if measure is Measure.DISCOUNT:
        return given.discount
    return order_value if measure is Measure.ORDER_VALUE else given.points


def _each_once(reasons: list[Reason]) -> tuple[Reason, ...]:
    """Two conditions may ask for the same thing, and for a customer in two ways: the first says enough."""
    named: dict[Reason | str, Reason] = {}
    for why in reasons:
        named.setdefault(why.code if why.code == CUSTOMER_REQUIRED else why, why)
    return tuple(named.values())
