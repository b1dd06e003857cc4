"""Profiles: validating sees the customer as redeeming would, which keeps what it is told first."""

from datetime import date, timedelta

from app.customers.values import CustomerInput
from app.engine.shopper import Shopper
from app.redemptions.profile import profile_of, told_of
from tests.conftest import NOW

BORN = date(1990, 5, 17)
ADA = Shopper("ada", "Ada", "ada@example.com", BORN, {"tier": "gold"}, NOW - timedelta(days=3))


def test_a_row_is_a_shopper() -> None:
    row = ("ada", "Ada", "ada@example.com", BORN, {"tier": "gold"}, NOW - timedelta(days=3))
    assert profile_of(row, NOW) == ADA


def test_who_was_made_just_now_is_new() -> None:
    assert profile_of(("ada", None, None, None, {}, NOW), NOW) == Shopper("ada")


def test_what_is_told_overlays_what_is_kept() -> None:
    assert told_of(ADA, CustomerInput("ada")) == ADA
    told = CustomerInput("ada", email=None, metadata={"tier": "silver"})
    assert told_of(ADA, told) == Shopper("ada", "Ada", None, BORN, {"tier": "silver"}, ADA.known_since)
    assert told_of(ADA, CustomerInput("ada", "A.", birthday=None)).birthday is None


def test_somebody_new_is_what_is_told() -> None:
    told = CustomerInput("bob", "Bob", birthday=BORN)
    assert told_of(None, told) == Shopper("bob", "Bob", None, BORN, {}, None)
