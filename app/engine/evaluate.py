"""Evaluate: codes, cart, facts and time in; the full answer out. Nothing here waits, writes or looks at a clock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.engine.cart import Cart
from app.engine.counter import Cap, Count, CounterKey, Measure
from app.engine.evaluation import Evaluation, Verdict
from app.engine.facts import POINTS, Facts, Situation
from app.engine.limits import refusals_of_budgets, refusals_of_currency, refusals_of_limits
from app.engine.offer import Presented
from app.engine.payment import asked_of, available_to, refusals_of_payment
from app.engine.reason import CUSTOMER_REQUIRED, Reason
from app.engine.standing import refusals_of_standing, repeated, unknown
from app.engine.unit import Payment, Reward

__all__ = ["Evaluation", "Verdict", "evaluate"]


def evaluate(
    presented: Sequence[Presented],
    cart: Cart,
    facts: Facts,
    now: datetime,
    *,
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
    untouched = (0,) * len(cart.lines)
    remaining = tuple([line.quantity * line.unit_price for line in cart.lines])
    used_here: dict[CounterKey, int] = {}
    seen: set[UUID | str] = set()
    verdicts: list[Verdict] = []
    last = len(presented) - 1
    for place, code in enumerate(presented):
        name = code.code if code.voucher is None else code.voucher
        if name in seen:
            verdicts.append(_refused(code, (repeated(code.code),), untouched))
            continue
        seen.add(name)
        situation = Situation(cart, facts, now, _zone(code))
        own = code.caps(facts.customer, cart.currency, counted_at or now) if caps is None else caps[place]
        verdict = _judge(code, situation, remaining, used_here, untouched, own)
        verdicts.append(verdict)
        if verdict.granted and place != last:
            remaining = tuple(
                [left - off for left, off in zip(remaining, verdict.line_discounts, strict=True)]
            )
            for key, amount in verdict.counts:
                used_here[key] = used_here.get(key, 0) + amount
    return _sum_up(verdicts, cart, untouched)


def _judge(
    code: Presented,
    situation: Situation,
    remaining: tuple[int, ...],
    used_here: dict[CounterKey, int],
    untouched: tuple[int, ...],
    caps: tuple[Cap, ...],
) -> Verdict:
    if code.voucher is None:
        return _refused(code, (unknown(code.code),), untouched)
    facts, offer, now, currency = situation.facts, code.offer, situation.now, situation.cart.currency
    reasons = refusals_of_standing(code, facts.customer, now)
    has_budgets = code.has_budgets
    if caps:
        reasons += refusals_of_limits(code, caps, facts.used, used_here, now)
    if has_budgets:
        reasons += refusals_of_currency(code, currency)
    if offer is not None:
        if offer.rule is not None:
            reasons += offer.rule.refusals(situation)
        if code.credits is not None or code.points is not None or offer.is_payment:
            reasons += refusals_of_payment(code, facts, currency)
            situation = replace(situation, balance=available_to(code, facts), asked=asked_of(code))
        reasons += offer.reward.refusals(situation)
    if reasons or offer is None:
        return _refused(code, _each_once(reasons), untouched)
    parts = offer.reward.discount(situation, remaining)
    _check(parts, remaining, offer.reward)
    discount = sum(parts)
    spent, spent_unit = _payment(offer.reward, situation, discount) if offer.is_payment else (0, None)
    points = spent if spent_unit == POINTS else 0
    counts = tuple([Count(key, _amount(key.measure, discount, points, situation)) for key, _ in caps])
    # Without budgets all caps are limits: something is left of each, and a code takes one.
    if has_budgets and (over := refusals_of_budgets(code, caps, counts, facts.used, used_here, now)):
        return _refused(code, _each_once(over), untouched)
    return Verdict(
        code=code.code,
        voucher=code.voucher,
        campaign=None if code.campaign is None else code.campaign.id,
        main=None if code.main is None else code.main.id,
        offer_version=offer.version,
        granted=True,
        reasons=(),
        discount=discount,
        line_discounts=parts,
        counts=counts,
        spent=spent,
        spent_unit=spent_unit,
    )


def _payment(reward: Reward, situation: Situation, discount: int) -> tuple[int, str | None]:
    """What is taken from the voucher's balance for the discount, and in which unit."""
    if not isinstance(reward, Payment):
        return 0, None
    spent = reward.spent(situation, discount)
    if not 0 <= spent <= situation.balance:
        raise ValueError(f"{reward!r} took {spent} from a balance of {situation.balance}")
    return spent, POINTS if reward.in_points else situation.cart.currency


def _amount(measure: Measure, discount: int, points: int, situation: Situation) -> int:
    if measure is Measure.REDEMPTIONS:
        return 1
    if measure is Measure.DISCOUNT:
        return discount
    return situation.cart.subtotal if measure is Measure.ORDER_VALUE else points


def _refused(code: Presented, reasons: tuple[Reason, ...], untouched: tuple[int, ...]) -> Verdict:
    return Verdict(
        code=code.code,
        voucher=code.voucher,
        campaign=None if code.campaign is None else code.campaign.id,
        main=None if code.main is None else code.main.id,
        offer_version=None if code.offer is None else code.offer.version,
        granted=False,
        reasons=reasons,
        discount=0,
        line_discounts=untouched,
        counts=(),
    )


def _each_once(reasons: list[Reason]) -> tuple[Reason, ...]:
    """Two conditions may ask for the same thing, and for a customer in two ways: the first says enough."""
    named: dict[Reason | str, Reason] = {}
    for why in reasons:
        named.setdefault(why.code if why.code == CUSTOMER_REQUIRED else why, why)
    return tuple(named.values())


def _zone(code: Presented) -> str:
    return "UTC" if code.campaign is None else code.campaign.zone


def _check(parts: tuple[int, ...], remaining: tuple[int, ...], reward: object) -> None:
    # A faulty reward must stop here, as the bug it is, and not at the shop's bank.
    for part, left in zip(parts, remaining, strict=True):
        if not 0 <= part <= left:
            raise ValueError(f"{reward!r} took {part} off a line that costs {left}")


def _sum_up(verdicts: list[Verdict], cart: Cart, untouched: tuple[int, ...]) -> Evaluation:
    granted = all(verdict.granted for verdict in verdicts)
    discount, lines = 0, untouched
    if granted and len(verdicts) == 1:
        [only] = verdicts
        discount, lines = only.discount, only.line_discounts
    elif granted:
        for verdict in verdicts:
            discount += verdict.discount
            lines = tuple([so_far + more for so_far, more in zip(lines, verdict.line_discounts, strict=True)])
    return Evaluation(
        verdicts=tuple(verdicts),
        currency=cart.currency,
        subtotal=cart.subtotal,
        shipping=cart.shipping,
        discount=discount,
        total=cart.total - discount,
        line_discounts=lines,
        granted=granted,
    )
