"""The customer's own card: the gift voucher or loyalty card of a campaign that credit or points are put on."""

from uuid import UUID

from app.engine.facts import POINTS, Card, Facts
from app.engine.money import LARGEST
from app.engine.reason import Reason, customer_required

NO_CARD = "NO_CARD"
MOST_POINTS = 2**31 - 1  # as many as GraphQL's Int carries


def refusals_of_card(facts: Facts, campaign: UUID, unit: str, words: str) -> tuple[Reason, ...]:
    """Why nothing in `unit` can be put on the customer's card of the campaign, which people call `words`."""
    if facts.customer is None:
        return (customer_required(),)
    card = facts.cards.get(campaign)
    if card is None:
        message = f"The customer holds no {words} that this could be put on."
        return (Reason(NO_CARD, message, subject="customer.card", expected=unit),)
    if card.unit in (None, unit):
        return ()
    message = f"The customer's {words} holds {card.unit}, this would be {unit}."
    return (Reason(NO_CARD, message, subject="customer.card", expected=unit, actual=card.unit),)


def room_on(card: Card, unit: str) -> int:
    """How much more in `unit` the card can hold: no balance is larger than what callers can be told exactly."""
    return max(0, (MOST_POINTS if unit == POINTS else LARGEST) - card.held)


def card_of(facts: Facts, campaign: UUID) -> Card:
    """The card, which is there when `refusals_of_card` says nothing."""
    return facts.cards[campaign]
