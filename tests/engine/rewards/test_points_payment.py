"""Paying with points, in whole steps."""

from dataclasses import replace

import pytest

from app.engine.evaluate import evaluate
from app.engine.facts import POINTS, Balance, Facts
from app.engine.money import Money
from app.engine.remedy import Act, Change
from app.engine.rewards.points_payment import PointsPayment
from app.engine.unit import UnitError
from tests.engine.shop import NOW, VOUCHER, cart, codes_of, eur, offer, presented, situation

HUNDRED_A_EURO = PointsPayment(100, eur("1.00"))


@pytest.mark.parametrize(
    ("balance", "asked", "remaining", "parts", "spent"),
    [
        (1250, None, (2000, 1000), (800, 400), 1200),  # 50 points are no step
        (5000, None, (500, 280), (449, 251), 700),  # the cart is paid up to the last whole step
        (5000, 250, (2000, 1000), (133, 67), 200),  # no more than was asked for
        (300, 700, (2000, 1000), (200, 100), 300),  # nor than there is
        (5000, None, (99,), (0,), 0),
        (5000, None, (0, 0), (0, 0), 0),
    ],
)
def test_points_pay_in_whole_steps(
    balance: int, asked: int | None, remaining: tuple[int, ...], parts: tuple[int, ...], spent: int
) -> None:
    looked_at = replace(situation(cart(*remaining)), balance=balance, asked=asked)
    assert HUNDRED_A_EURO.refusals(looked_at) == ()
    assert HUNDRED_A_EURO.discount(looked_at, remaining) == parts
    assert HUNDRED_A_EURO.spent(looked_at, sum(parts)) == spent


def test_a_step_may_be_worth_more_than_its_points() -> None:
    looked_at = replace(situation(cart(2000)), balance=25)
    assert PointsPayment(10, eur("7.50")).discount(looked_at, (2000,)) == (1500,)
    assert PointsPayment(10, eur("7.50")).spent(looked_at, 1500) == 20


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_a_step_is_worth_what_it_says_in_any_currency(currency: str) -> None:
    looked_at = replace(situation(cart(2000, 1000, currency=currency)), balance=1250)
    reward = PointsPayment(100, Money(75, currency))
    assert reward.refusals(looked_at) == ()
    assert reward.discount(looked_at, (2000, 1000)) == (600, 300)  # twelve steps
    assert reward.spent(looked_at, 900) == 1200


def test_the_till_learns_how_many_points_the_card_loses() -> None:
    card = presented("CARD", offer=offer(reward=HUNDRED_A_EURO), points=450)
    facts = Facts(balances={VOUCHER: Balance(POINTS, 1250)})
    [verdict] = evaluate([card], cart(3000), facts, NOW).verdicts
    assert (verdict.discount, verdict.spent, verdict.spent_unit) == (400, 400, POINTS)


def test_less_than_a_step_is_refused_and_told_apart() -> None:
    asked = replace(situation(cart(2000)), balance=1000, asked=60)
    [reason] = HUNDRED_A_EURO.refusals(asked)
    assert (reason.code, reason.expected, reason.actual, reason.missing) == ("POINTS_TOO_FEW", 100, 60, 40)
    assert reason.remedy == "Take 100 points or more."
    assert reason.change == Change(Act.CHOOSE, path="code.points", values=("100",))
    [reason] = HUNDRED_A_EURO.refusals(replace(situation(cart(2000)), balance=70))
    assert (reason.code, reason.expected, reason.actual, reason.missing) == ("BALANCE_TOO_LOW", 100, 70, 30)
    assert (reason.remedy, reason.change) == (None, None)  # nobody can take what is not there
    card = presented("CARD", offer=offer(reward=HUNDRED_A_EURO))
    empty = Facts(balances={VOUCHER: Balance(POINTS, 0)})
    assert codes_of(evaluate([card], cart(2000), empty, NOW)) == ["BALANCE_EMPTY"]
    few = Facts(balances={VOUCHER: Balance(POINTS, 70)})
    assert codes_of(evaluate([card], cart(2000), few, NOW)) == ["BALANCE_TOO_LOW"]


def test_a_worth_in_another_currency_than_the_carts_is_refused() -> None:
    [reason] = HUNDRED_A_EURO.refusals(replace(situation(cart(2000, currency="PLN")), balance=1000))
    assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "PLN")


@pytest.mark.parametrize(
    ("points", "worth", "path"),
    [(0, eur("1.00"), "points"), (2**31, eur("1.00"), "points"), (1, Money(0, "EUR"), "worth")],
)
def test_faulty_parameters_are_refused_with_their_path(points: int, worth: Money, path: str) -> None:
    with pytest.raises(UnitError) as refused:
        PointsPayment(points, worth)
    assert refused.value.path == path
