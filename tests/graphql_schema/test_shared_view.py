"""What of a caller decides what it is told: everything but its key and its token."""

import dataclasses
from datetime import UTC, datetime
from uuid import UUID

from app.engine.stacking import Stacking
from app.projects.admit import Caller
from app.projects.values import KeyKind
from graphql_schema.shared_view import view_of

CALLER = Caller(
    project=UUID(int=1),
    project_name="Shop",
    time_zone="UTC",
    currency="EUR",
    case_sensitive_codes=False,
    key=UUID(int=2),
    kind=KeyKind.MERCHANT,
    key_name="kiosk",
    redemption_point="kiosk 4",
    customer=UUID(int=3),
    creates_projects=False,
    token_maker=UUID(int=4),
    token_ends_at=datetime(2026, 6, 1, tzinfo=UTC),
)
OTHER = {
    "project": UUID(int=9),
    "project_name": "Other",
    "time_zone": "Europe/Warsaw",
    "currency": "PLN",
    "case_sensitive_codes": True,
    "key": UUID(int=9),
    "kind": KeyKind.STOREFRONT,
    "key_name": "other",
    "redemption_point": "kiosk 5",
    "customer": UUID(int=9),
    "creates_projects": True,
    "stacking": Stacking(exclusive=("sale",)),
    "token_maker": UUID(int=9),
    "token_ends_at": None,
}


def test_every_field_but_those_of_key_and_token_makes_another_view():
    assert set(OTHER) == {field.name for field in dataclasses.fields(Caller)}, "say here whether it decides"
    same = {
        name
        for name, value in OTHER.items()
        if view_of(dataclasses.replace(CALLER, **{name: value})) == view_of(CALLER)
    }
    assert same == {"key", "key_name", "creates_projects", "token_maker", "token_ends_at"}


def test_views_can_be_looked_up_and_may_do_what_the_caller_may():
    assert hash(view_of(CALLER)) == hash(view_of(dataclasses.replace(CALLER, key=UUID(int=8))))
    assert view_of(CALLER).permissions == CALLER.permissions
