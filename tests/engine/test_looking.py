"""Looking: which answers would be others if other codes had left less over, and which stay as they are."""

from decimal import Decimal

import pytest

from app.engine.counter import Measure
from app.engine.facts import Facts
from app.engine.looking import looks_at_the_rest
from app.engine.occasion import NOWHERE
from app.engine.offer import Presented
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.all_of import AllOf
from app.engine.rules.expression import Expression
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.none_of import NoneOf
from app.engine.rules.running_subtotal import RunningSubtotal
from app.engine.rules.total_after_discount import TotalAfterDiscount
from app.engine.running import Running
from app.engine.unit import Rule
from tests.engine.shop import ANNA, NOW, cart, eur, offer, presented, with_budget

CART = cart(10_000, shipping=500)


def look(code: Presented) -> tuple[bool, bool]:
    """Whether the code is granted on a cart of 100.00 EUR, and whether somebody looked at what is left of it."""
    start = Running.on(CART, Facts(ANNA), NOW, NOWHERE, CART.subtotal)
    caps = code.caps(ANNA, "EUR", NOW)
    verdict, looked = looks_at_the_rest(code, caps, start)
    assert verdict == start.judge(code, caps)
    return verdict.granted, looked


@pytest.mark.parametrize(
    "rule",
    [
        RunningSubtotal(amount_at_most=eur("50")),
        NoneOf((RunningSubtotal(amount_at_least=eur("50")),)),
        AllOf((MinimumSpend(eur("1")), Expression("cart.remaining < 90"))),
        TotalAfterDiscount(amount_at_most=eur("50")),
    ],
)
def test_a_rule_about_what_is_left_is_seen_to_look_there(rule: Rule) -> None:
    assert look(presented(offer=offer(rule))) == (False, True)


@pytest.mark.parametrize(
    "code",
    [
        presented(offer=offer(MinimumSpend(eur("200")))),
        presented(offer=offer(Expression("cart.subtotal > 200"))),
        presented(enabled=False),
        presented(offer=None),
        Presented("NOBODYS"),
    ],
)
def test_what_is_about_cart_or_code_alone_is_refused_without_looking(code: Presented) -> None:
    assert look(code) == (False, False)


def test_a_budget_that_does_not_cover_a_discount_might_cover_less() -> None:
    assert look(with_budget(Measure.DISCOUNT, 300)) == (False, True)


def test_what_is_granted_looks_at_what_it_takes_from() -> None:
    assert look(presented(offer=offer(reward=PercentOff(Decimal(5))))) == (True, True)
