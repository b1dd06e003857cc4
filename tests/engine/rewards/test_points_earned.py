"""Points earned: so many, or so many for each full step of what the lines still cost."""

from uuid import UUID

import pytest

from app.engine.cart import Cart
from app.engine.facts import Card, CardOf, Facts, Situation
from app.engine.gift import Gift, GiftKind
from app.engine.money import Money
from app.engine.own_card import MOST_POINTS
from app.engine.rewards.points_earned import PointsEarned
from app.engine.shelf import rewards
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, cart, eur, situation

CARDS, CARD = UUID(int=20), UUID(int=21)


def seen(
    basket: Cart,
    remaining: tuple[int, ...] | None = None,
    *,
    card: Card | None = Card(CARD, "points"),  # noqa: B008 - it is frozen
    customer: UUID | None = ANNA,
) -> Situation:
    before = situation(basket)
    facts = Facts(customer, cards={} if card is None else {CARDS: card})
    return Situation(basket, facts, before.now, before.zone, remaining=remaining)


def points(reward: PointsEarned, at: Situation) -> int:
    assert reward.refusals(at) == ()
    return sum(gift.amount for gift in reward.gifts(at, 0))


def test_the_documented_example() -> None:
    reward = PointsEarned(CARDS, 1, eur("2.00"))
    assert points(reward, seen(cart(2090), (1690,))) == 8


def test_a_fixed_number_of_points_is_earned_whatever_the_cart_costs() -> None:
    at = seen(cart(0))
    assert PointsEarned(CARDS, 50).gifts(at, 0) == (Gift(GiftKind.POINTS, CARDS, 50, "points", CARD),)
    assert PointsEarned(CARDS, 50).discount(at, (0,)) == (0,)


@pytest.mark.parametrize(
    ("subtotal", "earned"),
    [(199, 0), (200, 3), (399, 3), (400, 6)],
)
def test_only_full_steps_earn(subtotal: int, earned: int) -> None:
    assert points(PointsEarned(CARDS, 3, eur("2.00")), seen(cart(subtotal))) == earned


@pytest.mark.parametrize(("per", "subtotal"), [(Money(100, "JPY"), 1050), (Money(1000, "KWD"), 10_999)])
def test_steps_are_of_the_carts_currency_whatever_its_decimals(per: Money, subtotal: int) -> None:
    assert points(PointsEarned(CARDS, 1, per), seen(cart(subtotal, currency=per.currency))) == 10


def test_one_cart_earns_no_more_than_the_most() -> None:
    reward = PointsEarned(CARDS, 10, eur("1.00"), points_at_most=25)
    assert [points(reward, seen(cart(minor))) for minor in (200, 250, 300)] == [20, 20, 25]


def test_a_step_in_another_currency_is_not_compared() -> None:
    reasons = PointsEarned(CARDS, 1, eur("2.00")).refusals(seen(cart(5000, currency="JPY")))
    assert [reason.code for reason in reasons] == ["CURRENCY_MISMATCH"]


@pytest.mark.parametrize(
    ("card", "customer", "code"),
    [
        (None, ANNA, "NO_CARD"),
        (Card(CARD, "EUR"), ANNA, "NO_CARD"),
        (Card(CARD, "points"), None, "CUSTOMER_REQUIRED"),
    ],
)
def test_points_need_a_loyalty_card_of_a_known_customer(
    card: Card | None, customer: UUID | None, code: str
) -> None:
    reasons = PointsEarned(CARDS, 1).refusals(seen(cart(100), card=card, customer=customer))
    assert [reason.code for reason in reasons] == [code]


def test_it_needs_the_customers_card_of_its_campaign_and_comes_back_from_json() -> None:
    reward = PointsEarned(CARDS, 1, eur("2.00"), 500)
    assert reward.needs == {CardOf(CARDS)}
    assert rewards.from_json(rewards.to_json(reward)) == reward


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"points": 0}, "points: Must be 1 to 2147483647."),
        ({"points": 2**31}, "points: Must be 1 to 2147483647."),
        ({"points": 1, "points_at_most": 0}, "points_at_most: Must be 1 to 2147483647."),
        ({"points": 1, "per": Money(0, "EUR")}, "per: Must be more than zero."),
    ],
)
def test_points_that_cannot_be_are_refused(values: dict[str, object], error: str) -> None:
    with pytest.raises(UnitError) as refused:
        PointsEarned(CARDS, **values)  # type: ignore[arg-type]  # each is what the parameter takes
    assert str(refused.value) == error


@pytest.mark.parametrize(("held", "earned"), [(0, 100), (MOST_POINTS - 100, 100), (MOST_POINTS - 40, 40)])
def test_no_more_is_earned_than_the_card_can_hold(held: int, earned: int) -> None:
    assert points(PointsEarned(CARDS, 100), seen(cart(2090), card=Card(CARD, "points", held))) == earned


def test_a_full_card_earns_nothing() -> None:
    assert PointsEarned(CARDS, 1).gifts(seen(cart(2090), card=Card(CARD, "points", MOST_POINTS)), 0) == ()
