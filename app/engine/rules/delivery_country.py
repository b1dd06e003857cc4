"""delivery_country: where the cart is delivered to; a cart that does not say where is delivered to none of them.

An offer that only excludes some wants to know, too: nobody gets around an exclusion by keeping silent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.chosen import check_words, differs
from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.metadata import any_of_them
from app.engine.reason import Reason, Value
from app.engine.remedy import Act, Change
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, says

DELIVERY_COUNTRY_DIFFERS = "DELIVERY_COUNTRY_DIFFERS"
DELIVERY_AREA_DIFFERS = "DELIVERY_AREA_DIFFERS"
_COUNTRY = re.compile("[A-Z]{2}")
_PARAMETERS = ("countries", "areas", "excluded_countries", "excluded_areas")


@rules.add
@dataclass(frozen=True, slots=True)
class DeliveryCountry:
    """The order must be delivered to certain countries or areas, or not to certain ones."""

    countries: tuple[str, ...] = field(
        default=(),
        metadata=says("The countries of which any will do; all when none is named.", unit="ISO 3166-1"),
    )
    areas: tuple[str, ...] = field(
        default=(),
        metadata=says("The areas of which any will do, in the shop's own words; all when none is named."),
    )
    excluded_countries: tuple[str, ...] = field(
        default=(), metadata=says("Countries that will not do.", unit="ISO 3166-1")
    )
    excluded_areas: tuple[str, ...] = field(default=(), metadata=says("Areas that will not do."))

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "delivery_country",
        "countries": ["DE", "AT"],
        "excluded_areas": ["Helgoland"],
    }

    def __post_init__(self) -> None:
        named = [name for name in _PARAMETERS if getattr(self, name)]
        if not named:
            raise UnitError("countries", "Must name at least one, unless something else is named.")
        for name in named:
            check_words(name, getattr(self, name))
        for name in ("countries", "excluded_countries"):
            for index, country in enumerate(getattr(self, name)):
                if not _COUNTRY.fullmatch(country):
                    raise UnitError(f"{name}[{index}]", "Must be two capital letters, such as DE.")
        for wanted, unwanted in (
            (self.countries, self.excluded_countries),
            (self.areas, self.excluded_areas),
        ):
            if wanted and set(wanted) <= set(unwanted):
                raise UnitError("countries" if wanted is self.countries else "areas", "Are all excluded.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """DELIVERY_COUNTRY_DIFFERS and DELIVERY_AREA_DIFFERS with what would do, if only some would."""
        cart = situation.cart
        return (
            *_judge(
                DELIVERY_COUNTRY_DIFFERS, "country", cart.country, self.countries, self.excluded_countries
            ),
            *_judge(DELIVERY_AREA_DIFFERS, "area", cart.area, self.areas, self.excluded_areas),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The country and the area, as far as they are given."""
        return tuple(place for place in (situation.cart.country, situation.cart.area) if place) or None


def _judge(
    code: str, part: str, actual: str | None, wanted: tuple[str, ...], unwanted: tuple[str, ...]
) -> tuple[Reason, ...]:
    path, told = f"cart.{part}", f"{part} of delivery"
    if wanted:
        left = tuple([place for place in wanted if place not in unwanted])
        return () if actual in left else (differs(code, path, told, left, actual),)
    if not unwanted or (actual is not None and actual not in unwanted):
        return ()
    if actual is None:
        return (
            Reason(
                code,
                f"This offer does not go to {any_of_them(unwanted)}; the {told} is not given.",
                subject=path,
                remedy=f"Give the {told}.",
                change=Change(Act.CHOOSE, path=path),
            ),
        )
    message = f"This offer does not go to {any_of_them(unwanted)}; the {told} is {actual}."
    return (Reason(code, message, subject=path, actual=actual, remedy=f"Choose another {told}."),)
