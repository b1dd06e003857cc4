"""points_payment: points pay in whole steps, so many points for so much money.

With 100 points worth 1.00 EUR, 1,250 points pay 12.00 EUR of a cart of 30.00 EUR and 50 points stay on the card; of a
cart of 7.80 EUR they pay 7.00 EUR. No step is ever cut, so what points are worth never depends on rounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from app.engine import reason as codes
from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.money import Money, split
from app.engine.reason import Reason, currency_mismatch
from app.engine.remedy import Act, Change
from app.engine.shelf import rewards
from app.engine.unit import NOTHING, Payment, UnitError, says

POINTS_TOO_FEW = "POINTS_TOO_FEW"
MOST_POINTS = 2**31 - 1  # as many as GraphQL's Int carries


@rewards.add
@dataclass(frozen=True, slots=True)
class PointsPayment(Payment):
    """The cart is paid with points of the card, so many points for so much money, in whole steps."""

    points: int = field(metadata=says("How many points one step takes, from 1 up.", unit="points"))
    worth: Money = field(metadata=says("What one step pays."))

    in_points: ClassVar[bool] = True
    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "points_payment",
        "points": 100,
        "worth": {"minor": 100, "currency": "EUR"},
    }

    def __post_init__(self) -> None:
        if not 1 <= self.points <= MOST_POINTS:
            raise UnitError("points", f"Must be from 1 to {MOST_POINTS}.")
        if self.worth.minor < 1:
            raise UnitError("worth", "Must be more than zero.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CURRENCY_MISMATCH; POINTS_TOO_FEW when less than a step is asked for; BALANCE_TOO_LOW when less is there."""
        if self.worth.currency != situation.cart.currency:
            return (currency_mismatch(self.worth.currency, situation.cart.currency),)
        # Nothing is asked for only by a hold that holds no points, when it is judged anew.
        if situation.asked is not None and 0 < situation.asked < self.points:
            message = f"Points pay in steps of {self.points}."
            reason = self._less_than_a_step(POINTS_TOO_FEW, message, "code.points", situation.asked)
            change = Change(Act.CHOOSE, path="code.points", values=(str(self.points),))
            return (replace(reason, remedy=f"Take {self.points} points or more.", change=change),)
        if 0 < situation.balance < self.points:
            message = f"There are fewer points on this code than the {self.points} that a payment takes."
            return (
                self._less_than_a_step(codes.BALANCE_TOO_LOW, message, "voucher.balance", situation.balance),
            )
        return ()

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """The worth of all whole steps that are asked for, are there, and fit into what the lines still cost."""
        most = situation.balance if situation.asked is None else min(situation.asked, situation.balance)
        steps = min(most // self.points, sum(remaining) // self.worth.minor)
        return split(steps * self.worth.minor, remaining)

    def spent(self, situation: Situation, discount: int) -> int:
        """The points of the steps that make up the discount."""
        return discount // self.worth.minor * self.points

    def _less_than_a_step(self, code: str, message: str, subject: str, actual: int) -> Reason:
        return Reason(
            code,
            message,
            subject=subject,
            expected=self.points,
            actual=actual,
            missing=self.points - actual,
        )
