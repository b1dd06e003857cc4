"""Counters are named by all that tells them apart."""

from datetime import UTC, datetime
from uuid import UUID

from app.engine.counter import CounterKey, Measure
from app.engine.period import Period, window_of


def test_a_counter_is_told_apart_by_each_part_of_its_name() -> None:
    one, other = UUID(int=1), UUID(int=2)
    now = datetime(2026, 7, 22, tzinfo=UTC)
    day, month = (window_of(period, now, "UTC") for period in (Period.DAY, Period.MONTH))
    keys = [
        CounterKey("campaign", one),
        CounterKey("voucher", one),
        CounterKey("customer", one, other),
        CounterKey("campaign", other),
        CounterKey("campaign", one, None, Measure.POINTS),
        CounterKey("campaign", one, None, Measure.DISCOUNT, "EUR"),
        CounterKey("campaign", one, None, Measure.DISCOUNT, "USD"),
        CounterKey("campaign", one, None, Measure.DISCOUNT, "EUR", day),
        CounterKey("campaign", one, None, Measure.DISCOUNT, "EUR", month),
    ]
    assert len(set(keys)) == len(keys)
    assert CounterKey("campaign", one, None, Measure.REDEMPTIONS, None, None) == keys[0]


def test_discounts_and_order_values_are_money_and_the_rest_is_counted() -> None:
    assert [measure for measure in Measure if measure.is_money] == [Measure.DISCOUNT, Measure.ORDER_VALUE]
