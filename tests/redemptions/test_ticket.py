"""A ticket: what is refused at the door, and which requests are the same request."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.customers.values import CustomerInput
from app.engine.cart import Cart, Line
from app.engine.money import Money
from app.ids import new_id
from app.projects.admit import Caller
from app.projects.values import KeyKind
from app.redemptions.requests import CustomerRef, RedeemRequest
from app.redemptions.ticket import Ticket, write_ticket
from tests.redemptions.shop import CART, a_caller, asking, problems

PROJECT, ADA = new_id(), new_id()
SERVER = a_caller(PROJECT)
MERCHANT = a_caller(PROJECT, KeyKind.MERCHANT, redemption_point="Kiosk")
STOREFRONT = a_caller(PROJECT, KeyKind.STOREFRONT)
SHOPPER = a_caller(PROJECT, KeyKind.STOREFRONT, customer=ADA)
ASK = asking(PROJECT, "SUMMER", idempotency_key="k")


def _ticket(request: RedeemRequest) -> Ticket:
    ticket = write_ticket(request)
    assert isinstance(ticket, Ticket), ticket
    return ticket


@pytest.mark.parametrize(("caller", "longest"), [(SERVER, timedelta(days=7)), (SHOPPER, timedelta(hours=1))])
def test_a_hold_may_last_as_long_as_its_caller_is_trusted(caller: Caller, longest: timedelta) -> None:
    assert _ticket(replace(ASK, caller=caller, hold_for=longest)).deed == "hold"
    assert _ticket(replace(ASK, caller=caller, hold_for=timedelta(seconds=1))).deed == "hold"


def _with_sku(sku: str) -> Cart:
    return Cart("EUR", (Line(1, 100, sku=sku),))


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (replace(ASK, codes=(), promotions=False), [("codes", "NO_CODES")]),
        (replace(ASK, codes=("A",) * 31), [("codes", "TOO_MANY_CODES")]),
        (replace(ASK, codes=("A", "", "B\0")), [("codes.1", "REQUIRED"), ("codes.2", "INVALID_TEXT")]),
        (replace(ASK, codes=("A" * 65,)), [("codes.0", "TOO_LONG")]),
        (replace(ASK, hold_for=timedelta(milliseconds=999)), [("hold_for", "OUT_OF_RANGE")]),
        (replace(ASK, hold_for=timedelta(days=7, seconds=1)), [("hold_for", "OUT_OF_RANGE")]),
        (
            replace(ASK, caller=SHOPPER, hold_for=timedelta(hours=1, seconds=1)),
            [("hold_for", "OUT_OF_RANGE")],
        ),
        (replace(ASK, takes=(0,)), [("codes.0.points", "OUT_OF_RANGE")]),
        (replace(ASK, takes=(Money(-1, "EUR"),)), [("codes.0.credits", "OUT_OF_RANGE")]),
        (replace(ASK, customer=CustomerRef()), [("customer", "EXACTLY_ONE")]),
        (replace(ASK, customer=CustomerRef(ADA, "ada")), [("customer", "EXACTLY_ONE")]),
        (replace(ASK, customer=CustomerRef(source_id="a\0")), [("customer.source_id", "INVALID_TEXT")]),
        (replace(ASK, customer=CustomerInput("")), [("customer.source_id", "REQUIRED")]),
        (replace(ASK, cart=_with_sku("a\0b")), [("cart", "INVALID_TEXT")]),
        (replace(ASK, cart=_with_sku("\ud800")), [("cart", "INVALID_TEXT")]),
        (replace(ASK, cart=_with_sku("x" * 65_536)), [("cart", "TOO_LONG")]),
        (replace(ASK, channel=""), [("channel", "REQUIRED")]),
        (replace(ASK, channel="x" * 101), [("channel", "TOO_LONG")]),
        (replace(ASK, redemption_point="\0"), [("redemption_point", "INVALID_TEXT")]),
        (replace(ASK, metadata={"a": "\0"}), [("metadata", "INVALID_TEXT")]),
        (replace(ASK, idempotency_key=""), [("idempotency_key", "REQUIRED")]),
        (replace(ASK, idempotency_key="k" * 256), [("idempotency_key", "TOO_LONG")]),
        (
            replace(ASK, caller=MERCHANT, redemption_point="Shop"),
            [("redemption_point", "REDEMPTION_POINT_OF_KEY")],
        ),
        (
            replace(ASK, caller=SHOPPER, customer=CustomerRef(source_id="x")),
            [("customer", "CUSTOMER_COMES_FROM_TOKEN")],
        ),
        (
            replace(ASK, caller=STOREFRONT, customer=CustomerRef(id=ADA)),
            [("customer", "CUSTOMER_TOKEN_REQUIRED")],
        ),
        (
            replace(ASK, codes=(), promotions=False, channel=""),
            [("codes", "NO_CODES"), ("channel", "REQUIRED")],
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_at_the_door(
    request_: RedeemRequest, expected: list[tuple[str, str]]
) -> None:
    assert problems(write_ticket(request_)) == expected


def test_text_about_a_nul_is_no_nul() -> None:
    assert r"\\u0000" in _ticket(replace(ASK, cart=_with_sku(r"a\u0000"))).cart_json


def test_the_callers_own_point_and_customer_count() -> None:
    assert _ticket(replace(ASK, caller=MERCHANT)).redemption_point == "Kiosk"
    assert _ticket(replace(ASK, caller=MERCHANT, redemption_point="Kiosk")).redemption_point == "Kiosk"
    for named in (None, CustomerRef(id=ADA)):
        assert _ticket(replace(ASK, caller=SHOPPER, customer=named)).customer == CustomerRef(id=ADA)


def test_codes_are_looked_up_as_the_project_compares_them() -> None:
    assert _ticket(replace(ASK, codes=("sum-mer 24",))).code_keys == ("SUMMER24",)
    sensitive = replace(SERVER, case_sensitive_codes=True)
    assert _ticket(replace(ASK, caller=sensitive, codes=("sum-mer",))).code_keys == ("summer",)


def test_the_same_input_has_the_same_hash_whatever_its_order_or_key() -> None:
    first = _ticket(replace(ASK, metadata={"a": 1, "b": 2}))
    assert _ticket(replace(ASK, metadata={"b": 2, "a": 1})).request_hash == first.request_hash
    rotated = replace(ASK, caller=a_caller(PROJECT, key=new_id()), metadata={"a": 1, "b": 2})
    assert _ticket(rotated).request_hash == first.request_hash


def test_other_input_or_another_scope_has_another_hash() -> None:
    variants = [
        ASK,
        replace(ASK, codes=("OTHER",)),
        replace(ASK, codes=("SUMMER", "OTHER")),
        replace(ASK, cart=replace(CART, shipping=1)),
        replace(ASK, customer=CustomerRef(id=ADA)),
        replace(ASK, customer=CustomerRef(source_id="ada")),
        replace(ASK, customer=CustomerInput("ada")),
        replace(ASK, customer=CustomerInput("ada", name=None)),
        replace(ASK, customer=CustomerInput("ada", metadata={"a": 1})),
        replace(ASK, customer=CustomerInput("ada", birthday=date(1992, 2, 29))),
        replace(ASK, customer=CustomerInput("ada", birthday=None)),
        replace(ASK, channel="web"),
        replace(ASK, redemption_point="Shop"),
        replace(ASK, caller=MERCHANT),
        replace(ASK, metadata={"a": 1}),
    ]
    assert len({_ticket(variant).request_hash for variant in variants}) == len(variants)
    assert _ticket(replace(ASK, caller=SHOPPER)).request_hash == _ticket(variants[4]).request_hash


def test_without_a_key_every_ticket_has_one_of_its_own() -> None:
    ask = replace(ASK, idempotency_key=None)
    assert _ticket(ask).key != _ticket(ask).key
    assert _ticket(ASK).key == _ticket(ASK).key
