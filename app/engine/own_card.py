"""The customer's own card: the gift voucher or loyalty card of a campaign that credit or points are put on."""

from uuid import UUID

from app.engine.facts import Card, Facts
from app.engine.reason import Reason, customer_required

NO_CARD = "NO_CARD"


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


def card_of(facts: Facts, campaign: UUID) -> Card:
    """The card, which is there when `refusals_of_card` says nothing."""
    return facts.cards[campaign]
