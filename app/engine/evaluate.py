"""Evaluate: codes, cart, facts and time in; the full answer out. Nothing here waits, writes or looks at a clock."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.engine.cart import Cart
from app.engine.evaluation import Evaluation, Verdict
from app.engine.facts import CounterKey, Facts, Situation
from app.engine.offer import Presented
from app.engine.reason import CUSTOMER_REQUIRED, Reason
from app.engine.standing import refusals_of_limits, refusals_of_standing, repeated, unknown

__all__ = ["Evaluation", "Verdict", "evaluate"]


def evaluate(presented: Sequence[Presented], cart: Cart, facts: Facts, now: datetime) -> Evaluation:
    """Judge every code for this cart, in order, each on what those before it left over.

    `now` must know its offset from UTC. A code of the same request uses up limits for those after it.
    """
    if now.tzinfo is None:
        raise ValueError("now must know its offset from UTC")
    untouched = (0,) * len(cart.lines)
    remaining = tuple([line.quantity * line.unit_price for line in cart.lines])
    used_here: dict[CounterKey, int] = {}
    seen: set[UUID | str] = set()
    verdicts: list[Verdict] = []
    for code in presented:
        name = code.code if code.voucher is None else code.voucher
        if name in seen:
            verdicts.append(_refused(code, (repeated(code.code),), untouched))
            continue
        seen.add(name)
        verdict = _judge(code, Situation(cart, facts, now, _zone(code)), remaining, used_here, untouched)
        verdicts.append(verdict)
        if verdict.granted:
            remaining = tuple(
                [left - off for left, off in zip(remaining, verdict.line_discounts, strict=True)]
            )
            for key in verdict.counters:
                used_here[key] = used_here.get(key, 0) + 1
    return _sum_up(verdicts, cart, untouched)


def _judge(
    code: Presented,
    situation: Situation,
    remaining: tuple[int, ...],
    used_here: dict[CounterKey, int],
    untouched: tuple[int, ...],
) -> Verdict:
    if code.voucher is None:
        return _refused(code, (unknown(code.code),), untouched)
    facts, offer = situation.facts, code.offer
    reasons = refusals_of_standing(code, facts.customer, situation.now)
    limited = code.limited(facts.customer)
    if limited:
        reasons += refusals_of_limits(code, limited, facts.used, used_here)
    if offer is not None:
        if offer.rule is not None:
            reasons += offer.rule.refusals(situation)
        reasons += offer.reward.refusals(situation)
    if reasons or offer is None:
        return _refused(code, _each_once(reasons), untouched)
    parts = offer.reward.discount(situation, remaining)
    _check(parts, remaining, offer.reward)
    return Verdict(
        code=code.code,
        voucher=code.voucher,
        campaign=None if code.campaign is None else code.campaign.id,
        main=None if code.main is None else code.main.id,
        offer_version=offer.version,
        granted=True,
        reasons=(),
        discount=sum(parts),
        line_discounts=parts,
        counters=tuple([key for key, _ in limited]),
    )


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
        counters=(),
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
    if granted:
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
