"""What the lines still cost when it is a code's turn."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.engine.facts import Situation
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.running_subtotal import RunningSubtotal
from app.engine.unit import UnitError
from tests.engine.shop import cart, codes_of, eur, judge, offer, presented, situation

RULE = RunningSubtotal(eur("100.00"))


def left(*minor: int, currency: str = "EUR") -> Situation:
    """A cart of twice as much, of which the codes before have left so much."""
    return replace(situation(cart(*(2 * each for each in minor), currency=currency)), remaining=minor)


def test_a_code_for_carts_above_a_hundred_is_refused_after_ten_per_cent_off_105() -> None:
    # Voucherify's own example of order.amount in a stack (voucherify.md §3.1).
    first, second = presented("TEN", 1), presented("TWENTY", 2, offer=offer(RULE, PercentOff(Decimal(20))))
    assert judge(second, basket=cart(10500)).granted
    both = judge(first, second, basket=cart(10500))
    assert [verdict.granted for verdict in both.verdicts] == [True, False]
    assert codes_of(both) == ["RUNNING_SUBTOTAL_TOO_LOW"]
    assert both.verdicts[1].reasons[0].actual == eur("94.50")


def test_without_codes_before_it_the_shopper_is_told_what_to_add() -> None:
    assert RULE.refusals(situation(cart(9500, shipping=900))) == (
        Reason(
            "RUNNING_SUBTOTAL_TOO_LOW",
            "The goods still come to 95.00 EUR when it is this code's turn; this offer starts at 100.00 EUR.",
            subject="cart.running_subtotal",
            expected=eur("100.00"),
            actual=eur("95.00"),
            missing=eur("5.00"),
            remedy="Add 5.00 EUR more.",
            change=Change(Act.ADD_AMOUNT, eur("5.00")),
        ),
    )


def test_after_other_codes_nobody_knows_what_to_add() -> None:
    (reason,) = RULE.refusals(left(9500))
    assert (reason.missing, reason.remedy, reason.change) == (eur("5.00"), None, None)


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_both_limits_belong_to_it(currency: str) -> None:
    rule = RunningSubtotal(Money(1000, currency), Money(2000, currency))
    assert rule.refusals(left(1000, currency=currency)) == ()
    assert rule.refusals(left(1500, 500, currency=currency)) == ()
    assert rule.refusals(left(999, currency=currency))[0].missing == Money(1, currency)
    (over,) = rule.refusals(left(2001, currency=currency))
    assert (over.code, over.missing) == ("RUNNING_SUBTOTAL_TOO_HIGH", Money(1, currency))


def test_too_much_is_told_with_what_to_take_out() -> None:
    (reason,) = RunningSubtotal(amount_at_most=eur("20.00")).refusals(situation(cart(2500)))
    assert reason.remedy == "Take out 5.00 EUR or more."
    assert reason.change == Change(Act.REMOVE_AMOUNT, eur("5.00"))


def test_a_cart_in_another_currency_is_not_compared() -> None:
    assert [reason.code for reason in RULE.refusals(situation(cart(1, currency="JPY")))] == [
        "CURRENCY_MISMATCH"
    ]


def test_what_is_left_is_shown() -> None:
    assert RULE.actual(left(100, 20)) == eur("1.20")
    assert RULE.actual(situation(cart(2090))) == eur("20.90")


@pytest.mark.parametrize(
    ("least", "most", "path"),
    [
        (None, None, "amount_at_least"),
        (eur("0"), None, "amount_at_least"),
        (eur("2"), eur("1"), "amount_at_most"),
        (eur("2"), Money(300, "PLN"), "amount_at_most"),
    ],
)
def test_faulty_limits_are_refused_with_their_path(
    least: Money | None, most: Money | None, path: str
) -> None:
    with pytest.raises(UnitError) as refused:
        RunningSubtotal(least, most)
    assert refused.value.path == path
