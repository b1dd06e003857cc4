"""Where an order is delivered to."""

import pytest

from app.engine.cart import Cart
from app.engine.facts import Situation
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.delivery_country import DeliveryCountry
from app.engine.unit import UnitError
from tests.engine.shop import situation


def to(country: str | None, area: str | None = None) -> Situation:
    return situation(Cart("EUR", (), country=country, area=area))


def codes(rule: DeliveryCountry, where: Situation) -> list[str]:
    return [reason.code for reason in rule.refusals(where)]


def test_one_of_the_countries_is_enough_and_another_is_told() -> None:
    rule = DeliveryCountry(("DE", "AT"))
    assert rule.refusals(to("AT")) == ()
    assert rule.refusals(to("PL")) == (
        Reason(
            "DELIVERY_COUNTRY_DIFFERS",
            "This offer wants the country of delivery to be DE or AT; it is PL.",
            subject="cart.country",
            expected=("DE", "AT"),
            actual="PL",
            remedy="Let the country of delivery be DE or AT.",
            change=Change(Act.CHOOSE, path="cart.country", values=("DE", "AT")),
        ),
    )


def test_country_and_area_are_judged_each_for_itself() -> None:
    rule = DeliveryCountry(("DE",), ("Hamburg", "Bremen"), excluded_areas=("Bremen",))
    assert rule.refusals(to("DE", "Hamburg")) == ()
    assert codes(rule, to("PL", "Bremen")) == ["DELIVERY_COUNTRY_DIFFERS", "DELIVERY_AREA_DIFFERS"]
    assert rule.refusals(to("DE", "Bremen"))[0].expected == ("Hamburg",)


def test_a_cart_that_does_not_say_where_goes_to_none_of_them() -> None:
    assert codes(DeliveryCountry(("DE",)), to(None)) == ["DELIVERY_COUNTRY_DIFFERS"]


def test_what_is_excluded_will_not_do() -> None:
    rule = DeliveryCountry(excluded_countries=("CH",))
    assert rule.refusals(to("DE")) == ()
    assert rule.refusals(to("CH")) == (
        Reason(
            "DELIVERY_COUNTRY_DIFFERS",
            "This offer does not go to CH; the country of delivery is CH.",
            subject="cart.country",
            actual="CH",
            remedy="Choose another country of delivery.",
        ),
    )


def test_nobody_gets_around_an_exclusion_by_keeping_silent() -> None:
    assert DeliveryCountry(excluded_areas=("Helgoland",)).refusals(to("DE")) == (
        Reason(
            "DELIVERY_AREA_DIFFERS",
            "This offer does not go to Helgoland; the area of delivery is not given.",
            subject="cart.area",
            remedy="Give the area of delivery.",
            change=Change(Act.CHOOSE, path="cart.area"),
        ),
    )


def test_country_and_area_are_shown_as_far_as_they_are_given() -> None:
    rule = DeliveryCountry(("DE",))
    assert rule.actual(to("DE", "Hamburg")) == ("DE", "Hamburg")
    assert rule.actual(to("DE")) == ("DE",)
    assert rule.actual(to(None)) is None


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({}, "countries"),
        ({"countries": ("de",)}, "countries[0]"),
        ({"excluded_countries": ("DE", "Deutschland")}, "excluded_countries[1]"),
        ({"areas": ("a", "a")}, "areas"),
        ({"countries": ("DE",), "excluded_countries": ("DE", "AT")}, "countries"),
        ({"areas": ("a",), "excluded_areas": ("a",)}, "areas"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(
    parameters: dict[str, tuple[str, ...]], path: str
) -> None:
    with pytest.raises(UnitError) as refused:
        DeliveryCountry(**parameters)
    assert refused.value.path == path
