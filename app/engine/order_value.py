"""The order's value: what an order comes to at most, with all that its codes may put into the cart.

Budgets that count orders are judged by it before anybody knows which codes will be used. So it must never be too low;
but goods of a code that surely is not used are not counted, or a promotion that nobody asked for would stand in the way
of others.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from app.engine.cart import Cart
from app.engine.facts import Facts, Situation
from app.engine.limits import refusals_of_limits
from app.engine.nesting import inside
from app.engine.occasion import Occasion
from app.engine.offer import Offer, Presented
from app.engine.running import Running
from app.engine.shelf import rules
from app.engine.standing import refusals_of_standing
from app.engine.unit import AddsLines, Reward, Rule

# Rules that look at what the codes before have left over, or at the discount: when it is their turn they may hold.
LOOK_AT_WHAT_IS_LEFT = frozenset({"expression", "running_subtotal", "total_after_discount"})


def order_value(
    presented: Sequence[Presented], cart: Cart, facts: Facts, now: datetime, occasion: Occasion
) -> int:
    """What the order comes to at most, in minor units."""
    if not any(code.offer is not None and _adds_lines(type(code.offer.reward)) for code in presented):
        return cart.subtotal
    running = Running.on(cart, facts, now, occasion, cart.subtotal)
    return cart.subtotal + sum([added_value(code, running) for code in presented])


@cache
def _adds_lines(kind: type[Reward]) -> bool:
    return issubclass(kind, AddsLines)


def added_value(code: Presented, running: Running) -> int:
    """What the code may put into the cart at most, in minor units; `running` is before the first code."""
    offer = code.offer
    if offer is None or not isinstance(offer.reward, AddsLines):
        return 0
    situation = running.situation(code)
    if _is_never_used(code, offer, running, situation) or offer.reward.refusals(situation):
        return 0
    return sum([line.amount for line in offer.reward.added(situation)])


def _is_never_used(code: Presented, offer: Offer, running: Running, situation: Situation) -> bool:
    """Whether something stands against the code that does so whichever codes are used before it."""
    facts, now = running.facts, running.now
    if refusals_of_standing(code, facts.customer, now):
        return True
    caps = code.caps(facts.customer, running.cart.currency, now)
    if refusals_of_limits(code, caps, facts.used, {}, now):
        return True
    rule = offer.rule
    return rule is not None and not looks_at_what_is_left(rule) and bool(rule.refusals(situation))


def looks_at_what_is_left(rule: Rule) -> bool:
    """Whether the rule, or one inside it, may answer otherwise after other codes."""
    return rules.kind_of(rule) in LOOK_AT_WHAT_IS_LEFT or any(map(looks_at_what_is_left, inside(rule)))
