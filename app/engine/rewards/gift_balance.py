"""gift_balance: the voucher pays with the money it holds, like cash: as much as fits, the rest stays on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.money import split
from app.engine.reason import Reason
from app.engine.shelf import rewards
from app.engine.unit import NOTHING, Payment


@rewards.add
@dataclass(frozen=True, slots=True)
class GiftBalance(Payment):
    """The cart is paid from the money on the code, as far as that goes and as it was asked for."""

    in_points: ClassVar[bool] = False
    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {"kind": "gift_balance"}

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """None of its own: what stands in the way of a payment is the same for all of them."""
        return ()

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """What is asked for, or else the whole balance, but never more than the lines still cost."""
        most = situation.balance if situation.asked is None else min(situation.asked, situation.balance)
        return split(min(most, sum(remaining)), remaining)

    def spent(self, situation: Situation, discount: int) -> int:
        """Exactly the discount."""
        return discount
