"""Laws of money: parts sum to the whole, and amounts survive being written as people write them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.money import LARGEST, Money, exponent, split

law = settings(max_examples=120)


@law
@given(st.integers(0, LARGEST), st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any))
def test_parts_sum_to_the_whole_and_each_is_within_one_unit_of_its_share(
    total: int, weights: list[int]
) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    assert all(
        abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True)
    )
    if total <= whole:
        assert all(part <= weight for part, weight in zip(parts, weights, strict=True))


@law
@given(st.integers(-LARGEST, LARGEST), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_money_survives_its_amount(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(money.amount, currency) == money
    assert money.amount.as_tuple().exponent == -exponent(currency)
