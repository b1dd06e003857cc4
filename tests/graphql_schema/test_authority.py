"""Authority: who may see what happened at a redemption point, and how a refusal is worded."""

from types import SimpleNamespace

import pytest

from app.ids import new_id
from app.projects.admit import Permission
from app.projects.values import KeyKind
from graphql_schema.authority import own_point, require, require_customer, sees
from graphql_schema.errors import Refusal
from tests.redemptions.shop import a_caller

PROJECT, ADA = new_id(), new_id()
SERVER = a_caller(PROJECT)
MERCHANT = a_caller(PROJECT, KeyKind.MERCHANT, redemption_point="till 7")
STOREFRONT = a_caller(PROJECT, KeyKind.STOREFRONT)
SHOPPER = a_caller(PROJECT, KeyKind.STOREFRONT, customer=ADA)


def asked_by(caller):
    return SimpleNamespace(context=SimpleNamespace(caller=caller))


def test_any_one_of_the_permissions_is_enough():
    assert require(asked_by(MERCHANT), Permission.READ, Permission.READ_OWN_REDEMPTIONS) is MERCHANT
    assert require(asked_by(SERVER), Permission.READ) is SERVER


@pytest.mark.parametrize(
    ("permission", "message"),
    [
        (Permission.READ, "This storefront key may not read everything in the project."),
        (Permission.MANAGE, "This storefront key may not change campaigns, vouchers, customers and keys."),
        (Permission.REDEEM, "This storefront key may not redeem vouchers."),
        (
            Permission.READ_OWN_REDEMPTIONS,
            "This storefront key may not list the redemptions of its redemption point.",
        ),
        (Permission.READ_OWN_WALLET, "This storefront key may not see the wallet of its customer."),
    ],
)
def test_a_refusal_says_what_may_not_be_done(permission, message):
    with pytest.raises(Refusal) as refused:
        require(asked_by(STOREFRONT), permission)
    assert (refused.value.code, refused.value.message) == ("FORBIDDEN", message)


def test_a_customer_is_seen_by_servers_and_by_itself():
    assert require_customer(asked_by(SERVER), ADA) is SERVER
    assert require_customer(asked_by(SHOPPER), ADA) is SHOPPER
    for caller, customer in ((SHOPPER, new_id()), (STOREFRONT, ADA), (MERCHANT, ADA)):
        with pytest.raises(Refusal):
            require_customer(asked_by(caller), customer)


def test_what_happened_at_a_redemption_point_is_seen_by_servers_and_its_merchant():
    seen = {
        (caller.kind, point)
        for caller in (SERVER, MERCHANT, STOREFRONT, SHOPPER)
        for point in ("till 7", "till 8", None)
        if sees(caller, point)
    }
    assert seen == {
        *((KeyKind.SERVER, point) for point in ("till 7", "till 8", None)),
        (KeyKind.MERCHANT, "till 7"),
    }


def test_a_merchant_lists_its_own_redemption_point_whatever_it_asks_for():
    assert (own_point(SERVER, None), own_point(SERVER, "till 8")) == (None, "till 8")
    assert (own_point(MERCHANT, None), own_point(MERCHANT, "till 7")) == ("till 7", "till 7")
    with pytest.raises(Refusal, match="sees the redemption point till 7 only"):
        own_point(MERCHANT, "till 8")
