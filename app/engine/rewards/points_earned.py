"""points_earned: so many points, or so many for each full step of what the lines still cost.

With 1 point for each 2.00 EUR, a cart of 20.90 EUR of which 4.00 EUR are taken off by the codes before earns 8 points:
16.90 EUR hold eight full steps. No step is ever cut, so nobody has to round. Shipping earns nothing. Codes that are
applied later do not lower it: points that depend on all discounts stand in a lane that runs last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from app.engine.facts import POINTS, CardOf, Need, Situation
from app.engine.gift import Gift, GiftKind
from app.engine.json_data import JSONValue
from app.engine.money import Money
from app.engine.own_card import MOST_POINTS, card_of, refusals_of_card, room_on
from app.engine.reason import Reason, currency_mismatch
from app.engine.shelf import rewards
from app.engine.unit import GivesMore, UnitError, says


@rewards.add
@dataclass(frozen=True, slots=True)
class PointsEarned(GivesMore):
    """Points are put on the customer's own loyalty card of a campaign."""

    campaign: UUID = field(
        metadata=says("The campaign of loyalty cards; the customer holds one of it.", of="campaign")
    )
    points: int = field(metadata=says("How many points, from 1 up.", unit="points"))
    per: Money | None = field(
        default=None,
        metadata=says(
            "For each full step of this amount that the lines still cost; once if it is not given."
        ),
    )
    points_at_most: int | None = field(
        default=None, metadata=says("How many points one cart earns at most.", unit="points")
    )

    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "points_earned",
        "campaign": "01890a5d-ac96-774b-bcce-b302099a8057",
        "points": 1,
        "per": {"minor": 200, "currency": "EUR"},
        "points_at_most": 500,
    }

    def __post_init__(self) -> None:
        for name in ("points", "points_at_most"):
            points = getattr(self, name)
            if points is not None and not 0 < points <= MOST_POINTS:
                raise UnitError(name, f"Must be 1 to {MOST_POINTS}.")
        if self.per is not None and self.per.minor < 1:
            raise UnitError("per", "Must be more than zero.")

    @property
    def needs(self) -> frozenset[Need]:
        """The customer's loyalty card of the campaign."""
        return frozenset({CardOf(self.campaign)})

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED; NO_CARD when the customer holds no such loyalty card; CURRENCY_MISMATCH for `per`."""
        found = refusals_of_card(situation.facts, self.campaign, POINTS, "loyalty card")
        if self.per is not None and self.per.currency != situation.cart.currency:
            found += (currency_mismatch(self.per.currency, situation.cart.currency),)
        return found

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """Nothing: points are for the next purchase."""
        return (0,) * len(remaining)

    def gifts(self, situation: Situation, discount: int) -> tuple[Gift, ...]:
        """The points, as many as the card can hold; none where the lines do not cost one full step."""
        steps = 1 if self.per is None else situation.running_subtotal // self.per.minor
        card = card_of(situation.facts, self.campaign)
        points = min(self.points * steps, self.points_at_most or MOST_POINTS, room_on(card, POINTS))
        if not points:
            return ()
        return (Gift(GiftKind.POINTS, self.campaign, points, POINTS, card.voucher),)
