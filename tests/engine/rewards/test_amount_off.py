"""An amount off."""

import pytest

from app.engine.money import Money
from app.engine.rewards.amount_off import AmountOff
from app.engine.unit import UnitError
from tests.engine.shop import cart, eur, situation

FIVE = AmountOff(eur("5.00"))


@pytest.mark.parametrize(
    ("remaining", "parts"),
    [
        ((3300, 3400), (246, 254)),
        ((1000, 1000, 1000), (167, 167, 166)),
        ((499,), (499,)),
        ((100, 0, 50), (100, 0, 50)),
        ((0, 0), (0, 0)),
        ((), ()),
    ],
)
def test_it_takes_the_amount_or_whatever_is_left(remaining: tuple[int, ...], parts: tuple[int, ...]) -> None:
    assert FIVE.discount(situation(cart(*remaining)), remaining) == parts
    assert sum(parts) == min(500, sum(remaining))


@pytest.mark.parametrize(
    ("currency", "told"), [("EUR", "5.00 EUR"), ("JPY", "500 JPY"), ("KWD", "0.500 KWD")]
)
def test_in_every_currency_it_takes_the_amount_in_its_own_smallest_unit(currency: str, told: str) -> None:
    reward, costs = AmountOff(Money(500, currency)), (333, 333, 334)
    assert str(reward.amount) == told
    assert reward.refusals(situation(cart(*costs, currency=currency))) == ()
    assert reward.discount(situation(cart(*costs, currency=currency)), costs) == (167, 166, 167)


def test_an_amount_in_another_currency_is_refused() -> None:
    assert FIVE.refusals(situation(cart(100))) == ()
    reason = FIVE.refusals(situation(cart(100, currency="USD")))[0]
    assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "USD")


def test_nothing_off_is_refused() -> None:
    with pytest.raises(UnitError, match=r"^amount: Must be more than zero\.$"):
        AmountOff(Money(0, "EUR"))
