"""What an event means for a wallet: whose it is, which codes, and by how much a balance changed."""

from typing import Any

import pytest

from app.events.cursor import BEGINNING
from app.events.kinds import EventKind
from app.events.log import Event
from app.ids import new_id
from graphql_schema.types.wallet_change import KINDS, OF_VOUCHERS, customer_of, show_wallet_change
from tests.conftest import NOW

ADA, GIFT = new_id(), new_id()
OF_GIFT = {"voucher": GIFT.hex, "code": "GIFT"}


def an_event(kind: EventKind, **payload: Any) -> Event:
    return Event(BEGINNING, new_id(), kind, NOW, payload, 2)


@pytest.mark.parametrize("kind", sorted(OF_VOUCHERS))
def test_what_happens_to_a_voucher_is_told_to_its_holder_if_it_had_one_and_the_event_tells(
    kind: EventKind,
) -> None:
    assert customer_of(an_event(kind, **OF_GIFT, holder=ADA.hex)) == ADA.hex
    assert customer_of(an_event(kind, **OF_GIFT, holder=None)) is None
    assert customer_of(an_event(kind, **OF_GIFT)) is None


@pytest.mark.parametrize("kind", sorted(KINDS - OF_VOUCHERS))
def test_everything_else_is_told_to_the_customer_who_did_or_got_it(kind: EventKind) -> None:
    name = "customer" if kind is EventKind.VOUCHER_PUBLISHED else "customer_id"
    assert customer_of(an_event(kind, **{name: ADA.hex})) == ADA.hex
    assert customer_of(an_event(kind, **{name: None})) is None


def test_a_balance_changes_by_money_or_points_and_what_expires_is_below_zero() -> None:
    for kind, unit, amount, told in (
        (EventKind.BALANCE_ADJUSTED, "KWD", 1500, ("1.500", "KWD", None)),
        (EventKind.BALANCE_ADJUSTED, "JPY", -20, ("-20", "JPY", None)),
        (EventKind.BALANCE_ADJUSTED, "points", -7, (None, None, -7)),
        (EventKind.BALANCE_EXPIRED, "EUR", 5, ("-0.05", "EUR", None)),
        (EventKind.BALANCE_EXPIRED, "points", 7, (None, None, -7)),
    ):
        change = show_wallet_change(an_event(kind, **OF_GIFT, unit=unit, amount=amount)).balance_change
        assert change is not None
        money = change.money
        shown = (None, None) if money is None else (str(money.amount), money.currency)
        assert (*shown, change.points) == told


def test_other_kinds_change_no_balance_by_themselves() -> None:
    for kind in (EventKind.VOUCHER_PUBLISHED, EventKind.VOUCHER_DISABLED):
        change = show_wallet_change(an_event(kind, **OF_GIFT, customer=ADA.hex, holder=ADA.hex))
        assert (change.kind, change.codes, change.voucher_ids) == (kind, ["GIFT"], (GIFT,))
        assert (change.redemption, change.balance_change) == (None, None)
