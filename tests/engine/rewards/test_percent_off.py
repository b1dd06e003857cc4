"""A percentage off, rounded once."""

from decimal import Decimal

import pytest

from app.engine.money import Money
from app.engine.rewards.percent_off import PercentOff
from app.engine.unit import UnitError
from tests.engine.shop import cart, eur, situation


@pytest.mark.parametrize(
    ("percent", "remaining", "parts"),
    [
        ("10", (11499,), (1150,)),  # 1149.9 is nearer to 1150
        ("10", (5,), (1,)),  # 0.5 rounds up
        ("10", (4,), (0,)),
        ("10", (5,) * 10, (1, 1, 1, 1, 1, 0, 0, 0, 0, 0)),  # 5 altogether, not 10 and not 0
        ("33.3333", (3000, 3000), (1000, 1000)),
        ("0.0001", (1_000_000,), (1,)),
        ("12.5", (999, 1, 0), (125, 0, 0)),
        ("1E+1", (1000,), (100,)),
        ("50", (), ()),
    ],
)
def test_the_whole_is_rounded_half_up_once_and_then_split(
    percent: str, remaining: tuple[int, ...], parts: tuple[int, ...]
) -> None:
    assert PercentOff(Decimal(percent)).discount(situation(cart(*remaining)), remaining) == parts


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
def test_a_hundred_percent_leaves_exactly_nothing(currency: str) -> None:
    remaining = (1, 333, 66667, 0)
    basket = cart(*remaining, currency=currency)
    assert PercentOff(Decimal(100)).discount(situation(basket), remaining) == remaining


def test_a_cap_limits_the_whole_and_not_each_line() -> None:
    capped = PercentOff(Decimal(50), up_to=eur("10.00"))
    assert capped.discount(situation(), (4000, 2000)) == (667, 333)
    assert capped.discount(situation(), (1000, 999)) == (500, 500)


def test_a_cap_in_another_currency_is_refused() -> None:
    capped = PercentOff(Decimal(50), up_to=eur("10.00"))
    assert capped.refusals(situation(cart(1))) == ()
    reason = capped.refusals(situation(cart(1, currency="JPY")))[0]
    assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "JPY")
    assert PercentOff(Decimal(50)).refusals(situation(cart(1, currency="JPY"))) == ()


@pytest.mark.parametrize(
    ("percent", "up_to", "path"),
    [
        ("0", None, "percent"),
        ("-1", None, "percent"),
        ("100.01", None, "percent"),
        ("NaN", None, "percent"),
        ("Infinity", None, "percent"),
        ("1.00001", None, "percent"),
        ("10", Money(0, "EUR"), "up_to"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(percent: str, up_to: Money | None, path: str) -> None:
    with pytest.raises(UnitError) as refused:
        PercentOff(Decimal(percent), up_to)
    assert refused.value.path == path
