"""Giving: what rewards of each sort give, and that a faulty one never reaches the shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import pytest

from app.engine.cart import Cart, Line
from app.engine.facts import Need, Situation
from app.engine.gift import Gift, GiftKind
from app.engine.give import NOTHING_GIVEN, Given, give
from app.engine.json_data import JSONValue
from app.engine.reason import Reason
from app.engine.unit import NOTHING, AddsLines, GivesMore, OffShipping
from tests.engine.shop import TEN_PERCENT, cart, presented, situation

CODE = presented()
TEA = Line(2, 450, product="TEA")


class _Plain:
    """What all these rewards have in common: they refuse nobody and leave the lines alone."""

    __slots__ = ()
    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {}

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        return ()

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        return (0,) * len(remaining)


@dataclass(frozen=True, slots=True)
class Freight(_Plain, OffShipping):
    off: int

    def shipping_discount(self, situation: Situation, remaining: int) -> int:
        return self.off


class Teas(_Plain, AddsLines):
    __slots__ = ()

    def added(self, situation: Situation) -> tuple[Line, ...]:
        return (TEA,)


class Points(_Plain, GivesMore):
    __slots__ = ()

    def gifts(self, situation: Situation, discount: int) -> tuple[Gift, ...]:
        return (Gift(GiftKind.POINTS, UUID(int=1), situation.cart.subtotal // 100, "points"),)


def looked_at(basket: Cart, remaining: tuple[int, ...], shipping: int) -> Situation:
    before = situation(basket)
    return Situation(
        basket, before.facts, before.now, before.zone, remaining=remaining, remaining_shipping=shipping
    )


def test_a_discount_is_taken_off_what_the_lines_still_cost() -> None:
    given = give(CODE, TEN_PERCENT, looked_at(cart(1000, 500), (800, 0), 0))
    assert given == Given((80, 0))
    assert (given.discount, given.lowers_by, given.points) == (80, 80, 0)


def test_shipping_is_taken_off_by_itself() -> None:
    given = give(CODE, Freight(300), looked_at(cart(1000, shipping=490), (1000,), 300))
    assert given == Given((0,), shipping=300)
    assert given.discount == 300


def test_added_goods_bear_their_code_and_count_as_discount_though_nobody_pays_less() -> None:
    given = give(CODE, Teas(), situation(cart(1000)))
    assert given.added == (Line(2, 450, product="TEA", added_by="SUMMER"),)
    assert (given.discount, given.lowers_by) == (900, 0)


def test_gifts_are_no_discount() -> None:
    given = give(CODE, Points(), situation(cart(1234)))
    assert given.gifts == (Gift(GiftKind.POINTS, UUID(int=1), 12, "points"),)
    assert given.discount == 0


def test_a_reward_that_takes_more_off_the_shipping_than_it_costs_stops_as_the_bug_it_is() -> None:
    with pytest.raises(ValueError, match="took 500 off what costs 490"):
        give(CODE, Freight(500), situation(cart(1000, shipping=490)))


def test_nothing_given_is_nothing() -> None:
    assert (NOTHING_GIVEN.discount, NOTHING_GIVEN.points, NOTHING_GIVEN.gifts) == (0, 0, ())
