"""None of several rules."""

from datetime import UTC, datetime

import pytest

from app.engine.cart import Cart, Line
from app.engine.facts import PastRedemptions
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.calendar_days import CalendarDays
from app.engine.rules.cart_currency import CartCurrency
from app.engine.rules.contains_products import ContainsProducts
from app.engine.rules.date_window import DateWindow
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.items_amount import ItemsAmount
from app.engine.rules.items_match import ItemsMatch, WhichItems
from app.engine.rules.items_quantity import ItemsQuantity
from app.engine.rules.maximum_spend import MaximumSpend
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.none_of import NoneOf
from app.engine.rules.time_window import TimeWindow
from app.engine.selection import Items
from app.engine.unit import Rule
from tests.engine.shop import ANNA, cart, eur, situation

SPEND, MUG, FIRST = MinimumSpend(eur("20.00")), ContainsProducts(("MUG",)), FirstPurchase()
EVER = PastRedemptions()


def test_it_holds_when_nothing_inside_does() -> None:
    assert NoneOf((MUG, AllOf((MUG, SPEND)))).refusals(situation()) == ()


def test_what_holds_is_named_in_the_reason() -> None:
    phrase = "minimum spend (amount 20.00 EUR)"
    assert NoneOf((MUG, SPEND)).refusals(situation()) == (
        Reason(
            "EXCLUDED",
            f"This offer is not given when this holds, and it does: {phrase}.",
            subject="rule",
            actual=phrase,
            remedy="Take out 0.91 EUR or more.",
            change=Change(Act.REMOVE_AMOUNT, eur("0.91")),
        ),
    )


def test_what_holds_about_the_customer_is_named_beside_the_sentence() -> None:
    [reason] = NoneOf((FIRST,)).refusals(situation(customer=ANNA, answers={EVER: 0}))
    assert reason == Reason(
        "EXCLUDED",
        "This offer is for other customers than this one.",
        subject="customer",
        actual="first purchase",
    )


def test_a_returning_customer_is_not_a_first_purchase_but_an_unknown_one_might_be() -> None:
    returning_only = NoneOf((FIRST,))
    assert returning_only.refusals(situation(customer=ANNA, answers={EVER: 1})) == ()
    newcomer = returning_only.refusals(situation(customer=ANNA, answers={EVER: 0}))
    assert [reason.code for reason in newcomer] == ["EXCLUDED"]
    unknown = returning_only.refusals(situation())
    assert [reason.code for reason in unknown] == ["CUSTOMER_REQUIRED"]


def test_money_that_cannot_be_compared_does_not_let_anybody_in() -> None:
    rule = NoneOf((MinimumSpend(Money(100, "USD")),))
    assert [reason.code for reason in rule.refusals(situation())] == ["CURRENCY_MISMATCH"]


def test_a_definite_no_settles_what_else_is_unknown() -> None:
    assert NoneOf((AllOf((MUG, FIRST)),)).refusals(situation()) == ()
    either = NoneOf((AnyOf((MUG, FIRST)),)).refusals(situation())
    assert [reason.code for reason in either] == ["NO_ALTERNATIVE_HOLDS"]


def test_twice_none_is_the_rule_itself() -> None:
    twice = NoneOf((NoneOf((SPEND,)),))
    assert twice.refusals(situation(cart(2000))) == ()
    assert [reason.code for reason in twice.refusals(situation(cart(1999)))] == ["EXCLUDED"]
    assert twice.needs == frozenset()


def test_it_looks_at_nothing_itself() -> None:
    assert NoneOf((SPEND,)).actual(situation()) is None


NOON = datetime(2026, 7, 22, 10, tzinfo=UTC)  # 12:00 on a Wednesday in Warsaw
TEA = Items(categories=("tea",))
BASKET = Cart("EUR", (Line(3, 450, product="TEA-1", categories=("tea",)), Line(1, 900, product="MUG")))


@pytest.mark.parametrize(
    ("rule", "remedy", "change"),
    [
        (MaximumSpend(eur("30.00")), "Add 7.51 EUR more.", Change(Act.ADD_AMOUNT, eur("7.51"))),
        (
            ItemsAmount(TEA, eur("13.00")),
            "Take out 0.51 EUR or more from: category tea.",
            Change(Act.REMOVE_AMOUNT, eur("0.51"), items=TEA.to_json()),
        ),
        (
            ItemsAmount(TEA, amount_at_most=eur("14.00")),
            "Add 0.51 EUR more from: category tea.",
            Change(Act.ADD_AMOUNT, eur("0.51"), items=TEA.to_json()),
        ),
        (
            ItemsQuantity(Items(), 2),
            "Take out 3.",
            Change(Act.REMOVE_ITEMS, quantity=3),
        ),
        (ItemsQuantity(Items(), at_most=5), "Add 2 more.", Change(Act.ADD_ITEMS, quantity=2)),
        (
            ContainsProducts(categories=("tea",), quantity=2),
            "Take out 2 from: category tea.",
            Change(Act.REMOVE_ITEMS, quantity=2, items=TEA.to_json()),
        ),
        (
            ItemsMatch(TEA, WhichItems.ANY),
            "Take out: TEA-1.",
            Change(Act.REMOVE_ITEMS, quantity=3, items=Items(products=("TEA-1",)).to_json()),
        ),
        (
            ItemsMatch(Items(categories=("books",)), WhichItems.NONE),
            "Add 1 from: category books.",
            Change(Act.ADD_ITEMS, quantity=1, items=Items(categories=("books",)).to_json()),
        ),
        (ItemsMatch(Items(excluded_products=("X",)), WhichItems.ALL), None, None),
        (
            DateWindow(last_day="2026-07-22"),
            "Valid from Thursday 23 July 2026 00:00 Europe/Warsaw.",
            Change(Act.COME_AT, at=datetime(2026, 7, 22, 22, tzinfo=UTC)),
        ),
        (DateWindow("2026-07-22"), None, None),
        (
            CalendarDays((22, 23)),
            "Valid from Friday 24 July 2026 00:00 Europe/Warsaw.",
            Change(Act.COME_AT, at=datetime(2026, 7, 23, 22, tzinfo=UTC)),
        ),
        (CalendarDays(tuple(range(1, 32))), None, None),
        (
            TimeWindow((3,), "10:00", "14:00"),
            "Valid from 14:00 Europe/Warsaw.",
            Change(Act.COME_AT, at=datetime(2026, 7, 22, 12, tzinfo=UTC)),
        ),
        (
            TimeWindow((3,), "10:00", "24:00"),
            "Valid from Thursday 23 July 2026 00:00 Europe/Warsaw.",
            Change(Act.COME_AT, at=datetime(2026, 7, 22, 22, tzinfo=UTC)),
        ),
        (TimeWindow((1, 2, 3, 4, 5, 6, 7), "00:00", "24:00"), None, None),
        (CartCurrency(("EUR",)), None, None),
    ],
)
def test_what_makes_a_rule_inside_hold_no_longer_is_the_remedy(
    rule: Rule, remedy: str | None, change: Change | None
) -> None:
    [reason] = NoneOf((rule,)).refusals(situation(BASKET, now=NOON))
    assert (reason.code, reason.remedy, reason.change) == ("EXCLUDED", remedy, change)
