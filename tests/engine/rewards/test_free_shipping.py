"""Shipping that is free or costs less."""

from decimal import Decimal

import pytest

from app.engine.money import Money
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.unit import UnitError
from tests.engine.shop import cart, eur, judge, offer, presented, situation


def off(reward: FreeShipping, remaining: int, currency: str = "EUR") -> int:
    shopper = situation(cart(1000, currency=currency, shipping=max(remaining, 490)))
    assert reward.refusals(shopper) == ()
    assert reward.discount(shopper, (1000,)) == (0,)
    return reward.shipping_discount(shopper, remaining)


def test_shipping_is_free_and_goods_cost_what_they_did() -> None:
    told = judge(presented(offer=offer(reward=FreeShipping())), basket=cart(1000, 2000, shipping=490))
    assert (told.subtotal, told.shipping, told.discount, told.total) == (3000, 490, 490, 3000)
    assert (told.shipping_discount, told.line_discounts, told.added) == (490, (0, 0), ())
    [verdict] = told.verdicts
    assert (verdict.discount, verdict.shipping_discount, verdict.line_discounts) == (490, 490, (0, 0))


def test_a_cap_limits_it() -> None:
    capped = FreeShipping(up_to=eur("3.00"))
    assert [off(capped, shipping) for shipping in (0, 299, 300, 990)] == [0, 299, 300, 300]
    half = FreeShipping(Decimal(50), eur("3.00"))
    assert [off(half, shipping) for shipping in (490, 990)] == [245, 300]


@pytest.mark.parametrize(
    ("currency", "shipping", "part"), [("JPY", 333, 33), ("EUR", 335, 34), ("KWD", 1245, 125)]
)
def test_a_percentage_is_rounded_half_up_in_every_currency(currency: str, shipping: int, part: int) -> None:
    assert off(FreeShipping(Decimal(10)), shipping, currency) == part
    assert off(FreeShipping(up_to=Money(5, currency)), shipping, currency) == 5


def test_shipping_that_costs_nothing_costs_nothing_less_and_is_no_reason_to_refuse() -> None:
    told = judge(presented(offer=offer(reward=FreeShipping())), basket=cart(1000))
    assert (told.granted, told.discount, told.total) == (True, 0, 1000)


def test_codes_one_after_the_other_take_what_those_before_have_left() -> None:
    half, rest = FreeShipping(Decimal(50)), FreeShipping(up_to=eur("4.00"))
    goods = AmountOff(eur("12.00"))
    codes = [
        presented(f"CODE{n}", n, offer=offer(reward=reward))
        for n, reward in enumerate((half, goods, rest), 1)
    ]
    told = judge(*codes, basket=cart(1000, shipping=501))
    # 2.51 of 5.01, half up; of the goods no more than they cost, for the shipping is not theirs; then the other 2.50.
    assert [verdict.shipping_discount for verdict in told.verdicts] == [251, 0, 250]
    assert [verdict.discount for verdict in told.verdicts] == [251, 1000, 250]
    assert (told.shipping_discount, told.discount, told.total) == (501, 1501, 0)


def test_a_cap_in_another_currency_is_refused() -> None:
    [reason] = FreeShipping(up_to=eur("3")).refusals(situation(cart(999, currency="JPY")))
    assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "JPY")
    assert FreeShipping().refusals(situation(cart(999, currency="JPY"))) == ()


@pytest.mark.parametrize(
    ("percent", "up_to", "path"),
    [
        (Decimal(0), None, "percent"),
        (Decimal(101), None, "percent"),
        (Decimal("1.00001"), None, "percent"),
        (Decimal(100), eur("0"), "up_to"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(
    percent: Decimal, up_to: Money | None, path: str
) -> None:
    with pytest.raises(UnitError) as refused:
        FreeShipping(percent, up_to)
    assert refused.value.path == path
