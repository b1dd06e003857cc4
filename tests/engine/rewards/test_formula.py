"""Discounts that no other reward can reckon."""

from dataclasses import replace

import pytest

from app.engine.cart import Cart, Line
from app.engine.facts import Facts, Profile, Situation
from app.engine.money import Money
from app.engine.reason import currency_mismatch
from app.engine.rewards.formula import Formula
from app.engine.shelf import rewards
from app.engine.shopper import Shopper
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, cart, eur, judge, offer, presented, situation

PER_POINT = Formula("double(cart.metadata.points) * 0.25", eur("1.00"), eur("50.00"))


def with_points(points: float | str, *prices: int) -> Cart:
    return replace(cart(*prices), metadata={"points": points})


def off(reward: Formula, basket: Cart) -> tuple[int, ...]:
    return reward.discount(situation(basket), tuple(line.amount for line in basket.lines))


@pytest.mark.parametrize("points", [10, 10.0, "10"])
def test_the_amount_is_worked_out_and_split_over_the_lines(points: float | str) -> None:
    assert off(PER_POINT, with_points(points, 3000, 1000)) == (188, 62)


@pytest.mark.parametrize(("currency", "expected"), [("EUR", (17, 8)), ("JPY", (17, 8)), ("KWD", (17, 8))])
def test_it_is_rounded_half_up_once_for_the_whole(currency: str, expected: tuple[int, ...]) -> None:
    third = Formula("cart.subtotal / 12.0", Money(0, currency))
    assert off(third, cart(200, 100, currency=currency)) == expected


def test_a_whole_number_is_so_many_major_units() -> None:
    assert off(Formula("5", eur("0")), cart(2000)) == (500,)
    assert off(Formula("5", Money(0, "JPY")), cart(2000, currency="JPY")) == (5,)


def test_where_something_is_missing_the_fallback_is_taken() -> None:
    assert off(PER_POINT, cart(3000)) == (100,)
    assert off(PER_POINT, with_points("many", 3000)) == (100,)
    assert off(Formula("1 / 0", eur("0")), cart(3000)) == (0,)


def test_it_takes_no_more_than_the_most_and_than_the_lines_cost_and_never_less_than_nothing() -> None:
    assert off(PER_POINT, with_points(1000, 9000)) == (5000,)
    assert off(PER_POINT, with_points(1000, 30)) == (30,)
    assert off(PER_POINT, cart(30)) == (30,)
    assert off(PER_POINT, with_points(-10, 9000)) == (0,)
    assert off(PER_POINT, cart()) == ()


def test_the_customers_own_data_may_decide_and_nobody_gets_the_fallback() -> None:
    reward = Formula("cart.subtotal * int(customer.metadata.percent) / 100", eur("1.00"))
    assert reward.needs == {Profile()}
    anna: Situation = replace(
        situation(cart(2000)), facts=Facts(ANNA, shopper=Shopper("anna", metadata={"percent": 15}))
    )
    assert reward.discount(anna, (2000,)) == (300,)
    assert off(reward, cart(2000)) == (100,)


def test_a_code_after_another_sees_what_is_left() -> None:
    rest = presented("REST", 2, offer=offer(reward=Formula("cart.remaining / 2", eur("0"))))
    assert [verdict.discount for verdict in judge(presented("TEN", 1), rest).verdicts] == [1000, 4500]


def test_lines_may_be_looked_at_one_by_one() -> None:
    basket = Cart("EUR", (Line(3, 1000, categories=("mugs",)), Line(2, 500)))
    reward = Formula("cart.lines.filter(l, 'mugs' in l.categories).map(l, l.unit_price).max()", eur("0"))
    assert sum(off(reward, basket)) == 1000


def test_a_cart_in_another_currency_is_refused() -> None:
    assert PER_POINT.refusals(situation(cart(1, currency="JPY"))) == (currency_mismatch("EUR", "JPY"),)
    assert PER_POINT.refusals(situation()) == ()


@pytest.mark.parametrize(
    ("formula", "fallback", "up_to", "path"),
    [
        ("cart.subtotal > 1", eur("1"), None, "formula"),
        ("cart.nothing", eur("1"), None, "formula"),
        ("1", Money(-1, "EUR"), None, "fallback"),
        ("1", eur("1"), eur("0"), "up_to"),
        ("1", eur("1"), Money(5, "JPY"), "up_to"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(
    formula: str, fallback: Money, up_to: Money | None, path: str
) -> None:
    with pytest.raises(UnitError) as refused:
        Formula(formula, fallback, up_to)
    assert refused.value.path == path


def test_the_fallback_must_be_given() -> None:
    with pytest.raises(UnitError, match=r"^reward\.fallback: "):
        rewards.from_json({"kind": "formula", "formula": "1"}, "reward")
