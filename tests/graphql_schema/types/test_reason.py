"""Reasons as callers see them: every value as text, and typed where it is money, a count, an instant or a choice."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.selection import Items
from graphql_schema.types.reason import show_reason

MOMENT = datetime(2026, 7, 1, tzinfo=UTC)
REASON = Reason("X", "No.", subject="cart.subtotal", remedy="Wait.")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Money(1250, "EUR"), {"text": "12.50 EUR", "money": ("12.50", "EUR")}),
        (Money(1500, "KWD"), {"text": "1.500 KWD", "money": ("1.500", "KWD")}),
        (7, {"text": "7", "count": 7}),
        (0, {"text": "0", "count": 0}),
        (2**31 - 1, {"text": "2147483647", "count": 2**31 - 1}),
        (2**31, {"text": "2147483648"}),
        (MOMENT, {"text": "2026-07-01T00:00:00+00:00", "instant": MOMENT}),
        (("shirt", "shoe"), {"text": "shirt, shoe", "choices": ["shirt", "shoe"]}),
        ("LIVE", {"text": "LIVE"}),
    ],
)
def test_a_value_is_shown_as_text_and_as_what_it_is(value, shown):
    reason = show_reason(replace(REASON, expected=value, actual=value, missing=value))
    for told in (reason.expected, reason.actual, reason.missing):
        assert told is not None
        money = told.money and (str(told.money.amount), told.money.currency)
        typed = {"money": money, "count": told.count, "instant": told.instant, "choices": told.choices}
        assert {"text": told.text} | {key: one for key, one in typed.items() if one is not None} == shown


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (Change(Act.TAKE_LESS, Money(1250, "EUR")), {"amount": ("12.50", "EUR")}),
        (Change(Act.TAKE_LESS, quantity=7), {"quantity": 7}),
        (Change(Act.TAKE_LESS, quantity=2**31), {}),  # GraphQL's Int ends there; the sentence tells it
        (Change(Act.COME_AT, at=MOMENT), {"at": MOMENT}),
        (Change(Act.LEAVE_OUT, path="code.credits"), {"path": "code.credits"}),
        (Change(Act.LEAVE_OUT, code="B"), {"code": "B"}),
        (Change(Act.CHOOSE, path="channel", values=("web",)), {"path": "channel", "values": ["web"]}),
    ],
)
def test_a_change_is_shown_with_what_belongs_to_it(change, shown):
    told = show_reason(replace(REASON, change=change)).change
    assert told is not None
    assert told.act is change.act
    money = told.amount and (str(told.amount.amount), told.amount.currency)
    parts = {"amount": money, "quantity": told.quantity, "at": told.at, "path": told.path, "code": told.code}
    parts |= {"values": told.values or None, "items": told.items}
    assert {key: one for key, one in parts.items() if one is not None} == shown


def test_items_of_a_change_are_shown_as_rules_show_them():
    tea = Items(categories=("tea",), price_at_most=Money(500, "EUR"))
    told = show_reason(replace(REASON, change=Change(Act.ADD_ITEMS, quantity=1, items=tea.to_json()))).change
    assert told is not None
    assert told.items.categories == ["tea"]
    assert (str(told.items.price_at_most.amount), told.items.price_at_least) == ("5.00", None)


def test_what_is_not_known_is_null():
    reason = show_reason(REASON)
    assert (reason.code, reason.message, reason.subject, reason.remedy) == (
        *("X", "No.", "cart.subtotal", "Wait."),
    )
    assert (reason.expected, reason.actual, reason.missing, reason.alternatives) == (None, None, None, [])
    assert reason.change is None


def test_each_way_out_is_shown_with_what_blocks_it():
    ways = ((replace(REASON, code="A"),), (replace(REASON, code="B"), replace(REASON, code="C")))
    shown = show_reason(replace(REASON, alternatives=ways)).alternatives
    assert [[reason.code for reason in way.reasons] for way in shown] == [["A"], ["B", "C"]]
