"""Gift credit: money for the next purchase on the customer's own gift voucher."""

from uuid import UUID

import pytest

from app.engine.facts import Card, CardOf, Facts, Situation
from app.engine.gift import Gift, GiftKind
from app.engine.money import LARGEST, Money
from app.engine.rewards.gift_credit import GiftCredit
from app.engine.shelf import rewards
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, cart, eur, situation

GIFTS, CARD = UUID(int=20), UUID(int=21)
REWARD = GiftCredit(GIFTS, eur("5.00"))


def seen(card: Card | None = Card(CARD, "EUR"), customer: UUID | None = ANNA) -> Situation:  # noqa: B008 - it is frozen
    before = situation(cart(1000, 500))
    cards = {} if card is None else {GIFTS: card}
    return Situation(before.cart, Facts(customer, cards=cards), before.now, before.zone)


@pytest.mark.parametrize("money", [eur("5.00"), Money(500, "JPY"), Money(1500, "KWD")], ids=str)
def test_credit_goes_to_the_gift_voucher_and_nothing_is_taken_off(money: Money) -> None:
    reward = GiftCredit(GIFTS, money)
    at = seen(Card(CARD, money.currency))
    assert reward.refusals(at) == ()
    assert reward.discount(at, (1000, 500)) == (0, 0)
    assert reward.gifts(at, 0) == (Gift(GiftKind.CREDIT, GIFTS, money.minor, money.currency, CARD),)


def test_a_gift_voucher_that_never_held_anything_takes_any_currency() -> None:
    assert REWARD.refusals(seen(Card(CARD, None))) == ()


def test_a_customer_without_a_gift_voucher_is_refused() -> None:
    [reason] = REWARD.refusals(seen(None))
    assert (reason.code, reason.message, reason.subject, reason.expected) == (
        "NO_CARD",
        "The customer holds no gift voucher that this could be put on.",
        "customer.card",
        "EUR",
    )


def test_a_gift_voucher_in_another_currency_is_no_good() -> None:
    [reason] = REWARD.refusals(seen(Card(CARD, "USD")))
    assert (reason.code, reason.expected, reason.actual) == ("NO_CARD", "EUR", "USD")
    assert reason.message == "The customer's gift voucher holds USD, this would be EUR."


def test_nobody_in_particular_is_asked_who_they_are() -> None:
    assert [reason.code for reason in REWARD.refusals(seen(customer=None))] == ["CUSTOMER_REQUIRED"]


def test_it_needs_the_customers_card_of_its_campaign() -> None:
    assert REWARD.needs == {CardOf(GIFTS)}


def test_it_comes_back_from_json_as_it_was() -> None:
    assert rewards.from_json(rewards.to_json(REWARD)) == REWARD


@pytest.mark.parametrize("minor", [0, -1])
def test_a_credit_of_nothing_is_refused(minor: int) -> None:
    with pytest.raises(UnitError, match=r"^amount: Must be more than zero\.$"):
        GiftCredit(GIFTS, Money(minor, "EUR"))


def test_no_more_credit_is_given_than_the_gift_voucher_can_hold() -> None:
    [gift] = REWARD.gifts(seen(Card(CARD, "EUR", LARGEST - 1)), 0)
    assert gift.amount == 1
    assert REWARD.gifts(seen(Card(CARD, "EUR", LARGEST)), 0) == ()
