"""Needs and counters are values: equal ones are the same question, the same counter."""

from datetime import UTC, datetime
from uuid import UUID

from app.engine.counter import CounterKey
from app.engine.facts import PastRedemptions


def test_equal_needs_are_one_question() -> None:
    campaign, since = UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC)
    assert {PastRedemptions(campaign, since), PastRedemptions(campaign, since)} == {
        PastRedemptions(campaign, since)
    }
    assert PastRedemptions(campaign) != PastRedemptions()


def test_a_counter_is_told_apart_by_scope_subject_customer_and_window() -> None:
    one, other = UUID(int=1), UUID(int=2)
    window = datetime(2026, 7, 1, tzinfo=UTC)
    keys = {
        CounterKey("campaign", one),
        CounterKey("voucher", one),
        CounterKey("customer", one, other),
        CounterKey("campaign", other),
        CounterKey("campaign", one, None, window),
        CounterKey("campaign", one, None, None),
    }
    assert len(keys) == 5
