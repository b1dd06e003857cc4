"""Giving: what a reward takes off lines and shipping, puts into the cart, takes from a balance and gives besides."""

from dataclasses import dataclass
from functools import cache

from app.engine.cart import Line
from app.engine.facts import POINTS, Situation
from app.engine.gift import Gift
from app.engine.offer import Presented
from app.engine.unit import AddsLines, GivesMore, OffShipping, Payment, Reward


@dataclass(frozen=True, slots=True)
class Given:
    """What one code gives. Amounts are minor units of the cart's currency, `spent` is in `spent_unit`.

    `lines` is taken off each line of the cart, `added` lines are free of charge.
    """

    lines: tuple[int, ...]
    shipping: int = 0
    added: tuple[Line, ...] = ()
    gifts: tuple[Gift, ...] = ()
    spent: int = 0
    spent_unit: str | None = None

    @property
    def lowers_by(self) -> int:
        """What the shopper pays less."""
        return sum(self.lines) + self.shipping

    @property
    def discount(self) -> int:
        """What the company gives up: what the shopper pays less, and what the added goods would cost."""
        return self.lowers_by + sum([line.amount for line in self.added])

    @property
    def points(self) -> int:
        """The points that are paid with."""
        return self.spent if self.spent_unit == POINTS else 0


NOTHING_GIVEN = Given(())


def give(
    code: Presented,
    reward: Reward,
    situation: Situation,
    left: tuple[int, ...] | None = None,
    shipping_left: int | None = None,
) -> Given:
    """What the reward, which does not refuse, gives in this situation.

    `left` is what is left of each line and `shipping_left` of the shipping, where the reward is told less: in a lane
    on original amounts. More than that is not given.

    Raises ValueError for a faulty reward: it must stop here, as the bug it is, and not at the shop's bank.
    """
    costs = _left(situation)
    lines = reward.discount(situation, costs)
    _check(lines, costs, reward)
    if left is not None:
        lines = tuple([min(off, most) for off, most in zip(lines, left, strict=True)])
    if _takes_off_lines_only(type(reward)):
        return Given(lines)
    shipping, spent, unit = 0, 0, None
    added: tuple[Line, ...] = ()
    gifts: tuple[Gift, ...] = ()
    if isinstance(reward, Payment):
        spent = reward.spent(situation, sum(lines))
        unit = POINTS if reward.in_points else situation.cart.currency
        if not 0 <= spent <= situation.balance:
            raise ValueError(f"{reward!r} took {spent} from a balance of {situation.balance}")
    if isinstance(reward, OffShipping):
        cost = (
            situation.cart.shipping if situation.remaining_shipping is None else situation.remaining_shipping
        )
        shipping = reward.shipping_discount(situation, cost)
        _check((shipping,), (cost,), reward)
        shipping = shipping if shipping_left is None else min(shipping, shipping_left)
    if isinstance(reward, AddsLines):
        added = tuple(
            [
                Line(
                    line.quantity,
                    line.unit_price,
                    line.sku,
                    line.product,
                    line.name,
                    line.categories,
                    line.metadata,
                    code.code,
                )
                for line in reward.added(situation)
            ]
        )
    if isinstance(reward, GivesMore):
        gifts = reward.gifts(situation, sum(lines))
    return Given(lines, shipping, added, gifts, spent, unit)


@cache
def _takes_off_lines_only(kind: type[Reward]) -> bool:
    """Most rewards do no more; and asking each of them four times costs as much as all they do."""
    return not issubclass(kind, (Payment, OffShipping, AddsLines, GivesMore))


def _left(situation: Situation) -> tuple[int, ...]:
    if situation.remaining is not None:
        return situation.remaining
    return tuple([line.amount for line in situation.cart.lines])


def _check(parts: tuple[int, ...], remaining: tuple[int, ...], reward: object) -> None:
    for part, left in zip(parts, remaining, strict=True):
        if not 0 <= part <= left:
            raise ValueError(f"{reward!r} took {part} off what costs {left}")
