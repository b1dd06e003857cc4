"""gift_credit: money for the next purchase, put on the gift voucher that the customer already holds.

It is put there when the redemption is consumed, a hold when it is confirmed; and taken back, as far as it is still
there, with the goods that come back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from app.engine.facts import CardOf, Need, Situation
from app.engine.gift import Gift, GiftKind
from app.engine.json_data import JSONValue
from app.engine.money import Money
from app.engine.own_card import card_of, refusals_of_card, room_on
from app.engine.reason import Reason
from app.engine.shelf import rewards
from app.engine.unit import GivesMore, UnitError, says


@rewards.add
@dataclass(frozen=True, slots=True)
class GiftCredit(GivesMore):
    """Credit is put on the customer's own gift voucher of a campaign."""

    campaign: UUID = field(
        metadata=says("The campaign of gift vouchers; the customer holds one of it.", of="campaign")
    )
    amount: Money = field(metadata=says("How much is put on it, in the currency that it holds."))

    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "gift_credit",
        "campaign": "01890a5d-ac96-774b-bcce-b302099a8057",
        "amount": {"minor": 500, "currency": "EUR"},
    }

    def __post_init__(self) -> None:
        if self.amount.minor < 1:
            raise UnitError("amount", "Must be more than zero.")

    @property
    def needs(self) -> frozenset[Need]:
        """The customer's gift voucher of the campaign."""
        return frozenset({CardOf(self.campaign)})

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED; NO_CARD when the customer holds no such gift voucher, or one in another currency."""
        return refusals_of_card(situation.facts, self.campaign, self.amount.currency, "gift voucher")

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """Nothing: it is for the next purchase."""
        return (0,) * len(remaining)

    def gifts(self, situation: Situation, discount: int) -> tuple[Gift, ...]:
        """The credit, as much as the gift voucher can hold."""
        card, unit = card_of(situation.facts, self.campaign), self.amount.currency
        amount = min(self.amount.minor, room_on(card, unit))
        return (Gift(GiftKind.CREDIT, self.campaign, amount, unit, card.voucher),) if amount else ()
