"""What is left to pay after a code's own discount."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.engine.facts import Situation
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.total_after_discount import TotalAfterDiscount
from app.engine.unit import UnitError
from tests.engine.shop import cart, codes_of, eur, judge, offer, presented, situation

NOT_FOR_NOTHING = TotalAfterDiscount(eur("0.01"))


def after(own: int, *prices: int, shipping: int = 0, currency: str = "EUR") -> Situation:
    return replace(situation(cart(*prices, shipping=shipping, currency=currency)), own_discount=own)


def test_a_code_that_would_make_the_order_free_is_refused() -> None:
    free = presented(offer=offer(NOT_FOR_NOTHING, PercentOff(Decimal(100))))
    assert codes_of(judge(free, basket=cart(1000))) == ["TOTAL_AFTER_DISCOUNT_TOO_LOW"]
    assert judge(free, basket=cart(1000, shipping=1)).granted


def test_codes_before_it_count_as_well() -> None:
    half = PercentOff(Decimal(50))
    first, second = (
        presented("A", 1, offer=offer(reward=half)),
        presented("B", 2, offer=offer(TotalAfterDiscount(eur("30.00")), half)),
    )
    assert judge(second, basket=cart(6000)).granted
    assert codes_of(judge(first, second, basket=cart(6000))) == ["TOTAL_AFTER_DISCOUNT_TOO_LOW"]


def test_it_is_told_how_far_off_the_total_is() -> None:
    assert TotalAfterDiscount(eur("30.00")).refusals(after(500, 2000, 1000, shipping=400)) == (
        Reason(
            "TOTAL_AFTER_DISCOUNT_TOO_LOW",
            "With this code 29.00 EUR would be left to pay; this offer wants at least 30.00 EUR to be.",
            subject="total",
            expected=eur("30.00"),
            actual=eur("29.00"),
            missing=eur("1.00"),
        ),
    )


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_both_limits_belong_to_it(currency: str) -> None:
    rule = TotalAfterDiscount(Money(1000, currency), Money(2000, currency))
    assert rule.refusals(after(1, 1001, currency=currency)) == ()
    assert rule.refusals(after(1, 2001, currency=currency)) == ()
    assert rule.refusals(after(1, 1000, currency=currency))[0].missing == Money(1, currency)
    (over,) = rule.refusals(after(1, 2002, currency=currency))
    assert (over.code, over.missing) == ("TOTAL_AFTER_DISCOUNT_TOO_HIGH", Money(1, currency))


def test_a_cart_in_another_currency_is_not_compared() -> None:
    assert [why.code for why in NOT_FOR_NOTHING.refusals(after(0, 1, currency="JPY"))] == [
        "CURRENCY_MISMATCH"
    ]


def test_what_is_left_to_pay_is_shown() -> None:
    assert NOT_FOR_NOTHING.actual(after(500, 2000, shipping=400)) == eur("19.00")


@pytest.mark.parametrize(
    ("least", "most", "path"),
    [
        (None, None, "amount_at_least"),
        (eur("0"), None, "amount_at_least"),
        (eur("2"), eur("1"), "amount_at_most"),
    ],
)
def test_faulty_limits_are_refused_with_their_path(
    least: Money | None, most: Money | None, path: str
) -> None:
    with pytest.raises(UnitError) as refused:
        TotalAfterDiscount(least, most)
    assert refused.value.path == path
