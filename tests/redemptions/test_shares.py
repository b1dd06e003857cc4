"""Shares of a line's discount: exact in the end, fair on the way, never more than the units cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.redemptions.shares import part, share

DISCOUNTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=30)


def test_each_unit_carries_its_part_and_the_parts_sum_to_the_whole() -> None:
    assert [share([1000], 3, units) for units in range(4)] == [(0,), (333,), (667,), (1000,)]


def test_two_codes_share_a_cent_in_the_order_of_the_larger_discount() -> None:
    assert [share([2, 1], 3, units) for units in range(4)] == [(0, 0), (1, 0), (1, 1), (2, 1)]


def test_where_largest_remainders_would_take_a_cent_back_nothing_is_taken_back() -> None:
    # 6, 6 and 2 for 10 and for 11 parts: Alabama, 1880. Largest remainders give the third 2 of 10, but 1 of 11.
    steps = [share([6, 6, 2], 14, units) for units in (10, 11)]
    assert steps == [(5, 4, 1), (5, 5, 1)]


@given(DISCOUNTS, st.integers(1, 10_000), st.data())
def test_shares_only_grow_and_sum_to_all(discounts: list[int], quantity: int, data: st.DataObject) -> None:
    stops = sorted(data.draw(st.sets(st.integers(0, quantity), max_size=6)) | {0, quantity})
    before = share(discounts, quantity, 0)
    assert set(before) == {0}
    for units in stops:
        now = share(discounts, quantity, units)
        assert all(new >= old for old, new in zip(before, now, strict=True))
        assert (
            abs(2 * quantity * sum(now) - 2 * sum(discounts) * units) <= quantity
        )  # half a minor unit off at most
        before = now
    assert before == tuple(discounts)


@given(DISCOUNTS, st.integers(1, 10_000), st.data())
def test_units_never_carry_more_than_they_cost(
    discounts: list[int], quantity: int, data: st.DataObject
) -> None:
    price = -(-sum(discounts) // quantity) + data.draw(st.integers(0, 3))
    first, last = sorted([data.draw(st.integers(0, quantity)), data.draw(st.integers(0, quantity))])
    carried = sum(share(discounts, quantity, last)) - sum(share(discounts, quantity, first))
    assert 0 <= carried <= (last - first) * price


@pytest.mark.parametrize(("discounts", "quantity", "units"), [([1], 2, 3), ([1], 2, -1), ([-1], 2, 1)])
def test_what_cannot_be_shared_is_an_error(discounts: list[int], quantity: int, units: int) -> None:
    with pytest.raises(ValueError, match="units must be"):
        share(discounts, quantity, units)


def test_a_part_is_rounded_down_and_the_last_one_takes_the_rest() -> None:
    assert [part(100, done, 3) for done in range(4)] == [0, 33, 66, 100]
    assert part(100, 0, 0) == 100
