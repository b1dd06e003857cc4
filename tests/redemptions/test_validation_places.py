"""What may be named of validations is bounded: a storefront key is public."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.ids import new_id
from app.projects.admit import Caller
from app.projects.values import KeyKind
from app.redemptions import validation_places
from app.redemptions.validation_places import NamedPlaces, Place
from tests.conftest import NOW
from tests.redemptions.shop import a_caller

PROJECT = new_id()
FOLDED = Place("EUR", None, None)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three places of storefronts, five of secret keys."""
    monkeypatch.setattr(validation_places, "MOST_OF_STOREFRONTS", 3)
    monkeypatch.setattr(validation_places, "MOST_OF_SECRET_KEYS", 5)


def caller(kind: KeyKind, project: UUID = PROJECT) -> Caller:
    """Somebody with a key of that kind."""
    return replace(a_caller(project), kind=kind, currency="EUR")


SHOP, SERVER = caller(KeyKind.STOREFRONT), caller(KeyKind.SERVER)


def channels(count: int) -> list[Place]:
    """Places that differ in the channel."""
    return [Place("EUR", f"channel {number}", None) for number in range(count)]


def test_a_storefront_names_so_many_places_in_an_hour_and_the_rest_is_told_without_names() -> None:
    places = NamedPlaces()
    asked = [*channels(3), Place("JPY", "web", None), Place("EUR", "web", "till 1"), *channels(3)]
    told = [places.told(SHOP, place, NOW) for place in asked]
    assert told == [*channels(3), FOLDED, FOLDED, *channels(3)]


def test_what_is_usual_is_always_told() -> None:
    places = NamedPlaces()
    usual = Place("EUR", "api", None)
    told = [places.told(SHOP, place, NOW) for place in (*channels(5), usual)]
    assert told[-2:] == [FOLDED, usual]


def test_strangers_take_no_room_from_secret_keys_and_may_name_what_these_have_named() -> None:
    places = NamedPlaces()
    for place in channels(100):
        places.told(SHOP, place, NOW)
    tills = [Place("EUR", "till", f"till {number}") for number in range(6)]
    assert [places.told(SERVER, place, NOW) for place in tills] == [*tills[:5], FOLDED]
    assert [places.told(SHOP, place, NOW) for place in tills] == [*tills[:5], FOLDED]


def test_every_hour_and_every_project_begins_with_all_its_room() -> None:
    places = NamedPlaces()
    first, second = channels(3), channels(6)[3:]
    later = NOW + timedelta(hours=1)
    elsewhere = caller(KeyKind.STOREFRONT, new_id())
    assert [places.told(SHOP, place, NOW) for place in (*first, *second)] == [*first, *[FOLDED] * 3]
    assert [places.told(elsewhere, place, NOW) for place in second] == second
    assert [places.told(SHOP, place, later) for place in second] == second
